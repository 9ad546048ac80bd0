"""Strategy discussions as rows: when decided, who was asked, when held, who came."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from hub.domain.ids import AccountId, AgencyId, FamilyId
from hub.store.clear.door_tables import strategy_discussion, strategy_invitation


@dataclass(frozen=True, slots=True)
class Discussion:
    """One discussion; `invited` is agency -> whether it attended, None until it was held."""

    id: str
    family: FamilyId
    decided_at: datetime
    decided_by: AccountId
    due_at: datetime
    sealed: bytes
    invited: dict[AgencyId, bool | None]
    held_at: datetime | None = None
    held_sealed: bytes | None = None


def add(connection: Connection, partnership: str, value: Discussion) -> None:
    """Insert a discussion that was decided, with whom it asks."""
    row: dict[str, object] = {"partnership_id": partnership, "id": value.id, "family_id": value.family}
    row |= {"decided_at": value.decided_at, "decided_by": value.decided_by}
    connection.execute(insert(strategy_discussion), row | {"due_at": value.due_at, "sealed": value.sealed})
    asked = [
        {"partnership_id": partnership, "discussion_id": value.id, "agency_id": agency} for agency in value.invited
    ]
    connection.execute(insert(strategy_invitation), asked)


def of_family(connection: Connection, partnership: str, family: FamilyId) -> Sequence[Discussion]:
    """Return a family's discussions, oldest first."""
    rows = connection.execute(
        select(strategy_discussion)
        .where(strategy_discussion.c.partnership_id == partnership, strategy_discussion.c.family_id == family)
        .order_by(strategy_discussion.c.decided_at, strategy_discussion.c.id)
    )
    return [_discussion(row, _invited(connection, partnership, row.id)) for row in rows]


def find(connection: Connection, partnership: str, id_: str) -> Discussion | None:
    """Return one discussion."""
    row = connection.execute(
        select(strategy_discussion).where(
            strategy_discussion.c.partnership_id == partnership, strategy_discussion.c.id == id_
        )
    ).one_or_none()
    return None if row is None else _discussion(row, _invited(connection, partnership, id_))


def hold(
    connection: Connection,
    partnership: str,
    id_: str,
    attended: Collection[AgencyId],
    by: AccountId,
    at: datetime,
    sealed: bytes,
) -> bool:
    """Note that it was held, and who came; False when that was noted before."""
    done = connection.execute(
        update(strategy_discussion)
        .where(strategy_discussion.c.partnership_id == partnership, strategy_discussion.c.id == id_)
        .where(strategy_discussion.c.held_at.is_(None))
        .values(held_at=at, held_by=by, held_sealed=sealed)
    )
    if not done.rowcount:
        return False
    here = (strategy_invitation.c.partnership_id == partnership) & (strategy_invitation.c.discussion_id == id_)
    came = strategy_invitation.c.agency_id.in_(list(attended))
    connection.execute(update(strategy_invitation).where(here).values(attended=False))
    connection.execute(update(strategy_invitation).where(here, came).values(attended=True))
    return True


def _invited(connection: Connection, partnership: str, id_: str) -> dict[AgencyId, bool | None]:
    rows = connection.execute(
        select(strategy_invitation.c.agency_id, strategy_invitation.c.attended).where(
            strategy_invitation.c.partnership_id == partnership, strategy_invitation.c.discussion_id == id_
        )
    )
    return {AgencyId(row.agency_id): row.attended for row in rows}


def _discussion(row, invited: dict[AgencyId, bool | None]) -> Discussion:  # type: ignore[no-untyped-def]  # noqa: ANN001  a Row of `strategy_discussion`
    return Discussion(
        row.id,
        FamilyId(row.family_id),
        row.decided_at,
        AccountId(row.decided_by),
        row.due_at,
        row.sealed,
        invited,
        row.held_at,
        row.held_sealed,
    )
