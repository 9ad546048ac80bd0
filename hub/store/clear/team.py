"""The team's own work as rows: which record supersedes which, and who sits in which group supervision."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from hub.domain.errors import ConflictError
from hub.domain.ids import AccountId, FamilyId, RecordId
from hub.store.clear.team_tables import correction, supervision, supervision_attendee


@dataclass(frozen=True, slots=True)
class Supervision:
    """One group supervision of a family; `record` is its record once it is closed."""

    id: str
    family: FamilyId
    chair: AccountId
    begun_at: datetime
    closed_at: datetime | None = None
    record: RecordId | None = None


def supersede(connection: Connection, partnership: str, earlier: RecordId, later: RecordId, at: datetime) -> None:
    """Let one record stand in the place of another, once; ConflictError when somebody was faster."""
    try:
        with connection.begin_nested():
            connection.execute(
                insert(correction),
                {"partnership_id": partnership, "record_id": earlier, "by_record_id": later, "at": at},
            )
    except IntegrityError:
        raise ConflictError("already_corrected", where=earlier, next_step="see_family") from None


def add_supervision(
    connection: Connection, partnership: str, value: Supervision, attendees: Collection[AccountId]
) -> None:
    """Insert a supervision with everybody who sits in it."""
    connection.execute(
        insert(supervision),
        {
            "partnership_id": partnership,
            "id": value.id,
            "family_id": value.family,
            "chair_id": value.chair,
            "begun_at": value.begun_at,
        },
    )
    connection.execute(
        insert(supervision_attendee),
        [
            {"partnership_id": partnership, "supervision_id": value.id, "account_id": account}
            for account in sorted(attendees)
        ],
    )


def find_supervision(connection: Connection, partnership: str, id_: str) -> Supervision | None:
    """Return one supervision."""
    row = connection.execute(
        select(supervision).where(supervision.c.partnership_id == partnership, supervision.c.id == id_)
    ).one_or_none()
    return None if row is None else _of(row)


def supervisions_of(connection: Connection, partnership: str, family: FamilyId) -> Sequence[Supervision]:
    """Return the supervisions of a family, newest first."""
    rows = connection.execute(
        select(supervision)
        .where(supervision.c.partnership_id == partnership, supervision.c.family_id == family)
        .order_by(supervision.c.begun_at.desc(), supervision.c.id)
    )
    return [_of(row) for row in rows]


def attendees_of(connection: Connection, partnership: str, id_: str) -> list[AccountId]:
    """Return who sits in a supervision."""
    rows = connection.scalars(
        select(supervision_attendee.c.account_id)
        .where(
            supervision_attendee.c.partnership_id == partnership,
            supervision_attendee.c.supervision_id == id_,
        )
        .order_by(supervision_attendee.c.account_id)
    )
    return [AccountId(account) for account in rows]


def close_supervision(connection: Connection, partnership: str, id_: str, record: RecordId, at: datetime) -> None:
    """Close a supervision with its record, once; ConflictError when somebody was faster."""
    done = connection.execute(
        update(supervision)
        .where(
            supervision.c.partnership_id == partnership,
            supervision.c.id == id_,
            supervision.c.closed_at.is_(None),
        )
        .values(closed_at=at, record_id=record)
    )
    if not done.rowcount:
        raise ConflictError("supervision_closed", where=id_, next_step="see_family")


def _of(row) -> Supervision:  # type: ignore[no-untyped-def]  # noqa: ANN001  a Row of `supervision`
    return Supervision(
        row.id,
        FamilyId(row.family_id),
        AccountId(row.chair_id),
        row.begun_at,
        row.closed_at,
        None if row.record_id is None else RecordId(row.record_id),
    )
