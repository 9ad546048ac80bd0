"""What taking back a yes leaves: said before it is recorded, as far as who records it may know.

Law: UK GDPR Art 7(3) (what was done before stays lawful) and Art 19 (recipients are told).
INVARIANT: nothing here names an agency, a worker or a decision that its reader may not know of anyway.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from hub.domain.access import Act
from hub.domain.clock import Clock
from hub.domain.facts import Fact, FactKind, person_chain
from hub.domain.ids import AccountId, AgencyId, FactId, FamilyId, IdMaker, ReferenceId
from hub.gate.disclosure import Disclosure
from hub.gate.reader import Reader
from hub.gate.view import View
from hub.gate.writer import Writer
from hub.services import withdrawal
from hub.services.consenting import ConsentWord, concerned
from hub.services.family_page import Stated
from hub.store.clear import released
from hub.store.session import Transactions


@dataclass(frozen=True, slots=True)
class Kept:
    """A recorded decision that keeps what it relied on, for its owner and its reviewers only."""

    decision: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Aftermath:
    """`undoes` says that a yes is taken back; `told` get a task to acknowledge; `past` counts what cannot be recalled.

    `past`: agency -> (entries opened on screen, copies handed over).
    """

    undoes: bool
    kept: tuple[Kept, ...]
    told: tuple[AgencyId, ...]
    past: Mapping[AgencyId, tuple[int, int]]


class TakingBack:
    """Looks ahead. Built once by wiring."""

    def __init__(self, reader: Reader, writer: Writer, clear: Transactions, clock: Clock, ids: IdMaker) -> None:
        """Take the gate, and the clear counts of what left."""
        self._reader, self._writer, self._clear, self._clock, self._ids = reader, writer, clear, clock, ids

    def look_ahead(
        self, by: AccountId, family: FamilyId, word: ConsentWord, stated: Stated, heard: Collection[Fact]
    ) -> Aftermath:
        """Return what follows if this word is recorded, after entering that it was asked; nothing is recorded.

        `heard` are the words that who records it may hear of: a yes they may not hear of changes nothing here.
        """
        now, chain = self._clock(), person_chain(word.person)
        fact = Fact(FactId("not recorded"), chain, 0, FactKind.CONSENT, word.body(), now, None, now, by)
        said = [one for one in heard if one.chain == chain]
        undoes = word.status == "withdrawn" or bool(withdrawal.undone_by(fact, said))
        if not undoes:
            return Aftermath(undoes=False, kept=(), told=(), past={})
        known = self._reader.disclose(self._view(by, family, stated))
        facts = concerned(self._writer, fact, said, family, now)
        own = word.agency or AgencyId("")
        agencies = {own, *(line.agency for line in known.involved)}
        told = {
            task.agency
            for task in withdrawal.tasks(fact, said, family, facts, self._ids, now)
            if task.kind == withdrawal.ACKNOWLEDGE and task.agency in agencies and _may_hear(task.account, by, known)
        }
        kept = [_kept(pin) for pin in withdrawal.pins_about(word.person, facts) if _may_know(pin, own, known)]
        past = self._past(self._references(chain, known))
        mine = {one: past[one] for one in sorted(past) if one in agencies}
        return Aftermath(undoes=True, kept=tuple(kept), told=tuple(sorted(told)), past=mine)

    def _references(self, chain: str, known: Disclosure) -> set[ReferenceId]:
        """Return the senders' references to this person under which the reader knows of something."""
        links = self._writer.standing_facts([chain], self._clock())
        theirs = {ReferenceId(str(fact.body["reference"])) for fact in links if fact.kind is FactKind.IDENTITY}
        return {subject for label in known.labels.values() for subject in label.subjects if subject in theirs}

    def _view(self, by: AccountId, family: FamilyId, stated: Stated) -> View:
        now, met = self._clock(), {"state_purpose"} | ({"state_reason"} if stated.reason.strip() else set())
        view = View(Act.CONSENT_WEIGH, by, family, stated.purpose, frozenset(), at=now, known=now)
        return replace(view, justification=stated.reason, satisfied=frozenset(met))

    def _past(self, references: set[ReferenceId]) -> dict[AgencyId, tuple[int, int]]:
        with self._clear.read() as connection:
            return released.counts(connection, self._clear.partnership, references)


def _kept(pin: Fact) -> Kept:
    return Kept(str(pin.body["decision"]), pin.valid_from)


def _may_know(pin: Fact, own: AgencyId, known: Disclosure) -> bool:
    """A decision of one's own agency, about nothing but what one may know of."""
    digests = {label.digest() for label in known.labels.values()}
    labels = pin.body.get("labels")
    return pin.body.get("agency") == own and isinstance(labels, list) and set(labels) <= digests


def _may_hear(worker: AccountId | None, by: AccountId, known: Disclosure) -> bool:
    """Where two sides of one service stay apart, a worker is told and not the agency: named only if known."""
    return worker is None or worker == by or worker in {line.account for line in known.involved}
