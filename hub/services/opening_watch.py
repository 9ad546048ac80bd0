"""Watches decisions that open: once a local day, who recorded one is warned before its review and before its end.

The task stays after the end: when nobody did it by then, it is late, an alarm is entered and it heads the week's queue.
So no decision lapses unseen, also when the worker did not run for a while.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

import structlog

from hub.domain.clock import Clock
from hub.domain.errors import HubError
from hub.domain.facts import FactKind, family_chain
from hub.domain.ids import AccountId, FamilyId, IdMaker
from hub.domain.partial_date import PartialDate
from hub.gate.policybook import PolicyBook
from hub.gate.writer import Writer
from hub.services.opening_decisions import Watched, WorkingDays, warnings
from hub.store.clear import cases, work
from hub.store.session import Transactions

log = structlog.get_logger("hub.openings")
_MARK: Final = "opening_day"


class OpeningWatch:
    """Warns. Built by wiring for the worker."""

    def __init__(
        self,
        writer: Writer,
        policy: PolicyBook,
        days: WorkingDays,
        clear: Transactions,
        clock: Clock,
        ids: IdMaker,
    ) -> None:
        """Take the gate, working days and clear rows."""
        self._writer, self._policy, self._days = writer, policy, days
        self._clear, self._clock, self._ids = clear, clock, ids

    def run_once(self) -> int:
        """Look at every accepted family once a local day; returns how many tasks are new."""
        now = self._clock()
        with self._clear.read() as connection:
            last = work.position(connection, self._clear.partnership, _MARK)
            looked = datetime.fromisoformat(last) if last else now
            if last and PartialDate.of(looked) == PartialDate.of(now):
                return 0
            families = cases.accepted_families(connection, self._clear.partnership, 1_000_000)
        made = sum(self._tried(row.id, looked) for row in families)
        with self._clear.write() as connection:
            work.set_position(connection, self._clear.partnership, _MARK, now.isoformat())
        return made

    def _tried(self, family: FamilyId, looked: datetime) -> int:
        """Look at one family; a failure is logged by code and does not stop the next."""
        try:
            tasks = list(self._warnings(family, looked))
            with self._clear.write() as connection:
                return sum(work.add_task(connection, self._clear.partnership, task) for task in tasks)
        except HubError as error:
            log.error("openings_failed", family=family, code=error.code)  # noqa: TRY400  a trace could carry values
            return 0

    def _warnings(self, family: FamilyId, looked: datetime) -> Iterator[work.Task]:
        """Yield what is owed for decisions that stand, or stood on a day since this was last looked at."""
        now, chain = self._clock(), family_chain(family)
        gateways = self._policy.foundations.gateways.openings
        current = self._writer.standing_facts([chain], now)
        workers = {str(fact.body["account"]) for fact in current if fact.kind is FactKind.ALLOCATION}
        moments = [looked + timedelta(days=n) for n in range((now - looked).days + 1)]
        known = {fact.id: fact for at in (*moments, now) for fact in self._writer.standing_facts([chain], at)}
        for fact in known.values():
            opening = gateways.get(str(fact.body.get("opening"))) if fact.kind is FactKind.OPENING else None
            if opening is not None and opening.warn_working_days:
                recorder = AccountId(fact.recorded_by) if fact.recorded_by in workers else None
                yield from warnings(Watched(family, fact, recorder, now), opening, self._days, self._ids.new)
