"""The workbook of a family: one chapter per role."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from hub.domain.ids import FamilyId, PersonId
from hub.domain.partial_date import PartialDate
from hub.services.entries import Said
from hub.services.family_page import Stated
from hub.services.workbook import Session
from hub.web import entrance
from hub.web.acts import ActPage, show
from hub.web.entries import clients
from hub.web.served import caller, served
from hub.web.workbook_forms import ModuleForm, SessionForm, SummaryForm

blueprint = Blueprint("workbook", __name__)


@blueprint.get("/families/<id:family>/workbook")
def chapters(family: str) -> ResponseReturnValue:
    """Show every chapter of which this reader sees something."""
    id_, stated = _opened(family)
    if stated is None:
        return redirect(url_for("families.reason", family=family, then="workbook.chapters"))
    found = served().team.workbook.chapters(caller().account, id_, stated)
    return render_template("workbook.html", reference=served().pages.reference(id_), family_id=id_, chapters=found)


@blueprint.route("/families/<id:family>/workbook/summary", methods=["GET", "POST"])
def summary(family: str) -> ResponseReturnValue:
    """Add a month's summary to one's own chapter."""
    id_, stated = _opened(family)
    if stated is None:
        return redirect(url_for("families.reason", family=family))
    form = SummaryForm(options={"about": clients(id_, stated)}, data={"month": _this_month()})
    if form.validate_on_submit():
        month = form.month.when or _this_month()
        said = Said(str(form.summary.data), tuple(PersonId(person) for person in form.about.data))
        served().team.workbook.summarise(caller().account, id_, stated, month, said)
        return _recorded("The summary stands in your chapter and in the chronology.", id_)
    return show(_act("Add a month's summary", id_), form)


@blueprint.route("/families/<id:family>/workbook/module", methods=["GET", "POST"])
def module(family: str) -> ResponseReturnValue:
    """Say how far a person is with a module."""
    id_, stated = _opened(family)
    if stated is None:
        return redirect(url_for("families.reason", family=family))
    workbook = served().team.workbook
    form = ModuleForm(options={"person": clients(id_, stated), "module": workbook.programme.modules})
    if form.validate_on_submit():
        said = (str(form.module.data), str(form.state.data))
        person, note = PersonId(str(form.person.data)), str(form.note.data or "")
        workbook.set_module(caller().account, id_, stated, person, said, note)
        return _recorded("The module is up to date.", id_)
    return show(_act("Say how far a module is", id_), form)


@blueprint.route("/families/<id:family>/workbook/session", methods=["GET", "POST"])
def session(family: str) -> ResponseReturnValue:
    """Keep a Motivational Interviewing session."""
    id_, stated = _opened(family)
    if stated is None:
        return redirect(url_for("families.reason", family=family))
    workbook = served().team.workbook
    marks = {str(mark): str(mark) for mark in range(workbook.programme.highest + 1)}
    options = {"person": clients(id_, stated), "importance": marks, "confidence": marks}
    form = SessionForm(options=options, data={"day": PartialDate.of(served().clock())})
    if form.validate_on_submit():
        workbook.note_session(caller().account, id_, stated, _session(form))
        return _recorded("The session stands in your chapter.", id_)
    return show(_act("Note a Motivational Interviewing session", id_), form)


def _session(form: SessionForm) -> Session:
    return Session(
        PersonId(str(form.person.data)),
        form.day.when or PartialDate.of(served().clock()),
        str(form.focus.data),
        str(form.goal.data or ""),
        str(form.change_talk.data or ""),
        int(form.importance.data) if form.importance.data else None,
        int(form.confidence.data) if form.confidence.data else None,
        str(form.stage.data or ""),
        str(form.next_step.data or ""),
        str(form.will_tell.data or ""),
        form.person_knows.data == "yes",
    )


def _opened(family: str) -> tuple[FamilyId, Stated | None]:
    id_ = entrance.enter(family)
    entrance.require_form("workbook.chapters")
    return id_, served().pages.stated(caller(), id_)


def _this_month() -> PartialDate:
    return PartialDate.parse(str(PartialDate.of(served().clock()))[:7])


def _act(title: str, family: FamilyId) -> ActPage:
    caption = f"Family {served().pages.reference(family)}"
    return ActPage(title, url_for("workbook.chapters", family=family), "Record it", caption)


def _recorded(words: str, family: FamilyId) -> ResponseReturnValue:
    flash(f"Recorded: {words}")
    return redirect(url_for("workbook.chapters", family=family))
