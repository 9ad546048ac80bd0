"""Counts what left, from committed and sequenced entries: what a withdrawal cannot recall (UK GDPR Art 7(3), 19)."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from hub.domain.access import OPENS, Act, Operation
from hub.domain.ids import AgencyId, ReferenceId
from hub.gate.inspector import Inspector
from hub.ledger.entries import Entry
from hub.policy.circumstances import PROGRAMS
from hub.services.family_page import EMERGENCY, PURPOSES
from hub.store.clear import agencies, released, work
from hub.store.session import Transactions

_MARK: Final = "released"
_SHARED_FOR: Final = frozenset({*PURPOSES, EMERGENCY})
_COPIES: Final = frozenset({Operation.DISCLOSURE, Operation.EXPORT, Operation.PRINT})


class ReleasedCounts:
    """Reads the log for counting only. Built by wiring for the worker."""

    def __init__(self, inspector: Inspector, clear: Transactions) -> None:
        """Take the gate's inspector, and clear rows."""
        self._inspector, self._clear = inspector, clear

    def run_once(self) -> int:
        """Count from where it was left; counts and the place reached are one transaction: nothing counts twice."""
        with self._clear.read() as connection:
            start = int(work.position(connection, self._clear.partnership, _MARK) or 0)
        entries, end = self._inspector.obligations(start)
        if end == start:
            return 0
        counted = Counter(line for read in entries if read.header.n_records for line in _lines(read.entry))
        with self._clear.write() as connection:
            if int(work.position(connection, self._clear.partnership, _MARK) or 0) != start:
                return 0
            known = {agency.id for agency in agencies.all_agencies(connection, self._clear.partnership)}
            counted = Counter({line: times for line, times in counted.items() if line[1] in known})
            released.add(connection, self._clear.partnership, counted)
            work.set_position(connection, self._clear.partnership, _MARK, str(end))
        return len(counted)


def _lines(entry: Entry) -> Iterator[released.Count]:
    """Yield one line for each reference that an entry released something about, towards whom it names.

    The hub's own programs tell nobody; what is handed to a person (their receipt) is no agency's copy. The front door
    reads what its sender gave it, and looks here when a referral comes in that a reader may not know of.
    """
    taker = entry.recipient if entry.recipient not in {"", entry.actor} else entry.agency
    opened = (entry.act == Act.CHRONOLOGY_CONSULT and entry.purpose in _SHARED_FOR) or entry.operation in _COPIES
    if opened and entry.operation in OPENS and entry.outcome == "released" and entry.actor_role not in PROGRAMS:
        for subject in entry.subjects:
            yield ReferenceId(subject), AgencyId(taker), entry.operation in _COPIES
