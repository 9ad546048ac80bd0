"""Emergency access: a family that is not the reader's, opened by its reference, for a short time, and always reviewed.

It is a purpose with rules of its own (design section 4.8). It lasts at most eight hours, is narrower than the record,
beats no prohibition, and is reviewed within one working day by somebody else.
INVARIANT: a reference that does not exist, one that is shut to this reader and one that waits answer alike.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import Connection

from hub.domain.access import Act
from hub.domain.clock import Clock
from hub.domain.errors import ConflictError, InvalidRequestError, NotFoundError
from hub.domain.facts import Fact, FactKind, family_chain
from hub.domain.ids import AccountId, AgencyId, FactId, FamilyId, IdMaker
from hub.gate.doorkeeper import Doorkeeper
from hub.gate.finder import Finder, Standing
from hub.gate.policybook import PolicyBook
from hub.gate.writer import Actor, Writer
from hub.policy.working_days import Calendar
from hub.services.members import members
from hub.services.register import moment_words
from hub.services.sealed_words import SealedWords
from hub.services.tasks import OVERSEERS
from hub.store.clear import cases, duties, emergencies, work
from hub.store.session import Transactions

LONGEST = timedelta(hours=8)
OUTCOMES: Final = ("justified", "training", "breach")
READER = "emergency_reader"
PURPOSE = "emergency"


@dataclass(frozen=True, slots=True)
class Need:
    """Why the family is opened now: who is in what danger, and why it cannot wait. `hours` is from 1 to 8."""

    reference: str
    danger: str
    reason: str
    hours: int = 8


@dataclass(frozen=True, slots=True)
class StandingAccess:
    """One access whose time runs, as every page of its reader says."""

    id: str
    family: FamilyId
    reference: str
    ends_words: str


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """What whoever reviews reads: who opened which family, when, until when, and what was written."""

    account: AccountId
    reference: str
    started_words: str
    ended_words: str
    danger: str
    reason: str


class Emergencies:
    """Opens, ends and reviews emergency accesses. Built once by wiring."""

    def __init__(
        self,
        gate: tuple[Writer, Finder, Doorkeeper, PolicyBook],
        words: SealedWords,
        calendar: Calendar,
        clear: Transactions,
        clock: Clock,
        ids: IdMaker,
    ) -> None:
        """Take the gate's parts, what seals words, working days and clear rows."""
        self._writer, self._finder, self._doorkeeper, self._policy = gate
        self._words, self._calendar, self._clear, self._clock, self._ids = words, calendar, clear, clock, ids

    def roles(self) -> frozenset[str]:
        """Return who may open a family in an emergency, as the gateways in force say."""
        return self._policy.foundations.gateways.openings[PURPOSE].recorded_by

    def open(self, account: AccountId, need: Need) -> FamilyId:
        """Open a family for this account alone; everything that refuses it answers alike.

        Raises:
            InvalidRequestError: something is not said.
            AccessRefusedError, NotFoundError: not for this role, or not for this reader, or there is none.
            ConflictError: one is open already.
        """
        _require_said(need)
        who = self._doorkeeper.let_in(account, Act.EMERGENCY_OPEN, self.roles(), purpose=PURPOSE)
        family = self._named(need.reference)
        if any(one.family == family for one in self.standing(account)):
            raise ConflictError("emergency_stands", where=family, next_step="see_family")
        self._record(account, AgencyId(who.agency), family, need)
        if READER not in self._finder.standing(account, family).relationships:
            raise NotFoundError(where=family)
        return family

    def standing(self, account: AccountId) -> list[StandingAccess]:
        """Return this account's accesses that open something at this moment."""
        now = self._clock()
        with self._clear.read() as connection:
            found = emergencies.standing(connection, self._clear.partnership, account, now)
            wanted = {one.family for one in found}
            families = cases.find_families(connection, self._clear.partnership, wanted) if wanted else []
        references = {family.id: family.reference for family in families}
        return [
            StandingAccess(one.id, one.family, references[one.family], moment_words(one.ends_at))
            for one in found
            if READER in self._finder.standing(account, one.family).relationships
        ]

    def end(self, account: AccountId, access: str) -> None:
        """End one's own access before its time; it opens nothing from now on."""
        with self._clear.read() as connection:
            found = emergencies.find(connection, self._clear.partnership, access)
        if found is None or found.account != account:
            raise NotFoundError(where=access)
        now, chain = self._clock(), family_chain(found.family)
        current = self._writer.standing_facts([chain], now)
        opened = next((fact for fact in current if fact.id == access), None)
        if opened is None:
            raise NotFoundError(where=access)
        ending = Fact(
            FactId(self._ids.new()), chain, 0, opened.kind, opened.body, now, None, now, account, FactId(access)
        )

        def note(connection: Connection) -> None:
            emergencies.end(connection, self._clear.partnership, access, now)

        self._writer.record(Actor(account), Act.EMERGENCY_END, found.family, [ending], alongside=note)

    def review_page(self, account: AccountId, access: str) -> ReviewPage:
        """Return what is to be reviewed, after entering that it was read; never to the reader of that access."""
        found, _ = self._to_review(account, access)
        said = self._words.open(found.id, found.sealed)
        with self._clear.read() as connection:
            families = cases.find_families(connection, self._clear.partnership, [found.family])
        return ReviewPage(
            found.account,
            families[0].reference,
            moment_words(found.started_at),
            moment_words(found.ended_at or found.ends_at),
            said.get("danger", ""),
            said.get("reason", ""),
        )

    def review(self, account: AccountId, access: str, outcome: str, note: str) -> None:
        """Keep what the review found: justified, training or breach, with its reasons; its task is done by that."""
        if outcome not in OUTCOMES or not note.strip():
            raise InvalidRequestError("review_incomplete", where="note")
        found, _ = self._to_review(account, access)
        now, id_ = self._clock(), self._ids.new()
        sealed = self._words.close(found.id, {"note": note})
        event = self._words.close(id_, {"note": f"Outcome: {outcome}."})
        with self._clear.write() as connection:
            kept = emergencies.Review(found.id, account, now, outcome, sealed)
            if not emergencies.review(connection, self._clear.partnership, kept):
                raise ConflictError("reviewed_already", where=access, next_step="see_tasks")
            task = duties.task_about(connection, self._clear.partnership, "review_emergency", found.id)
            if task is not None:
                done = duties.TaskEvent(id_, task.id, duties.DONE, now, account, event)
                duties.done(connection, self._clear.partnership, done)

    def _named(self, reference: str) -> FamilyId:
        with self._clear.read() as connection:
            family = cases.find_reference(connection, self._clear.partnership, reference.strip().upper())
        if family is None or family.provisional:
            raise NotFoundError
        return family.id

    def _record(self, account: AccountId, agency: AgencyId, family: FamilyId, need: Need) -> None:
        now, id_ = self._clock(), FactId(self._ids.new())
        facts = self._writer.standing_facts([family_chain(family)], now)
        children, adults = members(facts)
        if not children:
            raise NotFoundError(where=family)  # a family of adults only: no rule of an emergency opens it
        named = {"children": list(children), "adults": list(adults), "items": [], "recipient": ""}
        body = {"opening": PURPOSE, "agency": agency, "review": "", **named}
        until = now + timedelta(hours=need.hours)
        fact = Fact(id_, family_chain(family), 0, FactKind.OPENING, body, now, until, now, account)
        due = self._calendar.due(now, "P1D")
        said = self._words.close(id_, {"danger": need.danger, "reason": need.reason})
        row = emergencies.EmergencyAccess(id_, family, agency, account, now, until, due, said)
        task = work.Task(
            self._ids.new(), f"emergency/{id_}", "review_emergency", agency, family, None, now, due, account, id_
        )

        def rows(connection: Connection) -> None:
            emergencies.add(connection, self._clear.partnership, row)
            work.add_task(connection, self._clear.partnership, task)

        act = Act.EMERGENCY_OPEN
        self._writer.record(Actor(account), act, family, [fact], purpose=PURPOSE, alongside=rows)

    def _to_review(self, account: AccountId, access: str) -> tuple[emergencies.EmergencyAccess, Standing]:
        who = self._finder.standing(account)
        with self._clear.read() as connection:
            found = emergencies.find(connection, self._clear.partnership, access)
        if found is None or found.agency != who.agency or found.account == account or found.reviewed_at is not None:
            raise NotFoundError(where=access)
        return found, self._doorkeeper.let_in(account, Act.EMERGENCY_REVIEW, OVERSEERS, family=found.family)


def _require_said(need: Need) -> None:
    for name, value in (("reference", need.reference), ("danger", need.danger), ("reason", need.reason)):
        if not value.strip():
            raise InvalidRequestError(f"{name}_missing", where=name)
    if not timedelta(0) < timedelta(hours=need.hours) <= LONGEST:
        raise InvalidRequestError("emergency_too_long", where="hours", next_step="at_most_8_hours")
