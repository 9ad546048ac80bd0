"""Group supervision: who is there, the shared screen, what each adds, what it came to."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from hub.domain.errors import InvalidRequestError
from hub.domain.ids import AccountId, FamilyId, PersonId, RecordId
from hub.services.family_page import Stated
from hub.services.supervision_record import Action, Outcome, Room
from hub.web import entrance
from hub.web.acts import ActPage, show
from hub.web.entries import entry_form, entry_of, entry_page, is_sent, say
from hub.web.served import caller, role, served
from hub.web.supervision_forms import ACTIONS, BeginForm, OutcomeForm

blueprint = Blueprint("supervision", __name__)


@blueprint.route("/families/<id:family>/supervision", methods=["GET", "POST"])
def family(family: str) -> ResponseReturnValue:
    """Begin with who is there; list the supervisions this reader sat in."""
    id_ = entrance.enter(family)
    entrance.require_form("supervision.family")
    stated = served().pages.stated(caller(), id_)
    if stated is None:
        return redirect(url_for("families.reason", family=family, then="supervision.family"))
    who, hub = caller().account, served().team.supervisions
    chairs = hub.may_chair(who, id_)
    workers = {str(one): words for one, words in hub.candidates(who, id_, stated).items()} if chairs else {}
    form = BeginForm(options={"attendees": workers})
    if chairs and form.validate_on_submit():
        begun = hub.begin(who, id_, stated, [AccountId(str(one)) for one in form.attendees.data])
        return redirect(url_for("supervision.room", supervision=begun))
    lines = hub.of_family(who, id_)
    return render_template(
        "supervisions.html",
        reference=served().pages.reference(id_),
        family_id=id_,
        form=form,
        chairs=chairs,
        lines=lines,
    )


@blueprint.get("/supervisions/<id:supervision>/room")
def room(supervision: str) -> ResponseReturnValue:
    """Show what everybody present may see, and nothing that only some may."""
    stated, family_id = _opened(supervision)
    if stated is None:
        return redirect(url_for("families.reason", family=family_id))
    found = served().team.supervisions.room(caller().account, supervision, stated)
    return render_template(
        "room.html",
        reference=served().pages.reference(family_id),
        supervision=supervision,
        room=found,
        emergencies=[],  # the chair's own work in other families is not for this screen
    )


@blueprint.route("/supervisions/<id:supervision>/contribution", methods=["GET", "POST"])
def contribution(supervision: str) -> ResponseReturnValue:
    """Record what one adds: on one's own device, under its own label."""
    stated, family_id = _opened(supervision)
    if stated is None:
        return redirect(url_for("families.reason", family=family_id))
    form = entry_form(family_id, stated, None)
    if is_sent(form):
        try:
            served().team.supervisions.say(caller().account, supervision, stated, entry_of(form))
        except InvalidRequestError as error:
            say(form, error)
        else:
            flash("Recorded: it stands under its own label. The shared screen shows it only when all may see it.")
            return redirect(url_for("families.family", family=family_id))
    return entry_page(family_id, form, "What you add in group supervision", "Record it")


@blueprint.route("/supervisions/<id:supervision>/outcome", methods=["GET", "POST"])
def outcome(supervision: str) -> ResponseReturnValue:
    """Record what it came to; the form begins with what is on the shared screen."""
    stated, family_id = _opened(supervision)
    if stated is None:
        return redirect(url_for("families.reason", family=family_id))
    hub, who = served().team.supervisions, caller().account
    shown = hub.room(who, supervision, stated)
    form = OutcomeForm(options=_options(shown, hub.attendees(who, supervision)), data=_begun(shown))
    if form.validate_on_submit():
        try:
            hub.close(who, supervision, stated, _outcome(form))
        except InvalidRequestError:
            form.action_1.errors = [*form.action_1.errors, "Enter days to come, and owners who are there"]
        else:
            flash("Recorded: the actions are on the lists of who agreed to them.")
            return redirect(url_for("families.family", family=family_id))
    back = url_for("supervision.room", supervision=supervision)
    intro = ("It begins with the newest worries, strengths and steps on the shared screen. Change every word.",)
    caption = f"Family {served().pages.reference(family_id)}"
    return show(ActPage("What the supervision came to", back, "Record it and close", caption, intro), form)


def _opened(supervision: str) -> tuple[Stated | None, FamilyId]:
    found = served().team.supervisions.found(caller().account, supervision)
    entrance.enter(found.family)
    if role() not in entrance.FORMS["supervision.family"][1]:
        entrance.require_form("supervision.family")
    return served().pages.stated(caller(), found.family), found.family


def _options(shown: Room, there: dict[AccountId, str]) -> dict[str, dict[str, str]]:
    entries = {line.record: f"{line.kind_words}, {line.date_words}, {line.agency}" for line in shown.entries}
    people = {line.person: line.name for line in shown.people}
    owners = {f"owner_{n}": {str(account): name for account, name in there.items()} for n in ACTIONS}
    return {"about": people, "relied_on": entries} | owners


def _begun(shown: Room) -> dict[str, str]:
    found = served().team.supervisions.suggestion(shown)
    names = {"danger_statement": "danger", "strength_statement": "strength", "decision": "decision"}
    return {names[name]: words for name, words in found.items()}


def _outcome(form: OutcomeForm) -> Outcome:
    actions = [
        Action(str(form[f"action_{n}"].data), AccountId(str(form[f"owner_{n}"].data)), form[f"day_{n}"].data)
        for n in ACTIONS
        if form[f"action_{n}"].data
    ]
    return Outcome(
        [PersonId(str(person)) for person in form.about.data],
        str(form.decision.data),
        str(form.risk.data or ""),
        str(form.danger.data or ""),
        str(form.strength.data or ""),
        str(form.dissent.data or ""),
        actions,
        [RecordId(str(record)) for record in form.relied_on.data],
    )
