"""Reads one Consent; the resource is the record. Who it is about travels with it: nothing is looked up by an id."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from connectors.fhir_bars.message import Entry, Message, Resource, security_codes, without_nulls
from connectors.fhir_bars.people import people
from connectors.fhir_bars.validation import validate
from connectors.fhir_consent.statements import statements
from connectors.protected_values import conclude
from connectors.strict_json import read_json
from hub.domain.errors import RejectedMessageError
from hub.domain.referral import Issue, Limits, Outcome, Parsed, ReferralDraft, Severity

_AT = "Consent"


class FhirConsent:
    """Connector for a FHIR R4 Consent, JSON."""

    name = "fhir_consent"

    def parse(self, body: bytes, limits: Limits) -> Iterator[Parsed]:
        """Return the one `Parsed` of the resource.

        Raises:
            RejectedMessageError: not strict JSON, or not a Consent.
        """
        return iter((_parsed(_read(body, limits)),))

    def message_key(self, body: bytes) -> str:
        """Return "": a changed Consent keeps its id and is another message, so the content is the key."""
        _read(body, Limits(max_bytes=len(body)))
        return ""


def _read(body: bytes, limits: Limits) -> Message:
    resource = without_nulls(read_json(body, limits, ()))
    if not isinstance(resource, dict) or resource.get("resourceType") != "Consent":
        raise RejectedMessageError("not_a_consent", where=_AT)
    inside = resource.get("contained", [])
    if not isinstance(inside, list) or len(inside) > limits.max_entries:
        raise RejectedMessageError("invalid_value", where=f"{_AT}.contained")
    entries = tuple(_contained(item, f"{_AT}.contained[{index}]") for index, item in enumerate(inside))
    own = {key: value for key, value in resource.items() if key != "contained"}
    written = resource.get("dateTime")
    timestamp = written if isinstance(written, str) else ""
    return Message("", timestamp, security_codes(resource), (Entry(_AT, own, _AT), *entries))


def _contained(item: Any, pointer: str) -> Entry:  # noqa: ANN401  a JSON value
    if (
        not isinstance(item, dict)
        or not isinstance(item.get("resourceType"), str)
        or not isinstance(item.get("id"), str)
    ):
        raise RejectedMessageError("required", where=pointer)
    return Entry(f"#{item['id']}", item, pointer)


def _parsed(message: Message) -> Parsed:
    issues = tuple(_placed(issue) for issue in validate(message))
    if any(issue.severity is Severity.ERROR for issue in issues):
        return Parsed(Outcome.QUARANTINED, _AT, None, issues)
    consent: Resource = message.entries[0].resource
    patient = message.find(consent.get("patient"))
    if patient is None or patient.kind != "Patient":
        unresolved = Issue(Severity.ERROR, "subject_unresolved", f"{_AT}.patient")
        return Parsed(Outcome.QUARANTINED, _AT, None, (*issues, unresolved))
    everyone, remarks = people(message)
    words, unmapped = statements(consent, patient.key)
    draft = ReferralDraft(
        message_id="",
        version=1,
        pointer=_AT,
        people=tuple(person for person in everyone if person.key == patient.key),
        entries=(),
        consents=words,
        purpose="consent",
    )
    return conclude(draft, (*issues, *(_placed(issue) for issue in remarks), *unmapped))


def _placed(issue: Issue) -> Issue:
    """Name the place as FHIR does: there is no bundle around this resource."""
    return replace(issue, location=issue.location.replace(".resource", "", 1))
