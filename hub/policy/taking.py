"""Whom a copy is made for, and what they may see of a family by the agreement: beside its maker, never instead.

INVARIANT: a taker only narrows. What a copy holds was allowed to its maker and, by a decision of their own, to them.
A member of the family has no account here: their standing is read from the facts, and nothing else speaks for them.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from hub.domain.facts import Fact, FactKind, account_chain, person_chain
from hub.domain.ids import AccountId, FactId, PersonId
from hub.policy.circumstances import Circumstances, Question
from hub.policy.compile import PolicySet

FAMILY_MEMBER = "family_member"
_READER = AccountId("family-member")


@dataclass(frozen=True, slots=True)
class Taker:
    """`name` is what the log says (an account id, or `person:ID`); `reads` says what the facts make of them."""

    name: str
    reads: Callable[[Collection[Fact], Question, PolicySet], Circumstances]


def worker(account: AccountId) -> Taker:
    """Return a worker of the hub as taker: their own role, allocations and duties decide."""

    def reads(facts: Collection[Fact], question: Question, policy: PolicySet) -> Circumstances:
        return Circumstances(facts, replace(question, account=account), policy)

    return Taker(account, reads)


def member(person: PersonId) -> Taker:
    """Return a member of the family as taker."""

    def reads(facts: Collection[Fact], question: Question, policy: PolicySet) -> Circumstances:
        return FamilyMember(facts, question, policy, person)

    return Taker(person_chain(person), reads)


class FamilyMember(Circumstances):
    """A member of the family to whom the maker's agency hands a copy."""

    def __init__(self, facts: Collection[Fact], question: Question, policy: PolicySet, person: PersonId) -> None:
        """Take the same facts as for the maker; `person` need not be a member: then they are nobody, and are denied."""
        self._self = person
        agency = Circumstances(facts, question, policy).viewer_agency
        body = {"role": FAMILY_MEMBER, "agency": agency, "active": "yes"}
        chain, start = account_chain(_READER), min(question.at, question.known)
        standing_in = Fact(FactId(""), chain, 0, FactKind.ACCOUNT, body, start, None, start, _READER)
        super().__init__([*facts, standing_in], replace(question, account=_READER, recipient=None), policy)

    def _related(self, *, own: bool, person: PersonId | None) -> frozenset[str]:
        """Add what ties them to whom a label speaks of; somebody said to have caused harm is told nothing of others."""
        found = {"family_member"}
        if "alleged_perpetrator" in self.persons.get(self._self, ()):
            found.add("family_member_said_to_have_caused_harm")
        if person and self._self in self.persons:
            if person == self._self:
                found.add("is_subject")
            elif self._lives.answers_for(person, self._self, self._question.at):
                found.add("answers_for_subject")
        return super()._related(own=own, person=person) | found
