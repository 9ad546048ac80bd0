"""The front door's clocks, in the worker: what is late is asked of its managers, once, and raises an alarm.

When it is decided or acknowledged, the question is taken back.
"""

from collections.abc import Iterator
from datetime import datetime

from hub.domain.access import Act
from hub.domain.clock import Clock
from hub.domain.facts import AGENCIES_CHAIN, FactKind
from hub.domain.ids import AgencyId, IdMaker
from hub.gate.doorkeeper import Doorkeeper
from hub.gate.writer import Writer
from hub.policy.working_days import Calendar
from hub.services import door_tasks
from hub.services.comparing import BY_HAND_AFTER, MATCH
from hub.services.deciding import Deciding
from hub.services.intake import SYSTEM
from hub.store.clear import cases, door, work
from hub.store.session import Transactions

_ASKED_WITHIN = "PT4H"
"""How soon a manager looks at what is late."""


class DoorWatch:
    """Looks at the clocks. Built by wiring for the worker."""

    def __init__(
        self,
        gate: tuple[Writer, Doorkeeper],
        deciding: Deciding,
        calendar: Calendar,
        clear: Transactions,
        clock: Clock,
        ids: IdMaker,
    ) -> None:
        """Take the gate, the front door's decisions, and clear rows."""
        self._writer, self._doorkeeper = gate
        self._deciding, self._calendar = deciding, calendar
        self._clear, self._clock, self._ids = clear, clock, ids

    def run_once(self) -> int:
        """Ask about what is late, and take back what no longer is; returns how many questions are new."""
        late = list(self._late())
        agencies = self._leading() if late else []
        made = sum(self._ask(kind, subject, since, agency) for kind, subject, since in late for agency in agencies)
        self._take_back({(kind, subject) for kind, subject, _ in late})
        return made

    def _late(self) -> Iterator[tuple[str, str, datetime]]:
        now = self._clock()
        with self._clear.read() as connection:
            waiting = cases.referrals_in(connection, self._clear.partnership, cases.UNDECIDED)
            passed = door.unacknowledged(connection, self._clear.partnership)
            uncompared = work.jobs_before(connection, self._clear.partnership, MATCH, now - BY_HAND_AFTER)
        events = self._deciding.events(waiting)
        for referral in waiting:
            due = self._deciding.due(referral, events[referral.id])
            if due < now and referral.connector not in self._deciding.rules.linkage_only:
                yield door_tasks.UNDECIDED, referral.id, due
        for one in passed:
            if one.due_at < now:
                yield door_tasks.UNANSWERED, one.id, one.due_at
        for subject, since in uncompared.items():
            yield door_tasks.UNMATCHED, subject, since + BY_HAND_AFTER

    def _ask(self, kind: str, subject: str, since: datetime, agency: AgencyId) -> bool:
        now = self._clock()
        due = self._calendar.due(now, _ASKED_WITHIN)
        task = door_tasks.escalation(kind, subject, agency, now, due, since, self._ids.new())
        with self._clear.read() as connection:
            if work.was_made(connection, self._clear.partnership, task):
                return False
        # The entry comes first: a worker that stops in between enters it twice, and never not at all.
        detail = {"subject": subject, "due": since.isoformat()}
        self._doorkeeper.alarm(Act.DEADLINE_WATCH, kind, agency=agency, family="", detail=detail)
        with self._clear.write() as connection:
            return work.add_task(connection, self._clear.partnership, task)

    def _take_back(self, late: set[tuple[str, str]]) -> None:
        kinds = (door_tasks.UNDECIDED, door_tasks.UNANSWERED, door_tasks.UNMATCHED)
        with self._clear.read() as connection:
            asked = door.questions(connection, self._clear.partnership, kinds)
        over = [task for task in asked if (task.kind, task.subject or "") not in late]
        if not over:
            return
        with self._clear.write() as connection:
            for task in over:
                work.finish_task(connection, self._clear.partnership, task.id, SYSTEM, self._clock())

    def _leading(self) -> list[AgencyId]:
        """Return the local authorities: the front door is theirs (Children Act 1989 s17, s47)."""
        facts = self._writer.standing_facts([AGENCIES_CHAIN], self._clock())
        found = [fact.body for fact in facts if fact.kind is FactKind.AGENCY]
        return [AgencyId(str(body["agency"])) for body in found if body.get("kind") == "local_authority"]
