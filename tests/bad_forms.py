"""One thing wrong at a time in a referral on a form, for every question that the form asks. Made-up people only."""

import copy
import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from connectors.forms.columns import all_columns
from hub.domain.form import Form, Question
from tests.bad_bytes import CANARY
from tests.forms import as_csv, referral

MISSING: Final = object()
LONG: Final = "x" * 70_000
OTHER_DIGITS: Final = "\uff12\uff10\uff11\uff19"


@dataclass(frozen=True, slots=True)
class Spoil:
    """One place of a referral, what stands there, and the code it must be called by."""

    place: tuple[str | int, ...]
    value: Any
    code: str

    @property
    def pointer(self) -> str:
        """Return the place as a JSON pointer inside the referral."""
        return "".join(f"/{step}" for step in self.place)


def spoils(form: Form) -> Iterator[Spoil]:
    """Yield what is wrong whatever a form asks, and then for each of its own questions."""
    yield Spoil(("created",), "2026-02-30T00:00:00Z", "not_an_instant")
    yield Spoil(("action",), CANARY, "not_in_list")
    yield Spoil(("referral_version",), 0, "out_of_range")
    yield Spoil(("people", 0, "roles"), [CANARY], "not_in_list")
    yield Spoil(("people", 0, "roles"), MISSING, "required")
    yield Spoil(("people", 0, "birth_date"), f"31/02/{CANARY}", "not_a_date")
    yield Spoil(("people", 0, "birth_date"), OTHER_DIGITS, "not_a_date")
    for base, questions in (("answers", form.questions), ("referrer", form.referrer)):
        for question in questions:
            yield from _of(question, (base,))
    for question in form.of_each_person:
        yield from _of(question, ("people", 0, "answers"))


def _of(question: Question, base: tuple[str | int, ...]) -> Iterator[Spoil]:
    place = (*base, question.id)
    if question.required:
        yield Spoil(place, MISSING, "required")
    match question.kind:
        case "choice":
            yield Spoil(place, CANARY, "not_in_list")
        case "choices":
            yield Spoil(place, [CANARY], "not_in_list")
        case "date":
            yield Spoil(place, "2026-13", "not_a_date")
            yield Spoil(place, OTHER_DIGITS, "not_a_date")
        case _:
            yield Spoil(place, LONG, "field_too_long")
    yield Spoil(place, {"x": CANARY}, "wrong_type")


def spoiled_json(form: Form, wrong: list[Spoil]) -> bytes:
    """Return one message with a referral for each thing that is wrong."""
    return _message([_spoiled(form, one, number) for number, one in enumerate(wrong)])


def with_unknown_keys(form: Form) -> bytes:
    """Return a sound referral with a key that nobody knows, in each of its objects."""
    said = referral(form)
    for target in (said, said["answers"], said["referrer"], said["people"][0]):
        target[CANARY] = CANARY
    return _message([said])


def with_a_key_twice(form: Form) -> bytes:
    """Return a message in which the form's first question is answered twice."""
    named = json.dumps(form.questions[0].id)
    body = _message([referral(form)]).decode()
    return body.replace(f"{named}:", f'{named}: "{CANARY}", {named}:', 1).encode()


def _message(referrals: list[dict[str, Any]]) -> bytes:
    return json.dumps({"version": "1.0", "batch_id": "bad", "referrals": referrals}).encode()


def _spoiled(form: Form, wrong: Spoil, number: int) -> dict[str, Any]:
    said: dict[str, Any] = copy.deepcopy(referral(form, referral_ref=f"F-{number}"))
    *way, last = wrong.place
    target: Any = said
    for step in way:
        target = target.setdefault(step, {}) if isinstance(target, dict) else target[step]
    if wrong.value is MISSING:
        target.pop(last, None)
    else:
        target[last] = wrong.value
    return said


def in_cells(form: Form) -> list[tuple[Spoil, str]]:
    """Return what can be wrong in CSV as well, with its column: a cell holds text, and one person has a row."""
    columns = {path: column for column, path in all_columns(form).items()}
    columns |= {("people", 0, *path): column for path, column in columns.items() if column.startswith("person_")}
    return [(one, columns[one.place]) for one in spoils(form) if one.place in columns and one.code != "wrong_type"]


def spoiled_csv(form: Form, wrong: list[tuple[Spoil, str]]) -> bytes:
    """Return one file with a row for each thing that is wrong."""
    said = referral(form)
    child = {key: value for key, value in said["people"][0].items() if key != "relationships"}
    (row,) = _rows(as_csv(form, said | {"people": [child], "events": []}, rows=1))
    out = io.StringIO()
    writer = csv.DictWriter(out, list(all_columns(form)))
    writer.writeheader()
    for number, (one, column) in enumerate(wrong):
        writer.writerow(row | {"referral_ref": f"F-{number}", column: _cell(one.value)})
    return (out.getvalue() + f"#rows={len(wrong)}\n").encode()


def _rows(body: bytes) -> list[dict[str, str]]:
    return [row for row in csv.DictReader(io.StringIO(body.decode())) if not row["referral_ref"].startswith("#")]


def _cell(value: Any) -> str:  # noqa: ANN401  a JSON value
    if value is MISSING:
        return ""
    return value[0] if isinstance(value, list) else str(value)
