"""Notices for schools as rows: which records of which referral, whose desk, by when, who read them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Row, Select, insert, select, update

from hub.domain.ids import AccountId, AgencyId, RecordId, ReferralId
from hub.store.clear.messages import sent_message
from hub.store.clear.partner_tables import partner_event, webhook, webhook_delivery
from hub.store.clear.school_tables import school_notice
from hub.store.clear.webhooks import DEAD, NO_EMAIL
from hub.store.columns import in_partnership


@dataclass(frozen=True, slots=True)
class SchoolNotice:
    """One notice for one desk; `agency` None: nobody may read it, and the front door was told.

    `told` says of a new one whether its agency as a whole hears that it waits; it is not stored.
    """

    id: str
    referral: ReferralId
    version: int
    agency: AgencyId | None
    records: tuple[RecordId, ...]
    readers: tuple[AccountId, ...]
    desk: str
    made_at: datetime
    due_at: datetime
    alarm: str = ""
    read_at: datetime | None = None
    read_by: AccountId | None = None
    ended_at: datetime | None = None
    told: bool = False


def add(connection: Connection, partnership: str, value: SchoolNotice) -> None:
    """Insert a notice."""
    row: dict[str, object] = {"partnership_id": partnership, "id": value.id, "referral_id": value.referral}
    row |= {"version": value.version, "agency_id": value.agency, "desk": value.desk, "alarm": value.alarm}
    row |= {"records": " ".join(value.records), "readers": " ".join(value.readers)}
    connection.execute(insert(school_notice), row | {"made_at": value.made_at, "due_at": value.due_at})


def find(connection: Connection, partnership: str, id_: str) -> SchoolNotice | None:
    """Return one notice, an ended one too."""
    found = _read(connection, select(school_notice).where(_here(partnership), school_notice.c.id == id_))
    return found[0] if found else None


def standing_of(connection: Connection, partnership: str, referral: ReferralId) -> Sequence[SchoolNotice]:
    """Return the notices of a referral that were not ended."""
    these = (school_notice.c.referral_id == referral) & school_notice.c.ended_at.is_(None)
    return _read(connection, select(school_notice).where(_here(partnership), these).order_by(school_notice.c.id))


def standing_for(connection: Connection, partnership: str, agency: AgencyId) -> Sequence[SchoolNotice]:
    """Return an agency's notices that were not ended, what is due first first."""
    these = (school_notice.c.agency_id == agency) & school_notice.c.ended_at.is_(None)
    order = school_notice.c.due_at, school_notice.c.id
    return _read(connection, select(school_notice).where(_here(partnership), these).order_by(*order))


def unread(connection: Connection, partnership: str, limit: int = 1_000) -> Sequence[SchoolNotice]:
    """Return every notice that stands and that nobody read, the longest waiting first."""
    order = school_notice.c.made_at, school_notice.c.id
    return _read(connection, select(school_notice).where(_here(partnership), _waits()).order_by(*order).limit(limit))


def undelivered(connection: Connection, partnership: str) -> frozenset[str]:
    """Return the unread notices of which a registered address could not be told: calls to it were given up."""
    same = webhook_delivery.c.partnership_id == school_notice.c.partnership_id
    unmailed = (webhook_delivery.c.outcome == NO_EMAIL) & (webhook_delivery.c.attempts > 0)
    given_up = (webhook_delivery.c.outcome == DEAD) | unmailed
    told = same & (webhook_delivery.c.event_id == school_notice.c.id) & given_up
    asked = select(school_notice.c.id).join(webhook_delivery, told).where(_here(partnership), _waits())
    return frozenset(connection.scalars(asked))


def heard_of(connection: Connection, partnership: str, *, by_email: bool) -> frozenset[str]:
    """Return the unread notices of which a registered address of their agency hears, or heard.

    An address for e-mail alone hears of nothing where no e-mail is set up; one for replies hears of replies only.
    """
    event = (partner_event.c.partnership_id == school_notice.c.partnership_id) & (
        partner_event.c.id == school_notice.c.id
    )
    address = (webhook.c.partnership_id == school_notice.c.partnership_id) & (
        webhook.c.agency_id == school_notice.c.agency_id
    )
    asked = select(school_notice.c.id).join(partner_event, event).join(webhook, address)
    reached = webhook.c.ended_at.is_(None) & (webhook.c.target == "")
    if not by_email:
        reached &= webhook.c.url != ""
    return frozenset(connection.scalars(asked.where(_here(partnership), _waits(), reached)))


def made_before(connection: Connection, partnership: str, at: datetime) -> Sequence[SchoolNotice]:
    """Return the notices that still stand and were made before an instant."""
    old = school_notice.c.ended_at.is_(None) & (school_notice.c.made_at < at)
    return _read(connection, select(school_notice).where(_here(partnership), old).limit(100))


def note_read(connection: Connection, partnership: str, id_: str, by: AccountId, at: datetime) -> int:
    """Write down the first reading; returns 0 when it was read before, or stands no more."""
    first = (school_notice.c.id == id_) & _waits()
    values = {"read_at": at, "read_by": by}
    return connection.execute(update(school_notice).where(_here(partnership), first).values(values)).rowcount


def note_alarm(connection: Connection, partnership: str, id_: str, code: str) -> None:
    """Write down what the front door was told."""
    connection.execute(update(school_notice).where(_here(partnership), school_notice.c.id == id_).values(alarm=code))


def end(connection: Connection, partnership: str, ids: Collection[str], at: datetime) -> None:
    """Let notices stand no more: taken back, replaced, or over."""
    these = school_notice.c.id.in_(sorted(ids)) & school_notice.c.ended_at.is_(None)
    connection.execute(update(school_notice).where(_here(partnership), these).values(ended_at=at))


def version_of(connection: Connection, partnership: str, referral: ReferralId) -> int | None:
    """Return the newest version of the message that made a referral; None when its sender took it back."""
    query = select(sent_message.c.version, sent_message.c.withdrawn_at)
    row = connection.execute(
        query.where(in_partnership(sent_message, partnership), sent_message.c.referral_id == referral)
    ).one_or_none()
    return None if row is None or row.withdrawn_at is not None else int(row.version)


def _here(partnership: str) -> ColumnElement[bool]:
    return in_partnership(school_notice, partnership)


def _waits() -> ColumnElement[bool]:
    return school_notice.c.ended_at.is_(None) & school_notice.c.read_at.is_(None)


def _read(connection: Connection, asked: Select[tuple[object, ...]]) -> Sequence[SchoolNotice]:
    return [_notice(row) for row in connection.execute(asked)]


def _notice(row: Row[tuple[object, ...]]) -> SchoolNotice:
    return SchoolNotice(
        row.id,
        ReferralId(row.referral_id),
        row.version,
        AgencyId(row.agency_id) if row.agency_id else None,
        tuple(map(RecordId, row.records.split())),
        tuple(map(AccountId, row.readers.split())),
        row.desk,
        row.made_at,
        row.due_at,
        row.alarm,
        row.read_at,
        AccountId(row.read_by) if row.read_by else None,
        row.ended_at,
    )
