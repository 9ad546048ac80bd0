"""The rota for a manager, and the page of whoever is on duty: which family they handle, what they leave for the day."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from hub.domain.errors import AccessRefusedError, InvalidRequestError, NotFoundError
from hub.domain.ids import AccountId, FactId
from hub.domain.partial_date import LOCAL
from hub.policy.circumstances import AT_NIGHT
from hub.services.recording import Period
from hub.services.register import Register, moment_words
from hub.services.rota import PREFIX, STAFF, Shift
from hub.web import case_forms
from hub.web.acts import ActPage, show
from hub.web.days import today
from hub.web.refusals import told
from hub.web.served import caller, served

blueprint = Blueprint("rota", __name__)
_UNKNOWN = "No family with this reference can be opened from this desk. Check it, or ask the front door"


@dataclass(frozen=True, slots=True)
class Line:
    """One shift as the pages print it."""

    id: FactId
    name: str
    desk_words: str
    time_words: str
    now: bool


@blueprint.route("/rota", methods=["GET", "POST"])
def page() -> ResponseReturnValue:
    """Show who is on duty and who will be, and put somebody on duty."""
    hub, who = served(), caller()
    register = hub.pages.register()
    lines = [_line(one, register) for one in hub.casework.rota.shifts(who.account)]
    staff: dict[str, str] = {
        account: f"{register.accounts[account].name}, {register.vocabulary.words(role)}"
        for account, role in hub.casework.rota.staff(who.account).items()
        if account in register.accounts
    }
    options: dict[str, dict[str, str]] = {
        "account": staff,
        "desk": {desk: register.vocabulary.words_for("desks", desk)[0] for desk in STAFF},
    }
    first = {"starts": today(), "starts_at": "17:00", "ends": today() + timedelta(days=1), "ends_at": "09:00"}
    form = case_forms.ShiftForm(options=options, data=first)
    if form.validate_on_submit():
        period = Period(_instant(form.starts.data, form.starts_at.data), _instant(form.ends.data, form.ends_at.data))
        try:
            hub.casework.rota.put(who.account, AccountId(str(form.account.data)), str(form.desk.data), period)
        except InvalidRequestError as error:
            if not told(form, error):
                raise
        else:
            flash("Recorded: the shift is on the rota.")
            return redirect(url_for("rota.page"))
    return render_template("rota.html", form=form, lines=lines)


@blueprint.post("/rota/<id:fact>/end")
def end(fact: str) -> ResponseReturnValue:
    """End a shift now, or take one back that is to come."""
    served().casework.rota.end(caller().account, FactId(fact))
    flash("Recorded: the shift is off the rota.")
    return redirect(url_for("rota.page"))


@blueprint.route("/duty", methods=["GET", "POST"])
def duty() -> ResponseReturnValue:
    """Show whoever is on duty what their desk does, and open the family they handle by its reference."""
    hub, who = served(), caller()
    lines = [_line(one, hub.pages.register()) for one in _mine()]
    at_night = any(f"{PREFIX}{one.desk}" in AT_NIGHT for one in _mine())
    form = case_forms.ReferenceForm()
    if at_night and form.validate_on_submit():
        try:
            family = hub.casework.rota.take_up(who.account, str(form.reference.data))
        except NotFoundError:
            form.reference.errors = [_UNKNOWN]
        else:
            return redirect(url_for("families.reason", family=family))
    at_door = any(one.desk == "front_door" for one in _mine())
    return render_template("duty.html", form=form, lines=lines, at_night=at_night, at_door=at_door)


@blueprint.route("/duty/note", methods=["GET", "POST"])
def note() -> ResponseReturnValue:
    """Leave word for nine o'clock."""
    _mine()
    form = case_forms.DutyNoteForm()
    if form.validate_on_submit():
        due = served().casework.duty_notes.leave(caller().account, str(form.note.data))
        flash(f"Recorded: the day team has a task to read it by {moment_words(due)}.")
        return redirect(url_for("rota.duty"))
    intro = ("It is a task for the front door and its managers on the next working day at nine.",)
    return show(ActPage("Leave word for the day team", url_for("rota.duty"), "Leave it", intro=intro), form)


def lines() -> list[Line]:
    """Return the reader's own shifts that stand, for home."""
    register = served().pages.register()
    return [_line(one, register) for one in served().casework.rota.mine(caller().account)]


def _mine() -> list[Shift]:
    """Return the reader's shifts that stand; for whoever is not on duty there is no such page."""
    found = served().casework.rota.mine(caller().account)
    if not found:
        raise AccessRefusedError("not_on_duty", where="duty")
    return found


def _line(one: Shift, register: Register) -> Line:
    person = register.accounts.get(one.account)
    end_words = f" to {moment_words(one.end)}" if one.end else ""
    words = f"{moment_words(one.start)}{end_words}"
    desk, now = register.vocabulary.words_for("desks", one.desk)[0], one.start <= served().clock()
    return Line(one.id, person.name if person else "A worker", desk, words, now)


def _instant(day: object, hour: object) -> datetime:
    if not isinstance(day, date):
        raise InvalidRequestError("not_a_date", where="starts")
    return datetime.combine(day, time.fromisoformat(str(hour)), LOCAL)
