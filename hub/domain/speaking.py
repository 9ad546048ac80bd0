"""Which words about sharing still count on a day, given what happened in the lives of those who spoke. Pure.

A parent's yes for a child is nobody's word any more from the child's 16th birthday (or competence), always from the
18th; a parent whose responsibility an order ended does not speak. Whoever loses capacity keeps the decisions they made
and makes no new yes. Nothing survives a death as consent. A no never lapses by itself: only a later word undoes it.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from hub.domain.facts import Fact, FactKind, in_force, person_chain
from hub.domain.ids import PersonId
from hub.domain.life import LifeEvent

PARENT: Final = "parental_responsibility"
CAPACITIES: Final = frozenset({"", "adult", "gillick", PARENT, "unable"})
_YES: Final = frozenset({"given", "given_with_conditions"})
_CHILDRENS_LAW: Final = frozenset(
    {"strategy_discussion", "s47_enquiry", "child_protection_plan", "pre_proceedings", "care_proceedings"}
)
"""Openings that can concern a person as a child only: under 18 (Children Act 1989 s105(1))."""


class Lives:
    """The life events of a family's people; every answer is as of an instant."""

    def __init__(self, facts: Iterable[Fact]) -> None:
        """Take dated facts; an event that nobody knows raises ValueError."""
        self._events: dict[tuple[str, LifeEvent], list[Fact]] = {}
        for fact in facts:
            if fact.kind is FactKind.LIFE:
                self._events.setdefault((fact.chain, LifeEvent(str(fact.body["event"]))), []).append(fact)

    def counts(self, word: Fact, at: datetime) -> bool:
        """Say whether a recorded word about sharing counts then; a yes that does not say who spoke how raises."""
        said, subject, capacity = word.valid_from, word.chain, self.capacity(word)
        if word.body["status"] not in _YES:
            return capacity != PARENT or self._parent_speaks(subject, str(word.body.get("given_by", "")), said)
        giver = _giver(word)
        if self._had(subject, LifeEvent.DEATH, at) or capacity == "unable":
            return False
        if capacity == PARENT:
            return self._parent_speaks(subject, giver, said) and self._parent_speaks(subject, giver, at)
        if giver and person_chain(PersonId(giver)) != subject:
            return self._holds(subject, LifeEvent.SPOKEN_FOR, giver, said)
        return not self._had(subject, LifeEvent.INCAPABLE, said)

    def answers_for(self, child: PersonId, parent: PersonId, at: datetime) -> bool:
        """Say whether a recorded order in force names this person as one who answers for the child, who does not yet.

        Deny by default: parental responsibility that nobody recorded is not one the hub acts on.
        """
        subject = person_chain(child)
        return self._holds(subject, LifeEvent.ORDER, parent, at) and self._parent_speaks(subject, parent, at)

    def capacity(self, word: Fact) -> str:
        """Return in which capacity a word was said: under 16, what is not said to be the child's own is a parent's."""
        said = str(word.body.get("capacity", ""))
        if said not in CAPACITIES:
            raise ValueError("capacity")
        turns = self._events.get((word.chain, LifeEvent.TURNS_16), ())
        young = any(fact.valid_until != fact.valid_from and word.valid_from < fact.valid_from for fact in turns)
        return PARENT if young and said in {"", "adult"} else said

    def opens(self, opening: str, child: PersonId, at: datetime) -> bool:
        """Say whether an opening can still concern somebody whom it names as a child."""
        return opening not in _CHILDRENS_LAW or not self._had(person_chain(child), LifeEvent.TURNS_18, at)

    def _parent_speaks(self, subject: str, giver: str, at: datetime) -> bool:
        own = self._had(subject, LifeEvent.TURNS_16, at) or self._had(subject, LifeEvent.COMPETENT, at)
        if self._had(subject, LifeEvent.TURNS_18, at) or (own and not self._had(subject, LifeEvent.INCAPABLE, at)):
            return False
        if giver and self._had(person_chain(PersonId(giver)), LifeEvent.DEATH, at):
            return False
        ordered = self._had(subject, LifeEvent.ORDER, at)
        return not ordered or self._holds(subject, LifeEvent.ORDER, giver, at)

    def _holds(self, subject: str, event: LifeEvent, giver: str, at: datetime) -> bool:
        """Say whether the newest order or appointment names this giver."""
        stood = self._had(subject, event, at)
        holders = stood[-1].body["holders"] if stood else ()
        return isinstance(holders, list | tuple) and giver in holders

    def _had(self, subject: str, event: LifeEvent, at: datetime) -> list[Fact]:
        found = [fact for fact in self._events.get((subject, event), ()) if in_force(fact, at)]
        return sorted(found, key=lambda fact: (fact.valid_from, fact.recorded_at, fact.number))


def _giver(word: Fact) -> str:
    """Return who spoke: a word says who and in which capacity, or (older ones, and messages) neither."""
    if ("given_by" in word.body) != ("capacity" in word.body):
        raise KeyError("given_by")
    return str(word.body.get("given_by", ""))
