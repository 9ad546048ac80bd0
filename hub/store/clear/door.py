"""What the front door said about referrals, where they were passed to, and what their senders read, as rows."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from hub.domain.ids import AccountId, AgencyId, FamilyId, ReferralId
from hub.store.clear import partner_events
from hub.store.clear.cases import Referral, referral_of, referrals_in
from hub.store.clear.door_tables import door_event, redirection
from hub.store.clear.messages import sent_message
from hub.store.clear.tables import referral, task
from hub.store.clear.work import Task, task_of
from hub.store.rows_by import portions

RATED, DECIDED, AGAIN = "rated", "decided", "taken_up_again"
TAKEN_BACK = "taken_back"


@dataclass(frozen=True, slots=True)
class DoorEvent:
    """One thing that was said about a referral; `code` is a rating or an outcome, `sealed` holds why."""

    id: str
    referral: ReferralId
    what: str
    code: str
    at: datetime
    by: AccountId
    sealed: bytes


@dataclass(frozen=True, slots=True)
class Redirection:
    """A referral on its way to somebody else; `agency` is who acknowledges it in this hub, if anybody does."""

    id: str
    referral: ReferralId
    receiver: str
    agency: AgencyId | None
    sent_at: datetime
    due_at: datetime
    sent_by: AccountId
    sealed: bytes
    answer: str | None = None
    answered_at: datetime | None = None
    answered_by: AccountId | None = None
    answer_sealed: bytes | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How far a referral has come: from when on its decision may be told, whether it was rated, when withdrawn.

    Withdrawn is what its sender said last, wherever the referral lies by then.
    """

    referral: Referral
    told_at: datetime | None
    rated: bool
    withdrawn_at: datetime | None


def add_event(connection: Connection, partnership: str, value: DoorEvent) -> None:
    """Insert what was said."""
    row: dict[str, object] = {"partnership_id": partnership, "id": value.id, "referral_id": value.referral}
    row |= {"what": value.what, "code": value.code, "at": value.at, "by_id": value.by, "sealed": value.sealed}
    connection.execute(insert(door_event), row)


def events_of(connection: Connection, partnership: str, referrals: Collection[str]) -> Sequence[DoorEvent]:
    """Return what was said about these referrals, oldest first."""
    rows = connection.execute(
        select(door_event)
        .where(door_event.c.partnership_id == partnership, door_event.c.referral_id.in_(list(referrals)))
        .order_by(door_event.c.at, door_event.c.id)
    )
    return [
        DoorEvent(r.id, ReferralId(r.referral_id), r.what, r.code, r.at, AccountId(r.by_id), r.sealed) for r in rows
    ]


def add_redirection(connection: Connection, partnership: str, value: Redirection) -> None:
    """Insert a redirection that waits for its acknowledgement."""
    row: dict[str, object] = {"partnership_id": partnership, "id": value.id, "referral_id": value.referral}
    row |= {
        "receiver": value.receiver,
        "agency_id": value.agency,
        "sent_at": value.sent_at,
        "due_at": value.due_at,
        "sent_by": value.sent_by,
    }
    connection.execute(insert(redirection), row | {"sealed": value.sealed})


def find_redirection(connection: Connection, partnership: str, id_: str) -> Redirection | None:
    """Return one redirection."""
    row = connection.execute(
        select(redirection).where(redirection.c.partnership_id == partnership, redirection.c.id == id_)
    ).one_or_none()
    return None if row is None else _redirection(row)


def unacknowledged(connection: Connection, partnership: str) -> Sequence[Redirection]:
    """Return the redirections that nobody has answered, the most urgent first."""
    rows = connection.execute(
        select(redirection)
        .where(redirection.c.partnership_id == partnership, redirection.c.answer.is_(None))
        .order_by(redirection.c.due_at, redirection.c.id)
    )
    return [_redirection(row) for row in rows]


def answer_redirection(
    connection: Connection, partnership: str, id_: str, answer: tuple[str, datetime, AccountId, bytes]
) -> bool:
    """Keep what the receiver said: (answer, when, who wrote it down, words); False when it was answered before."""
    said, at, by, sealed = answer
    done = connection.execute(
        update(redirection)
        .where(redirection.c.partnership_id == partnership, redirection.c.id == id_, redirection.c.answer.is_(None))
        .values(answer=said, answered_at=at, answered_by=by, answer_sealed=sealed)
    )
    return bool(done.rowcount)


def take_back(connection: Connection, partnership: str, id_: ReferralId, at: datetime, by: AccountId) -> Sequence[str]:
    """End the redirections of a referral that nobody answered: it waits again; returns their ids."""
    open_ = [one.id for one in unacknowledged(connection, partnership) if one.referral == id_]
    connection.execute(
        update(redirection)
        .where(redirection.c.partnership_id == partnership, redirection.c.id.in_(open_))
        .values(answer=TAKEN_BACK, answered_at=at, answered_by=by)
    )
    return open_


def questions(connection: Connection, partnership: str, kinds: Collection[str]) -> Sequence[Task]:
    """Return the open tasks of these kinds, of whichever agency."""
    rows = connection.execute(
        select(task).where(task.c.partnership_id == partnership, task.c.kind.in_(list(kinds)), task.c.done_at.is_(None))
    )
    return [task_of(row) for row in rows]


def take_up_again(
    connection: Connection, partnership: str, id_: ReferralId, states: Collection[str], at: datetime
) -> bool:
    """Let a referral wait again that was decided without a family; False when it is in another state."""
    done = connection.execute(
        update(referral)
        .where(referral.c.partnership_id == partnership, referral.c.id == id_, referral.c.state.in_(list(states)))
        .values(state="received", decided_by=None, decided_at=None, told_at=None)
    )
    if done.rowcount:
        partner_events.post_state(connection, partnership, id_, "received", at)
    return bool(done.rowcount)


def closed_in(
    connection: Connection, partnership: str, family: FamilyId, states: Collection[str]
) -> Sequence[Referral]:
    """Return the referrals that stayed in a family of their own when they were decided in one of these states."""
    return [one for one in referrals_in(connection, partnership, states) if one.own_family == family]


def outcomes(connection: Connection, partnership: str, referrals: Collection[str]) -> Sequence[Outcome]:
    """Return how far each of these referrals has come."""
    withdrawn = select(func.max(sent_message.c.withdrawn_at)).where(
        sent_message.c.partnership_id == partnership, sent_message.c.referral_id == referral.c.id
    )
    rated = select(door_event.c.referral_id).where(
        door_event.c.partnership_id == partnership, door_event.c.referral_id == referral.c.id
    )
    query = select(referral, rated.exists().label("rated"), withdrawn.scalar_subquery().label("withdrawn_at"))
    return [
        Outcome(referral_of(row), row.told_at, bool(row.rated), row.withdrawn_at)
        for some in portions(referrals)
        for row in connection.execute(query.where(referral.c.partnership_id == partnership, referral.c.id.in_(some)))
    ]


def _redirection(row) -> Redirection:  # type: ignore[no-untyped-def]  # noqa: ANN001  a Row of `redirection`
    return Redirection(
        row.id,
        ReferralId(row.referral_id),
        row.receiver,
        AgencyId(row.agency_id) if row.agency_id else None,
        row.sent_at,
        row.due_at,
        AccountId(row.sent_by),
        row.sealed,
        row.answer,
        row.answered_at,
        AccountId(row.answered_by) if row.answered_by else None,
        row.answer_sealed,
    )
