"""Looks after notices for schools, in the worker: what does not arrive is told to the front door and to the police.

The duty to tell the school is the police's: they hear of it as the front door does, and can tell it themselves.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from hub.domain.access import Act
from hub.domain.clock import Clock
from hub.domain.ids import IdMaker
from hub.gate.doorkeeper import Doorkeeper
from hub.policy.working_days import Calendar
from hub.services import school_tasks
from hub.services.school_decisions import READABLE
from hub.services.school_desks import SchoolDesks
from hub.services.school_routing import SchoolRouting
from hub.services.school_tasks import FAILED, LATE, NOBODY, NOT_TOLD
from hub.store.clear import cases, digests, partner_events, school_notices, work
from hub.store.clear.partner_events import SCHOOL_NOT_READ, PartnerEvent, event_id
from hub.store.clear.school_notices import SchoolNotice
from hub.store.session import Transactions

_LOOK_WITHIN: Final = "PT4H"
_SELDOM: Final = timedelta(minutes=10)
"""How often it is looked whether other people read at a desk by now, and what is over."""


class SchoolWatch:
    """Raises alarms, each once. Built by wiring for the worker."""

    def __init__(
        self,
        routing: SchoolRouting,
        desks: SchoolDesks,
        doorkeeper: Doorkeeper,
        calendar: Calendar,
        clear: Transactions,
        clock: Clock,
        ids: IdMaker,
    ) -> None:
        """Take what gives notices out, what raises alarms, working days and clear rows."""
        self._routing, self._desks, self._doorkeeper, self._calendar = routing, desks, doorkeeper, calendar
        self._clear, self._clock, self._ids = clear, clock, ids
        self._look_at = datetime.min.replace(tzinfo=UTC)

    def run_once(self) -> int:
        """Give out what came in, then look at what waits; returns how much was done."""
        done = self._routing.run_once()
        with self._clear.read() as connection:
            waiting = school_notices.unread(connection, self._clear.partnership)
            alarms = list(self._alarms(connection, waiting)) if waiting else []
        for notice, code in alarms:
            self._raise(notice, code)
        return done + len(alarms) + self._now_and_then(waiting)

    def _now_and_then(self, waiting: Sequence[SchoolNotice]) -> int:
        """End what is over, and give out anew what waits at a desk that changed; returns how many."""
        now = self._clock()
        if now < self._look_at:
            return 0
        self._look_at = now + _SELDOM
        with self._clear.read() as connection:
            old = school_notices.made_before(connection, self._clear.partnership, now - READABLE)
        for notice in old:
            self._routing.over(notice)
        changed = self._changed(waiting) if waiting and self._routing.agreed() else []
        for notice in changed:
            self._routing.again(notice)
        return len(old) + len(changed)

    def _changed(self, waiting: Sequence[SchoolNotice]) -> list[SchoolNotice]:
        """Return what waits where other people read by now, or for a reader who declared a tie since."""
        authority = self._desks.authority()
        staff = {agency: self._desks.staff(agency) for agency in {one.agency or authority for one in waiting}}
        with self._clear.read() as connection:
            found = [cases.find_referral(connection, self._clear.partnership, one.referral) for one in waiting]
        return [
            one
            for one, referral in zip(waiting, found, strict=True)
            if one.desk != staff[one.agency or authority]
            or (referral is not None and not self._desks.tied(referral).isdisjoint(one.readers))
        ]

    def _alarms(self, connection: Connection, waiting: Sequence[SchoolNotice]) -> Iterator[tuple[SchoolNotice, str]]:
        """Yield what the front door was not told yet: the worst that is true of each."""
        partnership, now = self._clear.partnership, self._clock()
        failed = school_notices.undelivered(connection, partnership)
        heard = school_notices.heard_of(connection, partnership) | digests.written_to(connection, partnership)
        for one in waiting:
            code = _code(one, failed, heard, now)
            if code and one.alarm not in {code, LATE}:
                yield one, code

    def _raise(self, notice: SchoolNotice, code: str) -> None:
        """Enter an alarm, leave the front door its task, and tell the police; the entry comes first."""
        now, authority = self._clock(), self._desks.authority()
        detail = {"notice": notice.id, "due": notice.due_at.isoformat()}
        self._doorkeeper.alarm(Act.DEADLINE_WATCH, f"school_notice_{code}", agency=authority, family="", detail=detail)
        clock = now, self._calendar.due(now, _LOOK_WITHIN)
        task = school_tasks.to_the_door(notice, code, authority, clock, self._ids.new())
        with self._clear.write() as connection:
            work.add_task(connection, self._clear.partnership, task)
            school_notices.note_alarm(connection, self._clear.partnership, notice.id, code)
            referral = cases.find_referral(connection, self._clear.partnership, notice.referral)
            if referral is not None:
                id_ = event_id(SCHOOL_NOT_READ, notice.id, code)
                event = PartnerEvent(id_, SCHOOL_NOT_READ, referral.agency, referral.receipt, now, now)
                partner_events.post(connection, self._clear.partnership, event)


def _code(one: SchoolNotice, failed: frozenset[str], heard: frozenset[str], now: datetime) -> str:
    if one.due_at <= now:
        return LATE
    if one.agency is None:
        return NOBODY
    if one.id in failed:
        return FAILED
    return "" if heard & {one.id, *one.readers} else NOT_TOLD
