"""Receiving: authenticated bytes, translated at the edge, become sealed records, a receipt and a job for the matcher.

INVARIANT: a referral is never lost: what cannot be understood is quarantined with its original, on a clock.
INVARIANT: the receipt is the same, in bytes and work, whether or not anyone in it is already known.
"""

import base64
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from hub.domain.access import Act
from hub.domain.clock import Clock
from hub.domain.errors import ConflictError, InvalidRequestError
from hub.domain.fields import RecordKind
from hub.domain.ids import AccountId, AgencyId, FamilyId, IdMaker, RecordId, ReferralId
from hub.domain.labels import Handling, Sensitivity
from hub.domain.partial_date import PartialDate
from hub.domain.receipt import Receipt, RecordOutcome
from hub.domain.referral import Outcome, Parsed
from hub.gate.records import NewRecord
from hub.gate.writer import Actor, Deposit, Writer
from hub.services.composing import Composed, Sender, compose, received
from hub.services.quarantine_clock import Salvage, job_for
from hub.store.clear import cases, receipts, work
from hub.store.clear.receipts import StoredReceipt
from hub.store.session import Transactions

SYSTEM = AccountId("system")
HOLDER_DECIDES_WITHIN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Message:
    """One message as it arrived. `key` is the sender's idempotency key; `parsed` comes from the connector."""

    agency: AgencyId
    connector: str
    key: str
    body: bytes = field(repr=False)
    content_type: str
    parsed: Sequence[Parsed] = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Arrival:
    """One record of the message on its way in: composed when accepted, else `alone`, a message of its own, or b""."""

    parsed: Parsed
    referral: ReferralId
    family: FamilyId
    composed: Composed | None
    alone: bytes = field(default=b"", repr=False)


class Intake:
    """Receives. Built once by wiring."""

    def __init__(
        self,
        writer: Writer,
        clear: Transactions,
        clock: Clock,
        ids: IdMaker,
        fingerprint: Callable[[bytes], str],
        salvage: Salvage,
        *,
        synthetic: bool,
    ) -> None:
        """Take the gate's writer, clear rows, the keyed fingerprint for keys and contents, and what takes apart."""
        self._writer, self._clear, self._clock, self._ids = writer, clear, clock, ids
        self._fingerprint, self._salvage, self._synthetic = fingerprint, salvage, synthetic

    def receive(self, message: Message) -> dict[str, object]:
        """Store a message and return its receipt; the same key and content give the first receipt again.

        Raises:
            ConflictError: the key was used for another content.
            InvalidRequestError: a synthetic partnership was sent a real person's NHS number.
        """
        if self._synthetic:
            _require_test_numbers(message.parsed)
        key_hash = self._fingerprint(f"{message.connector}\n{message.key}".encode())
        content_hash = self._fingerprint(message.body)
        known = self._known(message.agency, key_hash, content_hash)
        if known is not None:
            return known
        now = self._clock()
        receipt_id = self._ids.new()
        sender = Sender(message.agency, SYSTEM, now)
        apart = self._apart(message)
        arrivals = [self._arrive(parsed, sender, apart.get(parsed.pointer, b"")) for parsed in message.parsed]
        receipt = Receipt(receipt_id, now, message.connector, tuple(_outcome(arrival) for arrival in arrivals))
        stored = StoredReceipt(
            receipt_id, message.agency, key_hash, content_hash, 200, json.dumps(receipt.plain()), now
        )
        deposits = self._deposits(message, arrivals, sender)
        try:
            self._writer.deposit(
                Actor(SYSTEM, on_behalf=message.agency),
                Act.REFERRAL_SUBMIT,
                deposits,
                before=lambda connection: self._before(connection, message, arrivals, stored),
                after=lambda connection: self._after(connection, message, arrivals),
            )
        except IntegrityError:
            raced = self._known(message.agency, key_hash, content_hash)
            if raced is None:
                raise
            return raced
        return receipt.plain()

    def receipts(self, agency: AgencyId) -> list[dict[str, object]]:
        """Return an agency's newest receipts."""
        with self._clear.read() as connection:
            return [json.loads(row.body) for row in receipts.receipts_of(connection, self._clear.partnership, agency)]

    def _known(self, agency: AgencyId, key_hash: str, content_hash: str) -> dict[str, object] | None:
        with self._clear.read() as connection:
            stored = receipts.find_receipt(connection, self._clear.partnership, agency, key_hash)
        if stored is None:
            return None
        if stored.content_hash != content_hash:
            raise ConflictError("key_used_for_other_content", where=stored.id, next_step="send_with_a_new_key")
        answer: dict[str, object] = json.loads(stored.body)
        return answer

    def _apart(self, message: Message) -> Mapping[str, bytes]:
        """Return what could not be read, record by record: to be repaired when the rest has long been placed."""
        unread = [parsed.pointer for parsed in message.parsed if parsed.outcome is not Outcome.ACCEPTED]
        apart = self._salvage.apart(message.body, unread)
        return apart if len(message.parsed) > 1 else dict.fromkeys(unread, message.body)

    def _arrive(self, parsed: Parsed, sender: Sender, alone: bytes) -> _Arrival:
        if parsed.outcome is Outcome.ACCEPTED and parsed.draft is not None:
            composed = compose(parsed.draft, sender, self._ids.new)
            return _Arrival(parsed, composed.referral, composed.family, composed)
        return _Arrival(parsed, ReferralId(self._ids.new()), FamilyId(self._ids.new()), None, alone)

    def _deposits(self, message: Message, arrivals: Sequence[_Arrival], sender: Sender) -> list[Deposit]:
        """One deposit per record; the untouched original goes once, with the first."""
        deposits = []
        for place, arrival in enumerate(arrivals):
            records = list(arrival.composed.records) if arrival.composed else []
            facts = arrival.composed.facts if arrival.composed else (received(arrival.family, sender, self._ids.new),)
            if place == 0:
                records.append(self._original(message, arrival, sender, alone=len(arrivals) == 1))
            elif arrival.alone:
                records.append(self._original(replace(message, body=arrival.alone), arrival, sender, alone=True))
            coverage = arrival.composed.coverage if arrival.composed else None
            deposits.append(Deposit(arrival.family, records, facts, coverage))
        return deposits

    def _original(self, message: Message, arrival: _Arrival, sender: Sender, *, alone: bool) -> NewRecord:
        """A batch speaks of several families: its original is about none of them, so only its desk may read it."""
        people = arrival.composed.people.values() if arrival.composed and alone else ()
        return NewRecord(
            RecordId(self._ids.new()),
            RecordKind.ORIGINAL,
            message.agency,
            PartialDate.of(sender.at),
            frozenset(who for who, _, _ in people),
            {"content": base64.b64encode(message.body).decode(), "content_type": message.content_type},
            Sensitivity.RESTRICTED,
            handling=arrival.composed.handling if arrival.composed else Handling.NONE,
            referral=arrival.referral,
        )

    def _before(
        self, connection: Connection, message: Message, arrivals: Iterable[_Arrival], stored: StoredReceipt
    ) -> None:
        """Write what the records refer to: the receipt first, because its key settles who was faster."""
        partnership = self._clear.partnership
        receipts.add_receipt(connection, partnership, stored)
        for arrival in arrivals:
            reference = cases.next_reference(connection, partnership)
            family = cases.Family(arrival.family, reference, provisional=True, created_at=stored.received_at)
            cases.add_family(connection, partnership, family)
            cases.add_referral(connection, partnership, _referral(message, arrival, stored))
            for who, _, record in (arrival.composed.people if arrival.composed else {}).values():
                cases.add_reference(connection, partnership, who, (arrival.referral, message.agency, record))

    def _after(self, connection: Connection, message: Message, arrivals: Iterable[_Arrival]) -> None:
        """Leave the work that follows: matching, and a holder's decision wherever somebody refused."""
        now, partnership = self._clock(), self._clear.partnership
        for arrival in arrivals:
            if arrival.composed is None:
                kind = job_for(self._salvage, arrival.alone)
                work.post(connection, partnership, (self._ids.new(), kind, arrival.referral), now)
                continue
            work.post(connection, partnership, (self._ids.new(), "match", arrival.referral), now)
            for record in arrival.composed.refused:
                due = now + HOLDER_DECIDES_WITHIN
                task = work.Task(
                    self._ids.new(), record, "decide_sharing", message.agency, arrival.family, record, now, due
                )
                work.add_task(connection, partnership, task)


def _require_test_numbers(parsed: Iterable[Parsed]) -> None:
    """Refuse sound NHS numbers outside the test range (900 to 999): a demonstration never holds a real person."""
    for record in parsed:
        for person in record.draft.people if record.draft else ():
            if person.nhs_number and not person.nhs_number.startswith("9"):
                raise InvalidRequestError(
                    "nhs_number_outside_test_range", where=record.pointer, next_step="send_synthetic_people_only"
                )


def _referral(message: Message, arrival: _Arrival, stored: StoredReceipt) -> cases.Referral:
    state = "received" if arrival.parsed.outcome is Outcome.ACCEPTED else arrival.parsed.outcome.value
    return cases.Referral(
        arrival.referral,
        message.agency,
        stored.id,
        arrival.parsed.pointer,
        message.connector,
        state,
        arrival.family,
        arrival.family,
        stored.received_at,
    )


def _outcome(arrival: _Arrival) -> RecordOutcome:
    return RecordOutcome(arrival.parsed.pointer, arrival.parsed.outcome, arrival.referral, arrival.parsed.issues)
