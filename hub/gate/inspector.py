"""Reading the access log is an act too: decided, entered, limited. Decisions, labels and reasons; never content.

Own agency's staff appear by name; of other agencies' staff the officer learns counts only (`reference/domain.md` 5.6).
Law: DPA 2018 s62(4) limits what the log may be used for; `log_review` is the purpose entered.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hub.domain.access import Act, Operation
from hub.domain.ids import AccountId
from hub.gate.doorkeeper import Doorkeeper
from hub.ledger.book import Book
from hub.ledger.entries import Entry, ReadEntry

PAGE = 500


@dataclass(frozen=True, slots=True)
class LogPage:
    """Lines about the officer's own agency, and how many lines each other agency has."""

    own: tuple[ReadEntry, ...]
    others: Mapping[str, int]


class Inspector:
    """Reads the log for those who may. Built once by wiring."""

    def __init__(self, doorkeeper: Doorkeeper, book: Book) -> None:
        """Take who lets in, and the log."""
        self._doorkeeper, self._book = doorkeeper, book

    def inspect(self, account: AccountId, *, reason: str) -> LogPage:
        """Return the newest lines this IG officer may read, after entering that they read them."""
        act = Act.LOG_INSPECT
        who = self._doorkeeper.let_in(
            account, act, {"ig_officer"}, operation=Operation.LOG_READ, purpose="log_review", justification=reason
        )
        return _page(self._book.read(limit=PAGE), who.agency)

    def obligations(self, start: int, limit: int = PAGE) -> tuple[list[ReadEntry], int]:
        """Return sequenced entries from a position on, for deriving tasks; the worker reads no names and no content."""
        read = self._book.read_sequenced(start=start, limit=limit)
        return [entry for _, entry in read], (read[-1][0] + 1 if read else start)


def _page(read: Iterable[ReadEntry], agency: str) -> LogPage:
    lines = list(read)
    own = tuple(line for line in lines if line.entry.agency == agency or _alarm_for_all(line.entry))
    others = Counter(line.entry.agency for line in lines if line.entry.agency != agency and line.entry.agency)
    return LogPage(own, dict(others))


def _alarm_for_all(entry: Entry) -> bool:
    """An alarm about the stored facts themselves belongs to no agency: every officer reads it."""
    return not entry.agency and entry.outcome == "integrity_fault"
