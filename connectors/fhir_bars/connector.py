"""Reads one BaRS referral message; the message is the record."""

from collections.abc import Iterator

from connectors.fhir_bars.attachments import attachments
from connectors.fhir_bars.entries import consents, health_entry, written_on
from connectors.fhir_bars.message import Entry, Message, dangling, introduced, of_the_bundle, read_message
from connectors.fhir_bars.people import people
from connectors.fhir_bars.request import action, is_known_reason, purpose, reference, version
from connectors.fhir_bars.validation import modifiers, validate
from connectors.fhir_bars.withdrawal import why_withdrawn
from connectors.field_sizes import too_long
from connectors.protected_values import conclude
from hub.domain.referral import Issue, Limits, Outcome, Parsed, ReferralDraft, Severity

_EVENT = "servicerequest-request"


class FhirBars:
    """Connector for BaRS `$process-message`: FHIR R4, JSON, event `servicerequest-request`."""

    name = "fhir_bars"

    def parse(self, body: bytes, limits: Limits) -> Iterator[Parsed]:
        """Return the one `Parsed` of the message; places are FHIR paths such as `Bundle.entry[5].resource.name`.

        Raises:
            RejectedMessageError: not strict JSON, or not a message bundle that begins with a MessageHeader.
        """
        return iter((_parsed(read_message(body, limits), limits),))

    def message_key(self, body: bytes) -> str:
        """Return `Bundle.identifier.value`, else `Bundle.id`, of a message that `parse` has read strictly."""
        return introduced(body).id


def _parsed(message: Message, limits: Limits) -> Parsed:
    issues = (*of_the_bundle(message), *modifiers(message), *validate(message), *dangling(message))
    if _has_error(issues):
        return Parsed(Outcome.QUARANTINED, "Bundle", None, issues)
    header = message.entries[0]
    if header.resource.get("eventCoding", {}).get("code") != _EVENT:
        return _quarantined(issues, "event_not_supported", f"{header.pointer}.resource.eventCoding")
    request = next(filter(None, map(message.find, header.resource.get("focus", ()))), None)
    if request is None or request.kind != "ServiceRequest":
        return _quarantined(issues, "focus_unresolved", f"{header.pointer}.resource.focus")
    patient = message.find(request.resource.get("subject"))
    if patient is None or patient.kind != "Patient":
        return _quarantined(issues, "subject_unresolved", f"{request.pointer}.resource.subject")
    return _translated(message, request, patient, issues, limits)


def _translated(message: Message, request: Entry, patient: Entry, issues: tuple[Issue, ...], limits: Limits) -> Parsed:
    occurred = written_on(message, request)
    if occurred is None:
        return _quarantined(issues, "date_missing", f"{request.pointer}.resource.authoredOn")
    everyone, remarks = people(message)
    about = (patient.key, *(person.key for person in everyone if person.key != patient.key))
    files, file_remarks = attachments(message)
    draft = ReferralDraft(
        message_id=reference(request),
        version=version(message, request),
        dated=True,
        pointer="Bundle",
        people=everyone,
        entries=(health_entry(message, request, about, occurred),),
        consents=consents(message),
        purpose=purpose(request),
        action=action(message, request),
        attachments=files,
        why_withdrawn=why_withdrawn(message, request),
    )
    return conclude(draft, (*issues, *remarks, *file_remarks, *_reason_issues(message), *too_long(draft, limits)))


def _reason_issues(message: Message) -> Iterator[Issue]:
    if not is_known_reason(message):
        yield Issue(Severity.WARNING, "reason_not_known", "Bundle.entry[0].resource.reason")


def _quarantined(issues: tuple[Issue, ...], code: str, where: str) -> Parsed:
    return Parsed(Outcome.QUARANTINED, "Bundle", None, (*issues, Issue(Severity.ERROR, code, where)))


def _has_error(issues: tuple[Issue, ...]) -> bool:
    return any(issue.severity is Severity.ERROR for issue in issues)
