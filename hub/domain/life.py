"""Days in a life that change who may speak for somebody: birthdays, competence, capacity, orders, death.

Law: Family Law Reform Act 1969 s1 and s9 (age is reached as the day of the birthday begins); Gillick [1986] AC 112;
Mental Capacity Act 2005 s1 and s16(2); Children Act 1989 s2 and s91 (parental responsibility, how orders end).
"""

from collections.abc import Iterable, Mapping
from datetime import MAXYEAR, date, datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from hub.domain.partial_date import LOCAL, PartialDate, Precision


class LifeEvent(StrEnum):
    """What happened to somebody; a LIFE fact stands from the instant it happened."""

    TURNS_16 = "turns_16"
    TURNS_18 = "turns_18"
    COMPETENT = "competent"
    INCAPABLE = "incapable"
    ORDER = "order"
    SPOKEN_FOR = "spoken_for"
    DEATH = "death"


AGES: Final = {LifeEvent.TURNS_16: 16, LifeEvent.TURNS_18: 18}
"""The birthdays after which a person's own word counts (16: about their own confidential information; 18: always)."""
NAMES_HOLDERS: Final = frozenset({LifeEvent.ORDER, LifeEvent.SPOKEN_FOR})
"""Events that say who may speak from then on: holders of parental responsibility, an attorney or a deputy."""
PRACTITIONERS: Final = frozenset(
    {
        "social_worker",
        "family_support_worker",
        "recovery_worker",
        "mh_practitioner",
        "victim_worker",
        "perpetrator_worker",
    }
)
"""Roles that work with people themselves, and write down what those people say."""
_ASSESSORS: Final = frozenset({"social_worker", "mh_practitioner", "psychologist", "recovery_worker"})
RECORDED_BY: Final[Mapping[LifeEvent, frozenset[str]]] = MappingProxyType(
    {
        LifeEvent.COMPETENT: PRACTITIONERS | {"psychologist", "team_manager"},
        LifeEvent.INCAPABLE: _ASSESSORS | {"team_manager"},
        LifeEvent.SPOKEN_FOR: _ASSESSORS | {"team_manager"},
        LifeEvent.ORDER: frozenset({"social_worker", "team_manager"}),
        LifeEvent.DEATH: PRACTITIONERS | {"psychologist", "team_manager"},
    }
)
"""Who may record what happened to a person they work with; a birthday is derived by the hub alone."""


def earliest_birthday(born: PartialDate, years: int) -> date:
    """Return the earliest day on which somebody born then can reach an age.

    Somebody born on 29 February reaches it on 1 March of a common year. Of a month or a year, the first day counts;
    'about' may mean the month, or the year, before.
    """
    first = born.first
    if born.approximate:
        first = _a_unit_before(born)
    if first.year + years > MAXYEAR:
        return date.max
    try:
        return first.replace(year=first.year + years)
    except ValueError:
        return date(first.year + years, 3, 1)


def _a_unit_before(born: PartialDate) -> date:
    before = max(born.first, date.min + timedelta(days=1)) - timedelta(days=1)
    match born.precision:
        case Precision.DAY:
            return before
        case Precision.MONTH:
            return before.replace(day=1)
        case Precision.YEAR:
            return before.replace(month=1, day=1)


def birthdays(sources: Iterable[PartialDate]) -> dict[LifeEvent, datetime]:
    """Return when each age is reached, at the earliest that any source allows; nothing when no date is known."""
    known = list(sources)
    return {
        event: day_begins(min(earliest_birthday(born, years) for born in known))
        for event, years in AGES.items()
        if known
    }


def day_begins(day: date) -> datetime:
    """Return the instant at which a day begins in England, also where the clocks change."""
    return datetime.combine(day, time.min, LOCAL)
