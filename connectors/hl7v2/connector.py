"""Reads one HL7 v2 referral; the message is the record."""

from collections.abc import Iterator

from connectors.field_sizes import too_long
from connectors.hl7v2.content import attachments, health_entry, why_withdrawn, written_on
from connectors.hl7v2.people import people
from connectors.hl7v2.reader import Message, read_header, read_message
from connectors.moments import version_at_dtm
from connectors.protected_values import conclude
from hub.domain.errors import RejectedMessageError
from hub.domain.referral import Issue, Limits, Outcome, Parsed, ReferralDraft, Severity

_TYPE = "REF"
_ACTIONS = {"I12": "new", "I13": "amend", "I14": "withdraw"}
_MAPPED = frozenset({"MSH", "RF1", "PRD", "PID", "PD1", "ARV", "NK1", "DG1", "OBR", "OBX", "NTE"})
_POINTER = "message"
_FILE_FIELD = 5


class Hl7V2:
    """Connector for HL7 v2 `REF^I12` (new), `REF^I13` (changed) and `REF^I14` (cancelled), versions 2.1 to 2.9."""

    name = "hl7v2"

    def parse(self, body: bytes, limits: Limits) -> Iterator[Parsed]:
        """Return the one `Parsed` of the message; places are written `PID-5`, `NK1[2]-3`.

        Raises:
            RejectedMessageError: not one readable HL7 v2 message, `message_type_not_supported`,
                `event_not_supported`, `version_not_supported`.
        """
        message = read_message(body, limits)
        _require_referral(message)
        return iter((_parsed(message, limits),))

    def message_key(self, body: bytes) -> str:
        """Return sending application, sending facility and MSH-10; "" when MSH-10 is empty."""
        header = read_header(body)
        if header is None or not header.text(10):
            return ""
        return "|".join((header.value(3).whole(), header.value(4).whole(), header.text(10)))


def _require_referral(message: Message) -> None:
    header = message.header
    if header.text(9) != _TYPE:
        raise RejectedMessageError("message_type_not_supported", where="MSH-9")
    if header.text(9, 2) not in _ACTIONS:
        raise RejectedMessageError("event_not_supported", where="MSH-9")
    if not header.text(12).startswith("2"):
        raise RejectedMessageError("version_not_supported", where="MSH-12")


def _parsed(message: Message, limits: Limits) -> Parsed:
    if oversized := tuple(_oversized(message, limits)):
        return Parsed(Outcome.QUARANTINED, _POINTER, None, (*message.remarks, *oversized))
    everyone, remarks = people(message)
    files, file_remarks = attachments(message)
    occurred, reference = written_on(message), _reference(message)
    action = _ACTIONS[message.header.text(9, 2)]
    issues = (*message.remarks, *remarks, *file_remarks, *_header_issues(message), *_kept_whole(message))
    missing = {
        "patient_missing": ("PID", not any(True for _ in message.of("PID"))),
        "date_missing": ("MSH-7", occurred is None),
        "referral_number_missing": ("RF1-6", action != "new" and not reference),
    }
    issues += tuple(Issue(Severity.ERROR, code, place) for code, (place, is_missing) in missing.items() if is_missing)
    if occurred is None or not everyone:
        return Parsed(Outcome.QUARANTINED, _POINTER, None, issues)
    draft = ReferralDraft(
        message_id=reference or message.header.text(10),
        version=version_at_dtm(message.header.text(7)),
        dated=True,
        pointer=_POINTER,
        people=everyone,
        entries=(health_entry(message, tuple(person.key for person in everyone), occurred),),
        action=action,
        attachments=files,
        why_withdrawn=why_withdrawn(message) if action == "withdraw" else None,
    )
    return conclude(draft, (*issues, *too_long(draft, limits)))


def _oversized(message: Message, limits: Limits) -> Iterator[Issue]:
    """Yield an error for a field that is too long to be read; only an embedded file may be as long as the message."""
    for segment in message.segments:
        is_file = segment.name == "OBX" and segment.text(2) == "ED"
        for place, text in enumerate(segment.fields):
            many = text.count(segment.encoding.repetition) > limits.max_entries
            if many or (len(text) > limits.max_field_characters and not (is_file and place == _FILE_FIELD)):
                yield Issue(Severity.ERROR, "field_too_long", segment.pointer(place))


def _reference(message: Message) -> str:
    """Return the number by which the sender knows the referral (RF1-6, else RF1-11), which its changes repeat."""
    for segment in message.of("RF1"):
        for field in (6, 11):
            if segment.text(field):
                return "^".join(segment.text(field, part) for part in (1, 2, 3)).rstrip("^")
    return ""


def _header_issues(message: Message) -> Iterator[Issue]:
    if message.header.text(11) not in {"", "P"}:
        yield Issue(Severity.WARNING, "not_marked_as_production", "MSH-11")
    if message.header.text(14) or any(True for _ in message.of("DSC")):
        yield Issue(Severity.WARNING, "part_of_a_longer_message", "MSH-14")
    if not message.header.text(10):
        yield Issue(Severity.WARNING, "message_number_missing", "MSH-10")


def _kept_whole(message: Message) -> Iterator[Issue]:
    """Say how many segments are kept in the original only, without naming them."""
    kept = sum(segment.name not in _MAPPED for segment in message.segments)
    if kept:
        yield Issue(Severity.WARNING, "segments_not_mapped", f"count={kept}")
