"""Families without a named owner, for their manager, with a clock; and one's own families with their times.

The clock counts working days from the moment nobody leads: acceptance, an ending, or a leader whose account stopped.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from hub.domain.clock import Clock
from hub.domain.errors import FactBrokenError
from hub.domain.facts import AGENCIES_CHAIN, Fact, FactKind, account_chain, family_chain
from hub.domain.ids import AccountId, FamilyId
from hub.domain.partial_date import PartialDate
from hub.gate.finder import Finder
from hub.gate.writer import Writer
from hub.policy.programme import CaseworkRules
from hub.policy.working_days import Calendar
from hub.services import owners
from hub.services.allocations import MANAGERS
from hub.services.register import moment_words
from hub.store.clear import cases, closings
from hub.store.session import Transactions

_ALL = 1_000_000


@dataclass(frozen=True, slots=True)
class Unowned:
    """One family nobody leads: since when, by when somebody has to, and how late that is.

    `closed`: a referral was placed in it after it was closed, so it is to be reopened.
    """

    id: FamilyId
    reference: str
    since_words: str
    due_words: str
    overdue: bool
    late_words: str
    closed: bool


class Caseload:
    """Finds families that need an owner. Built once by wiring."""

    def __init__(
        self,
        gate: tuple[Writer, Finder],
        rules: CaseworkRules,
        calendar: Calendar,
        clear: Transactions,
        clock: Clock,
    ) -> None:
        """Take the gate's writer and finder, the local settings, working days and clear rows."""
        self._writer, self._finder = gate
        self._rules, self._calendar, self._clear, self._clock = rules, calendar, clear, clock

    def unowned(self, account: AccountId) -> list[Unowned]:
        """Return the accepted families nobody leads, longest first, for a manager of the local authority only."""
        if not self._oversees(account):
            return []
        now = self._clock()
        with self._clear.read() as connection:
            rows = cases.accepted_families(connection, self._clear.partnership, _ALL)
            shut = {one.family: one.closed_at for one in closings.closed(connection, self._clear.partnership)}
            came = cases.newest_placed(connection, self._clear.partnership, shut)
        again = {family: at for family, at in came.items() if at > shut[family]}
        rows = [row for row in rows if row.id not in shut or row.id in again]
        by_family = self._facts(rows)
        staff = self._writer.dated_facts(_workers(fact for facts in by_family.values() for fact in facts))
        rows = [row for row in rows if row.id in by_family]
        since = again | {
            row.id: owners.without_owner_since(by_family[row.id], staff, now) for row in rows if row.id not in again
        }
        found = [
            self._line(row, begun, now, closed=row.id in again) for row in rows if (begun := since[row.id]) is not None
        ]
        mine = [line for line in found if not self._finder.standing(account, line.id).shut]
        return sorted(mine, key=lambda line: (since[line.id] or now, line.reference))

    def _facts(self, rows: Sequence[cases.Family]) -> dict[FamilyId, tuple[Fact, ...]]:
        """Return the facts of each family; one that cannot be trusted is an alarm and must not close the others."""
        try:
            facts = self._writer.dated_facts([family_chain(row.id) for row in rows])
        except FactBrokenError:
            return {row.id: found for row in rows if (found := self._believed(row.id))}
        grouped: dict[str, list[Fact]] = {}
        for fact in facts:
            grouped.setdefault(fact.chain, []).append(fact)
        return {row.id: tuple(grouped[family_chain(row.id)]) for row in rows}

    def _believed(self, family: FamilyId) -> tuple[Fact, ...]:
        try:
            return self._writer.dated_facts([family_chain(family)])
        except FactBrokenError:
            return ()

    def _oversees(self, account: AccountId) -> bool:
        who = self._finder.standing(account)
        if who.role not in MANAGERS:
            return False
        kinds = self._writer.standing_facts([AGENCIES_CHAIN], self._clock())
        return any(
            fact.kind is FactKind.AGENCY
            and fact.body.get("agency") == who.agency
            and fact.body.get("kind") == "local_authority"
            for fact in kinds
        )

    def _line(self, row: cases.Family, since: datetime, now: datetime, *, closed: bool) -> Unowned:
        due = self._calendar.due(since, self._rules.allocate_within)
        late = self._calendar.between(PartialDate.of(due).first, PartialDate.of(now).first)
        days = f"{late} working {'day' if late == 1 else 'days'} late" if late else "late since today"
        overdue = due < now
        words = (moment_words(since), f"by {moment_words(due)}")
        return Unowned(row.id, row.reference, *words, overdue, days if overdue else "", closed)


def _workers(facts: Iterable[Fact]) -> Sequence[str]:
    return sorted({account_chain(owners.worker_of(fact)) for fact in facts if owners.leads(fact)})
