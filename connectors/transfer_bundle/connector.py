"""Reads a bundle; the bundle is the record. Whether its signature holds is looked at where the keys are known."""

from collections.abc import Iterator
from typing import Any, Final

from connectors.people import Plain, person_draft
from connectors.person_schema import PersonSchema
from connectors.protected_values import conclude
from connectors.schema_fields import InstantText, PartialDateText, StrictSchema, many, read_date, text, texts, word
from connectors.schema_reading import check, known_names
from connectors.strict_json import read_json
from hub.domain.errors import RejectedMessageError
from hub.domain.fields import SHAPES, RecordKind
from hub.domain.labels import Handling, Sensitivity
from hub.domain.referral import EntryDraft, Issue, Limits, Outcome, Parsed, Part, ReferralDraft, Severity, Sourced

FORMAT: Final = "hub-transfer/1"
KINDS: Final = tuple(sorted(kind.value for kind, shape in SHAPES.items() if shape.in_chronology))
_AT: Final = "/document"
_OUTER: Final = frozenset({"format", "document", "key_id", "signature"})


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


class DocumentSchema(StrictSchema):
    """What is signed."""

    transfer = text("The sender's id of this transfer", required=True)
    sender = text("The sending partnership, as its log is called", required=True)
    recipient = text("For whom it is", required=True)
    made_at = InstantText("When it was made", required=True)
    reason = text("Why the family is handed over", required=True)
    people = many(MemberSchema, "The family", required=True, least=1)
    entries = many(TransferredEntrySchema, "The chronology as it may be given", required=True)


_DOCUMENT: Final = DocumentSchema()


class TransferBundle:
    """Connector for a family that another partnership hands over."""

    name = "transfer_bundle"

    def parse(self, body: bytes, limits: Limits) -> Iterator[Parsed]:
        """Return the one record; pointers are JSON pointers such as `/document/entries/0/occurred`.

        Raises:
            RejectedMessageError: not strict JSON, or not a bundle of this version.
        """
        document = _read(body, limits)
        issues = check(_DOCUMENT, document, _AT, limits)
        if not _has_error(issues):
            issues += tuple(_rules(document))
        if _has_error(issues):
            return iter((Parsed(Outcome.QUARANTINED, _AT, None, issues),))
        return iter((conclude(_draft(document), issues),))

    def message_key(self, body: bytes) -> str:
        """Return the sender's id of the transfer."""
        found = _read(body, Limits(max_bytes=len(body))).get("transfer")
        return found if isinstance(found, str) else ""


def _read(body: bytes, limits: Limits) -> Plain:
    bundle = read_json(body, limits, {*_OUTER, *known_names(_DOCUMENT)})
    if not isinstance(bundle, dict) or bundle.get("format") != FORMAT:
        raise RejectedMessageError("not_a_transfer", where="/format")
    if not isinstance(bundle.get("document"), dict):
        raise RejectedMessageError("required", where=_AT)
    document: Plain = bundle["document"]
    return document


def _has_error(issues: tuple[Issue, ...]) -> bool:
    return any(issue.severity is Severity.ERROR for issue in issues)


def _rules(document: Plain) -> Iterator[Issue]:
    """Yield what no schema can say: each id once, entries about people of the family, fields that the kind has."""
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


def _draft(document: Plain) -> ReferralDraft:
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
    return ReferralDraft(document["transfer"], 1, _AT, people, entries, purpose="transfer")


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
