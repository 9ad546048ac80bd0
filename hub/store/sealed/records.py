"""Outlines and sealed field sets: found, ordered and paged by clear outline; opened elsewhere."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple, cast

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    Table,
    bindparam,
    exists,
    func,
    insert,
    select,
    true,
    tuple_,
    type_coerce,
    update,
)

from hub.domain.clock import from_micros
from hub.domain.fields import RecordKind
from hub.domain.ids import AgencyId, FamilyId, RecordId
from hub.store.clear.team_tables import correction
from hub.store.sealed.labels import note_labels
from hub.store.sealed.tables import label, outline, sealed_fields


class Outline(NamedTuple):
    """The clear frame of one record. `event_date` is a PartialDate's text, `recorded` in microseconds.

    `manifest` names all labels of the record by their digests, the outline's own first ("" before manifests were kept).
    """

    record: RecordId
    kind: RecordKind
    event_day: int
    event_date: str
    recorded: int
    owner: AgencyId
    referral: str | None
    label: int
    manifest: str = ""

    def frame(self) -> str:
        """Return what of the outline is authenticated with every field; where the record lies may change (placing)."""
        framed = f"{self.kind.value} {self.event_date} {self.recorded} {self.owner} {self.referral}"
        return f"{framed} {self.event_day} {self.manifest}" if self.manifest else framed


class SealedSet(NamedTuple):
    """One label's ciphertexts of one record."""

    record: RecordId
    label: int
    owner: AgencyId
    key_number: int
    schema: int
    revision: int
    event_day: int
    body: bytes


_OUTLINE = select(
    outline.c.record_id,
    outline.c.kind,
    outline.c.event_day,
    outline.c.event_date,
    type_coerce(outline.c.recorded_at, BigInteger),
    outline.c.owner_agency,
    outline.c.referral_id,
    outline.c.label_number,
    outline.c.manifest,
)
_SET = select(
    sealed_fields.c.record_id.label("record"),
    sealed_fields.c.label_number.label("label"),
    sealed_fields.c.owner_agency.label("owner"),
    sealed_fields.c.key_number,
    sealed_fields.c.schema_version.label("schema"),
    sealed_fields.c.revision,
    sealed_fields.c.event_day,
    sealed_fields.c.body,
)


def _stands(table: Table, *, corrected: bool) -> ColumnElement[bool]:
    """Leave out what a correction supersedes, whoever looks: a text corrected because it told too much is shut.

    Earlier versions (`corrected`) are for examining what was decided. A record named one by one still shows: a
    decision that relied on it accounts for it as it was.
    """
    of = (correction.c.partnership_id == table.c.partnership_id) & (correction.c.record_id == table.c.record_id)
    return true() if corrected else ~exists().where(of)


_PAGES = {
    corrected: (
        _OUTLINE.where(
            outline.c.partnership_id == bindparam("partnership"),
            outline.c.family_id == bindparam("family"),
            outline.c.label_number.in_(bindparam("numbers", expanding=True)),
            outline.c.kind.in_(bindparam("kinds", expanding=True)),
            _stands(outline, corrected=corrected),
        )
        .order_by(outline.c.event_day, outline.c.record_id)
        .limit(bindparam("limit"))
    )
    for corrected in (False, True)
}
_SETS = _SET.where(
    sealed_fields.c.partnership_id == bindparam("partnership"),
    sealed_fields.c.family_id == bindparam("family"),
    sealed_fields.c.label_number.in_(bindparam("numbers", expanding=True)),
    sealed_fields.c.event_day.between(bindparam("first"), bindparam("last")),
)
"""Built once: every view runs both, and building a statement costs as much as running it."""
_KINDS = {kind.value: kind for kind in RecordKind}


def insert_records(
    connection: Connection,
    partnership: str,
    homes: Mapping[RecordId, FamilyId],
    outlines: Sequence[Outline],
    sets: Sequence[SealedSet],
) -> None:
    """Insert records, each into its family, with the labels that these families then have."""
    if outlines:
        connection.execute(
            insert(outline),
            [
                {
                    "partnership_id": partnership,
                    "family_id": homes[o.record],
                    "label_number": o.label,
                    "event_day": o.event_day,
                    "record_id": o.record,
                    "kind": o.kind.value,
                    "event_date": o.event_date,
                    "recorded_at": from_micros(o.recorded),
                    "owner_agency": o.owner,
                    "referral_id": o.referral,
                    "manifest": o.manifest,
                }
                for o in outlines
            ],
        )
    if sets:
        connection.execute(
            insert(sealed_fields),
            [
                {
                    "partnership_id": partnership,
                    "family_id": homes[s.record],
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
    numbers: dict[FamilyId, set[int]] = {}
    for record, number in (*((o.record, o.label) for o in outlines), *((s.record, s.label) for s in sets)):
        numbers.setdefault(homes[record], set()).add(number)
    note_labels(connection, partnership, numbers)


def outlines_of(  # noqa: PLR0913  what a page of outlines is chosen by
    connection: Connection,
    partnership: str,
    family: FamilyId,
    numbers: Collection[int],
    kinds: Collection[RecordKind],
    *,
    limit: int,
    after: tuple[int, str] | None = None,
    corrected: bool = False,
) -> list[Outline]:
    """Return at most `limit` outlines under these labels, in order of (event day, record), after a cursor."""
    asked = {"partnership": partnership, "family": family, "numbers": sorted(numbers), "limit": limit}
    asked |= {"kinds": [kind.value for kind in kinds]}
    query = _PAGES[corrected]
    if after is not None:
        query = query.where(tuple_(outline.c.event_day, outline.c.record_id) > after)
    return _outlines(connection, query, asked)


def outlines_named(
    connection: Connection, partnership: str, family: FamilyId, records: Collection[RecordId]
) -> list[Outline]:
    """Return the outlines of named records of a family (a holder's decision names items)."""
    query = _OUTLINE.where(
        outline.c.partnership_id == partnership,
        outline.c.family_id == family,
        outline.c.record_id.in_(sorted(records)),
    )
    return _outlines(connection, query) if records else []


def _outlines(
    connection: Connection, query: Select[*tuple[Any, ...]], asked: Mapping[str, object] | None = None
) -> list[Outline]:
    return [
        Outline(record, _KINDS[kind], day, date, at, owner, referral, label, manifest)
        for record, kind, day, date, at, owner, referral, label, manifest in connection.execute(query, asked).all()
    ]


def sets_of(
    connection: Connection, partnership: str, family: FamilyId, numbers: Collection[int], days: tuple[int, int]
) -> list[SealedSet]:
    """Return the ciphertexts under these labels, between two event days (inclusive): one range scan per label."""
    if not numbers:
        return []
    asked = {
        "partnership": partnership,
        "family": family,
        "numbers": sorted(numbers),
        "first": days[0],
        "last": days[1],
    }
    return _sets(connection, _SETS, asked)


def sets_named(
    connection: Connection, partnership: str, family: FamilyId, items: Collection[tuple[RecordId, int]]
) -> list[SealedSet]:
    """Return the ciphertexts of these (record, label number) of a family, and no others."""
    query = _SET.where(
        sealed_fields.c.partnership_id == partnership,
        sealed_fields.c.family_id == family,
        tuple_(sealed_fields.c.record_id, sealed_fields.c.label_number).in_(sorted(items)),
    )
    return _sets(connection, query) if items else []


def _sets(
    connection: Connection, query: Select[*tuple[Any, ...]], asked: Mapping[str, object] | None = None
) -> list[SealedSet]:
    """Return the rows as they are: their columns come in the order and under the names of a `SealedSet`."""
    return cast("list[SealedSet]", connection.execute(query, asked).all())


def placed_labels(
    connection: Connection, partnership: str, family: FamilyId, numbers: Collection[int], *, corrected: bool = False
) -> list[tuple[RecordId, int]]:
    """Return (record, label number) of field sets under these labels, without their ciphertext: for gaps."""
    if not numbers:
        return []
    rows = connection.execute(
        select(sealed_fields.c.record_id, sealed_fields.c.label_number).where(
            sealed_fields.c.partnership_id == partnership,
            sealed_fields.c.family_id == family,
            sealed_fields.c.label_number.in_(sorted(numbers)),
            _stands(sealed_fields, corrected=corrected),
        )
    )
    return [(row[0], row[1]) for row in rows]


def move_records(connection: Connection, partnership: str, source: FamilyId, target: FamilyId) -> None:
    """Place all records of one family in another; nothing is re-sealed."""
    numbers = numbers_in_use(connection, partnership, source)
    for table in (outline, sealed_fields):
        connection.execute(
            update(table)
            .where(table.c.partnership_id == partnership, table.c.family_id == source)
            .values(family_id=target)
        )
    note_labels(connection, partnership, {target: numbers})


def _numbers(table: Table) -> Select[int]:
    """Say how to walk from one label number of a family to the next: a seek each, where DISTINCT reads every row."""
    number = table.c.label_number
    here = (table.c.partnership_id == bindparam("partnership")) & (table.c.family_id == bindparam("family"))
    walk = select(func.min(number).label("number")).where(here).cte(recursive=True)
    following = select(func.min(number)).where(here, number > walk.c.number).scalar_subquery()
    walk = walk.union_all(select(following).where(walk.c.number.is_not(None)))
    return select(walk.c.number).where(walk.c.number.is_not(None))


_IN_USE = (_numbers(outline), _numbers(sealed_fields))


def numbers_in_use(connection: Connection, partnership: str, family: FamilyId) -> set[int]:
    """Return the label numbers under which a family has outlines or field sets."""
    place = {"partnership": partnership, "family": family}
    return {number for query in _IN_USE for number in connection.scalars(query, place)}


def stored_among(connection: Connection, partnership: str, records: Collection[RecordId]) -> set[RecordId]:
    """Return which of these records have an outline, in whatever family."""
    rows = connection.execute(
        select(outline.c.record_id).where(
            outline.c.partnership_id == partnership, outline.c.record_id.in_(sorted(records))
        )
    )
    return {RecordId(row[0]) for row in rows}


class Kept(NamedTuple):
    """Where a record's outlines and sets lie, in whatever family; a label stands by the digest its number has now."""

    outlines: list[tuple[FamilyId, str, Outline]]
    sets: list[tuple[FamilyId, int, str]]


def kept(connection: Connection, partnership: str, records: Collection[RecordId]) -> dict[RecordId, Kept]:
    """Return, for comparing with the log, what lies under these ids; a record as it was stored has one outline."""
    found = {record: Kept([], []) for record in records}
    of_known_kind = _where_kept(_OUTLINE, outline, partnership, records).where(outline.c.kind.in_(_KINDS))
    for id_, kind, *columns, family, digest in connection.execute(of_known_kind):
        found[id_].outlines.append((family, digest, Outline(id_, _KINDS[kind], *columns)))
    days = select(sealed_fields.c.record_id, sealed_fields.c.event_day)
    for id_, day, family, digest in connection.execute(_where_kept(days, sealed_fields, partnership, records)):
        found[id_].sets.append((family, day, digest))
    return found


def _where_kept(
    query: Select[*tuple[Any, ...]], table: Table, partnership: str, records: Collection[RecordId]
) -> Select[*tuple[Any, ...]]:
    same = (label.c.partnership_id == table.c.partnership_id) & (label.c.number == table.c.label_number)
    here = (table.c.partnership_id == partnership) & table.c.record_id.in_(sorted(records))
    return query.add_columns(table.c.family_id, label.c.digest).join(label, same).where(here)


def counts_by_label(
    connection: Connection, partnership: str, family: FamilyId, numbers: Collection[int]
) -> Mapping[int, int]:
    """Return how many records stand under each of these labels (only for labels whose level is count)."""
    if not numbers:
        return {}
    rows = connection.execute(
        select(sealed_fields.c.label_number, func.count())
        .where(
            sealed_fields.c.partnership_id == partnership,
            sealed_fields.c.family_id == family,
            sealed_fields.c.label_number.in_(sorted(numbers)),
            _stands(sealed_fields, corrected=False),
        )
        .group_by(sealed_fields.c.label_number)
    )
    return {row[0]: row[1] for row in rows}
