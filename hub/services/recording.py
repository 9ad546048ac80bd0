"""What people record about a family: who works with it, what was decided, what was agreed, what was checked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from hub.domain.access import Act
from hub.domain.clock import Clock
from hub.domain.errors import InvalidRequestError
from hub.domain.facts import Fact, FactKind, account_chain, family_chain, person_chain
from hub.domain.fields import RecordKind
from hub.domain.ids import AccountId, AgencyId, EntryId, FactId, FamilyId, IdMaker, PersonId, RecordId
from hub.domain.labels import Sensitivity
from hub.domain.partial_date import PartialDate
from hub.gate.policybook import PolicyBook
from hub.gate.records import NewRecord
from hub.gate.writer import Actor, Alongside, Writer
from hub.services import opening_decisions
from hub.services.consenting import ConsentWord, owed
from hub.store.clear import work
from hub.store.session import Transactions


@dataclass(frozen=True, slots=True)
class Period:
    """From when, and until when (exclusive) or until ended."""

    start: datetime
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class Opening:
    """Why confidence may be overridden, for which named people; `items` and `recipient` for a holder's decision.

    `follows` is the standing decision that this one takes over from: it ends as this one begins.
    """

    code: str
    agency: AgencyId
    children: Sequence[PersonId] = ()
    adults: Sequence[PersonId] = ()
    items: Sequence[RecordId] = ()
    recipient: str = ""
    evidence: str = ""
    review: str = ""
    follows: FactId | None = None


@dataclass(frozen=True, slots=True)
class Relied:
    """Which items a recorded decision relied on, as its recorder saw them for `purpose`.

    They stay with the recorder and with the reviewers: colleagues of that role, or who is on duty at that desk.
    """

    decision: str
    agency: AgencyId
    items: Sequence[RecordId]
    purpose: str
    reviewer_role: str = "team_manager"
    desk: str = ""


class Recording:
    """Records facts through the gate, which decides who may. Built once by wiring."""

    def __init__(self, writer: Writer, policy: PolicyBook, clear: Transactions, clock: Clock, ids: IdMaker) -> None:
        """Take the gate's writer, the gateways in force, and clear rows for the tasks that a fact closes."""
        self._writer, self._policy, self._clear, self._clock, self._ids = writer, policy, clear, clock, ids

    def allocate(
        self,
        by: AccountId,
        family: FamilyId,
        worker: AccountId,
        period: Period,
        *,
        capacity: str = "allocated",
        lead: bool = False,
        works_with: Sequence[PersonId] = (),
    ) -> FactId:
        """Give a worker a dated relationship with the family, or with named people in it."""
        body = {
            "account": worker,
            "capacity": capacity,
            "lead": "yes" if lead else "no",
            "works_with": list(works_with),
        }
        fact = self._fact(by, family_chain(family), FactKind.ALLOCATION, body, period)
        self._writer.record(Actor(by), Act.ALLOCATION_RECORD, family, [fact])
        return fact.id

    def open(
        self, by: AccountId, family: FamilyId, opening: Opening, period: Period, relied: Relied | None = None
    ) -> FactId:
        """Record an opening fact with its evidence, sealed like everything that was said, and pin what it relied on.

        Without an end of its own it ends as late as the gateways let it. What it follows ends as it begins.
        """
        gateways = self._policy.foundations.gateways.openings
        ends = period.end or opening_decisions.latest_end(gateways, opening.code, period.start)
        fact = self._fact(
            by, family_chain(family), FactKind.OPENING, _opening_body(opening), Period(period.start, ends)
        )
        note = self._note(opening.agency, opening.evidence)
        pins = [self._pin(by, family, relied, note)] if relied else []
        followed = self._followed(by, family, opening, fact)

        def close(connection: Connection) -> None:
            for ending in followed:
                source = opening_decisions.source_of(ending.ends or ending.id)
                work.finish_tasks_from(connection, self._clear.partnership, source, by, self._clock())

        self._writer.record(
            Actor(by),
            Act.OPENING_RECORD,
            family,
            [fact, *followed, *pins],
            purpose=relied.purpose if relied else "",
            records=note,
            alongside=close,
        )
        return fact.id

    def _followed(self, by: AccountId, family: FamilyId, opening: Opening, fact: Fact) -> list[Fact]:
        """Return what ends the decision that this one takes over from: at its beginning, so that no gap is left."""
        if opening.follows is None:
            return []
        chain = family_chain(family)
        current = self._writer.standing_facts([chain], fact.valid_from)
        found = next((one for one in current if one.id == opening.follows), None)
        gateways = self._policy.foundations.gateways.openings
        if found is None or opening.code not in opening_decisions.may_follow(gateways, found):
            raise InvalidRequestError("follows_nothing", where="follows", next_step="see_family")
        return [self._fact(by, chain, found.kind, found.body, Period(fact.valid_from), ends=found.id)]

    def pin(self, by: AccountId, family: FamilyId, relied: Relied, said: str) -> FactId:
        """Record a decision that relied on items (a plan, a conference), in words that stay linked to them.

        AccessRefusedError when the recorder does not see one of the items at this moment.
        """
        note = self._note(relied.agency, said)
        fact = self._pin(by, family, relied, note)
        self._writer.record(Actor(by), Act.DECISION_PIN, family, [fact], purpose=relied.purpose, records=note)
        return fact.id

    def pin_fact(self, by: AccountId, family: FamilyId, relied: Relied, record: NewRecord) -> Fact:
        """Return a pin whose words are a record of their own kind, for whoever stores both in one transaction."""
        return self._pin(by, family, relied, [record])

    def _pin(self, by: AccountId, family: FamilyId, relied: Relied, note: Sequence[NewRecord]) -> Fact:
        body = {
            "decision": relied.decision,
            "items": list(relied.items),
            "owner": by,
            "agency": relied.agency,
            "reviewer_role": relied.reviewer_role,
            "desk": relied.desk,
            "note": note[0].id if note else "",
        }
        return self._fact(by, family_chain(family), FactKind.PIN, body, Period(self._clock()))

    def decide_sharing(
        self,
        by: AccountId,
        family: FamilyId,
        task: str,
        decision: Opening,
        *,
        share: bool,
        also: Alongside | None = None,
    ) -> EntryId:
        """Record a holder's decision about named items (Children Act 2004 s16LA), to share or not, and close the task.

        A decision not to share needs its reason too (`decision.evidence`), and is kept.
        """
        if not decision.evidence.strip():
            raise InvalidRequestError("reason_missing", where="reason")
        now, chain = self._clock(), family_chain(family)
        ends = opening_decisions.latest_end(self._policy.foundations.gateways.openings, decision.code, now)
        fact = self._fact(by, chain, FactKind.OPENING, _opening_body(decision), Period(now, ends))
        note = self._note(decision.agency, decision.evidence)

        def close(connection: Connection) -> None:
            found = work.find_task(connection, self._clear.partnership, task)
            if found is None or found.agency != decision.agency or found.record not in decision.items:
                raise InvalidRequestError("task_closed", where=task, next_step="see_tasks")
            work.finish_task(connection, self._clear.partnership, task, by, self._clock())
            if also is not None:
                also(connection)

        return self._writer.record(
            Actor(by),
            Act.SHARING_DECIDE,
            family,
            [fact] if share else [],
            may_also=[fact],
            records=note,
            alongside=close,
        )

    def end(self, by: AccountId, family: FamilyId, fact: FactId, at: datetime, why: str = "") -> None:
        """End a standing fact of the family: an ending is a later fact that names it. Why is sealed."""
        chain = family_chain(family)
        current = self._writer.standing_facts([chain], self._clock())
        found = next((one for one in current if one.id == fact), None)
        if found is None:
            raise InvalidRequestError("nothing_to_end", where=fact, next_step="see_family")
        ending = self._fact(by, chain, found.kind, found.body, Period(at), ends=found.id)
        act = Act.OPENING_RECORD if found.kind is FactKind.OPENING else Act.ALLOCATION_RECORD
        note = self._note(self._agency_of(by), why)

        def close(connection: Connection) -> None:
            source = opening_decisions.source_of(fact)
            work.finish_tasks_from(connection, self._clear.partnership, source, by, self._clock())

        self._writer.record(Actor(by), act, family, [ending], records=note, alongside=close)

    def consent(self, by: AccountId, family: FamilyId, word: ConsentWord, at: datetime | None = None) -> FactId:
        """Record what a person said; it acts at the next request, everywhere.

        Who could read on the strength of a yes that is taken back gets a task to acknowledge it, in this transaction.
        """
        period = Period(at or self._clock(), word.until)
        fact = self._fact(by, person_chain(word.person), FactKind.CONSENT, word.body(), period)
        note = self._note(word.agency, word.said) if word.agency else []
        tasks = owed(self._writer, fact, family, self._ids, self._clock())

        def owe(connection: Connection) -> None:
            for task in tasks:
                work.add_task(connection, self._clear.partnership, task)

        self._writer.record(Actor(by), Act.CONSENT_RECORD, family, [fact], records=note, alongside=owe)
        return fact.id

    def cover(self, by: AccountId, family: FamilyId, agency: AgencyId, state: str) -> FactId:
        """Record what is known of one agency: not_checked, not_connected or checked."""
        now = self._clock()
        chain = family_chain(family)
        earlier = [
            self._fact(by, chain, FactKind.COVERAGE, old.body, Period(now), ends=old.id)
            for old in self._writer.standing_facts([chain], now)
            if old.kind is FactKind.COVERAGE and old.body.get("agency") == agency and not old.body.get("via_labels")
        ]
        body = {"agency": agency, "state": state, "via_labels": []}
        fact = self._fact(by, chain, FactKind.COVERAGE, body, Period(now))
        self._writer.record(Actor(by), Act.COVERAGE_RECORD, family, [*earlier, fact])
        return fact.id

    def _agency_of(self, account: AccountId) -> AgencyId:
        facts = self._writer.standing_facts([account_chain(account)], self._clock())
        return AgencyId(next((str(one.body["agency"]) for one in facts if one.kind is FactKind.ACCOUNT), ""))

    def _note(self, owner: AgencyId, text: str) -> list[NewRecord]:
        if not text.strip():
            return []
        today = PartialDate.of(self._clock())
        id_ = RecordId(self._ids.new())
        return [NewRecord(id_, RecordKind.NOTE, owner, today, frozenset(), {"text": text}, Sensitivity.RESTRICTED)]

    def _fact(
        self,
        by: AccountId,
        chain: str,
        kind: FactKind,
        body: Mapping[str, object],
        period: Period,
        ends: FactId | None = None,
    ) -> Fact:
        return Fact(FactId(self._ids.new()), chain, 0, kind, body, period.start, period.end, self._clock(), by, ends)


def _opening_body(opening: Opening) -> dict[str, object]:
    return {
        "opening": opening.code,
        "agency": opening.agency,
        "children": list(opening.children),
        "adults": list(opening.adults),
        "items": list(opening.items),
        "recipient": opening.recipient,
        "review": opening.review,
    }
