"""What a sender may know of a message it sent: that it was received, and later that it was decided. No case detail.

INVARIANT: a reply says of a message what its receipt says at that instant, and dates it as the event about it does.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from hub.domain.clock import Clock
from hub.domain.ids import AgencyId
from hub.policy.front_door import BEING_DECIDED
from hub.services.telling import reads
from hub.store.clear import door, receipts, releases
from hub.store.clear.door import Outcome
from hub.store.clear.partner_events import TOLD_PLACED
from hub.store.clear.receipts import StoredReceipt
from hub.store.session import Transactions


class Step(StrEnum):
    """How far a referral has come, as its sender may know it."""

    WAITING = "waiting"
    TAKEN_UP = "taken_up"
    CLOSED = "closed"


_STEPS: Final = {
    "received": Step.WAITING,
    BEING_DECIDED: Step.WAITING,
    "quarantined": Step.WAITING,
    TOLD_PLACED: Step.TAKEN_UP,
}
"""What a receipt says -> what a reply says; all else is over."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a message stands: its receipt, how far it has come as far as that may be told, and since when."""

    receipt: str
    step: Step
    since: datetime


class Replies:
    """Looks up messages by the sender's own key. Built once by wiring."""

    def __init__(self, clear: Transactions, clock: Clock, fingerprint: Callable[[bytes], str]) -> None:
        """Take clear rows, and the keyed fingerprint under which intake keeps idempotency keys."""
        self._clear, self._clock, self._fingerprint = clear, clock, fingerprint

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
        found = self._outcome(json.loads(receipt.body)["records"][0]["referral"])
        step = _STEPS.get(reads(found, self._clock()), Step.CLOSED) if found else Step.WAITING
        decided = (found.withdrawn_at or found.told_at) if found and step is not Step.WAITING else None
        return Standing(receipt.id, step, decided or receipt.received_at)

    def _outcome(self, named: str) -> Outcome | None:
        """Return what became of the referral that a receipt names: that of a change names what it changed.

        What was repaired in quarantine is followed to what it became: letting it through decided nothing.
        """
        partnership = self._clear.partnership
        with self._clear.read() as connection:
            became = releases.released(connection, partnership, named) or named
            return next(iter(door.outcomes(connection, partnership, [became])), None)
