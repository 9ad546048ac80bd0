"""The front door's pages: what was received, and where it belongs."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from hub.domain.ids import FamilyId
from hub.web.forms import MatchForm
from hub.web.served import caller, served

blueprint = Blueprint("front_door", __name__)


@blueprint.get("/front-door")
def list_referrals() -> ResponseReturnValue:
    """List what waits, oldest first."""
    return render_template("front_door.html", referrals=served().front_door.waiting(caller().account))


@blueprint.route("/front-door/<id:referral>", methods=["GET", "POST"])
def referral(referral: str) -> ResponseReturnValue:
    """Show one referral with its candidates, and record where it belongs."""
    hub, who = served(), caller()
    page = hub.front_door.page(who.account, referral)
    form = MatchForm(options={"candidate": {c.id: f"Family {c.family_reference}" for c in page.candidates}})
    if page.placeable and form.validate_on_submit():
        chosen = FamilyId(str(form.candidate.data)) if form.decision.data == "attach" else None
        family = hub.front_door.decide(who.account, referral, chosen)
        flash(f"Recorded: the referral is with family {hub.pages.reference(family)}.")
        return redirect(url_for("front_door.list_referrals"))
    return render_template("referral.html", referral=page, form=form)
