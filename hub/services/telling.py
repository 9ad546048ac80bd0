"""When the sender of a referral may learn what became of it, and what it reads until then.

A placing by the matching program says that somebody was known, so it is told at an instant at which a person at the
desk might have decided; what a person decided is told when it was decided. The instant is kept with the decision, and
receipts, events and replies read it there: whoever compares them sees one instant.
INVARIANT: no instant of the program's is one that a person's could not be: it lies within the desk's hours, after a
person could have read the message, before the desk's clock ends, and is as fine as any other.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final

from hub.domain.errors import PolicyError
from hub.domain.ids import AccountId, ReferralId
from hub.domain.partial_date import LOCAL
from hub.policy.front_door import BEING_DECIDED, CLOSED_HERE
from hub.policy.working_days import DEFAULT, Calendar
from hub.services.setup import MATCHER
from hub.store.clear.door import Outcome
from hub.store.clear.partner_events import PLACED, TOLD_PLACED

READING: Final = timedelta(minutes=20)
"""Nobody reads a message, looks for earlier ones and decides in less of the desk's own time."""
NARROWEST: Final = timedelta(hours=1)
"""An instant drawn from less than this would be as good as known beforehand."""
WITHDRAWN: Final = "withdrawn"
_READ_AS_THEY_ARE: Final = frozenset({*CLOSED_HERE, "rejected", "quarantined", WITHDRAWN})
_BITS: Final = 256
_TICK: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Hours:
    """When people work at the front door: on working days, from `begins` (local time) to the end of the day."""

    begins: time
    calendar: Calendar

    def between(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Yield each stretch of them, (from, to) in UTC, between two instants."""
        day, last = start.astimezone(LOCAL).date(), end.astimezone(LOCAL).date()
        while day <= last:
            opens = max(datetime.combine(day, self.begins, LOCAL), start).astimezone(UTC)
            closes = min(datetime.combine(day, self.calendar.ends, LOCAL), end).astimezone(UTC)
            if self.calendar.is_working(day) and opens < closes:
                yield opens, closes
            day += timedelta(days=1)


def as_by_a_person(placed: datetime, due: datetime, hours: Hours, drawn: int) -> datetime:
    """Return when a placing by the program is told; `drawn` is a number of 256 bits that nobody can foresee.

    Any instant of the desk's hours is as likely as any other, from when a person could have read the message to the end
    of the clock; to the end of the next working day where less than `NARROWEST` of it is left.

    Raises:
        PolicyError: the desk has no hours.
    """
    for end in (due, hours.calendar.due(placed, DEFAULT)):
        stretches = list(hours.between(placed, end))
        room = sum((closes - opens for opens, closes in stretches), -READING)
        if room >= NARROWEST:
            share = timedelta(microseconds=room // _TICK * drawn >> _BITS)
            return _after(READING + share, stretches)
    raise PolicyError("front_door_never_open", where="day_begins", next_step="see_front_door_yaml")


def _after(spent: timedelta, stretches: Sequence[tuple[datetime, datetime]]) -> datetime:
    """Return the instant at which so much of these stretches has gone by; less than all of it."""
    for opens, closes in stretches:
        if spent < closes - opens:
            return opens + spent
        spent -= closes - opens
    raise AssertionError("less than all of it goes by")


class Telling:
    """Says when a decision may be told. Built once by wiring, for everybody who places."""

    def __init__(self, hours: Hours, mark: Callable[[bytes], str]) -> None:
        """Take the desk's hours, and the keyed hash by which nobody outside can foresee what is drawn."""
        self._hours, self._mark = hours, mark

    def told_at(self, referral: ReferralId, by: AccountId, at: datetime, due: datetime) -> datetime:
        """Return from when on a sender may be told of a placing that was made at `at`; `due`: the end of its clock."""
        if by != MATCHER:
            return at
        return as_by_a_person(at, due, self._hours, int(self._mark(f"told\n{referral}".encode()), 16))


def reads(one: Outcome, now: datetime) -> str:
    """Return the state that a referral's sender reads at an instant: the same whether or not anybody was known."""
    state = one.referral.state
    if one.withdrawn_at is not None:
        return WITHDRAWN
    if state in PLACED and one.told_at is not None and one.told_at <= now:
        return TOLD_PLACED
    if state in _READ_AS_THEY_ARE:
        return state
    return BEING_DECIDED if one.rated else "received"
