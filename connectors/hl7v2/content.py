"""The referral itself: why (DG1, RF1, NTE), what was seen (OBX), who asks whom (PRD), and the files inside it."""

import base64
import binascii
from collections.abc import Iterable, Iterator

from connectors.hl7v2 import values
from connectors.hl7v2.reader import Message
from connectors.hl7v2.segments import Segment
from hub.domain.fields import RecordKind
from hub.domain.partial_date import PartialDate
from hub.domain.referral import AttachmentDraft, EntryDraft, Issue, Severity, Sourced

_OF_THE_PATIENT = ("reason", "requested_service", "coded_evidence", "referred_by")
_CODED, _FILE, _POINTER = frozenset({"CE", "CWE", "CNE", "CF"}), "ED", "RP"
_REASON_NOTES = frozenset({"1R", "2R", "GR"})
"""Table 0364 (comment type): primary, secondary, general reason."""
_REFERRING, _REFERRED_TO = "RP", "RT"


def health_entry(message: Message, about: tuple[str, ...], occurred: PartialDate) -> EntryDraft:
    """Return the referral as an entry; `about` are the keys of everyone in it, the patient first.

    The summary has all of them as subjects, because free text may name each; coded fields speak of the patient alone.
    """
    gathered = {
        "reason": _reasons(message),
        "summary": _narratives(message),
        "requested_service": _services(message),
        "referred_by": _referrers(message),
        "coded_evidence": _evidence(message),
    }
    fields = {name: value for name, found in gathered.items() if (value := _joined(found)) is not None}
    narrowed = {name: about[:1] for name in _OF_THE_PATIENT if name in fields}
    return EntryDraft(RecordKind.HEALTH_REPORT, occurred, about, fields, narrowed)


def written_on(message: Message) -> PartialDate | None:
    """Return when the referral took effect (RF1-7), else when it was made (RF1-9), else the message's own time."""
    referral = next(message.of("RF1"), message.header)
    written = (referral.text(7), referral.text(9), message.header.text(7))
    return next((day for text in written if (day := values.read_time(text)) is not None), None)


def why_withdrawn(message: Message) -> Sourced | None:
    """Return the first comment that calls itself a reason (NTE-4); any other comment is about the case."""
    notes = (note for note in message.of("NTE") if note.text(4).upper() in _REASON_NOTES)
    return next((said for said in map(_comment, notes) if said.value), None)


def attachments(message: Message) -> tuple[tuple[AttachmentDraft, ...], tuple[Issue, ...]]:
    """Return every file inside the message (OBX of type ED), decoded; a file that cannot be decoded is an error."""
    found: list[AttachmentDraft] = []
    issues: list[Issue] = []
    for segment in message.of("OBX"):
        if segment.text(2) == _POINTER:
            issues.append(Issue(Severity.WARNING, "attachment_elsewhere", segment.pointer(5)))
        for value in segment.values(5) if segment.text(2) == _FILE else ():
            content = _content(value.text(4).casefold(), value.text(5))
            if not content:
                issues.append(Issue(Severity.ERROR, "attachment_not_readable", value.pointer))
                continue
            media = values.joined((value.text(2).lower(), value.text(3).lower()), "/")
            title = values.coded_words(segment.value(3)) or f"Attachment {len(found) + 1}"
            found.append(AttachmentDraft(0, title, media, content, value.pointer))
    return tuple(found), tuple(issues)


def _content(encoding: str, data: str) -> bytes:
    """Return the bytes of an ED, b"" when they cannot be had. Engines break base64 into lines."""
    try:
        if encoding == "base64":
            return base64.b64decode("".join(data.split()), validate=True)
        if encoding == "hex":
            return bytes.fromhex(data)
    except (binascii.Error, ValueError):
        return b""
    return data.encode() if encoding == "a" else b""


def _joined(found: Iterator[Sourced]) -> Sourced | None:
    said = [value for value in found if value.value]
    lines = dict.fromkeys(value.value for value in said)
    return Sourced("\n\n".join(lines), said[0].pointer) if said else None


def _reasons(message: Message) -> Iterator[Sourced]:
    for segment in message.of("DG1"):
        text = values.coded_words(segment.value(3)) or segment.text(4)
        yield Sourced(text, segment.pointer(3))
    for segment in message.of("RF1"):
        yield from (Sourced(values.coded_words(value), value.pointer) for value in segment.values(10))


def _narratives(message: Message) -> Iterator[Sourced]:
    """Yield texts in message order: comments, and observations that are not codes or files, with what was observed."""
    for segment in message.of("NTE", "OBX", "DG1"):
        if segment.name == "NTE":
            yield _comment(segment)
        elif segment.name == "DG1":
            yield Sourced(segment.text(4) if values.coded_words(segment.value(3)) else "", segment.pointer(4))
        elif segment.text(2) not in _CODED | {_FILE, _POINTER}:
            yield _observation(segment, (value.whole() for value in segment.values(5)))


def _comment(note: Segment) -> Sourced:
    return Sourced("\n".join(value.whole() for value in note.values(3)), note.pointer(3))


def _observation(segment: Segment, said: Iterable[str]) -> Sourced:
    text = values.joined((values.joined(said, "\n"), values.coded_words(segment.value(6))))
    label = values.coded_words(segment.value(3))
    return Sourced(f"{label}: {text}" if label and text else text, segment.pointer(5))


def _services(message: Message) -> Iterator[Sourced]:
    for segment in message.of("RF1"):
        for field, word in ((3, "Type"), (5, "Category"), (2, "Priority"), (1, "Status")):
            if said := values.coded_words(segment.value(field)):
                yield Sourced(f"{word}: {said}", segment.pointer(field))
    yield from _providers(message, _REFERRED_TO)


def _referrers(message: Message) -> Iterator[Sourced]:
    yield from _providers(message, _REFERRING)


def _providers(message: Message, role: str) -> Iterator[Sourced]:
    for segment in message.of("PRD"):
        if role in {value.text().upper() for value in segment.values(1)}:
            name = values.name_words(segment.value(2))
            yield Sourced(values.joined((name, segment.text(10)), ", "), segment.pointer(2))


def _evidence(message: Message) -> Iterator[Sourced]:
    for segment in message.of("DG1"):
        yield Sourced(values.coded_evidence(segment.value(3)), segment.pointer(3))
    for segment in message.of("OBR"):
        yield Sourced(values.coded_evidence(segment.value(4)), segment.pointer(4))
    for segment in message.of("OBX"):
        observed = values.coded_evidence(segment.value(3))
        coded = segment.text(2) in _CODED
        answers = [values.coded_evidence(value) for value in segment.values(5)] if coded else []
        yield Sourced(values.joined((observed, *answers), " = "), segment.pointer(3))
