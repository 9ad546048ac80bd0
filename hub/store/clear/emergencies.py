"""Emergency accesses as rows: who, until when, what the review found. The gate decides on facts, never on these."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select, update

from hub.domain.ids import AccountId, AgencyId, FamilyId
from hub.store.clear.tables import emergency_access
from hub.store.rows_by import rows_by


@dataclass(frozen=True, slots=True)
class EmergencyAccess:
    """One access; `id` is that of its opening fact, `sealed` holds the danger and the reason."""

    id: str
    family: FamilyId
    agency: AgencyId
    account: AccountId
    started_at: datetime
    ends_at: datetime
    review_at: datetime
    sealed: bytes
    ended_at: datetime | None = None
    reviewed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """What a review found: justified, training or breach, with a sealed note."""

    id: str
    by: AccountId
    at: datetime
    outcome: str
    sealed: bytes


def add(connection: Connection, partnership: str, value: EmergencyAccess) -> None:
    """Insert an access."""
    connection.execute(
        insert(emergency_access),
        {
            "partnership_id": partnership,
            "id": value.id,
            "family_id": value.family,
            "agency_id": value.agency,
            "account_id": value.account,
            "started_at": value.started_at,
            "ends_at": value.ends_at,
            "review_at": value.review_at,
            "sealed": value.sealed,
        },
    )


_STANDING = (
    select(emergency_access)
    .where(emergency_access.c.partnership_id == bindparam("partnership"))
    .where(emergency_access.c.account_id == bindparam("account"))
    .where(emergency_access.c.ends_at > bindparam("now"), emergency_access.c.ended_at.is_(None))
    .order_by(emergency_access.c.ends_at, emergency_access.c.id)
)
"""Built once: every page asks whether an emergency stands."""


def find(connection: Connection, partnership: str, id_: str) -> EmergencyAccess | None:
    """Return one access."""
    row = rows_by(connection, emergency_access, partnership, id=id_).one_or_none()
    return None if row is None else _access(row)


def standing(connection: Connection, partnership: str, account: AccountId, now: datetime) -> Sequence[EmergencyAccess]:
    """Return an account's accesses whose time runs, the one that ends first before the others."""
    rows = connection.execute(_STANDING, {"partnership": partnership, "account": account, "now": now})
    return [_access(row) for row in rows]


def end(connection: Connection, partnership: str, id_: str, at: datetime) -> int:
    """Note that an access was ended early; returns 0 when it was already."""
    done = connection.execute(
        update(emergency_access)
        .where(emergency_access.c.partnership_id == partnership, emergency_access.c.id == id_)
        .where(emergency_access.c.ended_at.is_(None))
        .values(ended_at=at)
    )
    return done.rowcount


def review(connection: Connection, partnership: str, found: Review) -> int:
    """Keep what a review found; returns 0 when somebody was faster."""
    done = connection.execute(
        update(emergency_access)
        .where(emergency_access.c.partnership_id == partnership, emergency_access.c.id == found.id)
        .where(emergency_access.c.reviewed_at.is_(None))
        .values(reviewed_at=found.at, reviewed_by=found.by, outcome=found.outcome, review_sealed=found.sealed)
    )
    return done.rowcount


def _access(row) -> EmergencyAccess:  # type: ignore[no-untyped-def]  # noqa: ANN001  a Row of `emergency_access`
    return EmergencyAccess(
        row.id,
        FamilyId(row.family_id),
        AgencyId(row.agency_id),
        AccountId(row.account_id),
        row.started_at,
        row.ends_at,
        row.review_at,
        row.sealed,
        row.ended_at,
        row.reviewed_at,
    )
