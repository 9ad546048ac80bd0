"""A declared form as a page: its fields, what was typed as a referral, and where to say what is wrong with it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from werkzeug.datastructures import MultiDict
from wtforms import Field

from hub.domain.form import Form, Question
from hub.web.entry_fields import WhenField
from hub.web.form_fields import OneOf, SomeOf, optional_line, text
from hub.web.forms import HubForm

MOST_PEOPLE, MOST_EVENTS = 12, 8
_FEW: Final = 6
"""Choices up to this many are radios, more are a list."""


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
