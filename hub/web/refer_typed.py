"""What was typed on a declared form: as a referral, as words to check, and with what is wrong beside its field."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from wtforms import Field

from connectors.row_groups import put
from hub.domain.form import PERSON, Place, Question
from hub.domain.referral import Issue
from hub.web.entry_fields import WhenField
from hub.web.forms import HubForm
from hub.web.refer_forms import Layout, Part

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


@dataclass(slots=True)
class Typed:
    """What was typed as a referral, and {JSON pointer inside it: name of the field}."""

    referral: dict[str, Any]
    places: dict[str, str]


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
