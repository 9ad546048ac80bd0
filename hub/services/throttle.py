"""Slowing down who guesses: five tries are free, then each failure doubles the wait, up to a quarter of an hour.

There is no lock for good: it would let anybody shut a duty team out (checklist AU-5).
"""

from datetime import timedelta

from hub.domain.clock import Clock
from hub.domain.errors import NotSignedInError
from hub.identity.secrets import hashed
from hub.store.clear import sessions as rows
from hub.store.session import Transactions

_FREE_FAILURES, _LONGEST_BLOCK = 5, timedelta(minutes=15)


class Throttle:
    """Counts failures of one kind of proof (`kind`), per subject. Subjects are kept as hashes."""

    def __init__(self, kind: str, clear: Transactions, clock: Clock) -> None:
        """Take clear rows and the clock."""
        self._kind, self._clear, self._clock = kind, clear, clock

    def require_open(self, subject: str) -> None:
        """Return silently when this subject may try now; NotSignedInError while it has to wait."""
        with self._clear.read() as connection:
            held = rows.throttle(connection, self._clear.partnership, self._hash(subject))
        if held.blocked_until is not None and self._clock() < held.blocked_until:
            raise NotSignedInError("wait_before_trying_again")

    def failed(self, subject: str) -> None:
        """Count a failure."""
        key = self._hash(subject)
        with self._clear.write() as connection:
            failures = rows.throttle(connection, self._clear.partnership, key).failures + 1
            wait = min(timedelta(seconds=2 ** max(0, failures - _FREE_FAILURES)), _LONGEST_BLOCK)
            until = self._clock() + wait if failures >= _FREE_FAILURES else None
            rows.note_throttle(connection, self._clear.partnership, key, rows.Throttle(failures, until))

    def passed(self, subject: str) -> None:
        """Forget the failures."""
        with self._clear.write() as connection:
            rows.note_throttle(connection, self._clear.partnership, self._hash(subject), rows.Throttle(0, None))

    def _hash(self, subject: str) -> str:
        return hashed(f"{self._kind}:{subject}")
