"""What an agency has to do because of a day in somebody's life: which task, with which clock. Pure.

A task names the family and a kind, never the person or the day: whoever opens it looks through their own rights.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from hub.domain.facts import Fact
from hub.domain.ids import AgencyId, FamilyId, PersonId
from hub.domain.life import AGES, LifeEvent, day_begins
from hub.domain.partial_date import PartialDate
from hub.store.clear.work import Task

WARNED_BEFORE: Final = 5
DONE_WITHIN: Final = 5
"""Working days: a birthday is announced before it comes; what follows from an event is done after it."""
_STILL_ASKED: Final = timedelta(days=365)
WORDS: Final = {
    "ask_before_16": "A young person turns 16: prepare to ask them themselves about sharing",
    "ask_at_16": "A young person has turned 16: ask them themselves. What a parent agreed no longer counts",
    "ask_before_18": "A young person turns 18: prepare to ask them as an adult",
    "ask_at_18": "A young person has turned 18: ask them as an adult. Nobody speaks for them as a parent any more",
    "ask_competent": "A child can decide for themselves: ask them. What a parent agreed no longer counts",
    "find_who_speaks": "Somebody cannot decide about sharing at present: find out who may speak for them",
    "ask_new_holder": "An order changed who has parental responsibility: ask who may now agree for the child",
    "ask_who_speaks": "Somebody was appointed to speak for a person: ask them about sharing",
    "review_after_death": "Somebody has died: their consents have ended. Review what is shared, and on what ground",
}
_AFTER: Final = {
    LifeEvent.COMPETENT: "ask_competent",
    LifeEvent.INCAPABLE: "find_who_speaks",
    LifeEvent.ORDER: "ask_new_holder",
    LifeEvent.SPOKEN_FOR: "ask_who_speaks",
    LifeEvent.DEATH: "review_after_death",
}
WorkingDays = Callable[[date, int], date]
"""Returns the day so many working days after a day; before it, when the number is negative."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Whose work it is, asked only when there is some: the agencies that work with a person of this family."""

    family: FamilyId
    agencies: Callable[[PersonId], Collection[AgencyId]]
    now: datetime
    days: WorkingDays
    new_id: Callable[[], str]


def tasks_of(facts: Iterable[Fact], desk: Desk) -> list[Task]:
    """Return the tasks that LIFE facts ask for today."""
    return [task for fact in facts for task in tasks_for(fact, desk)]


def tasks_for(fact: Fact, desk: Desk) -> Iterator[Task]:
    """Yield the tasks that a LIFE fact asks for today; the same fact gives the same (source, kind), so none doubles."""
    event, today = LifeEvent(str(fact.body["event"])), PartialDate.of(desk.now).first
    day = PartialDate.of(fact.valid_from).first
    if event not in AGES:
        yield from _tasks(fact, _AFTER[event], desk.days(today, DONE_WITHIN), desk)
        return
    years = AGES[event]
    if desk.days(day, -WARNED_BEFORE) <= today < day:
        yield from _tasks(fact, f"ask_before_{years}", day, desk)
    if day <= today < day + _STILL_ASKED:
        yield from _tasks(fact, f"ask_at_{years}", desk.days(max(day, today), DONE_WITHIN), desk)


def sources_of(fact: Fact) -> str:
    """Return the source that a fact's tasks carry: an undone fact takes them back."""
    return f"life:{fact.id}"


def _tasks(fact: Fact, kind: str, due: date, desk: Desk) -> Iterator[Task]:
    for agency in sorted(desk.agencies(PersonId(str(fact.body["person"])))):
        yield Task(desk.new_id(), sources_of(fact), kind, agency, desk.family, None, desk.now, day_begins(due))
