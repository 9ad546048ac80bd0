"""Facts and labels for the information governance officer's questions: why was this shown, or not, and to whom?

Opening them is an act with an entry and a reason. Decisions, labels and dates come out; never content.
INVARIANT: an officer who is tied to a family, or shut out of it, learns nothing there.
INVARIANT: an officer learns of a label only when their agency holds it, or when one of its workers with the family
could know of it at the instant asked about; what nobody there may know of answers like what does not exist.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from hub.domain.access import Act, Operation
from hub.domain.clock import to_micros
from hub.domain.errors import InvalidRequestError
from hub.domain.facts import Fact, FactKind, account_chain, family_chain, standing
from hub.domain.fields import RecordKind
from hub.domain.ids import AccountId, AgencyId, FamilyId
from hub.domain.labels import Label
from hub.gate import factbook
from hub.gate.doorkeeper import Doorkeeper
from hub.gate.parts import Parts
from hub.gate.view import trusted
from hub.ledger.entries import Entry, ReadEntry
from hub.policy.circumstances import Circumstances, Question, decide_label
from hub.policy.compile import PolicySet
from hub.policy.decision import Level
from hub.store.sealed import records as rows
from hub.store.sealed.labels import labels_of
from hub.store.sealed.records import Outline

_MOST = 10_000


@dataclass(frozen=True, slots=True)
class When:
    """As of which instant, and as known when."""

    at: datetime
    known: datetime


@dataclass(frozen=True, slots=True)
class Examined:
    """What an officer may ask about in one family: facts, the labels they may know of, and the items under them.

    `readers` are the officer's agency's own workers with the family, for every purpose: they bound what may be known.
    """

    agency: AgencyId
    when: When
    policy: PolicySet
    facts: tuple[Fact, ...]
    readers: tuple[Circumstances, ...]
    labels: Mapping[int, Label]
    items: tuple[tuple[Outline, tuple[int, ...]], ...]


@dataclass(frozen=True, slots=True)
class Made:
    """One logged view with what is needed to decide it again: the labels it could have met, and those it showed."""

    entry: ReadEntry
    question: Question
    facts: tuple[Fact, ...]
    labels: Mapping[int, Label]
    shown: frozenset[int]


class Examiner:
    """Answers officers. Built once by wiring."""

    def __init__(self, parts: Parts, doorkeeper: Doorkeeper) -> None:
        """Take what the gate holds, and who lets in."""
        self._parts, self._doorkeeper = parts, doorkeeper

    def examine(self, officer: AccountId, family: FamilyId, when: When, reason: str) -> Examined:
        """Return what this officer may ask about in a family, after entering that they asked."""
        parts = self._parts
        agency, policy = self._enter(officer, Act.LOG_EXAMINE, reason, family, when)
        with parts.rows.read() as connection:
            facts = factbook.gather(parts, connection, family, officer).facts
            labels, _ = trusted(labels_of(connection, parts.partnership, family))
            readers = _readers(agency, facts, family, when, policy)
            now = parts.clock()
            asked = Question(officer, family, "log_review", frozenset(), now, now)
            tied = Circumstances(facts, asked, policy).shut
            known = {n: label for n, label in labels.items() if not tied and _is_known(label, agency, readers, policy)}
            items = _items(parts.partnership, connection, family, known, when)
        return Examined(agency, when, policy, facts, readers, known, items)

    def made(self, officer: AccountId, reason: str, limit: int) -> tuple[PolicySet, Iterator[Made]]:
        """Return the newest logged views of all agencies, for replaying: what leaves the service is numbers by role."""
        now = self._parts.clock()
        _, policy = self._enter(officer, Act.POLICY_REPLAY, reason, FamilyId(""), When(now, now))
        return policy, self._made(limit)

    def _made(self, limit: int) -> Iterator[Made]:
        parts, kept = self._parts, dict[tuple[str, str], tuple[tuple[Fact, ...], Mapping[int, Label], dict[int, int]]]()
        for read in parts.book.read(limit=limit):
            entry = read.entry
            if entry.act != Act.CHRONOLOGY_CONSULT or not entry.family or "labels" not in entry.selection:
                continue
            key = entry.family, entry.actor
            if key not in kept:
                kept[key] = self._gathered(FamilyId(entry.family), AccountId(entry.actor))
            facts, labels, since = kept[key]
            question = _question(entry)
            then = to_micros(question.known)
            met = {number: label for number, label in labels.items() if since.get(number, then) <= then}
            yield Made(read, question, facts, met, frozenset(_numbers(entry.selection["labels"])))

    def _gathered(
        self, family: FamilyId, account: AccountId
    ) -> tuple[tuple[Fact, ...], Mapping[int, Label], dict[int, int]]:
        """Return facts, labels, and since when (microseconds) the family has a record under each label."""
        parts = self._parts
        with parts.rows.read() as connection:
            facts = factbook.gather(parts, connection, family, account).facts
            labels, _ = trusted(labels_of(connection, parts.partnership, family))
            outlines = rows.outlines_of(
                connection, parts.partnership, family, labels, frozenset(RecordKind), limit=_MOST, corrected=True
            )
            recorded = {outline.record: outline.recorded for outline in outlines}
            since: dict[int, int] = {}
            for record, number in rows.placed_labels(connection, parts.partnership, family, labels, corrected=True):
                since[number] = min(since.get(number, recorded[record]), recorded[record])
        return facts, labels, since

    def _enter(
        self, officer: AccountId, act: Act, reason: str, family: FamilyId, when: When
    ) -> tuple[AgencyId, PolicySet]:
        """Enter the act, what is asked and why; refuse whoever is not an information governance officer."""
        if not reason.strip():
            raise InvalidRequestError("reason_missing", where="reason", next_step="write_why")
        who = self._doorkeeper.let_in(
            officer,
            act,
            {"ig_officer"},
            operation=Operation.LOG_READ,
            purpose="log_review",
            family=family,
            justification=reason,
            selection={"at": when.at.isoformat(), "known": when.known.isoformat()},
        )
        return AgencyId(who.agency), self._parts.policy.current()


def _readers(
    agency: AgencyId, facts: tuple[Fact, ...], family: FamilyId, when: When, policy: PolicySet
) -> tuple[Circumstances, ...]:
    """Return how the agency's own workers with the family stood at that instant, for each purpose, all duties met."""
    current = standing(facts, at=when.at, known=when.known)
    own = {fact.chain for fact in current if fact.kind is FactKind.ACCOUNT and fact.body.get("agency") == agency}
    allocated = [fact for fact in current if fact.kind is FactKind.ALLOCATION and fact.chain == family_chain(family)]
    accounts = dict.fromkeys(AccountId(str(fact.body.get("account"))) for fact in allocated)
    duties = frozenset(policy.vocabulary.obligations)
    return tuple(
        Circumstances(facts, Question(account, family, purpose, duties, when.at, when.known), policy)
        for account in accounts
        if account_chain(account) in own
        for purpose in policy.vocabulary.purposes
    )


def _is_known(label: Label, agency: AgencyId, readers: tuple[Circumstances, ...], policy: PolicySet) -> bool:
    mine = label.owner == agency
    return mine or any(decide_label(policy, reader, label).level is not Level.HIDE for reader in readers)


def _items(
    partnership: str, connection: Connection, family: FamilyId, known: Mapping[int, Label], when: When
) -> tuple[tuple[Outline, tuple[int, ...]], ...]:
    """Return the records under these labels that the hub had at that instant, each with those of its labels."""
    placed: dict[str, list[int]] = {}
    for record, number in rows.placed_labels(connection, partnership, family, known, corrected=True):
        placed.setdefault(record, []).append(number)
    outlines = rows.outlines_of(
        connection, partnership, family, known, frozenset(RecordKind), limit=_MOST, corrected=True
    )
    then = to_micros(when.known)
    return tuple((o, tuple(sorted(placed.get(o.record, ())))) for o in outlines if o.recorded <= then)


def _question(entry: Entry) -> Question:
    at, known = (datetime.fromisoformat(str(entry.selection[name])) for name in ("at", "known"))
    met = {"state_purpose"} | ({"state_reason"} if entry.justification.strip() else set())
    return Question(AccountId(entry.actor), FamilyId(entry.family), entry.purpose, frozenset(met), at, known)


def _numbers(values: object) -> list[int]:
    return [int(value) for value in values] if isinstance(values, list | tuple) else []
