"""What waits for the reader's agency, and a holder's own decision about one item."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from hub.domain.ids import FamilyId
from hub.services.task_lines import Finished, TaskLine
from hub.web import duty_forms
from hub.web.acts import ActPage, show
from hub.web.forms import HubForm
from hub.web.served import caller, served, standing

blueprint = Blueprint("tasks", __name__)


_PAGES = {
    "decide": ("sharing.decide", "task"),
    "do": ("tasks.task", "task"),
    "emergency": ("emergency.review", "access"),
    "handover": ("allocations.accept", "task"),
    "not_shared": ("sharing.review", "decision"),
    "challenge": ("entries.answer", "challenge"),
    "visibility": ("entries.visibility", "entry"),
    "quarantined": ("quarantined.record", "referral"),
    "strategy": ("strategy.discussion", "discussion"),
    "request": ("requests.answer", "request"),
    "redirection": ("front_door.passed_on", "redirection"),
    "known": ("matches.newcomers", "referral"),
    "school": ("school_notices.notice", "notice"),
}
"""Page of a task -> its route, and the name of what the route is about."""
_FORMS = {"may": duty_forms.NoteForm, "must": duty_forms.WrittenForm, "told": duty_forms.ToldForm}


def lines(family: FamilyId | None = None, own: Mapping[str, str] | None = None) -> list[dict[str, object]]:
    """Return the open tasks of the reader and their agency as the templates list them; of one family where given.

    `own` are the families that the reader works with, by id: a task about one of them says which.
    """
    return [_listed(task, own or {}) for task in served().tasks.open_for(caller().account, family, standing())]


def own_families() -> dict[str, str]:
    """Return the references of the families that the reader works with, by id."""
    return {id_: reference for id_, reference, _ in served().pages.families(caller().account)}


def _address(task: TaskLine) -> str:
    endpoint, name = _PAGES[task.page]
    about: dict[str, Any] = {name: task.id if name == "task" else task.subject}
    return url_for(endpoint, **about)


def _listed(task: TaskLine, own: Mapping[str, str]) -> dict[str, object]:
    said = {
        "reference": own.get(task.family, ""),
        "words": task.words,
        "due_words": task.due_words,
        "overdue": task.overdue,
        "late_words": task.late_words,
    }
    return said | {"url": _address(task) if task.opens else ""}


@blueprint.get("/tasks")
def tasks() -> ResponseReturnValue:
    """Show what waits for the reader's agency."""
    return render_template("tasks.html", tasks=lines(own=own_families()))


@blueprint.get("/queue")
def queue() -> ResponseReturnValue:
    """Show a manager or IG officer everything their agency owes, what is late first."""
    found, own = served().tasks.queue(caller().account), own_families()
    parts = (
        ("Overdue", found.late, "Nothing is late. Work that passes its time appears here, the oldest first."),
        ("Due within seven days", found.week, "Nothing is due this week. Look again when a decision was recorded."),
        ("Later", found.later, "Nothing is planned for later. Reviews appear here as decisions are recorded."),
    )
    listed = [{"words": w, "tasks": [_listed(one, own) for one in some], "empty": empty} for w, some, empty in parts]
    return render_template("queue.html", queue={"done": found.done, "parts": listed})


@blueprint.route("/tasks/<id:task>", methods=["GET", "POST"])
def task(task: str) -> ResponseReturnValue:
    """Say that a task is done, with what the duty asks in writing; or take it up again."""
    hub, who = served(), caller()
    page = hub.tasks.page(who.account, task)
    if page.line.page != "do":
        return redirect(_address(page.line))
    form = duty_forms.AgainForm() if page.done else _FORMS[page.note]()
    if form.validate_on_submit():
        if page.done:
            hub.tasks.reopen(who.account, task, str(form.note.data))
        else:
            hub.tasks.finish(who.account, task, _finished(form))
        flash("Recorded: the task is open again." if page.done else "Recorded: the task is done.")
        return redirect(url_for("tasks.tasks"))
    intro = ("This task is done. If that is a mistake, take it up again.",) if page.done else ()
    family = (("Family", hub.pages.reference(FamilyId(page.reference))),) if page.reference else ()
    send = "Take it up again" if page.done else "It is done"
    facts = (*page.about, *family, ("Time", f"{page.line.due_words} {page.line.late_words}".strip()))
    act = ActPage(page.line.words, url_for("tasks.tasks"), send, intro=intro, facts=facts, history=page.events)
    return show(act, form)


def _finished(form: HubForm) -> Finished:
    if not isinstance(form, duty_forms.ToldForm):
        return Finished(str(form["note"].data))
    return Finished(str(form.note.data), str(form.told.data), form.day.data)
