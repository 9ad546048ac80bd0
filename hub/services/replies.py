"""What a sender may know of a message it sent: that it was received, and later that it was decided. No case detail.

INVARIANT: a message that the matching program placed by itself reads as one that waits, until the day by whose end a
person would have decided it: an answer within seconds would say that somebody in it is known. Being attached to a
known family and becoming a new one read alike.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from hub.domain.clock import Clock
from hub.domain.ids import AgencyId
from hub.policy.working_days import Calendar
from hub.services.placing import ACCEPTED, ATTACHED
from hub.services.setup import MATCHER
from hub.store.clear import receipts
from hub.store.clear.cases import UNDECIDED
from hub.store.session import Transactions

_DECIDED_WITHIN = "P1D"


class Step(StrEnum):
    """How far a referral has come, as its sender may know it."""

    WAITING = "waiting"
    TAKEN_UP = "taken_up"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a message stands: its receipt, since when."""

    receipt: str
    step: Step
    since: datetime


class Replies:
    """Looks up messages by the sender's own key. Built once by wiring."""

    def __init__(
        self, clear: Transactions, clock: Clock, calendar: Calendar, fingerprint: Callable[[bytes], str]
    ) -> None:
        """Take clear rows, working days, and the keyed fingerprint under which intake keeps idempotency keys."""
        self._clear, self._clock, self._calendar, self._fingerprint = clear, clock, calendar, fingerprint

    def standing(self, agency: AgencyId, connector: str, key: str) -> Standing | None:
        """Return where the message stands that this agency sent with a key; None for anybody else's, as for none."""
        partnership = self._clear.partnership
        with self._clear.read() as connection:
            key_hash = self._fingerprint(f"{connector}\n{key}".encode())
            receipt = receipts.find_receipt(connection, partnership, agency, key_hash)
            # The receipt of a change names the referral that it changed.
            named = json.loads(receipt.body)["records"][0]["referral"] if receipt else ""
            row = receipts.decision_about(connection, partnership, named)
        if receipt is None:
            return None
        since = self._decided(receipt.received_at, row) if row else None
        if row is None or since is None or since > self._clock():
            return Standing(receipt.id, Step.WAITING, receipt.received_at)
        step = Step.TAKEN_UP if row.state in {ACCEPTED, ATTACHED} else Step.CLOSED
        return Standing(receipt.id, step, since)

    def _decided(self, received: datetime, row: receipts.Decision) -> datetime | None:
        """Return from when the decision may be known; the program's own instant is never told, before or after."""
        if row.state in UNDECIDED:
            return None
        if row.decided_by == MATCHER:
            return self._calendar.due(received, _DECIDED_WITHIN)
        return row.decided_at or received
