"""One adult-with-children record, checked and translated; JSON and CSV both come through here."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from connectors.people import Plain, consent_drafts, consent_issues, copied, person_draft, person_issues
from connectors.protected_values import conclude
from connectors.schema_fields import read_date
from connectors.schema_reading import check
from connectors.substance_misuse.schema import ReferralSchema, ReportSchema
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

_REFERRAL = ReferralSchema()
_TEXTS = {name: name for name in ReportSchema().fields if name != "reported_on"}
# These speak of the adult alone; the other texts may name the children, so they have everyone as subject.
_OF_THE_ADULT = (
    "treatment_stage",
    "engagement",
    "missed_appointments",
    "substances",
    "prescribed_medication",
    "pregnancy",
    "partner_use",
)


def parsed_referral(referral: Plain, pointer: str, limits: Limits, remarks: tuple[Issue, ...]) -> Parsed:
    """Return the outcome of one record; `remarks` are those already made on it."""
    issues = remarks + check(_REFERRAL, referral, pointer, limits)
    if not _has_error(issues):
        issues += tuple(_rule_issues(referral, pointer))
    if _has_error(issues):
        return Parsed(Outcome.QUARANTINED, pointer, None, issues)
    return conclude(_draft(referral, pointer), issues)


def _has_error(issues: tuple[Issue, ...]) -> bool:
    return any(issue.severity is Severity.ERROR for issue in issues)


def _people(referral: Plain, pointer: str) -> Iterator[tuple[Plain, str, frozenset[Part]]]:
    yield referral["client"], f"{pointer}/client", frozenset({Part.PARENT})
    for index, child in enumerate(referral.get("children", ())):
        part = Part.UNBORN_CHILD if child.get("unborn") == "yes" else Part.CHILD
        yield child, f"{pointer}/children/{index}", frozenset({part})


def _rule_issues(referral: Plain, pointer: str) -> Iterator[Issue]:
    told = date.fromisoformat(referral["created"][:10])
    ids = Counter(person["id"] for person, _, _ in _people(referral, pointer))
    for person, where, parts in _people(referral, pointer):
        if ids[person["id"]] > 1:
            yield Issue(Severity.ERROR, "duplicate_id", f"{where}/id")
        yield from person_issues(person, where, parts, told)
    for issue in consent_issues([referral["consent"]], pointer):
        yield replace(issue, location=f"{pointer}/consent/reason")


def _draft(referral: Plain, pointer: str) -> ReferralDraft:
    people = tuple(_person(*found, pointer) for found in _people(referral, pointer))
    consent = {**referral["consent"], "person": people[0].key}
    (answer,) = consent_drafts([consent], pointer)
    return ReferralDraft(
        message_id=referral["referral_ref"],
        version=referral["referral_version"],
        pointer=pointer,
        people=people,
        entries=(_entry(referral, pointer, tuple(person.key for person in people)),),
        consents=(replace(answer, pointer=f"{pointer}/consent"),),
        action=referral["action"],
        family_reference=referral.get("family_reference", ""),
        why_withdrawn=copied(referral, pointer, {"why": "withdrawal_reason"}).get("why"),
    )


def _person(person: Plain, where: str, parts: frozenset[Part], pointer: str) -> PersonDraft:
    role = "adult in treatment" if where == f"{pointer}/client" else "child"
    draft = person_draft(person, where, parts, Sourced("unborn child" if Part.UNBORN_CHILD in parts else role, where))
    return replace(draft, contact={**draft.contact, **copied(person, where, {"household": "lives_with"})})


def _entry(referral: Plain, pointer: str, everyone: tuple[str, ...]) -> EntryDraft:
    report = referral["report"]
    fields = copied(report, f"{pointer}/report", _TEXTS)
    return EntryDraft(
        kind=RecordKind.TREATMENT_REPORT,
        occurred=_reported_on(report),
        about=everyone,
        fields=fields,
        narrowed={name: everyone[:1] for name in _OF_THE_ADULT if name in fields},
    )


def _reported_on(report: Plain) -> PartialDate:
    day = read_date(report["reported_on"])
    if day is None:
        raise AssertionError("the schema lets only dates pass")
    return day
