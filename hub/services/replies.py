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
from hub.store.clear import receipts, releases
from hub.store.clear.cases import UNDECIDED
from hub.store.clear.receipts import StoredReceipt
from hub.store.session import Transactions

_DECIDED_WITHIN = "P1D"


class Step(StrEnum):
    """How far a referral has come, as its sender may know it."""

    WAITING = "waiting"
    TAKEN_UP = "taken_up"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a message stands: its receipt, since when; `later` is when something is known that may not be told yet."""

    receipt: str
    step: Step
    since: datetime
    later: datetime | None = None


class Replies:
    """Looks up messages by the sender's own key. Built once by wiring."""

    def __init__(
        self, clear: Transactions, clock: Clock, calendar: Calendar, fingerprint: Callable[[bytes], str]
    ) -> None:
        """Take clear rows, working days, and the keyed fingerprint under which intake keeps idempotency keys."""
        self._clear, self._clock, self._calendar, self._fingerprint = clear, clock, calendar, fingerprint

    def standing(self, agency: AgencyId, connector: str, key: str) -> Standing | None:
        """Return where the message stands that this agency sent with a key; None for anybody else's, as for none."""
        key_hash = self._fingerprint(f"{connector}\n{key}".encode())
        with self._clear.read() as connection:
            receipt = receipts.find_receipt(connection, self._clear.partnership, agency, key_hash)
        return None if receipt is None else self._of(receipt)

    def under(self, receipt_id: str) -> Standing | None:
        """Return where the message stands that was received under a receipt."""
        with self._clear.read() as connection:
            receipt = receipts.receipt_numbered(connection, self._clear.partnership, receipt_id)
        return None if receipt is None else self._of(receipt)

    def _of(self, receipt: StoredReceipt) -> Standing:
        row = self._decision(json.loads(receipt.body)["records"][0]["referral"])
        since = self._decided(receipt.received_at, row) if row else None
        if row is None or since is None or since > self._clock():
            return Standing(receipt.id, Step.WAITING, receipt.received_at, later=since)
        step = Step.TAKEN_UP if row.state in {ACCEPTED, ATTACHED} else Step.CLOSED
        return Standing(receipt.id, step, since)

    def _decision(self, named: str) -> receipts.Decision | None:
        """Return what was decided of the referral that a receipt names: that of a change names what it changed.

        What was repaired in quarantine is followed to what it became: letting it through decided nothing.
        """
        partnership = self._clear.partnership
        with self._clear.read() as connection:
            became = releases.released(connection, partnership, named) or named
            return receipts.decision_about(connection, partnership, became)

    def _decided(self, received: datetime, row: receipts.Decision) -> datetime | None:
        """Return from when the decision may be known; the program's own instant is never told, before or after."""
        if row.state in UNDECIDED:
            return None
        if row.decided_by == MATCHER:
            return self._calendar.due(received, _DECIDED_WITHIN)
        return row.decided_at or received
