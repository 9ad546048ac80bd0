"""Operation Encompass: a safeguarding lead's list and the notice itself; the front door's list of what was not read."""

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from hub.services.school_notices import NoticeLine, WaitingLine
from hub.web.acts import ActPage, show
from hub.web.forms import HubForm
from hub.web.served import caller, register, served

blueprint = Blueprint("school_notices", __name__)
_BEFORE = (
    "The police sent word about a child, or children, of yours. Read it where nobody else sees the screen.",
    "Opening it records that it arrived.",
)


@blueprint.get("/school-notices")
def list_notices() -> ResponseReturnValue:
    """List what the police sent for the children of this school, what waits first."""
    lines = [_listed(line) for line in served().encompass.notices.lines(caller().account)]
    return render_template("school_notices.html", lines=lines)


@blueprint.route("/school-notices/<id:notice>", methods=["GET", "POST"])
def notice(notice: str) -> ResponseReturnValue:
    """Read a notice. The first reading is an act of its own: nothing that only follows a link says that it arrived."""
    notices, who = served().encompass.notices, caller().account
    line, form = notices.line(who, notice), HubForm()
    if line.read_words or form.validate_on_submit():
        children, contact = notices.read(who, notice), register().contact(line.agency)
        return render_template("school_notice.html", line=_listed(line), children=children, contact=contact)
    facts = (("From", register().agency(line.agency)), ("Sent", line.sent_words), ("Time", line.due_words))
    back = url_for("school_notices.list_notices")
    return show(ActPage("A notice from the police", back, "Read it now", intro=_BEFORE, facts=facts), form)


@blueprint.get("/front-door/school-notices")
def waiting() -> ResponseReturnValue:
    """List for the front door what was not read yet, the longest waiting first."""
    lines = [_waits(line) for line in served().encompass.notices.waiting(caller().account)]
    return render_template("school_notices_waiting.html", lines=lines)


def _listed(line: NoticeLine) -> dict[str, object]:
    return {
        "id": line.id,
        "agency": register().agency(line.agency),
        "sent_words": line.sent_words,
        "side_words": line.read_words or line.due_words,
        "overdue": line.overdue,
    }


def _waits(line: WaitingLine) -> dict[str, object]:
    return {
        "id": line.id,
        "agency": register().agency(line.agency),
        "contact": register().contact(line.agency),
        "referral": line.referral,
        "receipt": line.receipt,
        "sent_words": line.sent_words,
        "due_words": line.due_words,
        "overdue": line.overdue,
        "alarm_words": line.alarm_words,
    }
