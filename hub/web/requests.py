"""Requests for information: a worker asks another agency; the agency's desk reads, looks, and answers."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from hub.domain.ids import AgencyId, PersonId
from hub.services.answering import Given
from hub.services.request_parts import Question, RequestLine
from hub.services.requests import Asking
from hub.web import entrance, request_forms
from hub.web.acts import ActPage, show
from hub.web.served import caller, register, served

blueprint = Blueprint("requests", __name__)
_TOLD = (
    "The agency is told the names and dates of birth of those you choose, why you ask, and nothing else.",
    "What it shares opens here and in the chronology. Silence is never a no: speak with them.",
)


@blueprint.route("/families/<id:family>/requests", methods=["GET", "POST"])
def family(family: str) -> ResponseReturnValue:
    """List what was asked about a family, and ask."""
    hub, who, id_ = served(), caller(), entrance.enter(family)
    entrance.require_form("requests.family")
    stated, people = hub.pages.stated(who, id_), entrance.people(id_)
    if stated is None or people is None:
        return redirect(url_for("families.reason", family=family, then="requests.family"))
    children, adults = people
    others: dict[str, str] = {a.id: a.name for a in register().agencies.values() if a.id != who.agency}
    functions = {code: f"{one.words} ({one.law})" for code, one in hub.desk.requests.rules.functions.items()}
    form = request_forms.AskAgencyForm(
        options={"holder": others, "function": functions, "children": children, "adults": adults}
    )
    if form.validate_on_submit():
        named = [PersonId(person) for person in (*form.children.data, *form.adults.data)]
        holder, function = AgencyId(str(form.holder.data)), str(form.function.data)
        asking = Asking(holder, function, named, str(form.why.data), str(form.period.data))
        request = hub.desk.requests.ask(who.account, id_, stated, asking)
        flash("Recorded: the agency has a task to answer.")
        return redirect(url_for("requests.asked", request=request))
    lines = [_listed(line) for line in hub.desk.requests.lines(who.account, id_)]
    reference = hub.pages.reference(id_)
    return render_template("requests.html", reference=reference, family_id=id_, form=form, lines=lines, told=_TOLD)


@blueprint.get("/asked/<id:request>")
def asked(request: str) -> ResponseReturnValue:
    """Show what was asked and answered, to those of the asking agency who work with the family."""
    page = served().desk.requests.page(caller().account, request)
    return render_template("request.html", page=page, line=_listed(page.line), rows=_rows(page.question, page.law))


@blueprint.get("/requests")
def desk() -> ResponseReturnValue:
    """List what the reader's agency is asked, the newest first."""
    lines = [_listed(line) for line in served().desk.answering.desk(caller().account)]
    return render_template("requests_desk.html", lines=lines)


@blueprint.route("/requests/<id:request>", methods=["GET", "POST"])
def answer(request: str) -> ResponseReturnValue:
    """Read one request at the holder's desk, and answer it; a second answer takes the first one's place."""
    hub, who = served(), caller()
    page = hub.desk.answering.page(who.account, request)
    adults = any(not one.child for one in page.question.people)
    form = request_forms.AnswerAdultsForm() if adults else request_forms.AnswerRequestForm()
    if form.validate_on_submit():
        hub.desk.answering.answer(who.account, request, _given(form))
        flash("Recorded: your answer. It counts until you answer again.")
        return redirect(url_for("requests.desk"))
    duty = "Answering is a duty of your agency by this law." if page.duty else "Your agency decides whether it shares."
    again = (f"Answered: {page.history[-1]}. A new answer takes its place.",) if page.history else ()
    facts = (
        ("Asked by", register().agency(page.line.agency)),
        ("For", page.line.function_words),
        *_rows(page.question, page.law),
        ("Time", f"asked {page.line.asked_words}, {page.line.due_words}"),
    )
    intro = (*again, duty, "Look first. Say nothing held only of what you checked.")
    return show(
        ActPage("A request for information", url_for("requests.desk"), "Answer", intro=intro, facts=facts), form
    )


def _rows(question: Question, law: str) -> tuple[tuple[str, str], ...]:
    children = "; ".join(one.words for one in question.people if one.child)
    adults = "; ".join(one.words for one in question.people if not one.child)
    return (
        ("Law", law),
        ("Children", children),
        ("Adults", adults or "Nobody"),
        ("About which time", question.period),
        ("Why now", question.why),
    )


def _listed(line: RequestLine) -> dict[str, object]:
    return {
        "id": line.id,
        "agency": register().agency(line.agency),
        "contact": register().contact(line.agency),
        "function_words": line.function_words,
        "asked_words": line.asked_words,
        "answer": line.answer,
        "side_words": line.answer_words or line.due_words,
        "overdue": line.overdue,
    }


def _given(form: request_forms.AnswerRequestForm) -> Given:
    return Given(
        str(form.answer.data),
        form.checked.data,
        str(form.information.data),
        str(form.statement.data),
        str(form.involvement.data),
        str(form.relations.data),
        str(form.allegation.data),
        str(form.ground.data),
        str(form.reason.data),
    )
