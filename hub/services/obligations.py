"""Obligations become tasks derived from committed, sequenced entries: at least once, and exactly one task each."""

from datetime import datetime, timedelta

from hub.domain.clock import Clock
from hub.domain.ids import AgencyId, FamilyId, IdMaker
from hub.gate.inspector import Inspector
from hub.gate.policybook import PolicyBook
from hub.ledger.entries import ReadEntry
from hub.policy.compile import PolicySet
from hub.store.clear import work
from hub.store.session import Transactions

_MARK = "obligations"


class Obligations:
    """Derives tasks. Built by wiring for the worker."""

    def __init__(
        self, inspector: Inspector, policy: PolicyBook, clear: Transactions, clock: Clock, ids: IdMaker
    ) -> None:
        """Take the gate's inspector and clear rows."""
        self._inspector, self._policy, self._clear, self._clock, self._ids = inspector, policy, clear, clock, ids

    def run_once(self) -> int:
        """Read the log from where it was left; returns how many tasks are new."""
        with self._clear.read() as connection:
            start = int(work.position(connection, self._clear.partnership, _MARK) or 0)
        policy = self._policy.current()
        entries, end = self._inspector.obligations(start)
        made = 0
        with self._clear.write() as connection:
            for entry in entries:
                for task in self._tasks(entry, policy, self._clock()):
                    made += work.add_task(connection, self._clear.partnership, task)
            work.set_position(connection, self._clear.partnership, _MARK, str(end))
        return made

    def _tasks(self, read: ReadEntry, policy: PolicySet, now: datetime) -> list[work.Task]:
        """One task per (family, day, obligation) and entry's agency, however often the page was opened that day."""
        tasks = {}
        for line in read.entry.obligations:
            rule, _, word = line.rpartition(":")
            entry = policy.entry(rule)
            duty = entry.agreement.obligations.get(word) if entry and entry.agreement else None
            if duty is None or duty.when != "after":
                continue
            source = f"{read.entry.family}/{read.header.at.date()}"
            tasks[word] = work.Task(
                self._ids.new(),
                source,
                word,
                AgencyId(read.entry.agency),
                FamilyId(read.entry.family),
                None,
                now,
                read.header.at + duration(duty.within),
            )
        return list(tasks.values())


def duration(text: str) -> timedelta:
    """Read the ISO 8601 durations that agreements use: `P5D`, `PT24H`; nothing means one day."""
    number = "".join(character for character in text if character.isdecimal())
    if not number:
        return timedelta(days=1)
    return timedelta(hours=int(number)) if text.startswith("PT") else timedelta(days=int(number))
