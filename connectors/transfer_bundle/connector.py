"""Reads an opened bundle with its files; it is the record. Its signature is looked at where the keys are known."""

import base64
import binascii
from collections.abc import Iterator
from typing import Any, Final

from connectors.people import Plain, person_draft
from connectors.person_schema import PersonSchema
from connectors.protected_values import conclude
from connectors.schema_fields import (
    InstantText,
    PartialDateText,
    StrictSchema,
    many,
    read_date,
    text,
    texts,
    whole_number,
    word,
)
from connectors.schema_reading import check, known_names
from connectors.strict_json import read_json
from hub.domain.errors import RejectedMessageError
from hub.domain.fields import SHAPES, RecordKind
from hub.domain.labels import Handling, Sensitivity
from hub.domain.referral import (
    AttachmentDraft,
    EntryDraft,
    Issue,
    Limits,
    Outcome,
    Parsed,
    Part,
    ReferralDraft,
    Severity,
    Sourced,
)

FORMAT: Final = "hub-transfer/2"
KINDS: Final = tuple(sorted(kind.value for kind, shape in SHAPES.items() if shape.in_chronology))
_AT: Final = "/document"
_OUTER: Final = frozenset({"format", "document", "signature", "contents"})
_REASONS: Final = {
    "goes_no_further": "may not be passed on",
    "ask_originator": "is passed on by its holder only: ask them",
    "in_quarantine": "waits for a check",
    "too_large": "is too large for the bundle: ask for it",
    "broken": "could not be read",
}
_BY_RULE: Final = "is not shared under the agreement: ask them"


class MemberSchema(PersonSchema):
    """One person of the family, with their parts in it."""

    parts = texts("Parts in the family", tuple(part.value for part in Part))


class ValueSchema(StrictSchema):
    """One field of an entry."""

    name = text("A field that the kind of entry has", required=True)
    value = text("What it says", required=True)


class TransferredEntrySchema(StrictSchema):
    """One entry of the chronology as it may be given, with who holds it."""

    kind = word(KINDS, "Kind of entry", required=True)
    occurred = PartialDateText("When it happened", required=True)
    about = texts("Ids of the people it is about")
    held_by = text("The agency that holds it at the sending partnership", required=True)
    sensitivity = word([one.value for one in Sensitivity], "How far an agreement must reach", required=True)
    fields_said = many(ValueSchema, "What it says", required=True, least=1)


class FileSchema(StrictSchema):
    """One file beside an entry; its content stands outside the document and is held to `sha256`."""

    entry = whole_number("The place of its entry, from 0", lowest=0, required=True)
    title = text("What it shows", required=True)
    type = text("Its media type", required=True)
    parts = whole_number("In how many pieces it travelled", lowest=0, required=True)
    sha256 = text("Hash of its content", required=True)


class WithheldSchema(StrictSchema):
    """What is held back openly."""

    held_by = text("The agency that holds it, as the sender calls it", required=True)
    category = text("What kind of information", required=True)
    reason = text("Why it stays", required=True)


class DocumentSchema(StrictSchema):
    """What is signed."""

    transfer = text("The sender's id of this transfer", required=True)
    sender = text("The sending partnership, as its log is called", required=True)
    sender_key = text("Fingerprint of the sender's keys", required=True)
    recipient = text("For whom it is", required=True)
    recipient_key = text("Fingerprint of the keys it was sealed to", required=True)
    made_at = InstantText("When it was made", required=True)
    reason = text("Why the family is handed over", required=True)
    people = many(MemberSchema, "The family", required=True, least=1)
    entries = many(TransferredEntrySchema, "The chronology as it may be given", required=True)
    files = many(FileSchema, "Files beside entries", required=True)
    withheld = many(WithheldSchema, "What is held back openly", required=True)


_DOCUMENT: Final = DocumentSchema()


class TransferBundle:
    """Connector for a family that another partnership hands over."""

    name = "transfer_bundle"

    def parse(self, body: bytes, limits: Limits) -> Iterator[Parsed]:
        """Return the one record; pointers are JSON pointers such as `/document/entries/0/occurred`.

        Raises:
            RejectedMessageError: not strict JSON, or not a bundle of this version.
        """
        bundle = _read(body, limits)
        document: Plain = bundle["document"]
        issues = check(_DOCUMENT, document, _AT, limits)
        if not _has_error(issues):
            issues += tuple(_rules(document, bundle.get("contents")))
        if _has_error(issues):
            return iter((Parsed(Outcome.QUARANTINED, _AT, None, issues),))
        return iter((conclude(_draft(document, bundle["contents"]), issues),))

    def message_key(self, body: bytes) -> str:
        """Return the sender's id of the transfer."""
        found = _read(body, Limits(max_bytes=len(body)))["document"].get("transfer")
        return found if isinstance(found, str) else ""


def _read(body: bytes, limits: Limits) -> Plain:
    bundle = read_json(body, limits, {*_OUTER, *known_names(_DOCUMENT)})
    if not isinstance(bundle, dict) or bundle.get("format") != FORMAT:
        raise RejectedMessageError("not_a_transfer", where="/format")
    if not isinstance(bundle.get("document"), dict):
        raise RejectedMessageError("required", where=_AT)
    return bundle


def _has_error(issues: tuple[Issue, ...]) -> bool:
    return any(issue.severity is Severity.ERROR for issue in issues)


def _rules(document: Plain, contents: object) -> Iterator[Issue]:
    """Yield what no schema can say: ids once, entries about people of the family, fields of the kind, whole files."""
    yield from _file_rules(document, contents)
    ids = [person["id"] for person in document["people"]]
    for number, id_ in enumerate(ids):
        if id_ in ids[:number]:
            yield Issue(Severity.ERROR, "id_used_twice", f"{_AT}/people/{number}/id")
    for number, entry in enumerate(document["entries"]):
        place = f"{_AT}/entries/{number}"
        if not set(entry.get("about", ())) <= set(ids):
            yield Issue(Severity.ERROR, "person_unknown", f"{place}/about")
        for position, said in enumerate(entry["fields_said"]):
            if said["name"] not in SHAPES[RecordKind(entry["kind"])].fields:
                yield Issue(Severity.ERROR, "field_unknown", f"{place}/fields_said/{position}/name")


def _file_rules(document: Plain, contents: object) -> Iterator[Issue]:
    if not isinstance(contents, list) or len(contents) != len(document["files"]):
        yield Issue(Severity.ERROR, "content_missing", "/contents")
    elif any(_content(content) is None for content in contents):
        yield Issue(Severity.ERROR, "attachment_not_readable", "/contents")
    for number, file in enumerate(document["files"]):
        if file["entry"] not in range(len(document["entries"])):
            yield Issue(Severity.ERROR, "entry_unknown", f"{_AT}/files/{number}/entry")


def _content(text_: object) -> bytes | None:
    """Return what base64 says; None when it is none."""
    try:
        return base64.b64decode(text_, validate=True) if isinstance(text_, str) else None
    except (binascii.Error, ValueError):
        return None


def _draft(document: Plain, contents: list[str]) -> ReferralDraft:
    people = tuple(
        person_draft(
            person,
            f"{_AT}/people/{number}",
            frozenset(Part(part) for part in person.get("parts", ())),
            Sourced("", f"{_AT}/people/{number}"),
        )
        for number, person in enumerate(document["people"])
    )
    everybody = tuple(person.key for person in people)
    entries = tuple(
        _entry(entry, f"{_AT}/entries/{number}", everybody) for number, entry in enumerate(document["entries"])
    )
    files = tuple(
        AttachmentDraft(file["entry"], file["title"], file["type"], _content(content) or b"", f"{_AT}/files/{number}")
        for number, (file, content) in enumerate(zip(document["files"], contents, strict=True))
    )
    kept_back = tuple(_kept_back(document, everybody))
    return ReferralDraft(
        document["transfer"], 1, _AT, people, (*entries, *kept_back), purpose="transfer", attachments=files
    )


def _kept_back(document: Plain, everybody: tuple[str, ...]) -> Iterator[EntryDraft]:
    """Yield one entry that says what was not handed over and why, so that the gap is seen where the family is read."""
    lines = [
        f"{one['category'].replace('_', ' ').capitalize()}, {one['held_by']}: {_REASONS.get(one['reason'], _BY_RULE)}."
        for one in document["withheld"]
    ]
    made = read_date(document["made_at"][:10])
    if lines and made is not None:
        said = Sourced("\n".join(["Not handed over:", *lines]), f"{_AT}/withheld")
        yield EntryDraft(
            RecordKind.SERVICE_ENTRY, made, everybody, {"what_happened": said}, sensitivity=Sensitivity.SENSITIVE
        )


def _entry(entry: Plain, place: str, everybody: tuple[str, ...]) -> EntryDraft:
    """Return one entry; what nobody said whom it is about is about everybody, so it is guarded for all of them."""
    kind, occurred = RecordKind(entry["kind"]), read_date(entry["occurred"])
    if occurred is None:
        raise RejectedMessageError("not_a_date", where=f"{place}/occurred")
    said: dict[str, Any] = {
        one["name"]: Sourced(one["value"], f"{place}/fields_said/{number}/value")
        for number, one in enumerate(entry["fields_said"])
    }
    return EntryDraft(
        kind,
        occurred,
        tuple(entry.get("about", ())) or everybody,
        said,
        sensitivity=Sensitivity(entry["sensitivity"]),
        handling=Handling.NONE,
    )
