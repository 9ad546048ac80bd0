"""One record of a message on its way in, and the clear rows that stand beside what the gate seals."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import Connection

from hub.domain.errors import StaleFactsError
from hub.domain.facts import Fact
from hub.domain.fields import RecordKind
from hub.domain.ids import AccountId, AgencyId, FamilyId, IdMaker, RecordId, ReferralId
from hub.domain.receipt import RecordOutcome
from hub.domain.referral import Issue, Outcome, Parsed
from hub.gate.records import NewRecord
from hub.services.amending import TAKEN_BACK, Amending
from hub.services.composing import Composed
from hub.services.message_files import MessageFiles, TakenFile
from hub.services.versions import Course, Verdict, stood
from hub.store.clear import cases, messages, partner_events, proposals, receipts, work
from hub.store.clear.messages import SentPerson, SentRecord
from hub.store.clear.receipts import StoredReceipt

SYSTEM = AccountId("system")
HOLDER_DECIDES_WITHIN = timedelta(days=1)
SCHOOLS = "school_notices"
"""The worker's job of passing on to schools what a message says for them, or says no more."""
MEANWHILE = ("sent_meanwhile", "placed_meanwhile")
"""Somebody was faster, with a message of the same number or at the front door: everything is looked up again."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """One record with what becomes of it; `people` and `kept` records are noted to know them again.

    What could not be read is kept `alone` too, a message of its own where it can be taken apart, and leaves a `job`.
    """

    parsed: Parsed
    verdict: Verdict
    referral: ReferralId
    family: FamilyId
    composed: Composed | None = None
    facts: tuple[Fact, ...] = ()
    people: Sequence[SentPerson] = ()
    kept: Sequence[SentRecord] = ()
    files: Sequence[TakenFile] = ()
    issues: tuple[Issue, ...] = ()
    alone: bytes = field(default=b"", repr=False)
    job: str = ""

    @property
    def begins(self) -> bool:
        """Say whether it makes a referral of its own."""
        return self.verdict.course in {Course.NEW, Course.HOLD}

    @property
    def waits(self) -> bool:
        """Say whether it begins to wait for a person; what waits already does so once."""
        return self.outcome.outcome is Outcome.QUARANTINED and self.verdict.course is not Course.HELD

    @property
    def concerns_schools(self) -> bool:
        """Say whether it may tell a school something, or take it back."""
        entries = self.composed.entries if self.composed else ()
        renewed = self.verdict.course in {Course.SUPERSEDE, Course.WITHDRAW}
        return renewed or any(entry.kind is RecordKind.SCHOOL_NOTICE for entry in entries)

    @property
    def records(self) -> list[NewRecord]:
        """What it brings to be sealed, besides the original."""
        return [*(self.composed.records if self.composed else ()), *(file.record for file in self.files)]

    @property
    def outcome(self) -> RecordOutcome:
        """What the receipt says of it."""
        held = self.verdict.course in {Course.HOLD, Course.HELD}
        became = Outcome.QUARANTINED if held and self.parsed.draft else self.parsed.outcome
        issues = (*self.parsed.issues, *self.verdict.issues, *self.issues)
        return RecordOutcome(self.parsed.pointer, became, self.referral, issues)


@dataclass(frozen=True, slots=True)
class Batch:
    """All records of one message. `original` is the record of the message as it was sent."""

    agency: AgencyId
    connector: str
    arrivals: Sequence[Arrival]
    receipt: StoredReceipt
    original: RecordId


def open_rows(connection: Connection, partnership: str, batch: Batch) -> None:
    """Write what the records refer to: the receipt first, because its key settles who was faster."""
    receipts.add_receipt(connection, partnership, batch.receipt)
    _require_unmoved(connection, partnership, batch)
    begun = [arrival for arrival in batch.arrivals if arrival.begins]
    references = iter(cases.next_references(connection, partnership, len(begun)))
    at = batch.receipt.received_at
    families = [cases.Family(a.family, next(references), provisional=True, created_at=at) for a in begun]
    cases.add_families(connection, partnership, families)
    cases.add_referrals(connection, partnership, [_referral(arrival, batch) for arrival in begun])
    cases.add_references(
        connection,
        partnership,
        [
            (who, (arrival.referral, batch.agency, record))
            for arrival in batch.arrivals
            for who, record in (arrival.composed.named_first if arrival.composed else ())
        ],
    )
    numbered = [a for a in begun if a.composed and a.verdict.key and a.verdict.before is None]
    made = [(a.verdict.key, a.referral, _version(a), a.verdict.content) for a in numbered]
    made += [(a.verdict.held, a.referral, _version(a), a.verdict.content) for a in begun if a.verdict.held]
    messages.add_sent(connection, partnership, batch.agency, made)
    messages.add_people(connection, partnership, [(a.referral, person) for a in numbered for person in a.people])


def close_rows(
    connection: Connection, partnership: str, batch: Batch, hands: tuple[Amending, MessageFiles, IdMaker]
) -> None:
    """Set aside what is amended or taken back, and leave the work that follows: matching, decisions, who is told."""
    (amending, files, ids), now = hands, batch.receipt.received_at
    kept: list[tuple[ReferralId, SentRecord]] = []
    jobs: list[tuple[str, str, str]] = []
    for arrival in batch.arrivals:
        files.store(connection, partnership, arrival.files, arrival.family)
        if arrival.verdict.course in {Course.SUPERSEDE, Course.WITHDRAW}:
            messages.add_records(connection, partnership, kept)  # this message may amend what it holds itself
            kept = []
            _renew(connection, partnership, arrival, batch, amending)
        if arrival.composed is not None:
            kept += [(arrival.referral, one) for one in arrival.kept]
            jobs.append((ids.new(), "match", arrival.referral))
            for record in arrival.composed.refused:
                due = now + HOLDER_DECIDES_WITHIN
                kind, whose = "decide_sharing", batch.agency
                task = work.Task(ids.new(), record, kind, whose, arrival.family, record, now, due)
                work.add_task(connection, partnership, task)
        elif arrival.job:
            jobs.append((ids.new(), arrival.job, arrival.referral))
        if arrival.concerns_schools:
            jobs.append((ids.new(), SCHOOLS, arrival.referral))
    messages.add_records(connection, partnership, kept)
    work.post_all(connection, partnership, jobs, now)


def _renew(connection: Connection, partnership: str, arrival: Arrival, batch: Batch, amending: Amending) -> None:
    before, now, back = stood(arrival.verdict), batch.receipt.received_at, arrival.verdict.course is Course.WITHDRAW
    said, draft = (_version(arrival), arrival.verdict.content), arrival.parsed.draft
    withdrawn = (now, amending.why(arrival.verdict, draft)) if back and draft else (None, None)
    if not messages.renew_sent(connection, partnership, before, said, withdrawn):
        raise StaleFactsError("sent_meanwhile", where=before.referral, next_step="ask_again")
    gone = [one.record for one in messages.standing_records(connection, partnership, before.referral)]
    messages.set_aside(connection, partnership, gone, batch.original, now)
    work.finish_tasks_about(connection, partnership, gone, SYSTEM, now)
    for task in amending.tasks(arrival.verdict, gone, now):
        work.add_task(connection, partnership, task)
    if back:
        open_ = proposals.proposals_for(connection, partnership, before.referral, proposals.ORDINARY)
        proposals.answer(connection, partnership, [one.id for one in open_], proposals.DECLINED)
    if back and before.state in cases.UNDECIDED:
        messages.note_state(connection, partnership, before.referral, TAKEN_BACK)
    elif before.state == TAKEN_BACK:
        messages.note_state(connection, partnership, before.referral, "received")
    if back or before.withdrawn:  # told wherever it lies: silence about one would say that it was placed
        partner_events.post_state(connection, partnership, before.referral, TAKEN_BACK if back else "received", now)
    if arrival.composed is not None:
        messages.renew_people(connection, partnership, before.referral, arrival.people)
        again = {who: record for who, _, record in arrival.composed.people.values()}
        messages.say_again_who(connection, partnership, again)


def _require_unmoved(connection: Connection, partnership: str, batch: Batch) -> None:
    """What is amended may have been placed since it was looked up: then everything is asked again."""
    begun = {arrival.referral for arrival in batch.arrivals if arrival.begins}
    for arrival in batch.arrivals:
        if arrival.begins or arrival.referral in begun:
            continue
        found = cases.find_referral(connection, partnership, arrival.referral)
        if found is None or found.family != arrival.family:
            raise StaleFactsError("placed_meanwhile", where=arrival.referral, next_step="ask_again")


def _version(arrival: Arrival) -> int:
    return arrival.parsed.draft.version if arrival.parsed.draft else 0


def _referral(arrival: Arrival, batch: Batch) -> cases.Referral:
    became = arrival.outcome.outcome
    return cases.Referral(
        arrival.referral,
        batch.agency,
        batch.receipt.id,
        arrival.parsed.pointer,
        batch.connector,
        "received" if became is Outcome.ACCEPTED else became.value,
        arrival.family,
        arrival.family,
        batch.receipt.received_at,
    )
