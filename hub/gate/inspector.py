"""Reading the access log is an act too: decided, entered, limited. Decisions, labels and reasons; never content.

INVARIANT: an officer's page holds their own agency's lines and nothing that others' entries add to or push out: a count
would say whether matching knew somebody whom the agency sent.
Law: DPA 2018 s62(4) limits what the log may be used for; `log_review` is the purpose entered.
"""

from collections.abc import Iterator
from itertools import islice

from hub.domain.access import Act, Operation
from hub.domain.ids import AccountId
from hub.gate.doorkeeper import Doorkeeper
from hub.ledger.book import Book
from hub.ledger.entries import Entry, ReadEntry

PAGE, BACK = 500, 28 * 86_400_000_000
"""Entries read at a time, and how far back an officer's page reaches (microseconds), however many others wrote."""


class Inspector:
    """Reads the log for those who may. Built once by wiring."""

    def __init__(self, doorkeeper: Doorkeeper, book: Book) -> None:
        """Take who lets in, and the log."""
        self._doorkeeper, self._book = doorkeeper, book

    def inspect(self, account: AccountId, *, reason: str) -> tuple[ReadEntry, ...]:
        """Return the newest lines this IG officer may read, after entering that they read them."""
        act = Act.LOG_INSPECT
        who = self._doorkeeper.let_in(
            account, act, {"ig_officer"}, operation=Operation.LOG_READ, purpose="log_review", justification=reason
        )
        own = (line for line in self._newest() if line.entry.agency == who.agency or _alarm_for_all(line.entry))
        return tuple(islice(own, PAGE))

    def _newest(self) -> Iterator[ReadEntry]:
        """Yield entries, newest first, as far back as `BACK` before the newest, which is the reading itself."""
        newest, before = 0, None
        while page := self._book.read(limit=PAGE, before=before):
            for line in page:
                newest = newest or line.header.t
                if 0 < line.header.t < newest - BACK:  # a broken one has no time
                    return
                yield line
            before = page[-1].header.id

    def obligations(self, start: int, limit: int = PAGE) -> tuple[list[ReadEntry], int]:
        """Return sequenced entries from a position on, for deriving tasks; the worker reads no names and no content."""
        read = self._book.read_sequenced(start=start, limit=limit)
        return [entry for _, entry in read], (read[-1][0] + 1 if read else start)


def _alarm_for_all(entry: Entry) -> bool:
    """An alarm about the stored facts themselves belongs to no agency: every officer reads it."""
    return not entry.agency and entry.outcome == "integrity_fault"
