"""The clocks of requests, in the worker: the holder's managers are reminded, then who asked hears of the silence.

What an answer left to be stated is stated here as well, should the answering process have stopped before it did.
"""

from hub.domain.access import Act
from hub.domain.clock import Clock
from hub.domain.ids import IdMaker
from hub.gate.doorkeeper import Doorkeeper
from hub.policy.requests import RequestRules
from hub.policy.working_days import Calendar
from hub.services import request_tasks
from hub.services.covering import Covering
from hub.store.clear import requests, work
from hub.store.session import Transactions

_ASKED_WITHIN = "PT4H"


class RequestWatch:
    """Looks at the clocks. Built by wiring for the worker."""

    def __init__(
        self,
        doorkeeper: Doorkeeper,
        rules: RequestRules,
        calendar: Calendar,
        clear: Transactions,
        clock: Clock,
        ids: IdMaker,
        covering: Covering,
    ) -> None:
        """Take what raises alarms, local rules, working days, clear rows, and what states that a holder looked."""
        self._covering = covering
        self._doorkeeper, self._rules, self._calendar = doorkeeper, rules, calendar
        self._clear, self._clock, self._ids = clear, clock, ids

    def run_once(self) -> int:
        """Remind and escalate, each once; returns how much was done. An answer takes the tasks back."""
        stated, now = self._covering.run_once(), self._clock()
        with self._clear.read() as connection:
            found = requests.unanswered(connection, self._clear.partnership, now + self._rules.remind_before)
        kinds = (request_tasks.SILENCE if one.due_at < now else request_tasks.REMIND for one in found)
        return stated + sum(self._ask(one, kind) for one, kind in zip(found, kinds, strict=True))

    def _ask(self, request: requests.Request, kind: str) -> bool:
        now, late = self._clock(), kind == request_tasks.SILENCE
        due = self._calendar.due(now, _ASKED_WITHIN) if late else request.due_at
        task = request_tasks.task(kind, request, now, due, self._ids.new())
        with self._clear.read() as connection:
            if work.was_made(connection, self._clear.partnership, task):
                return False
        if late:  # the entry comes first: a worker that stops in between enters it twice, and never not at all
            detail, act = {"request": request.id, "due": request.due_at.isoformat()}, Act.DEADLINE_WATCH
            self._doorkeeper.alarm(act, kind, agency=request.asker, family=request.family, detail=detail)
        with self._clear.write() as connection:
            return work.add_task(connection, self._clear.partnership, task)
