"""Where an agency is told of events: an address that is called, an e-mail address, and every call that is owed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, Row, Select, insert, select, update

from hub.domain.ids import AccountId, AgencyId
from hub.store.clear.partner_tables import webhook, webhook_delivery
from hub.store.columns import in_partnership

DELIVERED, DEAD, MAILED = "delivered", "dead", "mailed"
NO_EMAIL = "no_email"
"""It waits: only an e-mail can tell it, and none is set up."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """One registration. `url` "" means e-mail only, `email` "" no fallback. Secrets are sealed.

    `target` is the service, `system|value`, whose FHIR replies go there; "" where events do.
    """

    id: str
    agency: AgencyId
    url: str
    email: str
    secret: bytes = field(repr=False)
    old_secret: bytes | None = field(repr=False)
    old_until: datetime | None
    added_at: datetime
    added_by: AccountId
    ended_at: datetime | None = None
    target: str = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event on its way to one registration."""

    webhook: str
    event: str
    attempts: int
    next_at: datetime
    outcome: str = ""


def add(connection: Connection, partnership: str, value: Webhook) -> None:
    """Insert a registration."""
    connection.execute(
        insert(webhook),
        {
            "partnership_id": partnership,
            "id": value.id,
            "agency_id": value.agency,
            "url": value.url,
            "email": value.email,
            "target": value.target,
            "secret": value.secret,
            "added_at": value.added_at,
            "added_by": value.added_by,
        },
    )


def standing(connection: Connection, partnership: str, agency: AgencyId) -> Sequence[Webhook]:
    """Return the registrations of an agency that were not ended, oldest first."""
    mine = (webhook.c.agency_id == agency) & webhook.c.ended_at.is_(None)
    asked = select(webhook).where(in_partnership(webhook, partnership), mine).order_by(webhook.c.added_at, webhook.c.id)
    return [_webhook(row) for row in connection.execute(asked)]


def find(connection: Connection, partnership: str, id_: str) -> Webhook | None:
    """Return one registration, an ended one too."""
    asked = select(webhook).where(in_partnership(webhook, partnership), webhook.c.id == id_)
    row = connection.execute(asked).one_or_none()
    return None if row is None else _webhook(row)


def rotate(connection: Connection, partnership: str, value: Webhook, secret: bytes, until: datetime) -> None:
    """Give a registration a new secret; the old one signs beside it until then."""
    connection.execute(
        update(webhook)
        .where(in_partnership(webhook, partnership), webhook.c.id == value.id)
        .values(secret=secret, old_secret=value.secret, old_until=until)
    )


def end(connection: Connection, partnership: str, id_: str, at: datetime) -> None:
    """End a registration; what was owed to it is owed no more."""
    connection.execute(
        update(webhook).where(in_partnership(webhook, partnership), webhook.c.id == id_).values(ended_at=at)
    )
    owed = (webhook_delivery.c.webhook_id == id_) & webhook_delivery.c.done_at.is_(None)
    connection.execute(
        update(webhook_delivery)
        .where(in_partnership(webhook_delivery, partnership), owed)
        .values(done_at=at, outcome="ended")
    )


def owe(connection: Connection, partnership: str, value: Delivery) -> None:
    """Insert a call that is owed."""
    connection.execute(
        insert(webhook_delivery),
        {
            "partnership_id": partnership,
            "webhook_id": value.webhook,
            "event_id": value.event,
            "attempts": value.attempts,
            "next_at": value.next_at,
            "outcome": value.outcome,
        },
    )


def due(connection: Connection, partnership: str, now: datetime, limit: int, *, by_email: bool) -> Sequence[Delivery]:
    """Return the calls that are due, the longest waiting first; what waits for e-mail is due once it is set up."""
    waiting = webhook_delivery.c.done_at.is_(None) & (webhook_delivery.c.next_at <= now)
    if not by_email:
        waiting &= webhook_delivery.c.outcome != NO_EMAIL
    asked = select(webhook_delivery).where(in_partnership(webhook_delivery, partnership), waiting)
    return _deliveries(connection, asked.order_by(webhook_delivery.c.next_at, webhook_delivery.c.event_id).limit(limit))


def latest(connection: Connection, partnership: str, id_: str, limit: int = 20) -> Sequence[Delivery]:
    """Return the newest calls of a registration."""
    asked = select(webhook_delivery).where(
        in_partnership(webhook_delivery, partnership), webhook_delivery.c.webhook_id == id_
    )
    return _deliveries(connection, asked.order_by(webhook_delivery.c.next_at.desc()).limit(limit))


def settle(connection: Connection, partnership: str, value: Delivery, *, done_at: datetime | None) -> None:
    """Write down what became of an attempt; `done_at` None when it is tried again at `next_at`."""
    this = (webhook_delivery.c.webhook_id == value.webhook) & (webhook_delivery.c.event_id == value.event)
    connection.execute(
        update(webhook_delivery)
        .where(in_partnership(webhook_delivery, partnership), this)
        .values(attempts=value.attempts, next_at=value.next_at, outcome=value.outcome, done_at=done_at)
    )


def _webhook(row: Row[tuple[object, ...]]) -> Webhook:
    return Webhook(
        row.id,
        AgencyId(row.agency_id),
        row.url,
        row.email,
        row.secret,
        row.old_secret,
        row.old_until,
        row.added_at,
        AccountId(row.added_by),
        row.ended_at,
        row.target,
    )


def _deliveries(connection: Connection, asked: Select[tuple[object, ...]]) -> Sequence[Delivery]:
    found = connection.execute(asked)
    return [Delivery(row.webhook_id, row.event_id, row.attempts, row.next_at, row.outcome) for row in found]
