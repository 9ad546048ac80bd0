"""Who was joined with whom, as rows: by which facts, why, and whether it was taken apart. Policy never reads these."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, insert, select, update

from hub.domain.ids import AccountId, FactId, FamilyId, PersonId, ReferralId
from hub.store.clear.tables import person_merge

_DEEPEST = 20
"""Joinings of a person who was joined before that are followed."""


@dataclass(frozen=True, slots=True)
class Merge:
    """One joining: from then on `other` is `kept`. `made` maps each fact it made to the one that fact took over from.

    `family` is that of `other`, `referral` the one that showed it; reasons are sealed. `unmerged_at` is None while it
    stands.
    """

    id: str
    referral: ReferralId
    family: FamilyId
    kept: PersonId
    other: PersonId
    made: dict[FactId, FactId | None]
    at: datetime
    by: AccountId
    sealed: bytes | None
    unmerged_at: datetime | None = None
    unmerged_by: AccountId | None = None
    unmerged_sealed: bytes | None = None


def add(connection: Connection, partnership: str, value: Merge) -> None:
    """Insert a joining."""
    connection.execute(
        insert(person_merge),
        {
            "partnership_id": partnership,
            "id": value.id,
            "referral_id": value.referral,
            "family_id": value.family,
            "kept_id": value.kept,
            "other_id": value.other,
            "made": " ".join(f"{new}/{old or ''}" for new, old in value.made.items()),
            "merged_at": value.at,
            "merged_by": value.by,
            "sealed": value.sealed,
        },
    )


def find(connection: Connection, partnership: str, id_: str) -> Merge | None:
    """Return one joining."""
    row = connection.execute(
        select(person_merge).where(person_merge.c.partnership_id == partnership, person_merge.c.id == id_)
    ).one_or_none()
    return None if row is None else _merge(row)


def newest(connection: Connection, partnership: str, limit: int = 200) -> Sequence[Merge]:
    """Return the newest joinings, those that were taken apart too."""
    rows = connection.execute(
        select(person_merge)
        .where(person_merge.c.partnership_id == partnership)
        .order_by(person_merge.c.merged_at.desc(), person_merge.c.id)
        .limit(limit)
    )
    return [_merge(row) for row in rows]


def standing_of(connection: Connection, partnership: str, other: PersonId) -> bool:
    """Say whether somebody is joined with another person at this moment."""
    found = select(person_merge.c.id).where(
        person_merge.c.partnership_id == partnership,
        person_merge.c.other_id == other,
        person_merge.c.unmerged_at.is_(None),
    )
    return connection.execute(found.limit(1)).first() is not None


def now_known_as(connection: Connection, partnership: str, persons: Collection[PersonId]) -> dict[PersonId, PersonId]:
    """Return person -> whom they are joined with at this moment, over every joining that stands; else themselves."""
    found = {person: person for person in persons}
    for _ in range(_DEEPEST):
        following = _kept(connection, partnership, set(found.values()))
        if not following:
            break
        found = {person: following.get(kept, kept) for person, kept in found.items()}
    return found


def _kept(connection: Connection, partnership: str, others: Collection[PersonId]) -> dict[PersonId, PersonId]:
    rows = connection.execute(
        select(person_merge.c.other_id, person_merge.c.kept_id).where(
            person_merge.c.partnership_id == partnership,
            person_merge.c.other_id.in_(sorted(others)),
            person_merge.c.unmerged_at.is_(None),
        )
    )
    return {PersonId(row.other_id): PersonId(row.kept_id) for row in rows}


def take_apart(connection: Connection, partnership: str, id_: str, by: AccountId, at: datetime, sealed: bytes) -> int:
    """Note that a joining was taken apart; returns 0 when somebody else was faster."""
    done = connection.execute(
        update(person_merge)
        .where(
            person_merge.c.partnership_id == partnership,
            person_merge.c.id == id_,
            person_merge.c.unmerged_at.is_(None),
        )
        .values(unmerged_at=at, unmerged_by=by, unmerged_sealed=sealed)
    )
    return done.rowcount


def _merge(row: Row[tuple[object, ...]]) -> Merge:
    pairs = (said.split("/") for said in row.made.split())
    return Merge(
        row.id,
        ReferralId(row.referral_id),
        FamilyId(row.family_id),
        PersonId(row.kept_id),
        PersonId(row.other_id),
        {FactId(new): FactId(old) if old else None for new, old in pairs},
        row.merged_at,
        AccountId(row.merged_by),
        row.sealed,
        row.unmerged_at,
        AccountId(row.unmerged_by) if row.unmerged_by else None,
        row.unmerged_sealed,
    )
