"""Placing a received referral: with a known family, or as a new one. It can be undone: nothing is re-sealed."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import Connection

from hub.domain.access import Act
from hub.domain.clock import Clock
from hub.domain.errors import ConflictError
from hub.domain.facts import Fact, FactKind, family_chain, person_chain
from hub.domain.ids import AccountId, FactId, FamilyId, IdMaker, PersonId, ReferenceId
from hub.gate.writer import Actor, Writer
from hub.services.deciding import Deciding
from hub.services.setup import MATCHER
from hub.services.telling import Telling
from hub.store.clear import cases, door, merges, proposals, work
from hub.store.session import Transactions

ATTACHED, ACCEPTED = "attached", "accepted"
PLACED = frozenset({ATTACHED, ACCEPTED})
BIRTHDAYS = "birthdays"
"""The worker's job of finding out when the people of a family turn 16 and 18."""


class Placing:
    """Attaches and accepts referrals. Built once by wiring."""

    def __init__(
        self, writer: Writer, clear: Transactions, clock: Clock, ids: IdMaker, front_door: tuple[Deciding, Telling]
    ) -> None:
        """Take the gate's writer, clear rows, and who knows by when a person decides and when it may be told."""
        self._writer, self._clear, self._clock, self._ids = writer, clear, clock, ids
        self._deciding, self._telling = front_door

    def accept(self, by: AccountId, referral: cases.Referral, declined: Collection[str] = ()) -> FamilyId:
        """Let the referral's own provisional family stand as a new one; `declined` are the candidates nobody is.

        ConflictError while it is in quarantine.
        """
        _require_read(referral)

        def rows(connection: Connection) -> None:
            self._decide(connection, referral, ACCEPTED, referral.own_family, by)
            cases.accept_family(connection, self._clear.partnership, referral.own_family)
            proposals.answer(connection, self._clear.partnership, declined, proposals.DECLINED)
            self._look_for_birthdays(connection, referral.own_family)

        now, chain = self._clock(), family_chain(referral.own_family)
        waiting = [f for f in self._writer.standing_facts([chain], now) if f.kind is FactKind.RECEIVED]
        endings = [self._new(chain, fact.kind, fact.body, by, now, fact.id) for fact in waiting]
        self._writer.record(Actor(by), Act.MATCH_CONFIRM, referral.own_family, endings, alongside=rows)
        return referral.own_family

    def attach(
        self,
        by: AccountId,
        referral: cases.Referral,
        target: FamilyId,
        same: Mapping[ReferenceId, PersonId],
        answers: Mapping[str, str] = MappingProxyType({}),
        said: Mapping[ReferenceId, tuple[str, bytes]] = MappingProxyType({}),
    ) -> FamilyId:
        """Place the referral's records in `target`; `same` says which references are people already known there.

        `answers` are candidates -> state, of those about whom this says something; the others go on being asked.
        `said` gives the number of each joining and its sealed reason, when somebody wrote one. ConflictError while the
        referral is in quarantine.
        """
        _require_read(referral)

        def rows(connection: Connection) -> None:
            self._decide(connection, referral, ATTACHED, target, by)
            for state in proposals.ACCEPTED, proposals.DECLINED:
                told = [one for one, said_of in answers.items() if said_of == state]
                proposals.answer(connection, self._clear.partnership, told, state)
            for merge in self._merges(by, referral, target, facts, same, said):
                merges.add(connection, self._clear.partnership, merge)
            self._look_for_birthdays(connection, target)

        facts = self._facts(by, referral.own_family, target, same)
        self._writer.combine(Actor(by), referral.own_family, target, facts, rows)
        return target

    def tell_after_all(self, referral: cases.Referral) -> None:
        """Let a placing be told whose sender took the message back before it was, and sent it again.

        From then on: told as it was to be, or at once, it would say that nobody waited for a person.
        """
        partnership, now = self._clear.partnership, self._clock()
        with self._clear.write() as connection:
            (found,) = door.outcomes(connection, partnership, [referral.id])
            if found.told_at is None and found.withdrawn_at is None:
                told = self._told(connection, referral, MATCHER, now)
                cases.tell_from(connection, partnership, referral, now, told)

    def restricted(self, family: FamilyId) -> bool:
        """Say whether a family is held by a restricted team at this moment."""
        facts = self._writer.standing_facts([family_chain(family)], self._clock())
        return any(fact.kind is FactKind.RESTRICTED for fact in facts)

    def people(self, family: FamilyId) -> frozenset[PersonId]:
        """Return who is in a family at this moment."""
        facts = self._writer.standing_facts([family_chain(family)], self._clock())
        return frozenset(PersonId(str(f.body["person"])) for f in facts if f.kind is FactKind.MEMBERSHIP)

    def _merges(
        self,
        by: AccountId,
        referral: cases.Referral,
        target: FamilyId,
        facts: Sequence[Fact],
        same: Mapping[ReferenceId, PersonId],
        said: Mapping[ReferenceId, tuple[str, bytes]],
    ) -> Iterator[merges.Merge]:
        """Yield one joining per known reference: what was said of the person as known can be unsaid again."""
        ended = {
            ReferenceId(str(fact.body["reference"])): fact
            for fact in facts
            if fact.kind is FactKind.IDENTITY and fact.ends
        }
        for reference, kept in same.items():
            old = ended[reference]
            made = {
                fact.id: old.ends if fact.kind is FactKind.IDENTITY else None
                for fact in facts
                if not fact.ends and _speaks_of(fact, kept, reference)
            }
            id_, reason = said.get(reference, (self._ids.new(), None))
            other = PersonId(old.chain.removeprefix("person:"))
            yield merges.Merge(id_, referral.id, target, kept, other, made, self._clock(), by, reason)

    def _decide(
        self, connection: Connection, referral: cases.Referral, state: str, target: FamilyId, by: AccountId
    ) -> None:
        now, partnership = self._clock(), self._clear.partnership
        told = self._told(connection, referral, by, now)
        if not cases.decide_referral(connection, partnership, referral.id, state, target, by, now, told):
            raise ConflictError("already_decided", where=referral.id, next_step="see_front_door")

    def _told(self, connection: Connection, referral: cases.Referral, by: AccountId, at: datetime) -> datetime:
        due = self._deciding.due(referral, door.events_of(connection, self._clear.partnership, [referral.id]))
        return self._telling.told_at(referral.id, by, at, due)

    def _look_for_birthdays(self, connection: Connection, family: FamilyId) -> None:
        work.post(connection, self._clear.partnership, (self._ids.new(), BIRTHDAYS, family), self._clock())

    def _facts(
        self, by: AccountId, source: FamilyId, target: FamilyId, same: Mapping[ReferenceId, PersonId]
    ) -> list[Fact]:
        """Link the known references to their persons, bring consents and coverage along, make everyone a member."""
        now = self._clock()
        members = [
            fact
            for fact in self._writer.standing_facts([family_chain(source)], now)
            if fact.kind in (FactKind.MEMBERSHIP, FactKind.COVERAGE)
        ]
        chains = [person_chain(PersonId(str(f.body["person"]))) for f in members if f.kind is FactKind.MEMBERSHIP]
        about = self._writer.standing_facts(chains, now)
        becomes = {
            str(fact.body["person"]): same[ReferenceId(str(fact.body["reference"]))]
            for fact in about
            if fact.kind is FactKind.IDENTITY and fact.body["reference"] in same
        }
        facts = [self._moved(fact, becomes, target, by, now) for fact in (*members, *about)]
        endings = [
            self._new(fact.chain, fact.kind, fact.body, by, now, fact.id)
            for fact in about
            if fact.kind is FactKind.IDENTITY and fact.body["reference"] in same
        ]
        return [*endings, *(fact for fact in facts if fact is not None)]

    def _moved(
        self, fact: Fact, becomes: Mapping[str, PersonId], target: FamilyId, by: AccountId, now: datetime
    ) -> Fact | None:
        """Say again, of the person as known in the target family, what was said of the person as sent."""
        if fact.kind is FactKind.COVERAGE:
            return self._new(family_chain(target), fact.kind, fact.body, by, fact.valid_from)
        person = str(fact.body.get("person", fact.chain.removeprefix("person:")))
        known = becomes.get(person)
        if fact.kind is FactKind.MEMBERSHIP:
            body = {**fact.body, "person": known or person}
            return self._new(family_chain(target), fact.kind, body, by, now)
        return None if known is None else self._of_person(_renamed(fact, becomes), known, by, now)

    def _of_person(self, fact: Fact, known: PersonId, by: AccountId, now: datetime) -> Fact | None:
        chain = person_chain(known)
        if fact.kind in (FactKind.CONSENT, FactKind.LIFE):
            said = self._new(chain, fact.kind, fact.body, by, fact.valid_from)
            return replace(said, valid_until=fact.valid_until)
        if fact.kind in (FactKind.IDENTITY, FactKind.SHIELD):
            start = now if fact.kind is FactKind.IDENTITY else fact.valid_from
            return self._new(chain, fact.kind, {**fact.body, "person": known}, by, start)
        return None

    def _new(
        self,
        chain: str,
        kind: FactKind,
        body: Mapping[str, object],
        by: AccountId,
        start: datetime,
        ends: FactId | None = None,
    ) -> Fact:
        return Fact(FactId(self._ids.new()), chain, 0, kind, body, start, None, self._clock(), by, ends)


def _require_read(referral: cases.Referral) -> None:
    """What waits in quarantine nobody has read yet: it is repaired first, and placed as what it then is."""
    if referral.state == "quarantined":
        raise ConflictError("still_quarantined", where=referral.id, next_step="repair_it_first")


def _speaks_of(fact: Fact, kept: PersonId, reference: ReferenceId) -> bool:
    if fact.kind is FactKind.IDENTITY:
        return fact.body["reference"] == reference
    return fact.chain == person_chain(kept) or (fact.kind is FactKind.MEMBERSHIP and fact.body["person"] == kept)


def _renamed(fact: Fact, becomes: Mapping[str, PersonId]) -> Fact:
    """Name everybody a fact speaks of as they are known now: who spoke, who holds parental responsibility."""
    body = dict(fact.body)
    for key in ("given_by", "person"):
        if key in body:
            body[key] = becomes.get(str(body[key]), body[key])
    holders = body.get("holders")
    if isinstance(holders, list | tuple):
        body["holders"] = [becomes.get(str(holder), holder) for holder in holders]
    return replace(fact, body=body)
