"""What is asked of the gate, and the decisions made about it, before anything is written or opened."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from hub.domain.access import Act, Operation
from hub.domain.canonical import digest
from hub.domain.errors import PolicyError
from hub.domain.facts import FactKind, listed
from hub.domain.fields import RecordKind
from hub.domain.ids import AccountId, AgencyId, FamilyId, PersonId, RecordId
from hub.domain.labels import Label
from hub.gate import factbook
from hub.gate.parts import Parts
from hub.policy.circumstances import Circumstances, Question, decide_label
from hub.policy.compile import PolicySet
from hub.policy.decision import Decision, Level, strictest
from hub.policy.taking import Taker
from hub.store.sealed.labels import StoredLabel, labels_of
from hub.store.sealed.records import numbers_in_use

Readers = tuple[Circumstances, ...]
"""Everybody who must be allowed: the reader first, then whom a copy is made for."""


@dataclass(frozen=True, slots=True)
class View:
    """One view of one family by one reader, for one purpose.

    `satisfied` names the blocking obligations already met (`state_purpose`, `state_reason`); `justification` is the
    reader's own words, sealed in the log. `at` / `known` are the instants to decide as of; a `live` view is about now.
    `within`, when given, leaves no labels but these, and no items decided one by one.
    `taker` is whom a copy is made for: only what both may see is opened, and the entry names them. `only` keeps a view
    to these records. `gathered` is what this request has read for the same account and family already: the watermark
    is checked before anything is opened, and a second attempt reads anew.
    """

    act: Act
    account: AccountId
    family: FamilyId
    purpose: str
    kinds: frozenset[RecordKind]
    at: datetime
    known: datetime
    justification: str = field(default="", repr=False)
    satisfied: frozenset[str] = frozenset()
    recipient: AgencyId | None = None
    taker: Taker | None = None
    operation: Operation = Operation.CONSULTATION
    only: frozenset[RecordId] | None = None
    live: bool = True
    limit: int = 200
    cursor: str = ""
    within: frozenset[int] | None = None
    gathered: factbook.Gathered | None = field(default=None, repr=False, compare=False)

    @property
    def receiver(self) -> str:
        """Return for whom it is, as the log says it: the reader, unless it goes to somebody else."""
        return self.taker.name if self.taker else self.recipient or self.account

    def question(self) -> Question:
        """Return the same as policy asks it."""
        return Question(
            account=self.account,
            family=self.family,
            purpose=self.purpose,
            satisfied=self.satisfied,
            at=self.at,
            known=self.known,
            recipient=self.recipient,
        )


@dataclass(frozen=True, slots=True)
class Ruling:
    """Every distinct label of the family decided once for this reader; `items` decided for single named records.

    `digests` are those the labels were stored with, compared with their content. `broken` are labels that cannot be
    trusted, and those under which records lie though the family's list of labels misses them. `readers` are all who
    must be allowed: the reader, and whom a copy is made for.
    """

    policy: PolicySet
    gathered: factbook.Gathered
    circumstances: Circumstances
    labels: Mapping[int, Label]
    digests: Mapping[int, str]
    decisions: Mapping[int, Decision]
    items: Mapping[tuple[RecordId, int], Decision]
    broken: tuple[int, ...]
    readers: Readers

    def decide(self, label: Label) -> Decision:
        """Decide a label that is not stored for everybody who must be allowed."""
        return _decided(self.policy, self.readers, label)

    def visible(self) -> list[int]:
        """Return the numbers of the labels this reader may see: the positive list that SQL takes."""
        return [number for number, decision in self.decisions.items() if decision.level is Level.SHOW]

    def at_level(self, level: Level) -> list[int]:
        """Return the numbers of the labels decided at a level."""
        return [number for number, decision in self.decisions.items() if decision.level is level]

    def known_labels(self) -> dict[int, Label]:
        """Return the labels this reader may know of, whatever the level."""
        return {number: self.labels[number] for number in self.known_decisions()}

    def known_decisions(self) -> dict[int, Decision]:
        """Return the decisions about labels this reader may know of: a hidden one does not leave the gate."""
        named = {number: decision for (_, number), decision in self.items.items()}
        return {n: d for n, d in self.decisions.items() if d.level is not Level.HIDE} | named

    def may_enter(self) -> bool:
        """Say whether this reader has any business here: a relationship, or something of their own to see."""
        return self.circumstances.may_enter or bool(self.visible()) or bool(self.items)

    def persons_of(self, number: int) -> frozenset[PersonId]:
        """Return whom a label is about, as far as links say who the references are."""
        known = self.circumstances.reference_to_person
        return frozenset(known[subject] for subject in self.labels[number].subjects if subject in known)

    def faults(self) -> tuple[str, ...]:
        """Return the faults met while deciding, as codes: each withholds, and each alerts."""
        return tuple(
            sorted({d.fault for d in self.decisions.values() if d.fault} | {f"label:{n}" for n in self.broken})
        )


def rule_on(parts: Parts, connection: Connection, view: View) -> Ruling:
    """Gather authenticated facts and decide each distinct label of the family once."""
    gathered = view.gathered
    if gathered is None or (gathered.family, gathered.account) != (view.family, view.account):
        gathered = factbook.gather(parts, connection, view.family, view.account)
    policy, circumstances = gathered.policy, Circumstances(gathered.facts, view.question(), gathered.policy)
    readers = (circumstances, *((view.taker.reads(gathered.facts, view.question(), policy),) if view.taker else ()))
    stored = labels_of(connection, parts.partnership, view.family)
    labels, broken = trusted(stored)
    gone = numbers_in_use(connection, parts.partnership, view.family) - {row.number for row in stored}
    digests = {row.number: row.digest for row in stored if row.number in labels}
    asked = {number: label for number, label in labels.items() if view.within is None or number in view.within}
    decisions = {number: _decided(policy, readers, label) for number, label in asked.items()}
    items = _named_items(gathered, policy, readers, labels) if view.within is None else {}
    return Ruling(policy, gathered, circumstances, labels, digests, decisions, items, (*broken, *sorted(gone)), readers)


def _decided(policy: PolicySet, readers: Readers, label: Label, record: RecordId | None = None) -> Decision:
    """Decide a label for each of them; whoever else must be allowed can only narrow it."""
    return strictest(decide_label(policy, reader, label, record) for reader in readers)


def trusted(stored: list[StoredLabel]) -> tuple[dict[int, Label], tuple[int, ...]]:
    """Parse the labels whose definition still has its digest; the others are faults and decide nothing."""
    labels: dict[int, Label] = {}
    broken: list[int] = []
    for row in stored:
        try:
            label = Label.from_content(json.loads(row.definition))
            _require_digest(label, row)
        except (KeyError, TypeError, ValueError, PolicyError):
            broken.append(row.number)
        else:
            labels[row.number] = label
    return labels, tuple(broken)


def _require_digest(label: Label, row: StoredLabel) -> None:
    if digest(label.content()) != row.digest:
        raise PolicyError("label_broken", where=str(row.number))


def _named_items(
    gathered: factbook.Gathered,
    policy: PolicySet,
    readers: Readers,
    labels: Mapping[int, Label],
) -> dict[tuple[RecordId, int], Decision]:
    """Decide again, one by one, the records that a holder's own decision or a recorded decision's pin names."""
    named = {
        RecordId(str(item))
        for fact in gathered.facts
        if fact.kind in (FactKind.OPENING, FactKind.PIN)
        for item in listed(fact.body.get("items"))
    }
    found: dict[tuple[RecordId, int], Decision] = {}
    for record in sorted(named):
        for number, label in labels.items():
            decision = _decided(policy, readers, label, record)
            if decision.level is Level.SHOW:
                found[record, number] = decision
    return found
