"""The clock of comparing who in a decided referral may be known, in the worker: asked at once, late of its managers.

When it is answered, or nobody may hear of it here any more, the question is taken back.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from hub.domain.access import Act
from hub.domain.clock import Clock
from hub.domain.ids import IdMaker, ReferralId
from hub.gate.doorkeeper import Doorkeeper
from hub.gate.writer import Writer
from hub.policy.working_days import Calendar
from hub.services import door_tasks
from hub.services.intake import SYSTEM
from hub.services.newcomers import Newcomers
from hub.services.quarantine_clock import lead_agency
from hub.store.clear import door, duties, work
from hub.store.session import Transactions

_WITHIN: Final = "P1D"
"""As long as a referral has to be decided: whoever is new in it may be known as well as anybody in it."""
_ASKED_WITHIN: Final = "PT4H"
_SELDOM: Final = timedelta(minutes=10)


class NewcomerWatch:
    """Looks at the clock. Built by wiring."""

    def __init__(
        self,
        newcomers: Newcomers,
        gate: tuple[Writer, Doorkeeper],
        calendar: Calendar,
        clear: Transactions,
        clock: Clock,
        ids: IdMaker,
    ) -> None:
        """Take what waits to be compared, the gate, working days and clear rows."""
        self._newcomers, self._calendar = newcomers, calendar
        self._writer, self._doorkeeper = gate
        self._clear, self._clock, self._ids = clear, clock, ids
        self._look_at = datetime.min.replace(tzinfo=UTC)

    def run_once(self) -> int:
        """Ask about what is late, and take back what no longer is; returns how many questions are new."""
        made, now = self._ask_who_it_is(), self._clock()
        if now < self._look_at:
            return made
        self._look_at = now + _SELDOM
        due = {number: self._calendar.due(at, _WITHIN) for number, at in self._newcomers.waiting_since().items()}
        late = {one: at for one, at in due.items() if at < now and self._newcomers.may_be_compared(one)}
        self._take_back(late, door_tasks.UNCOMPARED)
        return made + sum(self._ask(number, at) for number, at in late.items())

    def _ask_who_it_is(self) -> int:
        """Leave the front door and its managers the task of saying who somebody is, as long as nobody has said it."""
        since, kind, now = self._newcomers.waiting_since(), door_tasks.KNOWN, self._clock()
        heard = {one: at for one, at in since.items() if self._newcomers.may_be_compared(one)}
        self._take_back(heard, kind)
        lead, made = lead_agency(self._writer, now) if heard else None, 0
        if lead is None:
            return 0
        for number, at in heard.items():
            due = self._calendar.due(at, _WITHIN)
            task = door_tasks.escalation(kind, number, lead, now, due, at, self._ids.new())
            with self._clear.write() as connection:
                asked = duties.task_about(connection, self._clear.partnership, kind, number) is not None
                made += not asked and work.add_task(connection, self._clear.partnership, task)
        return made

    def _ask(self, number: ReferralId, since: datetime) -> bool:
        now, kind = self._clock(), door_tasks.UNCOMPARED
        lead = lead_agency(self._writer, now)
        if lead is None:
            return False
        due = self._calendar.due(now, _ASKED_WITHIN)
        task = door_tasks.escalation(kind, number, lead, now, due, since, self._ids.new())
        with self._clear.write() as connection:
            new = work.add_task(connection, self._clear.partnership, task)
        if new:
            detail = {"subject": number, "due": since.isoformat()}
            self._doorkeeper.alarm(Act.DEADLINE_WATCH, kind, agency=lead, family="", detail=detail)
        return new

    def _take_back(self, late: Mapping[ReferralId, datetime], kind: str) -> None:
        with self._clear.read() as connection:
            asked = door.questions(connection, self._clear.partnership, [kind])
        over = [task for task in asked if task.subject not in late]
        if over:
            with self._clear.write() as connection:
                for task in over:
                    work.finish_task(connection, self._clear.partnership, task.id, SYSTEM, self._clock())
