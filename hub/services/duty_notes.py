"""What a duty worker leaves for nine o'clock: sealed words, and a task for the day team's front door and managers."""

from datetime import date, datetime, time
from typing import Final

from hub.domain.access import Act
from hub.domain.clock import Clock
from hub.domain.errors import InvalidRequestError
from hub.domain.ids import AccountId, AgencyId, IdMaker
from hub.domain.partial_date import LOCAL
from hub.gate.doorkeeper import Doorkeeper
from hub.gate.finder import Finder
from hub.policy.working_days import Calendar
from hub.services.rota import STAFF
from hub.services.sealed_words import SealedWords
from hub.store.clear import duties, work
from hub.store.session import Transactions

DUTY_NOTE: Final = "duty_note"
DAY_BEGINS: Final = time(9)
READ_BY: Final = time(10)
_ON_DUTY: Final = frozenset(f"on_duty_{desk}" for desk in STAFF)


class DutyNotes:
    """Leaves notes. Built once by wiring."""

    def __init__(
        self,
        gate: tuple[Finder, Doorkeeper],
        words: SealedWords,
        calendar: Calendar,
        clear: Transactions,
        clock: Clock,
        ids: IdMaker,
    ) -> None:
        """Take who lets in, what seals words, working days and clear rows."""
        self._finder, self._doorkeeper = gate
        self._words, self._calendar = words, calendar
        self._clear, self._clock, self._ids = clear, clock, ids

    def leave(self, account: AccountId, note: str) -> datetime:
        """Leave a note for the next working day at nine; returns by when it is to be read.

        Raises:
            InvalidRequestError: nothing is written.
            AccessRefusedError: not on duty at any desk; the refusal is entered.
        """
        if not note.strip():
            raise InvalidRequestError("note_missing", where="note")
        who, now = self._doorkeeper.let_in(account, Act.DUTY_NOTE, _ON_DUTY), self._clock()
        due = datetime.combine(self._morning(now), READ_BY, LOCAL)
        task, event = self._ids.new(), self._ids.new()
        kept = work.Task(task, f"duty/{task}", DUTY_NOTE, AgencyId(who.agency), None, None, now, due)
        left = duties.TaskEvent(event, task, duties.LEFT, now, account, self._words.close(event, {"note": note}))
        with self._clear.write() as connection:
            work.add_task(connection, self._clear.partnership, kept)
            duties.add_event(connection, self._clear.partnership, left)
        return due

    def _morning(self, now: datetime) -> date:
        local = now.astimezone(LOCAL)
        today = local.date()
        if self._calendar.is_working(today) and local.time() < DAY_BEGINS:
            return today
        return self._calendar.later(today, 1)
