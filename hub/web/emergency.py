"""Emergency access: asked for by a family's reference, seen on every page while it stands, ended, reviewed."""

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from hub.domain.errors import AccessRefusedError
from hub.services.emergencies import PURPOSE, Need
from hub.services.family_page import Stated
from hub.web import duty_forms
from hub.web.acts import ActPage, show
from hub.web.fresh import require_fresh
from hub.web.served import caller, role, served

blueprint = Blueprint("emergency", __name__)
_INTRO = (
    "Only when somebody is in immediate danger and nobody who works with the family can be reached in time.",
    "You will see who the people are, how to reach them, what the police recorded and how agencies see the risk.",
    "It is not the whole record, and it ends by itself, after eight hours at the latest.",
    "It is logged with your name and your words. The agencies whose information you open are told at once.",
    "Somebody else reviews it within one working day.",
)


def standing() -> list[dict[str, str]]:
    """Return the accesses of the reader that stand, for the banner on every page."""
    return [
        {
            "words": f"Emergency access to family {one.reference} ends by itself on {one.ends_words}.",
            "url": url_for("families.family", family=one.family),
            "end_url": url_for("emergency.end", access=one.id),
        }
        for one in served().emergencies.standing(caller().account)
    ]


@blueprint.route("/emergency", methods=["GET", "POST"])
def open_family() -> ResponseReturnValue:
    """Open a family by its reference in an emergency; what cannot be opened answers like what does not exist."""
    hub, who = served(), caller()
    if role() not in hub.emergencies.roles():
        raise AccessRefusedError("role_may_not", where=PURPOSE)
    require_fresh()
    form = duty_forms.EmergencyForm()
    if form.validate_on_submit():
        need = Need(str(form.reference.data), str(form.danger.data), str(form.reason.data), int(str(form.hours.data)))
        family = hub.emergencies.open(who.account, need)
        hub.pages.state(who, family, Stated(PURPOSE, f"{need.danger}\n\n{need.reason}"))
        return redirect(url_for("families.family", family=family))
    back = url_for("main.home")
    return show(ActPage("Open a family in an emergency", back, "Open it now", intro=_INTRO), form)


@blueprint.route("/emergency/<id:access>/end", methods=["GET", "POST"])
def end(access: str) -> ResponseReturnValue:
    """End one's own access before its time."""
    hub, who = served(), caller()
    mine = next((one for one in hub.emergencies.standing(who.account) if one.id == access), None)
    if mine is None:
        raise AccessRefusedError("no_such_access", where=access)
    form = duty_forms.ConfirmForm()
    if form.validate_on_submit():
        hub.emergencies.end(who.account, access)
        flash("Recorded: the emergency access has ended.")
        return redirect(url_for("main.home"))
    intro = ("From now on it opens nothing. It is reviewed all the same.",)
    caption, back = f"Family {mine.reference}", url_for("families.family", family=mine.family)
    return show(ActPage("End the emergency access", back, "End it now", caption, intro), form)


@blueprint.route("/emergency/<id:access>/review", methods=["GET", "POST"])
def review(access: str) -> ResponseReturnValue:
    """Say whether an access was right: an IG officer or manager of the same agency who is not its reader."""
    hub, who = served(), caller()
    page = hub.emergencies.review_page(who.account, access)
    form = duty_forms.EmergencyReviewForm()
    if form.validate_on_submit():
        hub.emergencies.review(who.account, access, str(form.outcome.data), str(form.note.data))
        flash("Recorded: the review of the emergency access.")
        return redirect(url_for("tasks.tasks"))
    reader = hub.pages.register().accounts.get(page.account)
    facts = (
        ("Who", reader.name if reader else "A worker"),
        ("Family", page.reference),
        ("From", page.started_words),
        ("Until", page.ended_words),
        ("The danger", page.danger),
        ("Why it could not wait", page.reason),
    )
    intro = ("What was looked at while it stood is in the access log. You see the reasons here, and no content.",)
    back = url_for("tasks.tasks")
    return show(ActPage("Review an emergency access", back, "Record the review", intro=intro, facts=facts), form)
