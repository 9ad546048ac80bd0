"""Ties between workers and families, and families that a restricted team holds: declared, listed, ended."""

from collections.abc import Mapping
from dataclasses import dataclass

from hub.domain.access import Act
from hub.domain.clock import Clock
from hub.domain.errors import AccessRefusedError, InvalidRequestError
from hub.domain.facts import Fact, FactKind, account_chain, family_chain
from hub.domain.ids import AccountId, FactId, FamilyId, IdMaker
from hub.gate.finder import Finder, Standing
from hub.gate.writer import Actor, Writer

OVERSEERS = frozenset({"team_manager", "ig_officer"})


@dataclass(frozen=True, slots=True)
class Tie:
    """One declared tie, as whoever oversees it reads it."""

    id: FactId
    account: AccountId
    tie: str
    since: str


class Conflicts:
    """Records through the gate, which decides who may. Built once by wiring."""

    def __init__(self, writer: Writer, finder: Finder, clock: Clock, ids: IdMaker) -> None:
        """Take the gate's writer and finder."""
        self._writer, self._finder, self._clock, self._ids = writer, finder, clock, ids

    def enter(self, by: AccountId, family: FamilyId) -> Standing:
        """Return how this account stands; AccessRefusedError, as for a family that is not there, when shut out."""
        who = self._finder.standing(by, family)
        if who.shut or not (who.relationships or who.role in OVERSEERS):
            raise AccessRefusedError("no_relationship", where=family)
        return who

    def require_overseer(self, by: AccountId, family: FamilyId) -> None:
        """Return silently for a manager or an IG officer; else the family has no such page."""
        if self.enter(by, family).role not in OVERSEERS:
            raise AccessRefusedError("role_may_not_record", where=family)

    def declare(self, by: AccountId, family: FamilyId, worker: AccountId, tie: str) -> FactId:
        """Declare that a worker is tied to the family; from the next request on they read nothing of it.

        The tie is the person's: it holds in every role they sign in with, now and later.
        """
        fact = self._fact(by, family, FactKind.CONFLICT, {"account": self._person(worker), "tie": tie})
        self._writer.record(Actor(by), Act.CONFLICT_RECORD, family, [fact])
        return fact.id

    def restrict(self, by: AccountId, family: FamilyId, desk: str) -> FactId:
        """Give a family (one of the staff, say) to a restricted team: nobody else enters from the next request on."""
        fact = self._fact(by, family, FactKind.RESTRICTED, {"desk": desk})
        self._writer.record(Actor(by), Act.FAMILY_RESTRICT, family, [fact])
        return fact.id

    def end(self, by: AccountId, family: FamilyId, fact: FactId) -> None:
        """End a tie or a restriction that stands; InvalidRequestError when there is none by that id."""
        found = next((one for one in self._standing(family) if one.id == fact), None)
        if found is None:
            raise InvalidRequestError("nothing_to_end", where=fact, next_step="see_family")
        ending = self._fact(by, family, found.kind, found.body, ends=found.id)
        act = Act.CONFLICT_RECORD if found.kind is FactKind.CONFLICT else Act.FAMILY_RESTRICT
        self._writer.record(Actor(by), act, family, [ending])

    def ties(self, family: FamilyId) -> tuple[Tie, ...]:
        """Return the ties that stand, for those who oversee them."""
        return tuple(
            Tie(fact.id, AccountId(str(fact.body["account"])), str(fact.body["tie"]), f"{fact.valid_from:%Y-%m-%d}")
            for fact in self._standing(family)
            if fact.kind is FactKind.CONFLICT
        )

    def held_by(self, family: FamilyId) -> tuple[tuple[FactId, str], ...]:
        """Return the restrictions that stand: (id, desk)."""
        standing = self._standing(family)
        return tuple((fact.id, str(fact.body["desk"])) for fact in standing if fact.kind is FactKind.RESTRICTED)

    def _person(self, worker: AccountId) -> AccountId:
        said = self._writer.standing_facts([account_chain(worker)], self._clock())
        logins = [fact.body.get("login") for fact in said if fact.kind is FactKind.ACCOUNT]
        return AccountId(str(logins[-1])) if logins and logins[-1] else worker

    def _standing(self, family: FamilyId) -> tuple[Fact, ...]:
        return self._writer.standing_facts([family_chain(family)], self._clock())

    def _fact(
        self,
        by: AccountId,
        family: FamilyId,
        kind: FactKind,
        body: Mapping[str, object],
        ends: FactId | None = None,
    ) -> Fact:
        now = self._clock()
        return Fact(FactId(self._ids.new()), family_chain(family), 0, kind, body, now, None, now, by, ends)
