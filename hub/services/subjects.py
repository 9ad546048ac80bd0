"""Whom an entry is about: people as the hub's facts know them, and the references their records carry."""

from collections.abc import Collection

from hub.domain.clock import Clock
from hub.domain.errors import InvalidRequestError
from hub.domain.facts import Fact, FactKind, family_chain, person_chain
from hub.domain.ids import AccountId, FactId, FamilyId, IdMaker, PersonId, ReferenceId
from hub.domain.life import LifeEvent
from hub.gate.writer import Writer
from hub.services.members import members


class Subjects:
    """Looks people up in authenticated facts. Built once by wiring."""

    def __init__(self, writer: Writer, clock: Clock, ids: IdMaker) -> None:
        """Take the gate's writer, which believes only authenticated facts."""
        self._writer, self._clock, self._ids = writer, clock, ids

    def require_members(self, family: FamilyId, people: Collection[PersonId]) -> None:
        """Refuse nobody, and anybody who is not of the family."""
        children, adults = members(self._writer.standing_facts([family_chain(family)], self._clock()))
        if not people or not set(people) <= {*children, *adults}:
            raise InvalidRequestError("nobody_named", where="about", next_step="choose_who_it_is_about")

    def references(self, person: PersonId) -> frozenset[ReferenceId]:
        """Return every reference that is this person now.

        All of them: should one turn out to be somebody else, the entry is about both until it is corrected, and the
        stricter decision holds.
        """
        links = self._writer.standing_facts([person_chain(person)], self._clock())
        return frozenset(ReferenceId(str(f.body["reference"])) for f in links if f.kind is FactKind.IDENTITY)

    def all_references(self, people: Collection[PersonId]) -> frozenset[ReferenceId]:
        """Return the references of several people."""
        return frozenset().union(*(self.references(person) for person in people))

    def right_to_write(self, by: AccountId, person: PersonId) -> Fact:
        """Return the fact whose recording asks for the same standing as writing about this person.

        Whoever may judge a young person competent is a practitioner, psychologist or manager who works with them; the
        gate asks that at the moment of writing, and enters a refusal. The fact itself is never recorded.
        """
        body = {"event": LifeEvent.COMPETENT.value, "person": person}
        now, chain = self._clock(), person_chain(person)
        return Fact(FactId(self._ids.new()), chain, 0, FactKind.LIFE, body, now, None, now, by)
