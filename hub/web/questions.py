"""What the information governance officer asks: why was this shown or not, who can see it, what would a draft do."""

from datetime import date, datetime, timedelta

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from hub.domain.errors import AccessRefusedError, NotFoundError, PolicyError
from hub.domain.ids import FamilyId
from hub.gate.examining import When
from hub.policy.reading import MAX_CHARACTERS
from hub.services.questions import PURPOSES, Choice
from hub.services.register import day_words
from hub.web.days import midnight, today
from hub.web.form_fields import DayField, OneOf, text
from hub.web.forms import HubForm
from hub.web.served import caller, role, served

blueprint = Blueprint("questions", __name__)
_LISTED = "Opened the list of what can be asked about a family"
_GONE = "On that day the hub did not know this item, or you may not know of it"


class QuestionForm(HubForm):
    """One question about one item of a family, as of a day."""

    item = OneOf("Which item?", missing="Choose the item", kind="select", hint="Kinds, dates and agencies; no content.")
    ask = OneOf(
        "What do you want to know?",
        missing="Choose what you want to know",
        options={
            "why": "Why one worker sees it, or does not",
            "who": "Who of those who work with the family can see it",
        },
    )
    worker = OneOf("Which worker?", kind="select", hint="Your own staff by name, other agencies' staff by role.")
    purpose = OneOf("What were they doing?", missing="Choose what they were doing")
    day = DayField("As of which day?", missing="Enter the day", hint="The end of that day; for today, this moment.")
    known = OneOf(
        "As known when?",
        missing="Choose as known when",
        options={"then": "As the hub knew it on that day", "now": "As the hub knows it today"},
    )
    reason = text("Why do you ask?", missing="Write why you ask", hint="It is kept in the access log with your name.")

    def cross_errors(self) -> dict[str, str]:
        """Why needs a worker; no day is in the future."""
        errors = {}
        if self.ask.data == "why" and not self.worker.data:
            errors["worker"] = "Choose the worker"
        if self.day.data and self.day.data > today():
            errors["day"] = "Enter a day that is not in the future"
        return errors


class DraftForm(HubForm):
    """A draft, tried before anybody signs it."""

    draft = text(
        "The draft",
        missing="Paste the text of the draft",
        hint="The whole agreement (YAML).",
        longest=MAX_CHARACTERS,
    )
    reason = text(
        "Why do you try it?", missing="Write why you try it", hint="It is kept in the access log with your name."
    )


def _require_officer() -> None:
    if role() != "ig_officer":
        raise AccessRefusedError("role_may_not_read_log")


@blueprint.route("/log/families/<id:family>", methods=["GET", "POST"])
def family(family: str) -> ResponseReturnValue:
    """Ask about an item of a family: pick worker, item and day; then read the answer with its clause.

    The log names families of which this officer may know no item: of these, as of none, there is nothing to ask.
    """
    _require_officer()
    hub, who, id_ = served(), caller().account, FamilyId(family)
    now = hub.clock()
    try:
        choice = hub.questions.choice(who, id_, When(now, now), _LISTED)
    except NotFoundError:
        return render_template("question.html", reference="")
    form = _question_form(choice)
    if form.validate_on_submit():
        when = _when(form.day.data, str(form.known.data), now)
        try:
            return _answer(form, id_, when)
        except NotFoundError:
            form.item.errors = [*form.item.errors, _GONE]
    return render_template("question.html", form=form, reference=choice.reference, choice=choice)


def _question_form(choice: Choice) -> QuestionForm:
    vocabulary = served().pages.register().vocabulary
    options: dict[str, dict[str, str]] = {
        "item": {item.record: item.words for item in choice.items},
        "worker": {worker.key: worker.words for worker in choice.workers},
        "purpose": {purpose: vocabulary.words(purpose) for purpose in PURPOSES},
    }
    data = {"day": today(), "known": "then", "ask": "why", "purpose": PURPOSES[0]}
    return QuestionForm(options=options, data=data)


def _when(day: object, known: str, now: datetime) -> When:
    ended = midnight(day) + timedelta(days=1, microseconds=-1) if isinstance(day, date) and day != today() else now
    return When(ended, now if known == "now" else ended)


def _answer(form: QuestionForm, family: FamilyId, when: When) -> ResponseReturnValue:
    hub, who, record, reason = served(), caller().account, str(form.item.data), str(form.reason.data)
    asked_day = day_words(when.at)
    back = url_for("questions.family", family=family)
    known = form.known.options[str(form.known.data)]
    if form.ask.data == "who":
        choice, seers = hub.questions.who(who, family, record, when, reason)
        item = next(item.words for item in choice.items if item.record == record)
        shown = {"reference": choice.reference, "item": item, "seers": seers, "day": asked_day, "known": known}
        return render_template("who_can_see.html", **shown, back=back)
    asked = str(form.worker.data), record, str(form.purpose.data)
    found = hub.questions.why(who, family, asked, when, reason)
    return render_template("why.html", found=found, day=asked_day, known=known, back=back)


@blueprint.get("/log/rules")
def rules() -> ResponseReturnValue:
    """Say what the agreements in force do over the whole request space: conflicts, gaps, rules without effect."""
    _require_officer()
    return render_template("rules.html", found=served().replaying.in_force())


@blueprint.route("/log/draft", methods=["GET", "POST"])
def draft() -> ResponseReturnValue:
    """Try a draft: what it changes in words, what that means, and what it would have changed in the real log."""
    _require_officer()
    form, found = DraftForm(), None
    if form.validate_on_submit():
        try:
            found = served().replaying.try_draft(caller().account, str(form.draft.data), str(form.reason.data))
        except PolicyError as error:
            form.draft.errors = [f"{error.where}: {error.code.replace('_', ' ')}. {error.next_step}"]
    return render_template("draft.html", form=form, found=found)
