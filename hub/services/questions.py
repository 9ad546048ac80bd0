"""An information governance officer's questions: why was this shown or not, who can see it, what would a draft change.

Each opens facts through the gate's examiner, which enters it with the officer's reason. Decisions, labels and dates;
never content. Own agency's workers by name, others by role and agency (`reference/domain.md` 5.6).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from hub.domain.errors import NotFoundError
from hub.domain.facts import Fact, FactKind, standing
from hub.domain.fields import SHAPES
from hub.domain.ids import AccountId, AgencyId, FamilyId, RecordId, ReferenceId
from hub.domain.labels import Label, Sensitivity
from hub.domain.partial_date import PartialDate
from hub.gate.examining import Examined, Examiner, When
from hub.policy.case import Case
from hub.policy.circumstances import Circumstances, Question, decide_label
from hub.policy.compile import PolicySet
from hub.policy.decide import decide
from hub.policy.decision import Decision, Level
from hub.policy.explain import Explanation, explain
from hub.policy.in_words import listed, rule_words
from hub.policy.near import Candidate, candidates
from hub.policy.terms import Gap
from hub.services.family_page import FamilyPages
from hub.services.register import Register

PURPOSES = ("protect_child", "support_family")


@dataclass(frozen=True, slots=True)
class Worker:
    """Somebody who is or was allocated: an own worker by name, another agency's by role (`key` names neither)."""

    key: str
    words: str
    account: AccountId


@dataclass(frozen=True, slots=True)
class Item:
    """One record as an officer may know of it: kind, day and agency; the kinds of information in it; no content."""

    record: RecordId
    words: str
    labels: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """What can be asked about in a family at an instant."""

    reference: str
    workers: tuple[Worker, ...]
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """Why one kind of information in an item is shown or not: the verdict, the clause, what stood, what came close."""

    category: str
    owner: str
    about: str
    shown: bool
    verdict: str
    told: Explanation
    clause: tuple[tuple[str, str], ...]
    agreement: str
    anchor: str
    signed_by: str
    stood: tuple[tuple[str, str], ...]
    near: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer page: who, which item, for what, as of when, and one answer for each kind of information in it."""

    reference: str
    worker: str
    item: str
    purpose: str
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class Seer:
    """One worker who can see a kind of information, for what, and under which rule."""

    worker: str
    purpose: str
    category: str
    rule: str
    words: str


class Questions:
    """Answers. Built once by wiring."""

    def __init__(self, examiner: Examiner, pages: FamilyPages) -> None:
        """Take the gate's examiner and the register of names."""
        self._examiner, self._pages = examiner, pages

    def choice(self, officer: AccountId, family: FamilyId, when: When, reason: str) -> Choice:
        """Return whom and what can be asked about; NotFoundError when there is nothing this officer may know of."""
        return self._choice(self._examined(officer, family, when, reason), family)[0]

    def why(
        self, officer: AccountId, family: FamilyId, asked: tuple[str, str, str], when: When, reason: str
    ) -> Answered:
        """Answer for (worker key, record, purpose) at an instant; NotFoundError for what they may not know of."""
        key, record, purpose = asked
        examined = self._examined(officer, family, when, reason)
        choice, register = self._choice(examined, family)
        worker = next((one for one in choice.workers if one.key == key), None)
        item = next((one for one in choice.items if one.record == record), None)
        if worker is None or item is None:
            raise NotFoundError(where=family)
        reader = _reader(examined, worker.account, family, purpose)
        answers = (_answer(number, item, reader, examined, register) for number in item.labels)
        words = register.vocabulary.words(purpose)
        return Answered(choice.reference, worker.words, item.words, words, tuple(answers))

    def who(
        self, officer: AccountId, family: FamilyId, record: str, when: When, reason: str
    ) -> tuple[Choice, tuple[Seer, ...]]:
        """Return who of those allocated can see an item, for each purpose, and under which rule."""
        examined = self._examined(officer, family, when, reason)
        choice, register = self._choice(examined, family)
        item = next((one for one in choice.items if one.record == record), None)
        if item is None:
            raise NotFoundError(where=family)
        return choice, tuple(_seers(choice, item, examined, family, register))

    def _examined(self, officer: AccountId, family: FamilyId, when: When, reason: str) -> Examined:
        examined = self._examiner.examine(officer, family, when, reason)
        if not examined.labels:
            raise NotFoundError(where=family)
        return examined

    def _choice(self, examined: Examined, family: FamilyId) -> tuple[Choice, Register]:
        register = self._pages.register()
        reference = self._pages.reference(family)
        items = tuple(_items(examined, register))
        return Choice(reference, tuple(_workers(examined, register)), items), register


def _workers(examined: Examined, register: Register) -> Iterator[Worker]:
    """Yield everybody ever allocated by then, whom the officer may know to be involved; own workers first."""
    told = [fact for fact in examined.facts if fact.recorded_at <= examined.when.known]
    roles = {fact.chain: fact.body for fact in told if fact.kind is FactKind.ACCOUNT}
    own: list[Worker] = []
    others: dict[tuple[str, str], list[AccountId]] = {}
    allocated = {AccountId(str(f.body["account"])): f for f in told if f.kind is FactKind.ALLOCATION and not f.ends}
    for account, fact in sorted(allocated.items()):
        body = roles.get(f"account:{account}", {})
        agency, role = AgencyId(str(body.get("agency", ""))), str(body.get("role", ""))
        if agency == examined.agency:
            name = register.accounts[account].name if account in register.accounts else "A worker"
            own.append(Worker(account, f"{name}, {register.vocabulary.words(role)}", account))
        elif _may_know(examined, fact, agency):
            others.setdefault((agency, role), []).append(account)
    yield from sorted(own, key=lambda one: one.words)
    for (other, held), accounts in sorted(others.items()):
        for number, account in enumerate(accounts, 1):
            count = f" ({number} of {len(accounts)})" if len(accounts) > 1 else ""
            words = f"{register.vocabulary.words(held)}, {register.agency(AgencyId(other))}{count}"
            yield Worker(f"{held}.{other}.{number}", words, account)


def _may_know(examined: Examined, fact: Fact, agency: AgencyId) -> bool:
    """Say whether one of the officer's agency's own workers with the family may know that this worker is involved."""
    people = fact.body.get("works_with")
    wanted = {str(person) for person in people} if isinstance(people, list | tuple) else set()
    for reader in examined.readers:
        links = reader.reference_to_person
        subjects = frozenset(ReferenceId(reference) for reference, person in links.items() if person in wanted)
        label = Label("involvement", Sensitivity.PERSONAL, agency, subjects)
        sound = wanted <= set(links.values())
        if sound and decide_label(examined.policy, reader, label).level is Level.SHOW:
            return True
    return False


def _items(examined: Examined, register: Register) -> Iterator[Item]:
    for outline, numbers in examined.items:
        labels = tuple(number for number in numbers if number in examined.labels)
        day = PartialDate.parse(outline.event_date).in_words()
        kind = SHAPES[outline.kind].words
        categories = sorted({register.vocabulary.words(examined.labels[n].category) for n in labels})
        if labels:
            words = f"{kind}, {day}, {register.agency(outline.owner)}: {', '.join(categories)}"
            yield Item(outline.record, words, labels)


def _reader(examined: Examined, account: AccountId, family: FamilyId, purpose: str) -> Circumstances:
    """Return how a worker stood, as if they had stated purpose and reason: what blocks is then the rules alone."""
    met = frozenset(examined.policy.vocabulary.obligations)
    question = Question(account, family, purpose, met, examined.when.at, examined.when.known)
    return Circumstances(examined.facts, question, examined.policy)


def _answer(number: int, item: Item, reader: Circumstances, examined: Examined, register: Register) -> Answer:
    policy, label, words = examined.policy, examined.labels[number], register.vocabulary
    decision = decide_label(policy, reader, label, item.record)
    cases = reader.cases(label, item.record)
    entry = policy.entry(decision.rule)
    found = entry.agreement if entry else None
    shown = decision.level is Level.SHOW
    clause = rule_words(entry.rule, words) if entry and not isinstance(entry.rule, Gap) else ()
    return Answer(
        words.words(label.category),
        register.agency(label.owner),
        ", ".join(sorted({listed(case.parts, words) for case in cases if case.parts})) or "nobody who is known",
        shown,
        words.words(decision.level.value),
        explain(decision, policy, audience="ig"),
        clause,
        found.title if found else (policy.house_rules.key if entry else ""),
        decision.rule,
        _signatures(decision, examined),
        tuple(_stood(cases, examined)),
        () if shown else tuple(_near(cases, policy)),
    )


def _near(cases: tuple[Case, ...], policy: PolicySet) -> Iterator[Candidate]:
    """Yield the near misses of the first subject who is in the way: with several, the strictest verdict counts."""
    refused = [case for case in cases if decide(case, policy).level is not Level.SHOW and not case.fault]
    yield from candidates(refused[0], policy) if refused else ()


def _signatures(decision: Decision, examined: Examined) -> str:
    key = decision.rule.partition(":")[0]
    signed = next((one for one in examined.policy.agreements if one.agreement.key == key), None)
    if signed is None:
        return ""
    return ", ".join(signed.agreement.parties[code].name for code in sorted(signed.signed_by))


def _stood(cases: tuple[Case, ...], examined: Examined) -> Iterator[tuple[str, str]]:
    """Say what the facts were: how the reader was related, what the person had said, which opening facts stood."""
    words = examined.policy.vocabulary
    related = {word for case in cases for word in case.relationships}
    yield "The reader was", listed(related, words) if related else "not related to the family or the person"
    yield "What the person had said", ", ".join(sorted({words.words(case.consent) for case in cases}))
    opened = {word for case in cases for word in case.openings}
    yield "Opening facts that named them", listed(opened, words) if opened else "none"
    faults = sorted({case.fault for case in cases if case.fault})
    if faults:
        yield "Facts that could not be trusted", ", ".join(faults)


def _seers(choice: Choice, item: Item, examined: Examined, family: FamilyId, register: Register) -> Iterator[Seer]:
    current = {f.body.get("account") for f in _standing(examined) if f.kind is FactKind.ALLOCATION}
    for worker in choice.workers:
        for purpose in PURPOSES if worker.account in current else ():
            reader = _reader(examined, worker.account, family, purpose)
            for number in item.labels:
                label = examined.labels[number]
                decision = decide_label(examined.policy, reader, label, item.record)
                entry = examined.policy.entry(decision.rule)
                if decision.level is Level.SHOW and entry:
                    words = register.vocabulary
                    yield Seer(
                        worker.words,
                        words.words(purpose),
                        words.words(label.category),
                        decision.rule,
                        entry.rule.words,
                    )


def _standing(examined: Examined) -> tuple[Fact, ...]:
    return standing(examined.facts, at=examined.when.at, known=examined.when.known)


def instant(at: datetime, known: datetime | None = None) -> When:
    """Return an instant to ask about; as known then, unless another time of knowing is given."""
    return When(at, known or at)
