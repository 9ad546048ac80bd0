"""Lines of one case as a draft: people, legal status and plans, so that none is typed twice; and allocations."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from connectors.case_system.mapping import NEEDED
from connectors.case_system.reading import Line
from connectors.digits import foreign_digits, has_foreign_digits
from connectors.nhs_numbers import matchable, nhs_number_issues, read_nhs_number
from connectors.protected_values import conclude
from connectors.schema_fields import read_date
from hub.domain.case_updates import AllocationLine
from hub.domain.fields import RecordKind
from hub.domain.partial_date import PartialDate
from hub.domain.referral import (
    EntryDraft,
    Issue,
    Limits,
    Outcome,
    Parsed,
    Part,
    PersonDraft,
    ReferralDraft,
    Severity,
    Sourced,
)

_PLANS: Final = {"child_in_need": "child in need plan", "child_protection": "child protection plan"}
_PLANS_FIELD: Final = {"child_protection": "protection_plans"}
_DATES: Final = ("birth_date", "from", "until")


def parsed_case(lines: Sequence[Line], remarks: tuple[Issue, ...], limits: Limits) -> Parsed:
    """Return the outcome of one case's lines about people, legal status and plans."""
    first = lines[0].place
    issues = remarks + tuple(issue for line in lines for issue in _issues(line, limits)) + tuple(_unresolved(lines))
    if any(issue.severity is Severity.ERROR for issue in issues):
        return Parsed(Outcome.QUARANTINED, first, None, issues)
    people = list(_people(lines).values())
    numbers = [(read_nhs_number(line.values.get("nhs_number", ""), verified=False)[1], line) for line in people]
    issues += tuple(i for status, line in numbers for i in nhs_number_issues(status, line.at("nhs_number")))
    draft = ReferralDraft(
        message_id=lines[0].values["case"],
        version=0,
        pointer=first,
        people=tuple(_person(line) for line in people),
        entries=tuple(_entry(line) for line in lines if line.kind != "person"),
        purpose="information_only",
        action="amend",
        family_reference=next((line.values["family"] for line in lines if "family" in line.values), ""),
    )
    return conclude(draft, issues)


def allocation(line: Line, told: datetime | None) -> AllocationLine:
    """Return one line that says who works with a family; `told` is when the event that says it was made."""
    values = line.values
    start, end = read_date(values.get("from", "")), read_date(values.get("until", ""))
    needed = next((name for name in NEEDED["allocation"] if name not in values), "")
    flaw = line.fault or ("required" if needed else "")
    if not flaw and (start is None or ("until" in values and end is None)):
        flaw = "not_a_date"
    if not flaw and values.get("lead", "no") not in {"yes", "no"}:
        flaw = "not_in_list"
    said = json.dumps({"kind": line.kind, **values}, ensure_ascii=False, sort_keys=True)
    lead = values.get("lead") == "yes"
    place = line.at(needed) if needed and not line.fault else line.place
    return AllocationLine(place, values.get("family", ""), values.get("worker", ""), lead, start, end, flaw, said, told)


def _issues(line: Line, limits: Limits) -> Iterator[Issue]:
    if line.fault or not line.kind:
        yield Issue(Severity.ERROR, line.fault or "not_in_list", line.place)
    for name in NEEDED.get(line.kind, NEEDED["plan"]):
        if name not in line.values:
            yield Issue(Severity.ERROR, "required", line.at(name))
    for name in _DATES:
        if name in line.values and read_date(line.values[name]) is None:
            yield Issue(Severity.ERROR, "not_a_date", line.at(name))
    if has_foreign_digits(line.values.get("nhs_number", "")):
        yield foreign_digits(line.at("nhs_number"))
    if line.values.get("part", "other") not in {part.value for part in Part}:
        yield Issue(Severity.ERROR, "not_in_list", line.at("part"))
    for name, value in line.values.items():
        if len(value) > limits.max_field_characters:
            yield Issue(Severity.ERROR, "field_too_long", line.at(name))


def _people(lines: Sequence[Line]) -> dict[str, Line]:
    """Return person -> the line that says who they are: their own, else one that says it in passing."""
    own = [line for line in lines if line.kind == "person"]
    passing = [line for line in lines if line.kind != "person" and line.values.keys() & {"birth_date", "family_name"}]
    found: dict[str, Line] = {}
    for line in (*own, *passing):
        found.setdefault(line.values.get("person", ""), line)
    return found


def _unresolved(lines: Sequence[Line]) -> Iterator[Issue]:
    people, own = _people(lines), [line.values.get("person") for line in lines if line.kind == "person"]
    for line in lines:
        if line.values.get("person", "") not in people:
            yield Issue(Severity.ERROR, "reference_unresolved", line.at("person"))
    for line in (line for line in lines if line.kind == "person"):
        if own.count(line.values.get("person")) > 1:
            yield Issue(Severity.ERROR, "duplicate_id", line.at("person"))


def _person(line: Line) -> PersonDraft:
    values, part = line.values, Part(line.values.get("part", "other"))
    unborn = part is Part.UNBORN_CHILD
    digits, status = read_nhs_number("" if unborn else values.get("nhs_number", ""), verified=False)
    born = None if unborn else read_date(values.get("birth_date", ""))
    date_field = "expected_birth_date" if unborn else "birth_date"
    name = " ".join(values[key] for key in ("given_names", "family_name") if key in values)
    fields = {
        "name": Sourced("" if unborn else name, line.at("family_name")),
        date_field: Sourced(values.get("birth_date", ""), line.at("birth_date")),
        "sex": Sourced(values.get("sex", ""), line.at("sex")),
        "nhs_number": Sourced(digits, line.at("nhs_number")),
        "nhs_number_status": Sourced(status.value if digits else "", line.at("nhs_number")),
        "other_identifiers": Sourced(f"case system: {values['person']}", line.at("person")),
        "role_given": Sourced(part.value.replace("_", " "), line.at("part")),
    }
    return PersonDraft(
        key=values["person"],
        fields={field: value for field, value in fields.items() if value.value},
        parts=frozenset({part}),
        family_name="" if unborn else values.get("family_name", ""),
        given_names="" if unborn else values.get("given_names", ""),
        birth_date=born,
        nhs_number=matchable(digits, status),
        nhs_number_status=status,
    )


def _entry(line: Line) -> EntryDraft:
    values = line.values
    until = f" to {values['until']}" if "until" in values else ""
    if line.kind == "legal_status":
        name, said = "legal_status", f"{values['status']}, from {values['from']}{until}"
    else:
        name = _PLANS_FIELD.get(values["plan"], "plan_dates")
        said = f"{_PLANS.get(values['plan'], values['plan'])}, from {values['from']}{until}"
    return EntryDraft(
        RecordKind.COUNCIL_RECORD, _day(values["from"]), (values["person"],), {name: Sourced(said, line.at("from"))}
    )


def _day(written: str) -> PartialDate:
    day = read_date(written)
    if day is None:
        raise AssertionError("a line with another date was quarantined")
    return day
