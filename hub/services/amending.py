"""What a sender says again: sent twice, amended, or taken back. Decided from its own numbering alone.

INVARIANT: what decides is what this sender sent before, never who is known: two senders' messages do not meet here.
INVARIANT: a person named again under the sender's own key of the same message stays the same reference and person,
unless name and date of birth both say that the key names somebody else by now.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from hub.domain.clock import Clock
from hub.domain.facts import AGENCIES_CHAIN, Fact, FactKind, family_chain, listed, person_chain
from hub.domain.fields import SHAPES
from hub.domain.ids import AccountId, AgencyId, FamilyId, IdMaker, PersonId, RecordId, ReferenceId, ReferralId
from hub.domain.referral import Issue, PersonDraft, ReferralDraft, Severity
from hub.gate.records import NewRecord
from hub.gate.writer import Writer
from hub.services.composing import SAID_IN, Composed, Sender, Standing, continued
from hub.services.register import moment_words
from hub.services.sealed_words import SealedWords
from hub.services.versions import Course, Verdict, again, agrees, content_of, course_of, ended, stood
from hub.services.withdrawal import REVIEW_TEXT
from hub.store.clear import messages
from hub.store.clear.cases import UNDECIDED
from hub.store.clear.messages import Sent, SentPerson, SentRecord
from hub.store.clear.work import Task
from hub.store.session import Transactions

AMENDED, WITHDRAWN = "message_amended", "message_withdrawn"
"""Words of the front door's tasks about a referral that is placed already, or that was taken back."""
TAKEN_BACK: Final = "withdrawn"
"""State of a referral that was taken back while it waited."""
_CLOCKS: Final = {AMENDED: timedelta(days=1), WITHDRAWN: timedelta(days=1), REVIEW_TEXT: timedelta(days=5)}
_FORMATS: Final = ("_json", "_xml", "_csv")
Fingerprint = Callable[[bytes], str]


@dataclass
class History:
    """What one sender's messages were, read once for a whole message and kept up with while it is taken in.

    `mended` says that a person corrected what waited: it is not the same again, and waits anew if it must.
    """

    agency: AgencyId
    sent: dict[str, Sent]
    people: dict[ReferralId, dict[str, SentPerson]] = field(default_factory=dict)
    records: dict[ReferralId, list[SentRecord]] = field(default_factory=dict)
    facts: dict[ReferralId, tuple[Fact, ...]] = field(default_factory=dict)
    mended: bool = False


class Amending:
    """Finds out what a message does to earlier ones. Built by wiring, inside intake."""

    def __init__(
        self,
        writer: Writer,
        words: SealedWords,
        clear: Transactions,
        clock: Clock,
        ids: IdMaker,
        fingerprint: Fingerprint,
    ) -> None:
        """Take the gate's writer (for facts that stand), what seals reasons, clear rows, and the keyed hash."""
        self._words = words
        self._writer, self._clear, self._clock, self._ids = writer, clear, clock, ids
        self._fingerprint = fingerprint

    def history(
        self, connection: Connection, agency: AgencyId, connector: str, drafts: Iterable[ReferralDraft]
    ) -> History:
        """Return what this sender sent before under the ids that these drafts carry."""
        keys = {self.key(connector, draft) for draft in drafts if draft.message_id}
        if not keys:
            return History(agency, {})
        partnership = self._clear.partnership
        sent = messages.find_sent(connection, partnership, agency, keys)
        ids = [one.referral for one in sent.values()]
        people = {id_: messages.people_sent(connection, partnership, id_) for id_ in ids}
        records = {id_: messages.standing_records(connection, partnership, id_) for id_ in ids}
        return History(agency, sent, people, records)

    def key(self, connector: str, draft: ReferralDraft) -> str:
        """Return the keyed hash of a message's id: one numbering for all the formats of a family."""
        family = next((connector.removesuffix(end) for end in _FORMATS if connector.endswith(end)), connector)
        return self._fingerprint(f"{family}\n{draft.message_id}".encode())

    def verdict(self, history: History, connector: str, draft: ReferralDraft) -> Verdict:
        """Return what becomes of an accepted record; without a number of its own it is always new."""
        if not draft.message_id:
            return Verdict(Course.NEW)
        key, content = self.key(connector, draft), self._fingerprint(content_of(draft))
        before = history.sent.get(key)
        course, code = course_of(draft, before, content)
        severity = Severity.ERROR if course is Course.HOLD else Severity.WARNING
        issues = (Issue(severity, code, draft.pointer),) if code else ()
        if course is not Course.HOLD or history.mended:
            return Verdict(course, key, content, before, issues)
        held = self._fingerprint(f"{key}\nheld\n{draft.action}\n{draft.version}\n{content}".encode())
        waits = history.sent.get(held) or self._waits(history.agency, held)
        return Verdict(Course.HELD if waits else course, key, content, waits or before, issues, held)

    def hold(self, history: History, verdict: Verdict, draft: ReferralDraft, lies: tuple[ReferralId, FamilyId]) -> None:
        """Keep up with what waits for its number's sake: sent again, in this very message too, it waits once."""
        if verdict.held:
            sent = Sent(lies[0], draft.version, verdict.content, False, lies[1], "quarantined", self._clock())  # noqa: FBT003
            history.sent[verdict.held] = sent

    def _waits(self, agency: AgencyId, held: str) -> Sent | None:
        with self._clear.read() as connection:
            return messages.find_sent(connection, self._clear.partnership, agency, [held]).get(held)

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

    def continuing(self, history: History, composed: Composed, verdict: Verdict) -> Composed:
        """Return an amended message whose entries continue earlier ones, each of the same sort about the same people.

        Where several are alike, nobody can say which continues which: then none does.
        """
        before, earlier = stood(verdict), {}
        lines = [(entry.id, self._line(verdict.key, entry)) for entry in composed.entries]
        for id_, line in lines:
            alike = [one for one in history.records[before.referral] if one.line_hash == line]
            if len(alike) == 1 and [other for _, other in lines].count(line) == 1:
                earlier[id_] = alike[0].record, alike[0].first
        return continued(composed, earlier, moment_words(before.since))

    def take(
        self, history: History, draft: ReferralDraft, verdict: Verdict, composed: Composed, files: Sequence[NewRecord]
    ) -> tuple[list[SentPerson], list[SentRecord]]:
        """Return people and records of a message as they are kept, and keep up: one message can amend itself."""
        people = [self._sent_person(verdict.key, p, composed.people[p.key][0]) for p in draft.people]
        lines = {entry.id: self._line(verdict.key, entry) for entry in composed.entries}
        records = [
            SentRecord(r.id, RecordId(r.fields.get("first_entry", r.id)), lines.get(r.id, ""))
            for r in (*composed.records, *files)
        ]
        before, id_ = verdict.before, composed.referral
        if before is None or before.referral == id_:
            state = before.state if before and before.state != TAKEN_BACK else "received"
            since = before.since if before else self._clock()
            sent = Sent(
                id_, draft.version, verdict.content, withdrawn=False, family=composed.family, state=state, since=since
            )
            history.sent[verdict.key] = sent
        history.people[id_] = history.people.get(id_, {}) | {one.key_hash: one for one in people}
        history.records[id_] = records
        history.facts[id_] = (*history.facts.get(id_, ()), *composed.facts)
        return people, records

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
            ended(fact, sender, self._ids.new)
            for fact in self._facts(history, before)
            if fact.body.get(SAID_IN) == before.referral and agrees(fact)
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

    def why(self, verdict: Verdict, draft: ReferralDraft) -> bytes | None:
        """Return why it is withdrawn, sealed for the front door; None when no reason came."""
        said = draft.why_withdrawn
        return self._words.close(why_of(stood(verdict).referral), {"why": said.value}) if said else None

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

    def _line(self, key: str, entry: NewRecord) -> str:
        main = next((name for name in SHAPES[entry.kind].fields if name in entry.fields), "")
        return self._fingerprint("\n".join((key, entry.kind.value, main, *sorted(entry.about))).encode())

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


def why_of(referral: ReferralId) -> str:
    """Return what the reason of a withdrawal is bound to."""
    return f"withdrawn/{referral}"


def _somebody_else(before: SentPerson, now: SentPerson) -> bool:
    pairs = ((before.name_hash, now.name_hash), (before.birth_hash, now.birth_hash))
    return all(one and other and one != other for one, other in pairs)


def _place(person: PersonDraft, draft: ReferralDraft) -> str:
    return next((value.pointer for value in person.fields.values()), draft.pointer)
