"""Events for partners, posted in the transaction of what they tell of; the worker hands them on from here.

INVARIANT: an event holds a kind, an id that its agency already has, and code words: never content.
"""

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Connection, Row, Select, select, update
from sqlalchemy.exc import IntegrityError

from hub.domain.ids import AgencyId
from hub.store.clear.partner_tables import partner_event, quarantine_release
from hub.store.clear.tables import referral
from hub.store.columns import in_partnership

STATE_CHANGED: Final = "receipt.state_changed"
ITEM_USED: Final = "item.used"
REQUEST_RECEIVED: Final = "request.received"
SCHOOL_NOTICE: Final = "school_notice.waiting"
SCHOOL_NOT_READ: Final = "school_notice.not_read"
KINDS: Final = (STATE_CHANGED, ITEM_USED, REQUEST_RECEIVED, SCHOOL_NOTICE, SCHOOL_NOT_READ)
OF: Final = "referral"
"""Key of the detail of a change of state: which referral's; it is not told."""
PLACED: Final = frozenset({"attached", "accepted"})
TOLD_PLACED: Final = "accepted"
"""What a sender is told of a placing: with a known family or as a new one, it is the same."""
_NAMES: Final = uuid.UUID("0f7a2c1e-6f1b-5d0a-9d57-3c1f0e9b7a11")


@dataclass(frozen=True, slots=True)
class PartnerEvent:
    """One event for one agency. `subject` is a receipt's or request's id; it is told from `not_before` on."""

    id: str
    kind: str
    agency: AgencyId
    subject: str
    at: datetime
    not_before: datetime
    detail: Mapping[str, str] = field(default_factory=dict)


def event_id(*parts: str) -> str:
    """Return the id of an event from what it tells of: the same thing told twice is one event."""
    return str(uuid.uuid5(_NAMES, "\n".join(parts)))


def post(connection: Connection, partnership: str, event: PartnerEvent) -> bool:
    """Post an event unless it was posted before; says whether it is new."""
    row = {
        "partnership_id": partnership,
        "id": event.id,
        "kind": event.kind,
        "agency_id": event.agency,
        "subject": event.subject,
        "detail": json.dumps(dict(event.detail), sort_keys=True),
        "at": event.at,
        "not_before": event.not_before,
    }
    try:
        with connection.begin_nested():
            connection.execute(partner_event.insert(), row)
    except IntegrityError:
        if _known(connection, partnership, event.id):
            return False
        raise
    return True


def post_state(
    connection: Connection, partnership: str, referral_id: str, state: str, at: datetime, told: datetime | None = None
) -> None:
    """Tell the sender of a referral that its receipt says something new, from `told` on (None: at once).

    What was let through from quarantine is told under the receipt its sender has: that of the record that was held.
    The event's id is made of what is told alone: its sender could try what else it was made of.
    """
    row = connection.execute(
        select(referral.c.agency_id, referral.c.receipt_id).where(
            referral.c.partnership_id == partnership, referral.c.id == referral_id
        )
    ).one_or_none()
    if row is not None:
        first, says = told or at, TOLD_PLACED if state in PLACED else state
        id_ = event_id(STATE_CHANGED, referral_id, says, first.isoformat())
        subject = _held_under(connection, partnership, referral_id) or row.receipt_id
        said = {OF: referral_id}
        event = PartnerEvent(id_, STATE_CHANGED, AgencyId(row.agency_id), subject, at, first, said)
        post(connection, partnership, event)


def waiting(connection: Connection, partnership: str, now: datetime, limit: int = 200) -> Sequence[PartnerEvent]:
    """Return the events that are due to be told and were not handed on, oldest first."""
    due = partner_event.c.handed_on_at.is_(None) & (partner_event.c.not_before <= now)
    order = partner_event.c.not_before, partner_event.c.id
    return _read(connection, select(partner_event).where(_here(partnership), due).order_by(*order).limit(limit))


def find(connection: Connection, partnership: str, id_: str) -> PartnerEvent | None:
    """Return one event."""
    found = _read(connection, select(partner_event).where(_here(partnership), partner_event.c.id == id_))
    return found[0] if found else None


def told(
    connection: Connection, partnership: str, agency: AgencyId, kind: str, now: datetime, limit: int = 200
) -> Sequence[PartnerEvent]:
    """Return an agency's events of a kind that may be told by now, newest first."""
    mine = (partner_event.c.agency_id == agency) & (partner_event.c.kind == kind) & (partner_event.c.not_before <= now)
    order = partner_event.c.not_before.desc(), partner_event.c.id
    return _read(connection, select(partner_event).where(_here(partnership), mine).order_by(*order).limit(limit))


def handed_on(connection: Connection, partnership: str, id_: str, at: datetime) -> None:
    """Mark an event as handed to everything that carries it."""
    connection.execute(
        update(partner_event).where(_here(partnership), partner_event.c.id == id_).values(handed_on_at=at)
    )


def _held_under(connection: Connection, partnership: str, referral_id: str) -> str | None:
    """Return the receipt of the record that waited in quarantine before it came in as this referral."""
    held = (quarantine_release.c.partnership_id == referral.c.partnership_id) & (
        quarantine_release.c.referral_id == referral.c.id
    )
    found: str | None = connection.scalar(
        select(referral.c.receipt_id)
        .join(quarantine_release, held)
        .where(in_partnership(referral, partnership), quarantine_release.c.released_id == referral_id)
    )
    return found


def _here(partnership: str) -> ColumnElement[bool]:
    return in_partnership(partner_event, partnership)


def _known(connection: Connection, partnership: str, id_: str) -> bool:
    return find(connection, partnership, id_) is not None


def _read(connection: Connection, asked: Select[tuple[object, ...]]) -> Sequence[PartnerEvent]:
    return [_event(row) for row in connection.execute(asked)]


def _event(row: Row[tuple[object, ...]]) -> PartnerEvent:
    return PartnerEvent(
        row.id, row.kind, AgencyId(row.agency_id), row.subject, row.at, row.not_before, json.loads(row.detail)
    )
