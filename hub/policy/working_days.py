"""Deadlines in working days: Mondays to Fridays that are no bank holidays of England. Pure; outside the trusted core.

An agreement's days are working days, counted from the day after the event, and end with the working day; its hours run
on the clock, through nights and weekends; months and years are those of the calendar (Working Together counts so too).
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from marshmallow import fields

from hub.domain.errors import PolicyError
from hub.domain.partial_date import LOCAL
from hub.policy.reading import YES_NO, by_word, day, plain, read, shape, word

_PERIOD = re.compile(r"P(?:(\d{1,4})([DMY])|T(\d{1,4})H)", re.ASCII)
_SATURDAY = 5
_MONTHS = {"M": 1, "Y": 12}
DEFAULT = "P1D"
"""What a duty without a deadline of its own is given."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days are working days, and when one ends (local time)."""

    holidays: frozenset[date]
    ends: time

    def is_working(self, day_: date) -> bool:
        """Say whether people work on this local day."""
        return day_.weekday() < _SATURDAY and day_ not in self.holidays

    def due(self, start: datetime, within: str) -> datetime:
        """Return the instant by which something is to be done that was asked at `start`, within `P5D`, `PT24H`, `P3M`.

        Raises:
            PolicyError: not a period.
        """
        found = _PERIOD.fullmatch(within or DEFAULT)
        if found is None:
            raise PolicyError("period_unknown", where=within)
        number, unit, hours = found.groups()
        if hours is not None:
            return start + timedelta(hours=int(hours))
        begun = start.astimezone(LOCAL).date()
        last = self.later(begun, int(number)) if unit == "D" else _months_later(begun, int(number) * _MONTHS[unit])
        return datetime.combine(last, self.ends, LOCAL)

    def later(self, day_: date, count: int) -> date:
        """Return the day `count` working days after a day (before it, when negative)."""
        step = timedelta(days=1 if count >= 0 else -1)
        left = abs(count)
        while left:
            day_ += step
            left -= self.is_working(day_)
        return day_

    def between(self, first: date, last: date) -> int:
        """Return how many working days lie after `first`, up to and with `last`; 0 when `last` is not later."""
        days = (last - first).days
        return sum(self.is_working(first + timedelta(days=n)) for n in range(1, days + 1))


def load_calendar(text: str, source: str) -> Calendar:
    """Read `bank-holidays.yaml`; PolicyError with file, line and column when it is not exactly that."""
    document = read(text, source)
    holidays = by_word(None, fields.List(day()))
    declared = {"source": plain(), "verified": word(YES_NO), "working_day_ends": plain(r"[012]\d:[0-5]\d")}
    values = document.checked(shape(declared | {"holidays": holidays}))
    found = frozenset(date.fromisoformat(one) for year in values["holidays"].values() for one in year)
    return Calendar(found, time.fromisoformat(values["working_day_ends"]))


def _months_later(day_: date, months: int) -> date:
    year, month = divmod(day_.year * 12 + day_.month - 1 + months, 12)
    return date(year, month + 1, min(day_.day, monthrange(year, month + 1)[1]))
