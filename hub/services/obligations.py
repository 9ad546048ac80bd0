"""Obligations become tasks derived from committed, sequenced entries: at least once, and exactly one task each."""

from collections.abc import Iterator
from dataclasses import dataclass

from hub.domain.access import Act
from hub.domain.clock import Clock
from hub.domain.ids import AccountId, AgencyId, FamilyId, IdMaker
from hub.gate.doorkeeper import Doorkeeper
from hub.gate.inspector import Inspector
from hub.gate.policybook import PolicyBook
from hub.ledger.entries import ReadEntry
from hub.policy.compile import PolicySet
from hub.policy.terms import Obligation
from hub.policy.working_days import Calendar
from hub.store.clear import duties, work
from hub.store.session import Transactions

_MARK = "obligations"
_OF_THE_PAGE = frozenset({"keep_conditions"})
"""What the decision itself adds: it is kept by what the page says, and no task follows."""
_TO_SOURCE = frozenset({"source_agency", "source_agency_ig"})


@dataclass(frozen=True, slots=True)
class _Duty:
    """One line of an entry: the duty as the agreement words it, and the agency whose information was seen."""

    duty: Obligation
    owner: AgencyId


class Obligations:
    """Derives tasks, and raises an alarm when one is late. Built by wiring for the worker."""

    def __init__(
        self,
        inspector: Inspector,
        doorkeeper: Doorkeeper,
        policy: PolicyBook,
        calendar: Calendar,
        clear: Transactions,
        clock: Clock,
        ids: IdMaker,
    ) -> None:
        """Take the gate's inspector, which reads the log for deriving only, and clear rows."""
        self._inspector, self._doorkeeper, self._policy, self._calendar = inspector, doorkeeper, policy, calendar
        self._clear, self._clock, self._ids = clear, clock, ids

    def run_once(self) -> int:
        """Read the log from where it was left; returns how many tasks are new.

        Tasks and the place reached are one transaction: what dies before its commit is done again from the start.
        """
        with self._clear.read() as connection:
            start = int(work.position(connection, self._clear.partnership, _MARK) or 0)
        entries, end = self._inspector.obligations(start)
        if end == start:
            return 0
        policy = self._policy.current()
        tasks = [task for entry in entries for task in self._tasks(entry, policy)]
        with self._clear.write() as connection:
            made = sum(work.add_task(connection, self._clear.partnership, task) for task in tasks)
            work.set_position(connection, self._clear.partnership, _MARK, str(end))
        return made

    def watch(self) -> int:
        """Enter an alarm about each task that is late, once; returns how many. The entry comes first."""
        now = self._clock()
        with self._clear.read() as connection:
            late = duties.overdue(connection, self._clear.partnership, now)
        for task in late:
            detail = {"task": task.id, "kind": task.kind, "due": task.due_at.isoformat()}
            act = Act.DEADLINE_WATCH
            self._doorkeeper.alarm(act, "deadline_passed", agency=task.agency, family=task.family or "", detail=detail)
            event = duties.TaskEvent(self._ids.new(), task.id, duties.ALARMED, now, None, None)
            with self._clear.write() as connection:
                duties.alarmed(connection, self._clear.partnership, event)
        return len(late)

    def _tasks(self, read: ReadEntry, policy: PolicySet) -> Iterator[work.Task]:
        """One task per (family, day, obligation) and owing agency, however often the page was opened that day."""
        for line in self._duties(read, policy):
            for agency, account in _owing(line, read):
                yield work.Task(
                    self._ids.new(),
                    f"{read.entry.family}/{read.header.at.date()}" + (f"/{account}" if account else ""),
                    line.duty.id,
                    agency,
                    FamilyId(read.entry.family),
                    None,
                    read.header.at,
                    self._calendar.due(read.header.at, line.duty.within),
                    account,
                )

    def _duties(self, read: ReadEntry, policy: PolicySet) -> Iterator[_Duty]:
        for line in read.entry.obligations:
            said, _, owner = line.partition("@")
            rule, _, word = said.rpartition(":")
            duty = _worded(policy, rule, word)
            if word in _OF_THE_PAGE:
                continue
            if duty is None:
                self._unknown(read, line)
            elif duty.when == "after":
                yield _Duty(duty, AgencyId(owner or read.entry.agency))

    def _unknown(self, read: ReadEntry, line: str) -> None:
        """A duty that no agreement words any more is owed all the same: somebody has to look."""
        entry, act = read.entry, Act.DEADLINE_WATCH
        detail = {"obligation": line, "entry": read.header.id}
        self._doorkeeper.alarm(act, "obligation_unknown", agency=entry.agency, family=entry.family, detail=detail)


def _worded(policy: PolicySet, rule: str, word: str) -> Obligation | None:
    """Return the duty as the rule's own agreement words it, else as any agreement of the set does.

    A verdict on several subjects relies on one rule and owes the duties of each member's.
    """
    entry = policy.entry(rule)
    own = [entry.agreement] if entry and entry.agreement else []
    others = [found.agreement for found in policy.entries if found.agreement is not None]
    return next((a.obligations[word] for a in (*own, *others) if word in a.obligations), None)


def _owing(line: _Duty, read: ReadEntry) -> list[tuple[AgencyId, AccountId | None]]:
    """Say who has to do it: the source (which is told by the task itself), the reader, or the reader's agency."""
    duty, entry = line.duty, read.entry
    if duty.by == "source_agency" or duty.to in _TO_SOURCE or (duty.id == "notify_source" and not duty.by):
        return [(line.owner, None)]
    return [(AgencyId(entry.agency), AccountId(entry.actor) if duty.by == "reader" else None)]
