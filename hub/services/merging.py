"""Two people who turn out to be one are joined, and taken apart again when that was wrong.

Nothing is re-sealed and nothing is erased: who a sender's reference is, is a dated fact. What was said of the one is
said again of the other, and a row keeps by which facts, so that exactly those end when the two are taken apart.
INVARIANT: only people whom matching proposed are joined, with a reason: by the person who decides on the waiting
referral, or by a manager where an amendment names somebody in a family that is a team's by then; nobody protected is.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from hub.domain.access import Act
from hub.domain.clock import Clock
from hub.domain.errors import ConflictError, InvalidRequestError, NotFoundError
from hub.domain.facts import Fact, FactKind, family_chain, person_chain
from hub.domain.ids import AccountId, FactId, FamilyId, IdMaker, PersonId
from hub.gate.doorkeeper import Doorkeeper
from hub.gate.finder import Finder
from hub.gate.writer import Actor, Writer
from hub.services.merge_facts import Scribe, apart, joined
from hub.services.new_identities import ON_DUTY
from hub.services.opening_decisions import source_of
from hub.services.placing import BIRTHDAYS
from hub.services.register import moment_words
from hub.services.sealed_words import SealedWords
from hub.store.clear import cases, merges, proposals, work
from hub.store.session import Transactions

AT_THE_DOOR: Final = frozenset({"on_duty_front_door", "front_door_staff"})
MAY_TAKE_APART: Final = frozenset({"team_manager"})


@dataclass(frozen=True, slots=True)
class MergePage:
    """One joining as whoever may take it apart reads it."""

    merge: merges.Merge
    reference: str
    when: str
    when_apart: str
    reason: str
    reason_apart: str
    may_take_apart: bool


class Merging:
    """Joins, lists and takes apart. Built once by wiring."""

    def __init__(
        self,
        gate: tuple[Writer, Finder, Doorkeeper],
        words: SealedWords,
        clear: Transactions,
        clock: Clock,
        ids: IdMaker,
    ) -> None:
        """Take the gate's parts, what seals reasons, and clear rows."""
        self._writer, self._finder, self._doorkeeper = gate
        self._words, self._clear, self._clock, self._ids = words, clear, clock, ids

    def merge(
        self, by: AccountId, referral: cases.Referral, kept: PersonId, other: PersonId, reason: str
    ) -> merges.Merge:
        """Join two people whom the hub knew as two: from the next request on `other` is `kept`.

        The caller has seen that matching proposed both for one reference of this waiting referral, or the one for the
        other, whom an amendment of this placed referral named. AccessRefusedError, entered, when whoever asks may place
        nobody there; ConflictError when `other` is joined already.
        """
        if not reason.strip() or kept == other:
            raise InvalidRequestError("reason_missing" if kept != other else "same_person", where="reason")
        now = self._clock()
        theirs = self._writer.standing_facts([person_chain(other)], now)
        families = self._families_of(theirs)
        if not families:
            raise ConflictError("already_joined", where=referral.id, next_step="see_front_door")
        scribe = Scribe(by, now, self._ids.new)
        facts, made = joined(scribe, kept, other, theirs, self._of_families(families))
        id_ = self._ids.new()
        sealed = self._words.close(id_, {"reason": reason})
        merge = merges.Merge(id_, referral.id, min(families), kept, other, made, now, by, sealed)

        def rows(connection: Connection) -> None:
            if merges.standing_of(connection, self._clear.partnership, other):
                raise ConflictError("already_joined", where=referral.id, next_step="see_front_door")
            merges.add(connection, self._clear.partnership, merge)
            self._after(connection, by, families, facts)

        self._writer.combine(Actor(by), referral.family, referral.family, facts, rows)
        return merge

    def unmerge(self, by: AccountId, id_: str, reason: str) -> None:
        """Take two people apart again: each has what was said of them before, and a no since then is a no of both.

        A manager does it at any time; who decides on the referral, while it waits; the named desk, where somebody in it
        is shielded by now: both are then, until the desk says who of them it is. ConflictError when it was done
        already, or when `kept` was joined with somebody else since: that goes first.
        """
        if not reason.strip():
            raise InvalidRequestError("reason_missing", where="reason")
        merge, waiting = self._find(by, id_)
        now, places = self._clock(), self._places(merge)
        facts = apart(Scribe(by, now, self._ids.new), merge, self._known(merge, places))
        sealed = self._words.close(merge.id, {"reason": reason})

        def rows(connection: Connection) -> None:
            if not merges.take_apart(connection, self._clear.partnership, merge.id, by, now, sealed):
                raise ConflictError("taken_apart_already", where=merge.id, next_step="see_merges")
            if waiting is not None:
                proposals.reopen(connection, self._clear.partnership, merge.referral, merge.other)
            self._after(connection, by, places, facts)

        source = waiting.own_family if waiting is not None else merge.family
        self._writer.combine(Actor(by), source, source, facts, rows)

    def listed(self, account: AccountId) -> list[MergePage]:
        """Return the newest joinings that this account may hear of, after entering that it looked."""
        self._doorkeeper.let_in(account, Act.MERGE_READ, AT_THE_DOOR | MAY_TAKE_APART, purpose="front_door")
        with self._clear.read() as connection:
            found = merges.newest(connection, self._clear.partnership)
        return self._pages(account, self._heard_of(account, found))

    def page(self, account: AccountId, id_: str) -> MergePage:
        """Return one joining with its reasons, after entering that it was read."""
        merge, _ = self._find(account, id_)
        (page,) = self._pages(account, [merge])
        return page

    def _find(self, account: AccountId, id_: str) -> tuple[merges.Merge, cases.Referral | None]:
        """Return the joining, and its referral while that still waits; whoever may not hear of it gets no such page."""
        may = AT_THE_DOOR | MAY_TAKE_APART
        self._doorkeeper.let_in(account, Act.MERGE_READ, may, purpose="front_door", selection={"merge": id_})
        with self._clear.read() as connection:
            merge = merges.find(connection, self._clear.partnership, id_)
            referral = (
                None if merge is None else cases.find_referral(connection, self._clear.partnership, merge.referral)
            )
        if merge is None or not self._heard_of(account, [merge]):
            raise NotFoundError(where=id_)
        waits = referral is not None and referral.state in cases.UNDECIDED
        return merge, referral if waits else None

    def _heard_of(self, account: AccountId, found: Sequence[merges.Merge]) -> list[merges.Merge]:
        """Return those that this account may hear of: no family of theirs is shut, and nobody in them is shielded.

        Of who is shielded the named desk hears, which alone can undo it; a family that a restricted team holds is shut
        to everybody off its desk.
        """
        shut = {one for one in {merge.family for merge in found} if self._finder.standing(account, one).shut}
        shielded = self._shielded(found) if not self._at_the_desk(account) else frozenset[PersonId]()
        return [one for one in found if one.family not in shut and not {one.kept, one.other} & shielded]

    def _shielded(self, found: Sequence[merges.Merge]) -> frozenset[PersonId]:
        return self._finder.shielded({person for one in found for person in (one.kept, one.other)})

    def _at_the_desk(self, account: AccountId) -> bool:
        return ON_DUTY in self._finder.standing(account).relationships

    def _pages(self, account: AccountId, found: Sequence[merges.Merge]) -> list[MergePage]:
        manages = self._finder.standing(account).role in MAY_TAKE_APART
        shielded = self._shielded(found)  # shown to the named desk alone
        with self._clear.read() as connection:
            partnership, families = self._clear.partnership, sorted({merge.family for merge in found})
            references = {one.id: one.reference for one in cases.find_families(connection, partnership, families)}
            referrals = [cases.find_referral(connection, partnership, merge.referral) for merge in found]
        waits = [one is not None and one.state in cases.UNDECIDED for one in referrals]
        may = [
            one.unmerged_at is None and (manages or waiting or bool({one.kept, one.other} & shielded))
            for one, waiting in zip(found, waits, strict=True)
        ]
        return [self._page(one, references[one.family], may=yes) for one, yes in zip(found, may, strict=True)]

    def _page(self, merge: merges.Merge, reference: str, *, may: bool) -> MergePage:
        said = self._words.open(merge.id, merge.sealed).get("reason", "")
        apart = self._words.open(merge.id, merge.unmerged_sealed).get("reason", "")
        when = moment_words(merge.at), moment_words(merge.unmerged_at) if merge.unmerged_at else ""
        return MergePage(merge, reference, *when, said, apart, may)

    def _families_of(self, facts: Iterable[Fact]) -> frozenset[FamilyId]:
        """Return where the records of somebody lie: in the families of the referrals that spoke of them."""
        references = [str(fact.body["reference"]) for fact in facts if fact.kind is FactKind.IDENTITY]
        with self._clear.read() as connection:
            behind = cases.records_behind(connection, self._clear.partnership, references)
            found = [
                cases.find_referral(connection, self._clear.partnership, referral) for _, referral in behind.values()
            ]
        return frozenset(referral.family for referral in found if referral is not None)

    def _of_families(self, families: Iterable[FamilyId]) -> list[Fact]:
        now = self._clock()
        own = self._writer.standing_facts([family_chain(family) for family in families], now)
        people = {str(fact.body["person"]) for fact in own if fact.kind is FactKind.MEMBERSHIP}
        lives = self._writer.standing_facts([person_chain(PersonId(person)) for person in sorted(people)], now)
        return [*own, *(fact for fact in lives if fact.kind is FactKind.LIFE)]

    def _known(self, merge: merges.Merge, places: Iterable[FamilyId]) -> dict[FactId, Fact]:
        """Return every fact that a joining can have touched, with the ends recorded by now."""
        families = self._writer.dated_facts([family_chain(place) for place in places])
        people = {str(fact.body["person"]) for fact in families if fact.kind is FactKind.MEMBERSHIP}
        chains = {person_chain(PersonId(person)) for person in {*people, merge.kept, merge.other}}
        return {fact.id: fact for fact in (*families, *self._writer.dated_facts(sorted(chains)))}

    def _places(self, merge: merges.Merge) -> frozenset[FamilyId]:
        links = self._writer.standing_facts([person_chain(merge.kept)], self._clock())
        return self._families_of(fact for fact in links if fact.id in merge.made) | {merge.family}

    def _after(
        self, connection: Connection, by: AccountId, families: Iterable[FamilyId], facts: Iterable[Fact]
    ) -> None:
        """Let tasks of ended openings go, and birthdays be looked for anew."""
        for fact in facts:
            if fact.kind is FactKind.OPENING and fact.ends:
                work.finish_tasks_from(connection, self._clear.partnership, source_of(fact.ends), by, self._clock())
        for family in families:
            work.post(connection, self._clear.partnership, (self._ids.new(), BIRTHDAYS, family), self._clock())
