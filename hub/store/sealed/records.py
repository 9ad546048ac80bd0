"""Outlines and sealed field sets: found, ordered and paged by clear outline; opened elsewhere."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, tuple_, update

from hub.domain.fields import RecordKind
from hub.domain.ids import AgencyId, FamilyId, RecordId
from hub.domain.labels import Label
from hub.store.sealed.tables import family_label, label, outline, sealed_fields


@dataclass(frozen=True, slots=True)
class Outline:
    """The clear frame of one record. `event_date` is a PartialDate's text; `label` decides whether it shows."""

    record: RecordId
    kind: RecordKind
    event_day: int
    event_date: str
    recorded_at: datetime
    owner: AgencyId
    referral: str | None
    label: int


@dataclass(frozen=True, slots=True)
class SealedSet:
    """One label's ciphertexts of one record."""

    record: RecordId
    label: int
    owner: AgencyId
    key_number: int
    schema: int
    revision: int
    event_day: int
    body: bytes


@dataclass(frozen=True, slots=True)
class StoredLabel:
    """A label as stored: `definition` is parsed only after its digest was compared."""

    number: int
    digest: str
    definition: str


def labels_of(connection: Connection, partnership: str, family: FamilyId) -> list[StoredLabel]:
    """Return the distinct labels of a family's records."""
    rows = connection.execute(
        select(label.c.number, label.c.digest, label.c.definition)
        .join(
            family_label,
            (family_label.c.partnership_id == label.c.partnership_id) & (family_label.c.label_number == label.c.number),
        )
        .where(family_label.c.partnership_id == partnership, family_label.c.family_id == family)
        .order_by(label.c.number)
    )
    return [StoredLabel(row.number, row.digest, row.definition) for row in rows]


def label_numbers(connection: Connection, partnership: str, labels: Collection[Label]) -> dict[Label, int]:
    """Return the number of each label, giving new ones the next numbers (inside a write transaction)."""
    by_digest = {value.digest(): value for value in labels}
    rows = connection.execute(
        select(label.c.digest, label.c.number).where(
            label.c.partnership_id == partnership, label.c.digest.in_(list(by_digest))
        )
    )
    known = {row.digest: row.number for row in rows}
    top = connection.scalar(select(func.max(label.c.number)).where(label.c.partnership_id == partnership)) or 0
    fresh = [digest for digest in by_digest if digest not in known]
    if fresh:
        numbered = {digest: top + place for place, digest in enumerate(fresh, 1)}
        connection.execute(
            insert(label),
            [
                {
                    "partnership_id": partnership,
                    "number": number,
                    "digest": digest,
                    "definition": json.dumps(by_digest[digest].content(), sort_keys=True),
                }
                for digest, number in numbered.items()
            ],
        )
        known |= numbered
    return {by_digest[digest]: number for digest, number in known.items()}


def insert_records(
    connection: Connection, partnership: str, family: FamilyId, outlines: Sequence[Outline], sets: Sequence[SealedSet]
) -> None:
    """Insert records into a family, with the labels that the family then has."""
    frame: dict[str, object] = {"partnership_id": partnership, "family_id": family}
    if outlines:
        connection.execute(
            insert(outline),
            [
                frame
                | {
                    "label_number": o.label,
                    "event_day": o.event_day,
                    "record_id": o.record,
                    "kind": o.kind.value,
                    "event_date": o.event_date,
                    "recorded_at": o.recorded_at,
                    "owner_agency": o.owner,
                    "referral_id": o.referral,
                }
                for o in outlines
            ],
        )
    if sets:
        connection.execute(
            insert(sealed_fields),
            [
                frame
                | {
                    "label_number": s.label,
                    "event_day": s.event_day,
                    "record_id": s.record,
                    "key_number": s.key_number,
                    "schema_version": s.schema,
                    "revision": s.revision,
                    "body": s.body,
                    "owner_agency": s.owner,
                }
                for s in sets
            ],
        )
    note_labels(connection, partnership, family, {o.label for o in outlines} | {s.label for s in sets})


def note_labels(connection: Connection, partnership: str, family: FamilyId, numbers: Collection[int]) -> None:
    """Remember that a family has records under these labels."""
    rows = connection.execute(
        select(family_label.c.label_number).where(
            family_label.c.partnership_id == partnership, family_label.c.family_id == family
        )
    )
    missing = set(numbers) - {row[0] for row in rows}
    if missing:
        connection.execute(
            insert(family_label),
            [
                {"partnership_id": partnership, "family_id": family, "label_number": number}
                for number in sorted(missing)
            ],
        )


def outlines_of(
    connection: Connection,
    partnership: str,
    family: FamilyId,
    numbers: Collection[int],
    kinds: Collection[RecordKind],
    *,
    limit: int,
    after: tuple[int, str] | None = None,
) -> list[Outline]:
    """Return at most `limit` outlines under these labels, in order of (event day, record), after a cursor."""
    query = select(outline).where(
        outline.c.partnership_id == partnership,
        outline.c.family_id == family,
        outline.c.label_number.in_(sorted(numbers)),
        outline.c.kind.in_([kind.value for kind in kinds]),
    )
    if after is not None:
        query = query.where(tuple_(outline.c.event_day, outline.c.record_id) > after)
    rows = connection.execute(query.order_by(outline.c.event_day, outline.c.record_id).limit(limit))
    return [_outline(row) for row in rows]


def outlines_named(connection: Connection, partnership: str, records: Collection[RecordId]) -> list[Outline]:
    """Return the outlines of named records (a holder's decision names items)."""
    rows = connection.execute(
        select(outline).where(outline.c.partnership_id == partnership, outline.c.record_id.in_(list(records)))
    )
    return [_outline(row) for row in rows]


def _outline(row) -> Outline:  # type: ignore[no-untyped-def]  # noqa: ANN001  a Row of `outline`
    return Outline(
        row.record_id,
        RecordKind(row.kind),
        row.event_day,
        row.event_date,
        row.recorded_at,
        row.owner_agency,
        row.referral_id,
        row.label_number,
    )


def sets_of(
    connection: Connection,
    partnership: str,
    family: FamilyId,
    numbers: Collection[int],
    days: tuple[int, int] | None = None,
) -> list[SealedSet]:
    """Return the ciphertexts under these labels, between two event days (inclusive): one range scan per label."""
    query = select(
        sealed_fields.c.record_id,
        sealed_fields.c.label_number,
        sealed_fields.c.owner_agency,
        sealed_fields.c.key_number,
        sealed_fields.c.schema_version,
        sealed_fields.c.revision,
        sealed_fields.c.event_day,
        sealed_fields.c.body,
    ).where(
        sealed_fields.c.partnership_id == partnership,
        sealed_fields.c.family_id == family,
        sealed_fields.c.label_number.in_(sorted(numbers)),
    )
    if days is not None:
        query = query.where(sealed_fields.c.event_day.between(*days))
    return [SealedSet(*row) for row in connection.execute(query)]


def placed_labels(
    connection: Connection, partnership: str, family: FamilyId, numbers: Collection[int]
) -> list[tuple[RecordId, int]]:
    """Return (record, label number) of field sets under these labels, without their ciphertext: for gaps."""
    rows = connection.execute(
        select(sealed_fields.c.record_id, sealed_fields.c.label_number).where(
            sealed_fields.c.partnership_id == partnership,
            sealed_fields.c.family_id == family,
            sealed_fields.c.label_number.in_(sorted(numbers)),
        )
    )
    return [(row[0], row[1]) for row in rows]


def move_records(connection: Connection, partnership: str, source: FamilyId, target: FamilyId) -> list[RecordId]:
    """Place all records of one family in another; nothing is re-sealed. Returns the records moved."""
    rows = connection.execute(
        select(outline.c.record_id, outline.c.label_number).where(
            outline.c.partnership_id == partnership, outline.c.family_id == source
        )
    ).all()
    sets = placed_numbers(connection, partnership, source)
    for table in (outline, sealed_fields):
        connection.execute(
            update(table)
            .where(table.c.partnership_id == partnership, table.c.family_id == source)
            .values(family_id=target)
        )
    note_labels(connection, partnership, target, {row.label_number for row in rows} | sets)
    return [RecordId(row.record_id) for row in rows]


def placed_numbers(connection: Connection, partnership: str, family: FamilyId) -> set[int]:
    """Return the label numbers under which a family has field sets."""
    rows = connection.execute(
        select(sealed_fields.c.label_number)
        .where(sealed_fields.c.partnership_id == partnership, sealed_fields.c.family_id == family)
        .distinct()
    )
    return {row[0] for row in rows}


def counts_by_label(
    connection: Connection, partnership: str, family: FamilyId, numbers: Collection[int]
) -> Mapping[int, int]:
    """Return how many records stand under each of these labels (only for labels whose level is count)."""
    rows = connection.execute(
        select(sealed_fields.c.label_number, func.count())
        .where(
            sealed_fields.c.partnership_id == partnership,
            sealed_fields.c.family_id == family,
            sealed_fields.c.label_number.in_(sorted(numbers)),
        )
        .group_by(sealed_fields.c.label_number)
    )
    return {row[0]: row[1] for row in rows}
