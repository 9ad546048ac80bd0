"""The shipped forms, and a referral in each of them with every question answered. All people are made up."""

import csv
import io
import json
from pathlib import Path
from typing import Any, Final

from connectors.forms.columns import all_columns, event_columns, person_columns, shared_columns
from hub.domain.form import Form, Question
from hub.services.form_files import load_forms

FOLDER: Final = Path(__file__).parents[1] / "policies" / "forms"
FORMS: Final = load_forms(FOLDER)
NAMES: Final = sorted(FORMS)
ADULTS: Final = ("victim", "patient", "mother", "parent")
WORDS: Final = "She said that he came back on Sunday."


def an_answer(question: Question, *, choose: int = 0) -> Any:  # noqa: ANN401  a JSON value
    """Return an answer that the question takes."""
    options = list(question.options)
    match question.kind:
        case "choice":
            return options[choose % len(options)]
        case "choices":
            return options[:2]
        case "date":
            return "2026-10"
        case "line":
            return f"{question.id.replace('_', ' ')} in a line"
        case _:
            return f"{WORDS} ({question.id})"


def referral(form: Form, **changes: object) -> dict[str, Any]:
    """Return a referral of four people, one of them unborn; every question of the form is answered."""
    adult = next(role for role in ADULTS if role in form.roles)
    own = {one.id: an_answer(one) for one in form.of_each_person}
    unborn = "unborn_child" if "unborn_child" in form.roles else "child"
    other = "alleged_perpetrator" if "alleged_perpetrator" in form.roles else "father"
    people: list[dict[str, Any]] = [
        {"id": "c1", "roles": ["child"], "name": {"full": "Ivy Marsh", "family": "Marsh", "given": "Ivy"}}
        | {"birth_date": "2019-04", "household": "with her mother", "answers": own}
        | {"relationships": [{"kind": "daughter", "of": "a1"}], "school": "Northbridge Primary"},
        {"id": "u1", "roles": [unborn], "expected_birth_date": "2027-02"},
        {"id": "a1", "roles": [adult], "name": {"full": "Grace Marsh"}, "birth_date": "1990"}
        | {"addresses": [{"lines": ["Flat 9 Harbour House"], "postcode": "ZZ99 3AB", "safe": "no"}]}
        | {"phones": [{"number": "07700 900123", "safe": "yes", "safe_times": "mornings"}]}
        | {"consent": {"obtained": "given", "aware": "yes"}, "safe_to_tell": "yes"},
        {"id": "a2", "roles": [other], "name": {"full": "Colin Webb"}, "estimated_age": 41}
        | {"consent": {"obtained": "not_sought", "aware": "no", "reason": "he must not learn of it"}}
        | {"safe_to_tell": "no", "unsafe_reason": "he hurt her when he was told before"},
    ]
    return {
        "referral_ref": "F-1",
        "referral_version": 1,
        "action": "new",
        "created": "2026-11-23T09:00:00+00:00",
        "referrer": {
            one.id: f"{one.id} 01632 960044" if one.id == "phone" else f"My {one.id}" for one in form.referrer
        },
        "people": people,
        "events": [
            {"occurred": "2026-11-22", "what_happened": "He shouted at the door.", "about": ["a1", "a2"]},
            {"occurred": "2026", "what_happened": "The police came twice.", "incident_reference": "EX-26-1"},
        ],
        "answers": {one.id: an_answer(one) for one in form.questions},
    } | changes


def batch(form: Form, *referrals: dict[str, Any]) -> bytes:
    """Return a message with these referrals."""
    said = {"version": "1.0", "batch_id": "B-1", "referrals": list(referrals or [referral(form)])}
    return json.dumps(said).encode()


def as_csv(form: Form, one: dict[str, Any], *, rows: int | None = None) -> bytes:
    """Return the same referral as CSV with one row per person."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(all_columns(form)))
    writer.writeheader()
    same = {column: _cell(one, path) for column, path in shared_columns(form).items()}
    for number, event in enumerate(one.get("events", []), start=1):
        same |= {column: _cell(event, path) for column, path in event_columns(number).items()}
    for person in one["people"]:
        writer.writerow(same | {column: _cell(person, path) for column, path in person_columns(form).items()})
    return (out.getvalue() + f"#rows={len(one['people']) if rows is None else rows}\n").encode()


def _cell(value: Any, path: tuple[str | int, ...]) -> str:  # noqa: ANN401  a JSON value
    for step in path:
        try:
            value = value[step]
        except (KeyError, IndexError):
            return ""
    return "; ".join(value) if isinstance(value, list) else str(value)
