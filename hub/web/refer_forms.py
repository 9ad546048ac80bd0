"""A declared form as a page: its fields, what was typed as a referral, and where to say what is wrong with it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from werkzeug.datastructures import MultiDict
from wtforms import Field

from connectors.row_groups import put
from hub.domain.form import PERSON, Form, Place, Question
from hub.domain.referral import Issue
from hub.web.entry_fields import WhenField
from hub.web.form_fields import OneOf, SomeOf, optional_line, text
from hub.web.forms import HubForm

MOST_PEOPLE, MOST_EVENTS = 12, 8
_FEW: Final = 6
"""Choices up to this many are radios, more are a list."""
_WHOLE_NUMBERS: Final = frozenset({"age"})
_CHOSEN: Final = frozenset({"choice", "choices"})
_WORDS: Final = {
    "required": "Answer this, or say why there is no answer",
    "blank": "Answer this",
    "not_a_date": "Enter a date, or a month and year, or a year, for example 27 3 2026",
    "birth_date_in_future": "The date of birth must not be in the future",
    "reason_required": "Write why they were not asked",
    "wrong_type": "Enter a whole number",
    "out_of_range": "Enter a number that can be right",
    "field_too_long": "Use fewer words",
    "answered_and_not": "Either answer this, or say why there is no answer",
    "protected_value_in_narrative": "This repeats an address or number that is not safe. Take it out here",
    "referrer_named_in_text": "This holds your own name or number. Take it out here: others will read this",
    "too_few": "Name at least one person",
    "unknown_person": "Choose one of the people on this page",
}
_REMARKS: Final = {
    "no_child_named": "No child is named. That is fine when no child is known.",
    "consent_not_said": "It is not said for every adult whether they agreed. That does not stop the referral.",
    "date_in_future": "Something that happened has a date in the future.",
    "nhs_number_fails_check_digit": "An NHS number does not add up. Look at it again.",
    "unexpected_for_unborn_child": "An unborn child has no name, date of birth or number. They are left out.",
    "protected_value_shared": "An address that is not safe is given for several people. It is protected for all.",
}


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the page: its heading, and (name of the field, question) in order."""

    heading: str
    fields: tuple[tuple[str, Question], ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """The parts of a page with so many people and events; `made` is the form's class."""

    form: Form
    people: int
    events: int
    parts: tuple[Part, ...]
    made: "type[ReferralPage]" = field(repr=False)


@dataclass(slots=True)
class Typed:
    """What was typed as a referral, and {JSON pointer inside it: name of the field}."""

    referral: dict[str, Any]
    places: dict[str, str]


class ReferralPage(HubForm):
    """The base of every form's page."""

    def __init__(self, typed: MultiDict[str, str] | None = None) -> None:
        if typed is None:
            super().__init__()
        else:
            # What was typed before and lies sealed: it came with its token then.
            super(HubForm, self).__init__(formdata=typed, meta={"csrf": False})


def counted(typed: Mapping[str, str] | None) -> tuple[int, int]:
    """Return how many people and events the page has, by its own hidden fields."""
    said = typed or {}
    return _between(said.get("people", ""), 1, MOST_PEOPLE), _between(said.get("events", ""), 1, MOST_EVENTS)


def _between(said: str, least: int, most: int) -> int:
    return min(max(int(said) if said.isascii() and said.isdigit() and len(said) <= _FEW else least, least), most)


@lru_cache(maxsize=32)
def layout(form: Form, people: int, events: int) -> Layout:
    """Return the page of a form with room for so many people and events."""
    numbers = {f"person {number}": f"Person {number}" for number in range(1, people + 1)}
    roles = Question(
        "roles", "What are they in this?", "choices", choices={r: one.words for r, one in form.roles.items()}
    )
    asked = (roles, *(_related(one, numbers) for one in form.person), *form.of_each_person)
    persons = [Part(f"Person {n}", _named(f"p{n}_", asked)) for n in range(1, people + 1)]
    happened = [Part(f"What happened: event {n}", _named(f"e{n}_", _EVENT)) for n in range(1, events + 1)]
    worries = Part("Your worries" if form.public else "Questions", _named("q_", form.questions))
    # Whoever comes with a worry writes that first; an agency begins with whom it is about.
    first = [worries, *happened, *persons] if form.public else [*persons, *happened, worries]
    parts = [*first, Part("About you", _named("r_", form.referrer))]
    fields = {name: value for part in parts for asked in part.fields for name, value in _fields(*asked)}
    return Layout(form, people, events, tuple(parts), type("Asked", (ReferralPage,), fields))


_EVENT: Final = (
    Question("occurred", "When did it happen?", "date", "A month or a year is enough."),
    Question("what_happened", "What happened or was seen?", "text", "Write no address or phone number here."),
    Question("place", "Where?", "line", "In words, for example at school."),
    Question("incident_reference", "Incident or call number", "line"),
)


def _related(question: Question, numbers: Mapping[str, str]) -> Question:
    if question.id != "related_to":
        return question
    return Question(question.id, question.label, "choice", choices=numbers)


def _named(prefix: str, questions: Iterable[Question]) -> tuple[tuple[str, Question], ...]:
    return tuple((f"{prefix}{question.id}", question) for question in questions)


def _fields(name: str, question: Question) -> Iterator[tuple[str, Field]]:
    match question.kind:
        case "choice":
            kind = "select" if len(question.options) > _FEW else "radios"
            yield name, OneOf(question.label, options=question.options, hint=question.hint, kind=kind)
        case "choices":
            yield name, SomeOf(question.label, options=question.options, hint=question.hint)
        case "date":
            yield name, WhenField(question.label, hint=question.hint)
        case "line":
            yield name, optional_line(question.label, hint=question.hint)
        case _:
            yield name, text(question.label, hint=question.hint)
    if question.reason_id:
        reasons = {word: question.options[word] for word in question.unanswered}
        yield f"{name}_unanswered", OneOf(f"No answer to this? ({question.label})", options=reasons, kind="select")


def typed(page: Layout, form: HubForm) -> Typed:
    """Return what was typed as the JSON format has it; people and events left wholly empty are left out."""
    found = Typed({"referrer": {}, "people": [], "events": [], "answers": {}}, {})
    for part in page.parts:
        prefix = part.fields[0][0].partition("_")[0]
        if prefix == "q":
            _take(found, part, form, found.referral["answers"], "/answers")
        elif prefix == "r":
            _take(found, part, form, found.referral["referrer"], "/referrer")
        elif prefix.startswith("p"):
            _add(found, part, form, "people", {"id": part.heading.casefold()})
        else:
            _add(found, part, form, "events", {})
    found.places.setdefault("/people", "p1_roles")
    return found


def _add(found: Typed, part: Part, form: HubForm, kind: str, first: dict[str, Any]) -> None:
    item: dict[str, Any] = {}
    there = len(found.referral[kind])
    before = dict(found.places)
    _take(found, part, form, item, f"/{kind}/{there}")
    if item:
        found.referral[kind].append(first | item)
    else:
        found.places = before


def _take(found: Typed, part: Part, form: HubForm, target: dict[str, Any], base: str) -> None:
    for name, question in part.fields:
        path = _place(name, question)
        found.places["/".join([base, *map(str, path)])] = name
        if (value := _value(form[name], question)) is not None:
            put(target, path, value)
        if question.reason_id:
            reason = (*path[:-1], question.reason_id)
            found.places["/".join([base, *map(str, reason)])] = f"{name}_unanswered"
            if form[f"{name}_unanswered"].data:
                put(target, reason, str(form[f"{name}_unanswered"].data))


def _place(name: str, question: Question) -> Place:
    if not name.startswith("p"):
        return (question.id,)
    if question.id in PERSON:
        return PERSON[question.id][0]
    return (question.id,) if question.id == "roles" else ("answers", question.id)


def _value(filled: Field, question: Question) -> object:
    if isinstance(filled, WhenField):
        return str(filled.when) if filled.when else None
    if question.kind == "choices":
        return list(filled.data) or None
    said = str(filled.data or "").strip()
    if question.id in _WHOLE_NUMBERS and said.isascii() and said.isdigit():
        return int(said)
    return said or None


def say(form: HubForm, found: Typed, wrong: Iterable[Issue]) -> None:
    """Put each thing that is wrong beside its field, once."""
    for issue in wrong:
        pointer = issue.location.removeprefix("/referrals/0")
        inside = (name for place, name in found.places.items() if place.startswith(f"{pointer}/"))
        name = found.places.get(pointer) or next(inside, "")
        words = _WORDS.get(issue.code, "Look at this again")
        if name and not form[name].errors:
            form[name].errors = [words]
        elif not name:
            form.form_errors.append(words)


def remarks(issues: Iterable[Issue]) -> tuple[str, ...]:
    """Return what may be worth another look, in words; nothing of it stops a referral."""
    return tuple(dict.fromkeys(_REMARKS[issue.code] for issue in issues if issue.code in _REMARKS))


def answered(page: Layout, form: HubForm) -> list[dict[str, object]]:
    """Return the parts of the page with what was typed, as the check page prints it: empty answers are left out."""
    shown: list[dict[str, object]] = []
    for part in page.parts:
        rows: list[dict[str, object]] = [
            {"key": {"text": question.label}, "value": {"text": words}}
            for name, question in part.fields
            if (words := _said(form, name, question))
        ]
        if rows:
            shown.append({"heading": part.heading, "rows": rows})
    return shown


def _said(form: HubForm, name: str, question: Question) -> str:
    filled = form[name]
    if question.kind in _CHOSEN:
        chosen = filled.data if question.kind == "choices" else [filled.data]
        return "; ".join(question.options[word] for word in chosen if word in question.options)
    reason = form[f"{name}_unanswered"].data if question.reason_id else ""
    if isinstance(filled, WhenField):
        said = filled.when.in_words() if filled.when else ""
    else:
        said = str(filled.data or "").strip()
    return said or (question.options[str(reason)] if reason else "")
