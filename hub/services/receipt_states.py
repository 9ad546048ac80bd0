"""A receipt as its sender may read it later: what came in, and in which state each record is now.

INVARIANT: a state is the same whether or not anybody in the referral was known. A placing, by a person or by the hub
itself, is therefore told when the clock of one day ends, or when it is made if that is later.
"""

import json
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection

from hub.domain.clock import Clock
from hub.domain.errors import NotFoundError
from hub.domain.ids import AgencyId
from hub.store.clear import receipts, releases
from hub.store.clear.partner_events import PLACED, TOLD_AFTER
from hub.store.clear.receipts import StoredReceipt
from hub.store.session import Transactions

WAITING: Final = "received"
DECIDED: Final = "decided"
_TOLD_AS_IS: Final = frozenset(
    {"received", "quarantined", "rejected", "returned", "redirected", "withdrawn", "amended"}
)


class ReceiptStates:
    """Reads receipts for their senders. Built once by wiring."""

    def __init__(self, clear: Transactions, clock: Clock) -> None:
        """Take clear rows."""
        self._clear, self._clock = clear, clock

    def one(self, agency: AgencyId, receipt: str) -> dict[str, Any]:
        """Return a receipt of this agency with `state` at each record; NotFoundError for any other's."""
        with self._clear.read() as connection:
            stored = receipts.receipt_numbered(connection, self._clear.partnership, receipt)
            if stored is None or stored.agency != agency:
                raise NotFoundError(where=receipt)
            return self._with_states(connection, stored, self._clock())

    def newest(self, agency: AgencyId) -> list[dict[str, Any]]:
        """Return an agency's newest receipts, each with the states of its records."""
        now = self._clock()
        with self._clear.read() as connection:
            found = receipts.receipts_of(connection, self._clear.partnership, agency)
            return [self._with_states(connection, stored, now) for stored in found]

    def _with_states(self, connection: Connection, stored: StoredReceipt, now: datetime) -> dict[str, Any]:
        said: dict[str, Any] = json.loads(stored.body)
        for record in said["records"]:
            record["state"] = self._state(connection, record["referral"], now)
        return said

    def _state(self, connection: Connection, referral: str, now: datetime) -> str:
        """Follow a release to what became of it; the sender need not know by which number."""
        partnership = self._clear.partnership
        mended = releases.released(connection, partnership, referral)
        place = releases.place_of(connection, partnership, mended or referral)
        return WAITING if place is None else told_state(place, now)


def told_state(place: releases.Place, now: datetime) -> str:
    """Return the word for a sender."""
    if place.state in PLACED:
        told_at = max(place.decided_at or place.received_at, place.received_at + TOLD_AFTER)
        return DECIDED if told_at <= now else WAITING
    return place.state if place.state in _TOLD_AS_IS else DECIDED
