"""One's own account: open sittings, the second factor, and proving again who one is."""

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from hub.domain.errors import NotSignedInError
from hub.web import returning
from hub.web.factor_forms import BeginForm, CodeForm, EndSittingForm, FirstCodeForm, PasswordAgainForm
from hub.web.forms import HubForm
from hub.web.fresh import require_fresh
from hub.web.served import caller, served
from hub.web.steps import WRONG_CODE, seated

blueprint = Blueprint("account", __name__)


@blueprint.get("/account")
def page() -> ResponseReturnValue:
    """List one's own sittings, and say whether there is a second factor."""
    entry, who = served().entry, caller()
    enrolled = entry.factors.enrolled(who.login)
    left = entry.factors.codes_left(who.login) if enrolled else 0
    sittings = entry.sittings.listed(who)
    return render_template("account.html", sittings=sittings, enrolled=enrolled, codes_left=left)


@blueprint.post("/account/sittings/end")
def end_sitting() -> ResponseReturnValue:
    """End one of one's own sittings, or all the others."""
    form = EndSittingForm()
    if form.validate_on_submit() and form.sitting.data:
        served().entry.sittings.end(caller(), str(form.sitting.data))
    else:
        served().entry.sittings.end_others(caller())
    flash("Ended. From the next page on nothing opens there.")
    return redirect(url_for("account.page"))


@blueprint.route("/account/second-factor", methods=["GET", "POST"])
def second_factor() -> ResponseReturnValue:
    """Set up a second factor, or replace it: who has one shows it first."""
    factors, who = served().entry.factors, caller()
    require_fresh()
    pending = factors.pending(who.login, who.username)
    form = FirstCodeForm() if pending else BeginForm()
    if form.validate_on_submit() and pending is None:
        factors.begin(who.login)
        return redirect(url_for("account.second_factor"))
    if form.validate_on_submit():
        try:
            codes = factors.confirm(who.login, str(form.code.data))
        except NotSignedInError:
            form.code.errors = [WRONG_CODE]
        else:
            served().entry.sittings.end_others(who)
            return render_template("recovery_codes.html", codes=codes, onward=url_for("account.page"))
    return render_template("set_up_factor.html", form=form, pending=pending, back=url_for("account.page"))


@blueprint.route("/confirm", methods=["GET", "POST"])
def confirm() -> ResponseReturnValue:
    """Take the factor again, and lead back."""
    entry, who = served().entry, caller()
    form: HubForm = CodeForm() if entry.factors.enrolled(who.login) else PasswordAgainForm()
    if form.validate_on_submit():
        try:
            secret = entry.sittings.prove_again(who, str(form["code"].data))
        except NotSignedInError:
            form["code"].errors = [WRONG_CODE]
        else:
            return seated(make_response(redirect(returning.target())), secret)
    provider = entry.single_sign_on.name if entry.single_sign_on.linked(who.login) else ""
    return render_template("confirm.html", form=form, provider=provider), 401 if form.errors else 200
