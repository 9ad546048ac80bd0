"""Dates as people know them: a day, a month, a year, or about a year (a subset of EDTF, ISO 8601-2)."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from hub.domain.errors import InvalidRequestError

LOCAL = ZoneInfo("Europe/London")
_SHAPE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?(~?)", re.ASCII)


class Precision(StrEnum):
    """How much of the date is known."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True, order=True)
class PartialDate:
    """`first` is the first day it can mean; `approximate` is the sender's 'about' (written `2019~`)."""

    first: date
    precision: Precision = Precision.DAY
    approximate: bool = False

    @classmethod
    def parse(cls, text: str) -> "PartialDate":
        """Read `2024-03-05`, `2024-03`, `2024`, each optionally with `~`; anything else is refused."""
        match = _SHAPE.fullmatch(text)
        if match is None:
            raise InvalidRequestError("not_a_date")
        year, month, day, about = match.groups()
        precision = Precision.DAY if day else Precision.MONTH if month else Precision.YEAR
        try:
            return cls(date(int(year), int(month or 1), int(day or 1)), precision, bool(about))
        except ValueError:
            raise InvalidRequestError("not_a_date") from None

    @classmethod
    def of(cls, instant: datetime) -> "PartialDate":
        """Return the local (Europe/London) day of an aware instant: the day people would write down.

        Raises:
            InvalidRequestError: `not_a_date`: where its offset moves it out of the years 1 to 9999.
        """
        try:
            return cls(instant.astimezone(LOCAL).date())
        except OverflowError:
            raise InvalidRequestError("not_a_date") from None

    def __str__(self) -> str:
        """Write it as `parse` reads it."""
        length = {Precision.DAY: 10, Precision.MONTH: 7, Precision.YEAR: 4}[self.precision]
        return self.first.isoformat()[:length] + ("~" if self.approximate else "")

    def in_words(self) -> str:
        """Write it for a page: `5 March 2024`, `March 2024`, `about 2019`."""
        shape = {Precision.DAY: f"{self.first.day} %B %Y", Precision.MONTH: "%B %Y", Precision.YEAR: "%Y"}
        return ("about " if self.approximate else "") + self.first.strftime(shape[self.precision])
