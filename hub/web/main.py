"""Signing in and out, and home."""

from typing import Final

from flask import Blueprint, current_app, flash, make_response, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from hub.domain.errors import InvalidRequestError, NotSignedInError
from hub.web import rota, steps, tasks
from hub.web.acts import ActPage, show
from hub.web.case_forms import DigestForm
from hub.web.forms import SignInForm
from hub.web.refusals import told
from hub.web.served import caller, cookie, register, role, served

blueprint = Blueprint("main", __name__)
_START: Final = {
    "front_door_worker": "front_door.list_referrals",
    "ig_officer": "governance.log",
    "signatory": "signing.versions",
    "agency_admin": "staff.page",
    "partner_referrer": "partners.receipts",
    "safeguarding_lead": "school_notices.list_notices",
}
_WRONG = "The user name or password is not right, or you have to wait before trying again"


@blueprint.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> ResponseReturnValue:
    """Take the name and the password: the first step to a sitting."""
    form = SignInForm()
    if form.validate_on_submit():
        try:
            step = served().entry.signing_in.begin(str(form.username.data), str(form.password.data))
        except NotSignedInError:
            form.password.errors = [_WRONG]
            return render_template("sign_in.html", form=form, provider=served().entry.single_sign_on.name), 401
        return steps.onward(step)
    return render_template("sign_in.html", form=form, provider=served().entry.single_sign_on.name)


@blueprint.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """End the sitting at once."""
    served().sessions.sign_out(caller())
    session.clear()
    response = make_response(redirect(url_for("main.sign_in")))
    response.delete_cookie(cookie(), httponly=True, samesite="Lax", secure=current_app.config["SESSION_COOKIE_SECURE"])
    response.headers["Clear-Site-Data"] = '"cache", "cookies"'
    return response


@blueprint.get("/")
def home() -> ResponseReturnValue:
    """Lead each role to where its day begins."""
    if role() in _START:
        return redirect(url_for(_START[role()]))
    hub, who = served(), caller()
    looked = hub.casework.looks.words(who.account)
    families = [
        {"id": id_, "reference": reference, "part_words": words, "looked_words": looked.get(id_, "")}
        for id_, reference, words in hub.pages.families(who.account)
    ]
    own = {str(one["id"]): str(one["reference"]) for one in families}
    shown = {"families": families, "unowned": hub.casework.caseload.unowned(who.account), "duties": rota.lines()}
    return render_template("home.html", tasks=tasks.lines(own=own), **shown)


@blueprint.route("/digest", methods=["GET", "POST"])
def digest() -> ResponseReturnValue:
    """Choose whether, and where, one is written to in the morning."""
    hub, who = served(), caller()
    form = DigestForm(data={"address": hub.casework.digest.address_of(who.account)})
    if form.validate_on_submit():
        try:
            hub.casework.digest.choose(who.account, str(form.address.data))
        except InvalidRequestError as error:
            if not told(form, error):
                raise
        else:
            flash("Recorded: where you are written to.")
            return redirect(url_for("main.home"))
    unsent = "No e-mail is set up on this hub: nothing is sent yet. The address is kept, and written to once it is."
    intro = (
        *(() if hub.casework.digest.writes else (unsent,)),
        "On a working morning, when something waits for you here, you get one e-mail: a sentence and a link.",
        "It says nothing of any family, and it is the same for everybody on every day.",
    )
    return show(ActPage("A message in the morning", url_for("main.home"), "Save", intro=intro), form)


@blueprint.get("/accessibility")
def accessibility() -> ResponseReturnValue:
    """Say for whom these pages were checked, and for whom not yet."""
    who = current_user.caller if current_user.is_authenticated else None
    return render_template("accessibility.html", contact=register().contact(who.agency) if who else "")


@blueprint.get("/readyz")
def ready() -> ResponseReturnValue:
    """Say that the process serves; nothing else."""
    return {"ready": True}
