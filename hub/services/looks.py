"""What is new since a reader last looked: told only from what the gate has just shown them.

Home counts nothing: a count would need a decision, and so either a decision without an entry, or an entry for every
family each time somebody comes home. So home says when a family was last opened, and the family's page marks what it
has not shown this reader before. That is more than what was recorded since: a referral placed late, or an entry that a
consent has opened, is new to them too.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from hub.domain.clock import Clock
from hub.domain.ids import AccountId, FamilyId
from hub.services.register import moment_words
from hub.store.clear import looks
from hub.store.session import Transactions

SAME_LOOK: Final = timedelta(hours=1)
"""Opening it again within the hour is still the same look: what was new stays marked as new."""
SAME_MINUTE: Final = timedelta(minutes=1)
"""Within it a page that shows nothing more is not noted anew: it would only wait for other writers."""


@dataclass(frozen=True, slots=True)
class News:
    """Which of the entries shown are new to this reader, and since when; on the first look nothing is marked."""

    records: frozenset[str]
    words: str


class Looks:
    """Remembers what was shown to whom. Built once by wiring."""

    def __init__(self, clear: Transactions, clock: Clock) -> None:
        """Take clear rows."""
        self._clear, self._clock = clear, clock

    def words(self, account: AccountId) -> dict[FamilyId, str]:
        """Return, for each family this reader has opened, when that was."""
        with self._clear.read() as connection:
            found = looks.of_account(connection, self._clear.partnership, account)
        return {family: moment_words(at) for family, at in found.items()}

    def opened(self, account: AccountId, family: FamilyId, records: Iterable[str]) -> News:
        """Note that a reader was shown these entries now; returns which they had not been shown before this look."""
        shown, now = {looks.mark_of(record): record for record in records}, self._clock()
        with self._clear.read() as connection:
            look = looks.find(connection, self._clear.partnership, account, family)
        if look is None or now - look.seen_at >= SAME_MINUTE or not shown.keys() <= look.now:
            look = self._noted(account, family, shown.keys(), now)
        if look.before is None:
            return News(frozenset(), "")
        return _news(frozenset(record for mark, record in shown.items() if mark not in look.earlier), look.before)

    def _noted(self, account: AccountId, family: FamilyId, shown: Iterable[bytes], now: datetime) -> looks.Look:
        with self._clear.write() as connection:
            last = looks.find(connection, self._clear.partnership, account, family)
            look = _continued(last, now) if last else looks.Look(now, None, frozenset(), frozenset())
            kept = looks.Look(now, look.before, look.earlier, look.now.union(shown))
            looks.keep(connection, self._clear.partnership, account, family, kept)
        return kept


def _continued(last: looks.Look, now: datetime) -> looks.Look:
    """Return the look that goes on; or a new one, for which everything shown so far was shown earlier."""
    if now - last.seen_at < SAME_LOOK:
        return last
    return looks.Look(now, last.seen_at, last.earlier | last.now, frozenset())


def _news(records: frozenset[str], since: datetime) -> News:
    count = f"{len(records)} {'entry' if len(records) == 1 else 'entries'} here" if records else "None of these entries"
    verb = "are" if len(records) > 1 else "is"
    return News(records, f"{count} {verb} new to you since you last looked, on {moment_words(since)}.")
