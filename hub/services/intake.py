"""Receiving: authenticated bytes, translated at the edge, become sealed records, a receipt and a job for the matcher.

INVARIANT: a referral is never lost: what cannot be understood is quarantined with its original, on a clock.
INVARIANT: the receipt is the same, in bytes and work, whether or not anyone in it is already known: all that it can
tell of the past is what this sender itself sent under the same number.
"""

import base64
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from hub.domain.access import Act
from hub.domain.clock import Clock
from hub.domain.errors import ConflictError, HubError, InvalidRequestError, StaleFactsError
from hub.domain.fields import RecordKind
from hub.domain.ids import AgencyId, FamilyId, IdMaker, RecordId, ReferralId
from hub.domain.labels import Handling, Sensitivity
from hub.domain.partial_date import PartialDate
from hub.domain.receipt import Receipt
from hub.domain.referral import Issue, Outcome, Parsed, ReferralDraft, not_understood
from hub.gate.records import NewRecord
from hub.gate.writer import Actor, Deposit, Writer
from hub.services.amending import Amending, History
from hub.services.arrivals import MEANWHILE, SYSTEM, Arrival, Batch, close_rows, open_rows
from hub.services.composing import Sender, compose, handling_of, received
from hub.services.faults import note
from hub.services.message_files import MessageFiles
from hub.services.plausibility import plausible
from hub.services.quarantine_clock import Salvage, job_for
from hub.services.receiving import REST
from hub.services.sealed_words import SealedWords
from hub.services.versions import Course, Verdict, stood
from hub.store.clear import receipts
from hub.store.clear.receipts import StoredReceipt
from hub.store.session import Transactions

__all__ = ["SYSTEM", "Intake", "Message"]
ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Message:
    """One message as it arrived. `key` is the sender's idempotency key; `parsed` comes from the connector.

    `mended` says that it was corrected here, and comes in the place of what waited.
    """

    agency: AgencyId
    connector: str
    key: str
    body: bytes = field(repr=False)
    content_type: str
    parsed: Sequence[Parsed] = field(repr=False)
    mended: bool = False


class Intake:
    """Receives. Built once by wiring."""

    def __init__(
        self,
        writer: Writer,
        clear: Transactions,
        clock: Clock,
        ids: IdMaker,
        fingerprint: Callable[[bytes], str],
        hands: tuple[MessageFiles, Salvage, SealedWords],
        *,
        synthetic: bool,
    ) -> None:
        """Take the gate's writer, clear rows, the keyed hash for keys and contents, what takes in, apart, and seals."""
        self._writer, self._clear, self._clock, self._ids = writer, clear, clock, ids
        self._fingerprint, self._synthetic = fingerprint, synthetic
        self._files, self._salvage, words = hands
        self._amending = Amending(writer, words, clear, clock, ids, fingerprint)

    def receive(self, message: Message) -> dict[str, object]:
        """Store a message and return its receipt; the same key and content give the first receipt again.

        Raises:
            ConflictError: the key was used for another content.
            InvalidRequestError: a synthetic partnership was sent a real person's NHS number.
            StaleFactsError: what it amends kept moving; send it again.
        """
        if self._synthetic:
            _require_test_numbers(message.parsed)
        key_hash = self._fingerprint(f"{message.connector}\n{message.key}".encode())
        content_hash = self._fingerprint(message.body)
        for attempt in range(ATTEMPTS):
            with self._clear.read() as connection:
                known = self._known(connection, message.agency, key_hash, content_hash)
                if known is not None:
                    return known
                history = self._amending.history(connection, message.agency, message.connector, _drafts(message))
                history.mended = message.mended
            try:
                return self._take(message, key_hash, content_hash, history)
            except (IntegrityError, StaleFactsError) as error:
                faster = isinstance(error, IntegrityError) or error.code in MEANWHILE
                if not faster or attempt == ATTEMPTS - 1:
                    raise
        raise StaleFactsError(next_step="send_again")

    def receipts(self, agency: AgencyId) -> list[dict[str, object]]:
        """Return an agency's newest receipts."""
        with self._clear.read() as connection:
            return [json.loads(row.body) for row in receipts.receipts_of(connection, self._clear.partnership, agency)]

    def _known(
        self, connection: Connection, agency: AgencyId, key_hash: str, content_hash: str
    ) -> dict[str, object] | None:
        stored = receipts.find_receipt(connection, self._clear.partnership, agency, key_hash)
        if stored is None:
            return None
        if stored.content_hash != content_hash:
            raise ConflictError("key_used_for_other_content", where=stored.id, next_step="send_with_a_new_key")
        answer: dict[str, object] = json.loads(stored.body)
        return answer

    def _take(self, message: Message, key_hash: str, content_hash: str, history: History) -> dict[str, object]:
        now, receipt_id = self._clock(), self._ids.new()
        sender = Sender(message.agency, SYSTEM, now)
        arrivals = [self._arrive_alone(parsed, sender, message.connector, history) for parsed in message.parsed]
        receipt = Receipt(receipt_id, now, message.connector, tuple(arrival.outcome for arrival in arrivals))
        stored = StoredReceipt(
            receipt_id, message.agency, key_hash, content_hash, 200, json.dumps(receipt.plain()), now
        )
        arrivals = self._apart(message, arrivals)
        original = self._original(message, arrivals[0], sender, history, alone=len(arrivals) == 1)
        unread = {
            place: self._original(replace(message, body=arrival.alone), arrival, sender, history, alone=True)
            for place, arrival in enumerate(arrivals)
            if arrival.alone
        }
        batch = Batch(message.agency, message.connector, arrivals, stored, original.id)
        hands = self._amending, self._files, self._ids
        self._writer.deposit(
            Actor(SYSTEM, on_behalf=message.agency),
            Act.REFERRAL_SUBMIT,
            _deposits(arrivals, unread | {0: original}),
            before=lambda connection: open_rows(connection, self._clear.partnership, batch),
            after=lambda connection: close_rows(connection, self._clear.partnership, batch, hands),
        )
        return receipt.plain()

    def _arrive_alone(self, parsed: Parsed, sender: Sender, connector: str, history: History) -> Arrival:
        """Decide what becomes of one record; a defect that it meets keeps it for a person, and stops no other."""
        try:
            return self._arrive(plausible(parsed, sender.at), sender, connector, history)
        except (HubError, SQLAlchemyError):
            raise
        except Exception as fault:  # noqa: BLE001  a referral is never lost
            note(fault)
            return self._arrive(not_understood(parsed.pointer, fault), sender, connector, history)

    def _arrive(self, parsed: Parsed, sender: Sender, connector: str, history: History) -> Arrival:
        draft, new_id = _accepted(parsed), self._ids.new
        verdict = self._amending.verdict(history, connector, draft) if draft else Verdict(Course.HOLD)
        if draft is None or verdict.course is Course.HOLD:
            family, referral = FamilyId(new_id()), ReferralId(new_id())
            if draft:
                self._amending.hold(history, verdict, draft, (referral, family))
            return Arrival(parsed, verdict, referral, family, facts=(received(family, sender, new_id),))
        if verdict.course in {Course.AGAIN, Course.WITHDRAW, Course.HELD}:
            before, withdrawn = stood(verdict), verdict.course is Course.WITHDRAW
            ends = self._amending.taken_back(history, verdict, draft, sender) if withdrawn else ()
            return Arrival(parsed, verdict, before.referral, before.family, facts=ends)
        issues: tuple[Issue, ...] = ()
        if verdict.course is Course.SUPERSEDE:
            standing, issues = self._amending.standing(history, draft, verdict)
            composed = self._amending.continuing(history, compose(draft, sender, new_id, standing), verdict)
            facts = self._amending.superseding(history, composed, sender)
        else:
            composed = compose(draft, sender, new_id)
            facts = composed.facts
        files, stopped = self._files.take(draft, composed, sender)
        arrival = Arrival(parsed, verdict, composed.referral, composed.family, composed, facts, files=files)
        if verdict.key:
            sealed = [file.record for file in files]
            people, kept = self._amending.take(history, draft, verdict, composed, sealed)
            arrival = replace(arrival, people=people, kept=kept)
        return replace(arrival, issues=(*issues, *stopped))

    def _apart(self, message: Message, arrivals: Sequence[Arrival]) -> list[Arrival]:
        """Keep what could not be read by itself as well: it is repaired when the rest has long been placed."""
        unread = [one.parsed.pointer for one in arrivals if one.waits]
        one_by_one = self._salvage.apart(message.body, unread) if unread and len(arrivals) > 1 else {}
        whole = {pointer: message.body if len(arrivals) == 1 or pointer == REST else b"" for pointer in unread}
        apart = {**whole, **one_by_one}
        kept = []
        for one in arrivals:
            alone = apart.get(one.parsed.pointer)
            kept.append(one if alone is None else replace(one, alone=alone, job=job_for(self._salvage, alone)))
        return kept

    def _original(
        self, message: Message, first: Arrival, sender: Sender, history: History, *, alone: bool
    ) -> NewRecord:
        """A batch speaks of several families: its original is about none of them, so only its desk may read it."""
        draft, named = _accepted(first.parsed), first.composed.people.values() if first.composed else ()
        everybody = frozenset(who for who, _, _ in named) | self._amending.references(history, first.referral)
        return NewRecord(
            RecordId(self._ids.new()),
            RecordKind.ORIGINAL,
            message.agency,
            PartialDate.of(sender.at),
            everybody if alone else frozenset(),
            {"content": base64.b64encode(message.body).decode(), "content_type": message.content_type},
            Sensitivity.RESTRICTED,
            handling=handling_of(draft) if draft else Handling.NONE,
            referral=first.referral,
        )


def _accepted(parsed: Parsed) -> ReferralDraft | None:
    return parsed.draft if parsed.outcome is Outcome.ACCEPTED else None


def _drafts(message: Message) -> list[ReferralDraft]:
    return [draft for parsed in message.parsed if (draft := _accepted(parsed))]


def _deposits(arrivals: Sequence[Arrival], originals: Mapping[int, NewRecord]) -> list[Deposit]:
    """One deposit per record: the original goes once, with the first; what could not be read goes by itself too."""
    deposits = []
    for place, arrival in enumerate(arrivals):
        records = [*arrival.records, *([originals[place]] if place in originals else [])]
        coverage = arrival.composed.coverage if arrival.composed else None
        deposits.append(Deposit(arrival.family, records, arrival.facts, coverage))
    return deposits


def _require_test_numbers(parsed: Iterable[Parsed]) -> None:
    """Refuse sound NHS numbers outside the test range (900 to 999): a demonstration never holds a real person."""
    for record in parsed:
        for person in record.draft.people if record.draft else ():
            if person.nhs_number and not person.nhs_number.startswith("9"):
                raise InvalidRequestError(
                    "nhs_number_outside_test_range", where=record.pointer, next_step="send_synthetic_people_only"
                )
