"""Before anybody is asked about sharing: what would a yes show, what would a no, as policy decides today?

Asking when it changes nothing is unfair (`reference/domain.md` 3.3): then the person is told, and not asked.
INVARIANT: only labels that the asking worker may know of are weighed, for recipients they may know to be involved:
what is hidden from them never changes the answer. The question is entered; nothing is opened.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from hub.domain.access import Act
from hub.domain.clock import Clock
from hub.domain.errors import NotFoundError
from hub.domain.facts import (
    AGENCIES_CHAIN,
    AGREEMENTS_CHAIN,
    Fact,
    FactKind,
    account_chain,
    family_chain,
    person_chain,
)
from hub.domain.ids import AccountId, AgencyId, FactId, FamilyId, PersonId, ReferenceId
from hub.domain.labels import Label
from hub.gate.disclosure import Disclosure
from hub.gate.policybook import PolicyBook
from hub.gate.reader import Reader
from hub.gate.view import View
from hub.gate.writer import Writer
from hub.policy.circumstances import Circumstances, Question, decide_label
from hub.policy.compile import PolicySet
from hub.policy.consent import BY_SENDER
from hub.policy.decision import Level
from hub.services.family_page import PURPOSES, Stated

YES: Final = "given"
NO: Final = "refused"


@dataclass(frozen=True, slots=True, order=True)
class Flow:
    """One kind of information, from its holder to the workers of one role at one agency."""

    agency: AgencyId
    role: str
    owner: AgencyId
    category: str


@dataclass(frozen=True, slots=True)
class Weighed:
    """What a no changes, and what is shared anyway with the opening facts it rests on ("" for none).

    `known` says that there was something to weigh: else nothing is known to be held, which is no reason not to ask.
    """

    known: bool
    changes: tuple[Flow, ...]
    anyway: tuple[tuple[Flow, str], ...]

    @property
    def ask(self) -> bool:
        """Say whether asking is fair: something differs, or nothing could be weighed."""
        return bool(self.changes) or not self.known


class Weighing:
    """Runs the policy for yes and for no. Built once by wiring."""

    def __init__(self, reader: Reader, writer: Writer, policy: PolicyBook, clock: Clock) -> None:
        """Take the gate: what the asker may know of, the facts as they stand, and the rules in force."""
        self._reader, self._writer, self._policy, self._clock = reader, writer, policy, clock

    def weigh(self, by: AccountId, family: FamilyId, person: PersonId, stated: Stated) -> Weighed:
        """Return what an answer of this person changes, after entering that it was asked.

        Raises:
            AccessRefusedError: the asker has no business with the family (answered like 'not found').
            NotFoundError: the person is not a member of the family.
        """
        now = self._clock()
        met = {"state_purpose"} | ({"state_reason"} if stated.reason.strip() else set())
        view = View(
            Act.CONSENT_WEIGH,
            by,
            family,
            stated.purpose,
            frozenset(),
            at=now,
            known=now,
            justification=stated.reason,
            satisfied=frozenset(met),
        )
        known = self._reader.disclose(view)
        facts = self._facts(by, family, known, now)
        people = {
            ReferenceId(str(f.body["reference"])): PersonId(str(f.body["person"]))
            for f in facts
            if f.kind is FactKind.IDENTITY
        }
        if person_chain(person) not in {f.chain for f in facts}:
            raise NotFoundError(where=family)
        theirs = [label for label in known.labels.values() if person in _persons(label, people)]
        return _weighed(theirs, person, _Case(family, facts, people, self._policy.current(), now), _takers(by, known))

    def _facts(self, by: AccountId, family: FamilyId, known: Disclosure, now: datetime) -> tuple[Fact, ...]:
        case = self._writer.standing_facts([AGENCIES_CHAIN, AGREEMENTS_CHAIN, family_chain(family)], now)
        members = {PersonId(str(f.body["person"])) for f in case if f.kind is FactKind.MEMBERSHIP}
        chains = {account_chain(account) for account in _takers(by, known)} | {person_chain(one) for one in members}
        return (*case, *self._writer.standing_facts(sorted(chains), now))


@dataclass(frozen=True, slots=True)
class _Case:
    """The facts of a family as they stand, and the rules to decide by."""

    family: FamilyId
    facts: tuple[Fact, ...]
    people: Mapping[ReferenceId, PersonId]
    policy: PolicySet
    now: datetime

    def agency_of(self, account: AccountId) -> str:
        """Return the agency of a worker; "" for somebody who is not known."""
        mine = [f for f in self.facts if f.chain == account_chain(account) and f.kind is FactKind.ACCOUNT]
        return str(mine[-1].body["agency"]) if mine else ""

    def reader(self, account: AccountId, purpose: str, said: Iterable[Fact]) -> Circumstances:
        """Return how a worker stands, all duties met, if this had been said."""
        duties = frozenset(self.policy.vocabulary.obligations)
        question = Question(account, self.family, purpose, duties, self.now, self.now)
        return Circumstances((*self.facts, *said), question, self.policy)


def _takers(by: AccountId, known: Disclosure) -> list[AccountId]:
    """Return who could see it, as far as the asker may know who is involved."""
    return list(dict.fromkeys((by, *(line.account for line in known.involved))))


def _persons(label: Label, people: Mapping[ReferenceId, PersonId]) -> set[PersonId]:
    return {people[subject] for subject in label.subjects if subject in people}


def _weighed(theirs: Collection[Label], person: PersonId, case: _Case, takers: Iterable[AccountId]) -> Weighed:
    changes: set[Flow] = set()
    anyway: dict[Flow, str] = {}
    for taker in takers:
        yes = _shown(theirs, person, case, taker, YES)
        no = _shown(theirs, person, case, taker, NO)
        changes |= yes.keys() - no.keys()
        anyway |= no
    return Weighed(bool(theirs), tuple(sorted(changes - anyway.keys())), tuple(sorted(anyway.items())))


def _shown(theirs: Collection[Label], person: PersonId, case: _Case, taker: AccountId, word: str) -> dict[Flow, str]:
    """Return what one worker could open for any purpose of theirs, if the person had said this word about it."""
    found: dict[Flow, str] = {}
    for purpose in PURPOSES:
        who = case.reader(taker, purpose, _said(theirs, person, case, (taker, purpose, word)))
        for label in theirs:
            decision = decide_label(case.policy, who, label)
            if decision.level is Level.SHOW and label.owner != who.viewer_agency:
                flow = Flow(who.viewer_agency, who.viewer_role, label.owner, label.category)
                found[flow] = _opening(decision.opening, case.facts) or found.get(flow, "")
    return found


def _opening(fact: str, facts: Iterable[Fact]) -> str:
    return next((str(one.body["opening"]) for one in facts if one.id == fact and one.kind is FactKind.OPENING), "")


def _said(
    theirs: Collection[Label], person: PersonId, case: _Case, asked: tuple[AccountId, str, str]
) -> Iterator[Fact]:
    """Yield the words that nobody has said yet, each about one flow only: a wide yes would not undo a precise no.

    Others whom an entry names are taken to agree unless they said no; a yes of theirs undoes none (BY_SENDER).
    """
    taker, purpose, word = asked
    to = [case.agency_of(taker)]
    for owner, category in sorted({(label.owner, label.category) for label in theirs}):
        scope = {"categories": [category], "sources": [owner], "recipients": to, "purposes": [purpose]}
        others = {one for label in theirs for one in _persons(label, case.people)} - {person}
        yield _word(person, case.now, {"status": word, "reason": "", **scope}, f"{owner}.{category}")
        for other in sorted(others):
            yield _word(other, case.now, {"status": YES, "reason": BY_SENDER, **scope}, f"{owner}.{category}")


def _word(person: PersonId, now: datetime, body: Mapping[str, object], name: str) -> Fact:
    id_, chain = FactId(f"if.{person}.{name}"), person_chain(person)
    return Fact(id_, chain, 1 << 60, FactKind.CONSENT, body, now, None, now, AccountId("system"))
