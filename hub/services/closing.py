"""Closing a family, and opening it again: with an outcome, who was told, and whether the family was.

Access ends with that day, for everybody: the last day counts in full, as on every other form of the hub, so that a last
entry and a letter can still be written. Reopening keeps the history; the manager who reopens is named as holder.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from hub.domain.access import Act
from hub.domain.clock import Clock
from hub.domain.errors import ConflictError, InvalidRequestError
from hub.domain.facts import Fact, FactKind, family_chain
from hub.domain.ids import AccountId, AgencyId, FamilyId, IdMaker
from hub.domain.life import day_begins
from hub.domain.partial_date import PartialDate
from hub.gate.doorkeeper import Doorkeeper
from hub.gate.finder import Finder
from hub.gate.writer import Actor, Writer
from hub.policy.programme import CaseworkRules
from hub.services import owners
from hub.services.allocations import MANAGERS, Allocations, source_of
from hub.services.recording import Period
from hub.services.register import day_words
from hub.services.sealed_words import SealedWords
from hub.store.clear import cases, closings, work
from hub.store.session import Transactions

CLOSING: Final = "family_closing"
_NOTED_WITHIN: Final = timedelta(days=3)
_OF_THEIR_OWN: Final = frozenset({"holder_decision", "emergency"})
"""Openings that speak of single items, or end by themselves: they do not keep a family open."""


@dataclass(frozen=True, slots=True)
class Closed:
    """What a manager says on closing; `told_family` is "yes" with a day, or "no" with the reason in `why_not`."""

    outcome: str
    reason: str
    told: Sequence[AgencyId]
    told_family: str
    day: date | None = None
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class PriorLine:
    """One earlier closing, as the manager reads it: outcome, when, who was told, when it was reopened."""

    family: FamilyId
    reference: str
    when_words: str
    outcome: str
    told: tuple[AgencyId, ...]
    family_words: str
    reopened_words: str


class Closings:
    """Closes and reopens through the gate, which decides who may. Built once by wiring."""

    def __init__(
        self,
        gate: tuple[Writer, Finder, Doorkeeper],
        allocations: Allocations,
        rules: CaseworkRules,
        words: SealedWords,
        clear: Transactions,
        clock: Clock,
        ids: IdMaker,
    ) -> None:
        """Take the gate, the allocations, the closed list of outcomes, what seals words, and clear rows."""
        self._writer, self._finder, self._doorkeeper = gate
        self._allocations, self._rules, self._words = allocations, rules, words
        self._clear, self._clock, self._ids = clear, clock, ids

    @property
    def outcomes(self) -> dict[str, str]:
        """The outcomes that can be chosen: code -> words."""
        return {code: words for code, (words, _) in self._rules.closing_outcomes.items()}

    def prior(self, by: AccountId, family: FamilyId) -> list[PriorLine]:
        """Return the earlier closings of a family, oldest first; the look is entered."""
        self._allocations.require_manager(by, family)
        self._doorkeeper.let_in(by, Act.FAMILY_CLOSE, MANAGERS, family=family)
        with self._clear.read() as connection:
            found = closings.history(connection, self._clear.partnership, family)
        return self._lines(found)

    def closed(self, by: AccountId) -> list[PriorLine]:
        """Return the families that are closed, newest first, without those that are shut to this manager."""
        self._doorkeeper.let_in(by, Act.FAMILY_REOPEN, MANAGERS)
        with self._clear.read() as connection:
            found = closings.closed(connection, self._clear.partnership)
        return self._lines([one for one in found if not self._finder.standing(by, one.family).shut])

    def close(self, by: AccountId, family: FamilyId, said: Closed) -> None:
        """Close a family: everybody's access ends with this day, and each of them is told by a task.

        Raises:
            InvalidRequestError: something is not said, a decision still stands, or it is closed already.
        """
        self._allocations.require_manager(by, family)
        self._require_said(said)
        facts, now = self._writer.dated_facts([family_chain(family)]), self._clock()
        if any(_keeps_open(fact, now) for fact in facts):
            raise InvalidRequestError("decision_stands", where="outcome", next_step="end the decision first")
        ends = day_begins(PartialDate.of(now).first + timedelta(days=1))
        standing, offers = owners.allocations(facts, now), self._allocations.offers(family)
        last = [fact for fact in standing if fact.valid_until is None or fact.valid_until > ends]
        endings = [self._allocations.ending(by, family, one, max(ends, one.valid_from)) for one in last]
        endings += [self._allocations.ending(by, family, one, now) for one in offers]
        written = {"told": " ".join(said.told), "day": said.day.isoformat() if said.day else "", "why": said.why_not}
        id_ = self._ids.new()
        sealed, told = self._words.close(id_, written), said.told_family == "yes"
        row = closings.Closing(id_, family, said.outcome, now, by, ends, told, sealed)
        asked = [self._told(one, row) for one in standing if owners.worker_of(one) != by]

        def rows(connection: Connection) -> None:
            if closings.standing(connection, self._clear.partnership, family) is not None:
                raise ConflictError("closed_already", where=family, next_step="see_family")
            closings.add(connection, self._clear.partnership, row)
            for task in asked:
                work.add_task(connection, self._clear.partnership, task)
            for one in offers:
                work.finish_tasks_from(connection, self._clear.partnership, source_of(one.id), by, now)

        note = self._allocations.note(by, said.reason)
        self._writer.record(Actor(by), Act.FAMILY_CLOSE, family, endings, records=[note], alongside=rows)

    def reopen(self, by: AccountId, family: FamilyId, why: str) -> None:
        """Open a closed family again: what was recorded is all there, and the manager holds it from now on."""
        self._allocations.require_manager(by, family)
        if not why.strip():
            raise InvalidRequestError("reason_missing", where="reason")
        with self._clear.read() as connection:
            found = closings.standing(connection, self._clear.partnership, family)
        if found is None:
            raise InvalidRequestError("not_closed", where="reason", next_step="see_family")
        now = self._clock()
        body = {"account": by, "capacity": "co_allocated", "lead": "yes", "works_with": []}
        holder = self._allocations.fact(by, family, FactKind.ALLOCATION, body, Period(now))
        sealed = self._words.close(found.id, {"why": why})

        def rows(connection: Connection) -> None:
            if not closings.reopen(connection, self._clear.partnership, found.id, by, now, sealed):
                raise ConflictError("reopened_already", where=family, next_step="see_family")

        note = self._allocations.note(by, why)
        self._writer.record(Actor(by), Act.FAMILY_REOPEN, family, [holder], records=[note], alongside=rows)

    def _require_said(self, said: Closed) -> None:
        if said.outcome not in self._rules.closing_outcomes:
            raise InvalidRequestError("unknown_outcome", where="outcome")
        if not said.reason.strip():
            raise InvalidRequestError("reason_missing", where="reason")
        today = PartialDate.of(self._clock()).first
        told = said.told_family == "yes" and said.day is not None and said.day <= today
        if not told and not (said.told_family == "no" and said.why_not.strip()):
            raise InvalidRequestError("told_or_why_not", where="told_family", next_step="say_when_or_why_not")

    def _told(self, allocation: Fact, row: closings.Closing) -> work.Task:
        """Tell one worker that their view ends tonight: a task of their own, which names nobody."""
        worker = owners.worker_of(allocation)
        agency, source = AgencyId(self._finder.standing(worker).agency), f"closing/{row.id}/{worker}"
        due = row.ends_at + _NOTED_WITHIN
        return work.Task(self._ids.new(), source, CLOSING, agency, row.family, None, row.closed_at, due, worker, row.id)

    def _lines(self, found: Sequence[closings.Closing]) -> list[PriorLine]:
        with self._clear.read() as connection:
            rows = cases.find_families(connection, self._clear.partnership, {one.family for one in found})
        references = {row.id: row.reference for row in rows}
        return [self._line(one, references[one.family]) for one in found]

    def _line(self, one: closings.Closing, reference: str) -> PriorLine:
        said = self._words.open(one.id, one.sealed)
        told = tuple(AgencyId(agency) for agency in said.get("told", "").split())
        day = date.fromisoformat(said["day"]) if said.get("day") else None
        family = f"told on {PartialDate(day).in_words()}" if day else f"not told: {said.get('why', '')}"
        words = self.outcomes.get(one.outcome, one.outcome)
        again = f"Reopened on {day_words(one.reopened_at)}" if one.reopened_at else ""
        return PriorLine(one.family, reference, day_words(one.closed_at), words, told, family, again)


def _keeps_open(fact: Fact, now: datetime) -> bool:
    """A child protection plan, an enquiry or proceedings that stand are ended first: nobody closes over them."""
    lasts = fact.valid_until is None or now < fact.valid_until
    return fact.kind is FactKind.OPENING and lasts and fact.body.get("opening") not in _OF_THEIR_OWN
