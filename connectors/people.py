"""A validated person of our own formats, as a draft with a pointer for every value."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from connectors.nhs_numbers import matchable, nhs_number_issues, read_nhs_number
from connectors.schema_fields import read_date
from hub.domain.partial_date import PartialDate
from hub.domain.referral import (
    ConsentDraft,
    ConsentScope,
    ConsentWord,
    Issue,
    NhsNumberStatus,
    Part,
    PersonDraft,
    Severity,
    Sourced,
)

Plain = Mapping[str, Any]
"""An object as `strict_json` read it, after its schema found nothing wrong."""

_AS_WRITTEN = (
    "birth_date",
    "expected_birth_date",
    "sex",
    "ethnicity_self_defined",
    "ethnicity_officer_perceived",
    "language",
    "nhs_number",
)


def copied(source: Plain, pointer: str, names: Mapping[str, str]) -> dict[str, Sourced]:
    """Return {field: value with its pointer} for the keys that say something; `names` maps field -> key."""
    return {
        field: Sourced(str(source[key]), f"{pointer}/{key}")
        for field, key in names.items()
        if str(source.get(key, "")).strip()
    }


def person_draft(person: Plain, pointer: str, parts: frozenset[Part], role: Sourced) -> PersonDraft:
    """Return the draft of one person.

    Args:
        person: valid by `PersonSchema`.
        pointer: where it stands, for example `/notices/0/people/1`.
        parts: the person's parts in the case.
        role: the sender's words of it; left out when blank.
    """
    if Part.UNBORN_CHILD in parts:
        person = _as_expected(person)
    digits, status = _nhs_number(person)
    return PersonDraft(
        key=person["id"],
        fields=_fields(person, pointer, role, status),
        contact=_contact(person, pointer),
        parts=parts,
        restricted=_restricted(person),
        family_name=person.get("name", {}).get("family", ""),
        given_names=person.get("name", {}).get("given", ""),
        other_names=tuple(person.get("other_names", ())),
        birth_date=_birth_date(person),
        nhs_number=matchable(digits, status),
        nhs_number_status=status,
    )


def _as_expected(person: Plain) -> Plain:
    # Nobody unborn has a date of birth or a number; a date given all the same is the expected one.
    expected = person.get("expected_birth_date") or person.get("birth_date")
    kept = {key: value for key, value in person.items() if key not in {"birth_date", "nhs_number"}}
    return {**kept, "expected_birth_date": expected} if expected else kept


def display_name(person: Plain) -> str:
    """Return the full name, made of its parts when only those were given, or ""."""
    name = person.get("name", {})
    return str(name.get("full") or " ".join(p for p in (name.get("given"), name.get("family")) if p)).strip()


def person_issues(person: Plain, pointer: str, parts: frozenset[Part], told: date | None) -> Iterator[Issue]:
    """Yield remarks beyond the schema: check digit, birth after the message was made (`told`), named unborn child."""
    yield from nhs_number_issues(_nhs_number(person)[1], f"{pointer}/nhs_number")
    born = _birth_date(person)
    if Part.UNBORN_CHILD in parts:
        for key in person.keys() & {"name", "birth_date", "nhs_number"}:
            yield Issue(Severity.WARNING, "unexpected_for_unborn_child", f"{pointer}/{key}")
    elif told is not None and born is not None and born.first > told:
        yield Issue(Severity.ERROR, "birth_date_in_future", f"{pointer}/birth_date")


def consent_drafts(consents: list[Plain], pointer: str) -> tuple[ConsentDraft, ...]:
    """Return what each adult said. Our own formats ask about sharing in the hub, so that is the scope."""
    return tuple(
        ConsentDraft(
            about=consent["person"],
            scope=ConsentScope.HUB_SHARING,
            word=ConsentWord(consent["obtained"]),
            reason=_reason(consent),
            pointer=f"{pointer}/{index}",
        )
        for index, consent in enumerate(consents)
    )


def consent_issues(consents: list[Plain], pointer: str) -> Iterator[Issue]:
    """Yield an error for every consent that was not sought and gives no reason."""
    for index, consent in enumerate(consents):
        if consent["obtained"] == ConsentWord.NOT_SOUGHT.value and not consent.get("reason", "").strip():
            yield Issue(Severity.ERROR, "reason_required", f"{pointer}/{index}/reason")


def _reason(consent: Plain) -> str:
    aware = {"yes": "Aware of this message.", "no": "Not aware of this message."}.get(consent.get("aware", ""), "")
    return " ".join(part for part in (consent.get("reason", "").strip(), aware) if part)


def _fields(person: Plain, pointer: str, role: Sourced, status: NhsNumberStatus) -> dict[str, Sourced]:
    fields = copied(person, pointer, {name: name for name in _AS_WRITTEN} | {"age_estimate": "estimated_age"})
    if name := display_name(person):
        fields["name"] = Sourced(name, f"{pointer}/name")
    if role.value:
        fields["role_given"] = role
    if "nhs_number" in fields:
        fields["nhs_number_status"] = Sourced(status.value, fields["nhs_number"].pointer)
    if others := person.get("other_names"):
        fields["other_names"] = Sourced("; ".join(others), f"{pointer}/other_names")
    if identifiers := person.get("identifiers"):
        written = "; ".join(f"{item['system']}: {item['value']}" for item in identifiers)
        fields["other_identifiers"] = Sourced(written, f"{pointer}/identifiers")
    return fields


def _contact(person: Plain, pointer: str) -> dict[str, Sourced]:
    contact = copied(person, pointer, {"email": "email", "school": "school", "gp": "gp"})
    addresses = [", ".join([*item.get("lines", ()), item.get("postcode", "")]) for item in person.get("addresses", ())]
    phones = person.get("phones", ())
    lists = {
        "address": (addresses, "addresses"),
        "phone": ([phone["number"] for phone in phones], "phones"),
        "safe_times": ([phone.get("safe_times", "") for phone in phones], "phones"),
    }
    for name, (values, key) in lists.items():
        written = "; ".join(value.strip(" ,") for value in values if value.strip(" ,"))
        if written:
            contact[name] = Sourced(written, f"{pointer}/{key}")
    return contact


def _restricted(person: Plain) -> bool:
    # Only a plain yes leaves contact details open; safe times mean that other times are not safe.
    addresses, phones = person.get("addresses", ()), person.get("phones", ())
    return any(item["safe"] != "yes" for item in (*addresses, *phones)) or any(p.get("safe_times") for p in phones)


def _birth_date(person: Plain) -> PartialDate | None:
    return read_date(person.get("birth_date", ""))


def _nhs_number(person: Plain) -> tuple[str, NhsNumberStatus]:
    return read_nhs_number(person.get("nhs_number", ""), verified=person.get("nhs_number_verified") == "yes")
