"""Replies that senders wait for, and the calls that carry them: one row per message and address, woken by news.

INVARIANT: a call holds which state was told last, never which is to be told: that is looked up when it is made, so what
is outdated is never sent, and the same state is never sent twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, Select, Update, insert, select, update
from sqlalchemy.exc import IntegrityError

from hub.domain.ids import AgencyId, ReferralId
from hub.store.clear.partner_tables import quarantine_release, reply_awaited, reply_call
from hub.store.clear.tables import referral
from hub.store.columns import in_partnership


@dataclass(frozen=True, slots=True)
class Awaited:
    """A message that its sender waits for a reply to, by its receipt; what the sender called it is sealed."""

    receipt: str
    agency: AgencyId
    referral: ReferralId
    sealed: bytes = field(repr=False)
    at: datetime


@dataclass(frozen=True, slots=True)
class Call:
    """What is owed to one address about one message; `told` is the state it heard last, "" for none."""

    webhook: str
    receipt: str
    told: str
    attempts: int
    woken_at: datetime
    next_at: datetime
    outcome: str = ""


def await_reply(connection: Connection, partnership: str, value: Awaited) -> None:
    """Insert what a sender waits for, unless it is there."""
    row = {
        "partnership_id": partnership,
        "receipt_id": value.receipt,
        "agency_id": value.agency,
        "referral_id": value.referral,
        "sealed": value.sealed,
        "at": value.at,
    }
    try:
        with connection.begin_nested():
            connection.execute(insert(reply_awaited), row)
    except IntegrityError:
        if find(connection, partnership, value.receipt) is None:
            raise


def find(connection: Connection, partnership: str, receipt: str) -> Awaited | None:
    """Return what is awaited under a receipt."""
    found = _awaited(connection, _here(partnership).where(reply_awaited.c.receipt_id == receipt))
    return found[0] if found else None


def awaited_about(connection: Connection, partnership: str, referral_id: str) -> Sequence[Awaited]:
    """Return every message about a referral whose sender waits: the first, and those that changed it."""
    return _awaited(connection, _here(partnership).where(reply_awaited.c.referral_id == referral_id))


def awaited_behind(connection: Connection, partnership: str, receipt: str) -> Sequence[Awaited]:
    """Return the messages that news of a receipt concerns, also of one whose record was released from quarantine."""
    mine = select(referral.c.id).where(in_partnership(referral, partnership), referral.c.receipt_id == receipt)
    before = select(quarantine_release.c.referral_id).where(
        in_partnership(quarantine_release, partnership), quarantine_release.c.released_id.in_(mine)
    )
    concerned = reply_awaited.c.referral_id.in_(mine) | reply_awaited.c.referral_id.in_(before)
    return _awaited(connection, _here(partnership).where(concerned))


def wake(connection: Connection, partnership: str, webhook: str, receipt: str, at: datetime) -> None:
    """Owe a call: there may be something new to tell."""
    again = {"attempts": 0, "woken_at": at, "next_at": at, "done_at": None, "outcome": ""}
    if not connection.execute(_this(partnership, webhook, receipt).values(**again)).rowcount:
        keys = {"partnership_id": partnership, "webhook_id": webhook, "receipt_id": receipt}
        connection.execute(insert(reply_call), keys | again | {"told": ""})


def due(connection: Connection, partnership: str, now: datetime, limit: int) -> Sequence[Call]:
    """Return the calls that are due, the longest waiting first."""
    waiting = reply_call.c.done_at.is_(None) & (reply_call.c.next_at <= now)
    asked = select(reply_call).where(in_partnership(reply_call, partnership), waiting)
    return _calls(connection, asked.order_by(reply_call.c.next_at, reply_call.c.receipt_id).limit(limit))


def latest(connection: Connection, partnership: str, webhook: str, limit: int = 20) -> Sequence[Call]:
    """Return the newest calls of a registration that were tried."""
    mine = (reply_call.c.webhook_id == webhook) & (reply_call.c.attempts > 0)
    asked = select(reply_call).where(in_partnership(reply_call, partnership), mine)
    return _calls(connection, asked.order_by(reply_call.c.next_at.desc()).limit(limit))


def settle(connection: Connection, partnership: str, value: Call, *, done_at: datetime | None) -> None:
    """Write down what became of an attempt; one that was woken meanwhile keeps what was told, and stays due."""
    this = _this(partnership, value.webhook, value.receipt)
    connection.execute(this.values(told=value.told))
    said = {"attempts": value.attempts, "next_at": value.next_at, "outcome": value.outcome, "done_at": done_at}
    connection.execute(this.where(reply_call.c.woken_at == value.woken_at).values(**said))


def _this(partnership: str, webhook: str, receipt: str) -> Update:
    this = (reply_call.c.webhook_id == webhook) & (reply_call.c.receipt_id == receipt)
    return update(reply_call).where(in_partnership(reply_call, partnership), this)


def _here(partnership: str) -> Select[tuple[object, ...]]:
    return select(reply_awaited).where(in_partnership(reply_awaited, partnership))


def _awaited(connection: Connection, asked: Select[tuple[object, ...]]) -> Sequence[Awaited]:
    found = connection.execute(asked.order_by(reply_awaited.c.at, reply_awaited.c.receipt_id))
    return [
        Awaited(row.receipt_id, AgencyId(row.agency_id), ReferralId(row.referral_id), row.sealed, row.at)
        for row in found
    ]


def _calls(connection: Connection, asked: Select[tuple[object, ...]]) -> Sequence[Call]:
    return [
        Call(row.webhook_id, row.receipt_id, row.told, row.attempts, row.woken_at, row.next_at, row.outcome)
        for row in connection.execute(asked)
    ]
