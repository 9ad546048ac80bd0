"""What a sender says again: sent twice, amended, or taken back. Decided from its own numbering alone.

INVARIANT: what decides is what this sender sent before, never who is known: two senders' messages do not meet here.
INVARIANT: a person named again under the sender's own key of the same message stays the same reference and person,
unless name and date of birth both say that the key names somebody else by now.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from hub.domain.clock import Clock
from hub.domain.facts import AGENCIES_CHAIN, Fact, FactKind, family_chain, listed, person_chain
from hub.domain.ids import AccountId, AgencyId, FactId, FamilyId, IdMaker, PersonId, RecordId, ReferenceId, ReferralId
from hub.domain.referral import Issue, PersonDraft, ReferralDraft, Severity
from hub.gate.writer import Writer
from hub.services.composing import SAID_IN, Composed, Sender, Standing
from hub.services.withdrawal import REVIEW_TEXT
from hub.store.clear import messages
from hub.store.clear.cases import UNDECIDED
from hub.store.clear.messages import Sent, SentPerson
from hub.store.clear.work import Task
from hub.store.session import Transactions

AMENDED, WITHDRAWN = "message_amended", "message_withdrawn"
"""Words of the front door's tasks about a referral that is placed already, or that was taken back."""
TAKEN_BACK: Final = "withdrawn"
"""State of a referral that was taken back while it waited."""
_CLOCKS: Final = {AMENDED: timedelta(days=1), WITHDRAWN: timedelta(days=1), REVIEW_TEXT: timedelta(days=5)}
_FORMATS: Final = ("_json", "_xml", "_csv")
Fingerprint = Callable[[bytes], str]


class Course(StrEnum):
    """What becomes of one accepted record."""

    NEW = "new"
    AGAIN = "again"
    SUPERSEDE = "supersede"
    WITHDRAW = "withdraw"
    HOLD = "hold"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A course, what stood before (None at first), and what the receipt says of it. `key` is "" without numbering."""

    course: Course
    key: str = ""
    content: str = ""
    before: Sent | None = None
    issues: tuple[Issue, ...] = ()


def course_of(draft: ReferralDraft, before: Sent | None, content: str) -> tuple[Course, str]:
    """Return what becomes of a record, and the code that the receipt says of it ("" for none)."""
    amends, same = draft.action == "amend", before is not None and content == before.content_hash
    if draft.action == "withdraw":
        return _withdrawing(draft, before)
    if before is None:
        return Course.NEW, "amends_nothing_received" if amends else ""
    if draft.version > before.version or (before.withdrawn and not amends):
        return Course.SUPERSEDE, "" if amends else "taken_as_amendment"
    if same and not before.withdrawn:
        return Course.AGAIN, "already_received"
    return (Course.HOLD, "version_not_higher") if amends else (Course.NEW, "message_id_used_before")


def _withdrawing(draft: ReferralDraft, before: Sent | None) -> tuple[Course, str]:
    if before is None:
        return Course.HOLD, "nothing_to_withdraw"
    if draft.version < before.version:
        return Course.HOLD, "version_not_higher"
    return (Course.AGAIN, "already_withdrawn") if before.withdrawn else (Course.WITHDRAW, "")


@dataclass
class History:
    """What one sender's messages were, read once for a whole message and kept up with while it is taken in."""

    sent: dict[str, Sent]
    people: dict[ReferralId, dict[str, SentPerson]] = field(default_factory=dict)
    facts: dict[ReferralId, tuple[Fact, ...]] = field(default_factory=dict)


class Amending:
    """Finds out what a message does to earlier ones. Built by wiring, inside intake."""

    def __init__(
        self, writer: Writer, clear: Transactions, clock: Clock, ids: IdMaker, fingerprint: Fingerprint
    ) -> None:
        """Take the gate's writer (for facts that stand), clear rows, and the keyed hash."""
        self._writer, self._clear, self._clock, self._ids = writer, clear, clock, ids
        self._fingerprint = fingerprint

    def history(self, agency: AgencyId, connector: str, drafts: Iterable[ReferralDraft]) -> History:
        """Return what this sender sent before under the ids that these drafts carry."""
        keys = {self.key(connector, draft) for draft in drafts if draft.message_id}
        if not keys:
            return History({})
        with self._clear.read() as connection:
            sent = messages.find_sent(connection, self._clear.partnership, agency, keys)
            people = {
                one.referral: messages.people_sent(connection, self._clear.partnership, one.referral)
                for one in sent.values()
            }
        return History(sent, people)

    def key(self, connector: str, draft: ReferralDraft) -> str:
        """Return the keyed hash of a message's id: one numbering for all the formats of a family."""
        family = next((connector.removesuffix(end) for end in _FORMATS if connector.endswith(end)), connector)
        return self._fingerprint(f"{family}\n{draft.message_id}".encode())

    def verdict(self, history: History, connector: str, draft: ReferralDraft) -> Verdict:
        """Return what becomes of an accepted record; without a number of its own it is always new."""
        if not draft.message_id:
            return Verdict(Course.NEW)
        key, content = self.key(connector, draft), self._fingerprint(_said(draft))
        before = history.sent.get(key)
        course, code = course_of(draft, before, content)
        severity = Severity.ERROR if course is Course.HOLD else Severity.WARNING
        return Verdict(course, key, content, before, (Issue(severity, code, draft.pointer),) if code else ())

    def standing(self, history: History, draft: ReferralDraft, verdict: Verdict) -> tuple[Standing, tuple[Issue, ...]]:
        """Return where an amended referral lies and which of the people it names are known by their keys."""
        before = stood(verdict)
        links = {
            ReferenceId(str(fact.body["reference"])): PersonId(str(fact.body["person"]))
            for fact in self._facts(history, before)
            if fact.kind is FactKind.IDENTITY
        }
        known, issues = {}, []
        for person in draft.people:
            said = history.people[before.referral].get(self._person_key(verdict.key, person))
            if said is None or said.reference not in links:
                continue
            if _somebody_else(said, self._sent_person(verdict.key, person, said.reference)):
                issues.append(Issue(Severity.WARNING, "person_key_names_another", _place(person, draft)))
            else:
                known[person.key] = said.reference, links[said.reference]
        return Standing(before.referral, before.family, known), tuple(issues)

    def take(self, history: History, draft: ReferralDraft, verdict: Verdict, composed: Composed) -> list[SentPerson]:
        """Return a message's people as they are kept, and keep up: one message can hold a notice and its amendment."""
        people = [self._sent_person(verdict.key, p, composed.people[p.key][0]) for p in draft.people]
        before, id_ = verdict.before, composed.referral
        state = before.state if before and before.state != TAKEN_BACK else "received"
        if before is None or before.referral == id_:
            sent = Sent(id_, draft.version, verdict.content, withdrawn=False, family=composed.family, state=state)
            history.sent[verdict.key] = sent
        history.people[id_] = history.people.get(id_, {}) | {one.key_hash: one for one in people}
        history.facts[id_] = (*history.facts.get(id_, ()), *composed.facts)
        return people

    def superseding(self, history: History, composed: Composed, sender: Sender) -> tuple[Fact, ...]:
        """Return the facts of an amended message, and the ends of those it said before."""
        earlier = [fact for fact in history.facts[composed.referral] if fact.body.get(SAID_IN) == composed.referral]
        return tuple(again(composed.facts, earlier, sender, self._ids.new))

    def taken_back(self, history: History, verdict: Verdict, draft: ReferralDraft, sender: Sender) -> tuple[Fact, ...]:
        """Return the ends of what a withdrawn message agreed to: a no that it told stays."""
        before = stood(verdict)
        state = TAKEN_BACK if before.state in UNDECIDED else before.state
        history.sent[verdict.key] = replace(before, version=draft.version, withdrawn=True, state=state)
        return tuple(
            _ended(fact, sender, self._ids.new)
            for fact in self._facts(history, before)
            if fact.body.get(SAID_IN) == before.referral and _agrees(fact)
        )

    def references(self, history: History, referral: ReferralId) -> frozenset[ReferenceId]:
        """Return everybody whom a message named so far."""
        return frozenset(person.reference for person in history.people.get(referral, {}).values())

    def tasks(self, verdict: Verdict, gone: Sequence[RecordId], now: datetime) -> list[Task]:
        """Return whom an amendment or withdrawal is told: the front door, and who relied on what it replaces."""
        before, ids = stood(verdict), set(gone)
        kind = WITHDRAWN if verdict.course is Course.WITHDRAW else AMENDED
        known = self._writer.standing_facts([family_chain(before.family), AGENCIES_CHAIN], now)
        pins = [fact for fact in known if fact.kind is FactKind.PIN and ids & set(listed(fact.body.get("items")))]
        told = [
            self._task(REVIEW_TEXT, str(pin.body["agency"]), f"{pin.id}/{min(ids)}", before.family, now, pin)
            for pin in pins
        ]
        leads = [str(f.body["agency"]) for f in known if f.body.get("kind") == "local_authority"]
        if kind == WITHDRAWN or before.state != "received":
            source = f"{before.referral}/{min(ids, default='')}"
            told += [self._task(kind, lead, source, before.family, now) for lead in dict.fromkeys(leads)]
        return told

    def _task(
        self, kind: str, agency: str, source: str, family: FamilyId, now: datetime, pin: Fact | None = None
    ) -> Task:
        owner = AccountId(str(pin.body["owner"])) if pin else None
        note = RecordId(str(pin.body["note"])) if pin and pin.body.get("note") else None
        return Task(self._ids.new(), source, kind, AgencyId(agency), family, note, now, now + _CLOCKS[kind], owner)

    def _sent_person(self, key: str, person: PersonDraft, reference: ReferenceId) -> SentPerson:
        whole = person.fields["name"].value if "name" in person.fields else ""
        name = f"{person.given_names} {person.family_name}".strip() or whole
        return SentPerson(
            self._person_key(key, person),
            reference,
            self._fingerprint(f"{key}\nname\n{name.casefold()}".encode()) if name else "",
            self._fingerprint(f"{key}\nbirth\n{person.birth_date}".encode()) if person.birth_date else "",
        )

    def _person_key(self, key: str, person: PersonDraft) -> str:
        return self._fingerprint(f"{key}\nperson\n{person.key}".encode())

    def _facts(self, history: History, before: Sent) -> tuple[Fact, ...]:
        if before.referral not in history.facts:
            now = self._clock()
            members = self._writer.standing_facts([family_chain(before.family)], now)
            persons = {PersonId(str(f.body["person"])) for f in members if f.kind is FactKind.MEMBERSHIP}
            about = self._writer.standing_facts(sorted(map(person_chain, persons)), now)
            history.facts[before.referral] = (*members, *about)
        return history.facts[before.referral]


def again(facts: Iterable[Fact], earlier: Sequence[Fact], sender: Sender, new_id: Callable[[], str]) -> Iterable[Fact]:
    """Yield the facts of an amended message, and the ends of those it said before about the same people.

    A word that was said before keeps its day, so that it stands where it stood among what others said since. A yes
    that is not repeated ends; a no, and a membership, of somebody whom the message does not speak of any more stay.
    """
    said = list(facts)
    spoken = {_about(fact) for fact in said}
    for fact in said:
        same = next((one for one in earlier if _about(one) == _about(fact) and _words(one) == _words(fact)), None)
        keeps = same is not None and fact.kind is FactKind.CONSENT
        yield replace(fact, valid_from=same.valid_from) if keeps and same else fact
    for one in earlier:
        if _about(one) in spoken or _agrees(one):
            yield _ended(one, sender, new_id)


def _about(fact: Fact) -> tuple[FactKind, str, object]:
    return fact.kind, fact.chain, fact.body.get("person")


def _words(fact: Fact) -> tuple[dict[str, object], datetime | None]:
    return {key: value for key, value in fact.body.items() if key != "via_labels"}, fact.valid_until


def _agrees(fact: Fact) -> bool:
    return fact.kind is FactKind.CONSENT and str(fact.body["status"]).startswith("given")


def _ended(fact: Fact, sender: Sender, new_id: Callable[[], str]) -> Fact:
    return Fact(
        FactId(new_id()), fact.chain, 0, fact.kind, fact.body, sender.at, None, sender.at, sender.account, fact.id
    )


def _somebody_else(before: SentPerson, now: SentPerson) -> bool:
    pairs = ((before.name_hash, now.name_hash), (before.birth_hash, now.birth_hash))
    return all(one and other and one != other for one, other in pairs)


def _place(person: PersonDraft, draft: ReferralDraft) -> str:
    return next((value.pointer for value in person.fields.values()), draft.pointer)


def stood(verdict: Verdict) -> Sent:
    """Return what was sent before."""
    if verdict.before is None:
        raise AssertionError("only what was sent before is amended or withdrawn")
    return verdict.before


def _said(draft: ReferralDraft) -> bytes:
    """Return what a record says, without where in which message it stood and which version it is."""

    def values(fields: Mapping[str, object]) -> list[tuple[str, object]]:
        return sorted((name, getattr(sourced, "value", sourced)) for name, sourced in fields.items())

    people = [
        (p.key, values(p.fields), values(p.contact), sorted(p.parts), p.restricted, str(p.birth_date), p.nhs_number)
        for p in draft.people
    ]
    entries = [
        (e.kind, str(e.occurred), e.about, values(e.fields), values(e.narrowed), e.sensitivity, e.handling, e.audience)
        for e in draft.entries
    ]
    consents = [replace(consent, pointer="") for consent in draft.consents]
    files = [(file.entry, file.title, file.content) for file in draft.attachments]
    return repr((people, entries, consents, draft.purpose, files)).encode()
