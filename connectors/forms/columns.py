"""Which column of a form's CSV is which field of its JSON."""

from collections.abc import Iterable

from connectors.row_groups import Path
from hub.domain.form import PERSON, Form, Question

EVENTS = 3
"""How many dated events a CSV row has room for; more of them need JSON or another referral."""
REFERENCE = "referral_ref"
REQUIRED = (REFERENCE, "referral_version", "created", "person_roles")
WHOLE_NUMBERS = frozenset({"referral_version", "person_age"})
_RECORD = (REFERENCE, "referral_version", "action", "withdrawal_reason", "created", "family_reference")
_EVENT = {"when": "occurred", "what": "what_happened", "place": "place", "reference": "incident_reference"}
SEVERAL = ";"
"""What stands between several answers in one cell."""


def shared_columns(form: Form) -> dict[str, Path]:
    """Return the columns about the referral as a whole, the same on every row of one referral."""
    record: dict[str, Path] = {name: (name,) for name in _RECORD}
    referrer: dict[str, Path] = {f"referrer_{key}": ("referrer", key) for key in _keys(form.referrer)}
    return record | referrer | {key: ("answers", key) for key in _keys(form.questions)}


def event_columns(number: int) -> dict[str, Path]:
    """Return the columns of one event, counted from 1, the same on every row."""
    return {f"event_{number}_{name}": (key,) for name, key in _EVENT.items()}


def person_columns(form: Form) -> dict[str, Path]:
    """Return the columns about the one person of a row."""
    return (
        {"person_id": ("id",), "person_roles": ("roles",)}
        | {f"person_{one.id}": PERSON[one.id][0] for one in form.person}
        | {f"person_{key}": ("answers", key) for key in _keys(form.of_each_person)}
    )


def all_columns(form: Form) -> dict[str, Path]:
    """Return every column in the order of the template."""
    events = {column: path for number in range(1, EVENTS + 1) for column, path in event_columns(number).items()}
    return shared_columns(form) | events | person_columns(form)


def several(form: Form) -> frozenset[str]:
    """Return the columns that take several answers."""
    asked = [one.id for one in (*form.questions, *form.referrer) if one.kind == "choices"]
    return frozenset(
        {"person_roles", *asked, *(f"person_{one.id}" for one in form.of_each_person if one.kind == "choices")}
    )


def _keys(questions: Iterable[Question]) -> Iterable[str]:
    for question in questions:
        yield question.id
        if question.reason_id:
            yield question.reason_id
