"""Closings of families as rows: when, with which outcome, who was told; and when it was opened again.

Access ends by facts; these rows say why, and what the family heard.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from hub.domain.ids import AccountId, FamilyId
from hub.store.clear.tables import family_closing


@dataclass(frozen=True, slots=True)
class Closing:
    """One closing; `ends_at` is when everybody's access ended, `sealed` holds what was written."""

    id: str
    family: FamilyId
    outcome: str
    closed_at: datetime
    closed_by: AccountId
    ends_at: datetime
    told_family: bool
    sealed: bytes
    reopened_at: datetime | None = None
    reopen_sealed: bytes | None = None


def add(connection: Connection, partnership: str, value: Closing) -> None:
    """Insert a closing."""
    connection.execute(
        insert(family_closing),
        {
            "partnership_id": partnership,
            "id": value.id,
            "family_id": value.family,
            "outcome": value.outcome,
            "closed_at": value.closed_at,
            "closed_by": value.closed_by,
            "ends_at": value.ends_at,
            "told_family": value.told_family,
            "sealed": value.sealed,
        },
    )


def standing(connection: Connection, partnership: str, family: FamilyId) -> Closing | None:
    """Return the closing of a family that has not been reopened."""
    return next((one for one in history(connection, partnership, family) if one.reopened_at is None), None)


def history(connection: Connection, partnership: str, family: FamilyId) -> Sequence[Closing]:
    """Return every closing of a family, oldest first."""
    rows = connection.execute(
        select(family_closing)
        .where(family_closing.c.partnership_id == partnership, family_closing.c.family_id == family)
        .order_by(family_closing.c.closed_at, family_closing.c.id)
    )
    return [_closing(row) for row in rows]


def closed(connection: Connection, partnership: str) -> Sequence[Closing]:
    """Return the closings that stand, the newest first."""
    rows = connection.execute(
        select(family_closing)
        .where(family_closing.c.partnership_id == partnership, family_closing.c.reopened_at.is_(None))
        .order_by(family_closing.c.closed_at.desc(), family_closing.c.id)
    )
    return [_closing(row) for row in rows]


def reopen(connection: Connection, partnership: str, id_: str, by: AccountId, at: datetime, sealed: bytes) -> int:
    """Note that a family was opened again, and why; returns 0 when somebody was faster."""
    done = connection.execute(
        update(family_closing)
        .where(family_closing.c.partnership_id == partnership, family_closing.c.id == id_)
        .where(family_closing.c.reopened_at.is_(None))
        .values(reopened_at=at, reopened_by=by, reopen_sealed=sealed)
    )
    return done.rowcount


def _closing(row) -> Closing:  # type: ignore[no-untyped-def]  # noqa: ANN001  a Row of `family_closing`
    return Closing(
        row.id,
        FamilyId(row.family_id),
        row.outcome,
        row.closed_at,
        AccountId(row.closed_by),
        row.ends_at,
        row.told_family,
        row.sealed,
        row.reopened_at,
        row.reopen_sealed,
    )
