"""Looks after notices for schools, in the worker: what does not arrive is told to the front door and to the police.

The duty to tell the school is the police's: they hear of it as the front door does, and can tell it themselves.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from hub.domain.access import Act
from hub.domain.clock import Clock
from hub.domain.ids import AgencyId, IdMaker
from hub.gate.doorkeeper import Doorkeeper
from hub.policy.working_days import Calendar
from hub.services import school_tasks
from hub.services.school_agreement import Agreed
from hub.services.school_decisions import READABLE
from hub.services.school_desks import SchoolDesks
from hub.services.school_routing import SchoolRouting
from hub.services.school_tasks import CONDITIONS, FAILED, LATE, NOBODY, NOT_TOLD, SUSPENDED, UNAGREED
from hub.store.clear import cases, digests, partner_events, school_notices, work
from hub.store.clear.partner_events import SCHOOL_NOT_READ, PartnerEvent, event_id
from hub.store.clear.school_notices import SchoolNotice
from hub.store.session import Transactions

_LOOK_WITHIN: Final = "PT4H"
_AGREE_WITHIN: Final = "P5D"
_SELDOM: Final = timedelta(minutes=10)
"""How often it is looked whether other people read at a desk by now, and what is over."""


class SchoolWatch:
    """Raises alarms, each once. Built by wiring for the worker."""

    def __init__(
        self,
        passes_on: tuple[SchoolRouting, SchoolDesks],
        doorkeeper: Doorkeeper,
        calendar: Calendar,
        clear: Transactions,
        clock: Clock,
        ids: IdMaker,
        *,
        by_email: bool,
    ) -> None:
        """Take what gives notices out and to whom, what raises alarms, working days and clear rows.

        `by_email` says whether a mail server is set: without one an e-mail address tells nobody.
        """
        self._by_email = by_email
        self._routing, self._desks = passes_on
        self._doorkeeper, self._calendar = doorkeeper, calendar
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
        """End what is over, and give out anew what waits at a desk that changed; returns how many.

        While something waits for an agreement that is suspended, this is looked at in every round.
        """
        now = self._clock()
        if now < self._look_at and all(one.desk != SUSPENDED for one in waiting):
            return 0
        self._look_at = now + _SELDOM
        with self._clear.read() as connection:
            old = school_notices.made_before(connection, self._clear.partnership, now - READABLE)
        for notice in old:
            self._routing.over(notice)
        changed = self._changed(waiting) if waiting and self._routing.agreed() is Agreed.YES else []
        for notice in changed:
            self._routing.again(notice)
        return len(old) + len(changed)

    def _changed(self, waiting: Sequence[SchoolNotice]) -> list[SchoolNotice]:
        """Return what waits where other people read by now, for a reader who declared a tie since, or for an agreement.

        What the police keep back waits for them, whoever reads.
        """
        waiting = [one for one in waiting if one.desk != CONDITIONS]
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
        heard = school_notices.heard_of(connection, partnership, by_email=self._by_email)
        if self._by_email:
            heard |= digests.written_to(connection, partnership)
        for one in waiting:
            code = _code(one, failed, heard, now)
            if code and one.alarm not in {code, LATE}:
                yield one, code

    def _raise(self, notice: SchoolNotice, code: str) -> None:
        """Enter an alarm, leave who can do something about it their tasks, and tell the police; the entry comes first.

        Where no agreement is in force the police count on nothing here: the officers are told, once.
        """
        now, authority = self._clock(), self._desks.authority()
        detail = {"notice": notice.id, "due": notice.due_at.isoformat()}
        self._doorkeeper.alarm(Act.DEADLINE_WATCH, f"school_notice_{code}", agency=authority, family="", detail=detail)
        with self._clear.write() as connection:
            referral = cases.find_referral(connection, self._clear.partnership, notice.referral)
            for task in self._tasks(notice, code, authority, referral.agency if referral else None):
                work.add_task(connection, self._clear.partnership, task)
            school_notices.note_alarm(connection, self._clear.partnership, notice.id, code)
            if referral is not None and code != UNAGREED:
                id_ = event_id(SCHOOL_NOT_READ, notice.id, code)
                event = PartnerEvent(id_, SCHOOL_NOT_READ, referral.agency, referral.receipt, now, now)
                partner_events.post(connection, self._clear.partnership, event)

    def _tasks(
        self, notice: SchoolNotice, code: str, authority: AgencyId, police: AgencyId | None
    ) -> Iterator[work.Task]:
        now = self._clock()
        if code == UNAGREED:
            clock = now, self._calendar.due(now, _AGREE_WITHIN)
            for agency in (authority, *((police,) if police else ())):
                yield school_tasks.to_agree(agency, clock, self._ids.new())
            return
        clock = now, self._calendar.due(now, _LOOK_WITHIN)
        yield school_tasks.to_the_door(notice, code, authority, clock, self._ids.new())
        if code == CONDITIONS and police is not None:
            yield school_tasks.to_lift(notice, police, now, self._ids.new())


def _code(one: SchoolNotice, failed: frozenset[str], heard: frozenset[str], now: datetime) -> str:
    late = one.due_at <= now
    if one.desk == SUSPENDED:
        return FAILED if late else SUSPENDED
    if late and one.desk != UNAGREED:
        return LATE
    if one.agency is None:
        return one.desk if one.desk in {UNAGREED, CONDITIONS} else NOBODY
    if one.id in failed:
        return FAILED
    return "" if heard & {one.id, *one.readers} else NOT_TOLD
