"""Strategy discussions: decided, held with who must attend, and then an opening fact that opens what it names.

Law: Children Act 1989 s47; Working Together: at least social care, police and health. INVARIANT: without one of them it
is not held, unless why is written down; and nothing opens before it is held.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from hub.domain.access import Act
from hub.domain.clock import Clock
from hub.domain.errors import ConflictError, InvalidRequestError, NotFoundError
from hub.domain.facts import AGENCIES_CHAIN, FactKind
from hub.domain.ids import AccountId, AgencyId, FamilyId, IdMaker, PersonId
from hub.gate.doorkeeper import Doorkeeper
from hub.gate.writer import Writer
from hub.policy.front_door import FrontDoorRules
from hub.policy.working_days import Calendar
from hub.services import door_tasks
from hub.services.allocations import MANAGERS
from hub.services.family_page import FamilyPages
from hub.services.recording import Opening, Period, Recording
from hub.services.register import moment_words
from hub.services.sealed_words import SealedWords
from hub.store.clear import strategy, work
from hub.store.session import Transactions

OPENING: Final = "strategy_discussion"


@dataclass(frozen=True, slots=True)
class Held:
    """What is recorded of a discussion that was held; `missing` says why somebody who must attend did not."""

    attended: Collection[AgencyId]
    decided: str
    children: Collection[PersonId]
    adults: Collection[PersonId] = ()
    missing: str = ""


@dataclass(frozen=True, slots=True)
class DiscussionLine:
    """One discussion as those who manage the family read it; `came` is None until it was held."""

    id: str
    family: FamilyId
    decided_words: str
    due_words: str
    held_words: str
    why: str
    decided: str
    missing: str
    invited: tuple[AgencyId, ...]
    came: tuple[AgencyId, ...] | None


class Strategy:
    """Decides and records. Built once by wiring."""

    def __init__(  # noqa: PLR0913, PLR0917  what a discussion takes
        self,
        gate: tuple[Writer, Doorkeeper],
        pages: FamilyPages,
        recording: Recording,
        rules: FrontDoorRules,
        words: SealedWords,
        calendar: Calendar,
        clear: Transactions,
        clock: Clock,
        ids: IdMaker,
    ) -> None:
        """Take the gate, what opens families and records decisions, local rules, working days and clear rows."""
        self._writer, self._doorkeeper = gate
        self._pages, self._recording, self.rules, self._words = pages, recording, rules, words
        self._calendar, self._clear, self._clock, self._ids = calendar, clear, clock, ids

    def of(self, by: AccountId, family: FamilyId) -> list[DiscussionLine]:
        """Return the discussions about a family, oldest first, to its manager; the look is entered."""
        self._enter(by, family)
        with self._clear.read() as connection:
            found = strategy.of_family(connection, self._clear.partnership, family)
        return [self._line(one) for one in found]

    def one(self, by: AccountId, discussion: str) -> DiscussionLine:
        """Return one of them; NotFoundError for who does not manage the family."""
        return self._line(self._find(by, discussion))

    def decide(self, by: AccountId, family: FamilyId, invited: Collection[AgencyId], why: str) -> str:
        """Decide that one is held: whoever must attend is asked, whoever else is named too; returns its id.

        Raises:
            InvalidRequestError: why is missing, or an agency is not known.
        """
        who = self._enter(by, family)
        if not why.strip():
            raise InvalidRequestError("reason_missing", where="why")
        if not set(invited) <= self._pages.register().agencies.keys():
            raise InvalidRequestError("unknown_agency", where="invited")
        asked = dict.fromkeys([*invited, *self._first_of_each(), who])
        now, id_ = self._clock(), self._ids.new()
        due = self._calendar.due(now, self.rules.hold_within)
        sealed = self._words.close(id_, {"why": why})
        row = strategy.Discussion(id_, family, now, by, due, sealed, dict.fromkeys(asked))
        with self._clear.write() as connection:
            strategy.add(connection, self._clear.partnership, row)
            for agency in asked:
                task = door_tasks.discussion(id_, family, agency, (now, due), self._ids.new(), own=agency == who)
                work.add_task(connection, self._clear.partnership, task)
        return id_

    def hold(self, by: AccountId, discussion: str, held: Held) -> None:
        """Record that it was held, with who came: from now on it opens what the agreements say, for who it names.

        Raises:
            InvalidRequestError: somebody who must attend did not, and why is not written; or nothing was decided.
            ConflictError: it was recorded before.
        """
        found = self._find(by, discussion)
        if found.held_at is not None:
            raise ConflictError("held_already", where=discussion, next_step="see_family")
        if not held.decided.strip():
            raise InvalidRequestError("decision_missing", where="decided")
        if not set(held.attended) <= found.invited.keys():
            raise InvalidRequestError("unknown_agency", where="attended")
        if self.missing(held.attended) and not held.missing.strip():
            raise InvalidRequestError("required_missing", where="missing", next_step="say_why_or_hold_it_again")
        own, now = self._pages.agency_of(by), self._clock()
        evidence = f"Strategy discussion of {moment_words(now)}. {held.decided} {held.missing}".strip()
        opening = Opening(OPENING, own, tuple(held.children), tuple(held.adults), evidence=evidence)
        self._recording.open(by, found.family, opening, Period(now))
        sealed = self._words.close(f"held/{found.id}", {"decided": held.decided, "missing": held.missing})
        with self._clear.write() as connection:
            self._keep(connection, found, held, by, sealed)

    def missing(self, attended: Collection[AgencyId]) -> tuple[str, ...]:
        """Return the functions that must attend and did not, in words."""
        kinds = self._kinds()
        came = {kinds.get(agency, "") for agency in attended}
        return tuple(one.words for one in self.rules.required.values() if not one.kinds & came)

    def _keep(
        self, connection: Connection, found: strategy.Discussion, held: Held, by: AccountId, sealed: bytes
    ) -> None:
        now, partnership = self._clock(), self._clear.partnership
        if not strategy.hold(connection, partnership, found.id, held.attended, by, now, sealed):
            raise ConflictError("held_already", where=found.id, next_step="see_family")
        work.finish_tasks_from(connection, partnership, door_tasks.source_of_discussion(found.id), by, now)

    def _first_of_each(self) -> list[AgencyId]:
        """Return, for each function that must attend, the agencies that bring it when there is only one."""
        kinds = self._kinds()
        able = [[agency for agency, kind in kinds.items() if kind in one.kinds] for one in self.rules.required.values()]
        return [agencies[0] for agencies in able if len(agencies) == 1]

    def _kinds(self) -> dict[AgencyId, str]:
        facts = self._writer.standing_facts([AGENCIES_CHAIN], self._clock())
        found = [fact.body for fact in facts if fact.kind is FactKind.AGENCY]
        return {AgencyId(str(body["agency"])): str(body["kind"]) for body in found}

    def _enter(self, by: AccountId, family: FamilyId) -> AgencyId:
        self._pages.enter(by, family)
        return AgencyId(self._doorkeeper.let_in(by, Act.STRATEGY_RECORD, MANAGERS, family=family).agency)

    def _find(self, by: AccountId, discussion: str) -> strategy.Discussion:
        with self._clear.read() as connection:
            found = strategy.find(connection, self._clear.partnership, discussion)
        if found is None:
            raise NotFoundError(where=discussion)
        self._enter(by, found.family)
        return found

    def _line(self, found: strategy.Discussion) -> DiscussionLine:
        held = self._words.open(f"held/{found.id}", found.held_sealed)
        came = tuple(agency for agency, attended in found.invited.items() if attended)
        return DiscussionLine(
            found.id,
            found.family,
            moment_words(found.decided_at),
            moment_words(found.due_at),
            moment_words(found.held_at) if found.held_at else "",
            self._words.open(found.id, found.sealed).get("why", ""),
            held.get("decided", ""),
            held.get("missing", ""),
            tuple(found.invited),
            came if found.held_at else None,
        )
