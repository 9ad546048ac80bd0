"""A partner's own books: every message it sent, the answer it got, and the comparison of both with the hub."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from connectors.client import Answer, HubClient, RefusedError
from tests.simulators.partner.message import ACCEPTED, FHIR, HL7, QUARANTINED, Message, Promise

OK: Final = 200
LISTED: Final = 100
"""Receipts that `GET /v1/receipts` lists at most."""
_ADDED_LATER: Final = frozenset({"state", "feedback"})
_CORRECTED: Final = "corrected_at_the_hub"
_UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(slots=True)
class Sent:
    """One message with its answer, and what the hub then said of each of its records."""

    message: Message
    answer: Answer
    receipts: tuple[str, ...] = ()
    records: tuple[Mapping[str, Any], ...] = ()


@dataclass
class Book:
    """Everything one partner sent, in order. `stands` is the sender's number -> the referral that stands under it, or
    waits under it as long as nothing stands.

    `before` are the receipts that the hub listed for this agency when the run began: nothing of this run's.
    """

    sent: list[Sent] = field(default_factory=list)
    stands: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    before: frozenset[str] = frozenset()

    def enter(self, message: Message, answer: Answer, client: HubClient) -> Sent:
        """Keep a message and its answer; whatever is not as promised is a fault."""
        entry = Sent(message, answer)
        if answer.status != message.status:
            self.faults.append(f"{message.key}: answered {answer.status}, must be {message.status}")
        if answer.status == OK:
            entry.receipts = receipts_in(answer, message.media)
            entry.records = self._told(client, entry.receipts)
            self.faults += self._broken(message, entry.records)
        self.sent.append(entry)
        return entry

    def _broken(self, message: Message, records: tuple[Mapping[str, Any], ...]) -> Iterator[str]:
        if len(records) != len(message.promises):
            yield f"{message.key}: {len(records)} records in its receipts, {len(message.promises)} were sent"
        for promise, record in zip(message.promises, records, strict=False):
            yield from self._kept(message.key, promise, record)

    def _kept(self, key: str, promise: Promise, record: Mapping[str, Any]) -> Iterator[str]:
        codes = {issue["code"] for issue in record["issues"]}
        known, before = record["referral"] in self.referrals, self.stands.get(promise.ref)
        if record["outcome"] != promise.outcome:
            yield f"{key} {promise.ref}: {record['outcome']} ({sorted(codes)}), must be {promise.outcome}"
        if promise.remark and promise.remark not in codes:
            yield f"{key} {promise.ref}: nothing says {promise.remark}, only {sorted(codes)}"
        if promise.opens and known:
            yield f"{key} {promise.ref}: told as a referral that was there before"
        if not promise.opens and record["referral"] != before:
            yield f"{key} {promise.ref}: told as another referral than the one that stands"
        if promise.outcome == ACCEPTED or promise.ref not in self.stands:
            self.stands[promise.ref] = record["referral"]

    @property
    def referrals(self) -> set[str]:
        """Every referral that any answer named."""
        return {record["referral"] for entry in self.sent for record in entry.records}

    @property
    def waiting(self) -> set[str]:
        """Every referral that waits for a person, as the answers said: sent again, it waits once."""
        records = (record for entry in self.sent for record in entry.records)
        return {record["referral"] for record in records if record["outcome"] == QUARANTINED}

    @property
    def receipts(self) -> set[str]:
        return {receipt for entry in self.sent for receipt in entry.receipts}

    @property
    def promised(self) -> int:
        """How many referrals the promises make, counted without any answer."""
        first = {entry.message.key: entry.message for entry in self.sent if entry.message.status == OK}
        return sum(promise.opens for message in first.values() for promise in message.promises)

    def outcomes(self) -> Counter[str]:
        """Return how many records became what, each receipt counted once."""
        first = {entry.message.key: entry for entry in self.sent if entry.receipts}
        return Counter(record["outcome"] for entry in first.values() for record in entry.records)

    def refused(self) -> Counter[int]:
        return Counter(entry.answer.status for entry in self.sent if entry.answer.status != OK)

    def differences(self, client: HubClient) -> list[str]:
        """Compare with what the hub says through its public doors; nothing means that both count the same."""
        return [*self.faults, *self._own_count(), *self._as_told(client), *self._listed(client), *self._again(client)]

    def _own_count(self) -> Iterator[str]:
        if len(self.referrals) != self.promised:
            yield f"{len(self.referrals)} referrals were answered, {self.promised} were sent"

    def _as_told(self, client: HubClient) -> Iterator[str]:
        for entry in self.sent:
            if self._told(client, entry.receipts) != entry.records:
                yield f"{entry.message.key}: its receipt now says something else"

    def _told(self, client: HubClient, receipts: Sequence[str]) -> tuple[Mapping[str, Any], ...]:
        """Return the records of some receipts as they stood in their message: a file is received in parts."""
        told = [_plain(record) for one in receipts for record in self.receipt(client, one)]
        return tuple(told if len(receipts) < 2 else sorted(told, key=_place))

    @staticmethod
    def receipt(client: HubClient, receipt: str) -> list[Mapping[str, Any]]:
        try:
            found: list[Mapping[str, Any]] = client.receipt(receipt)["records"]
        except RefusedError:
            return []
        return found

    def _listed(self, client: HubClient) -> Iterator[str]:
        """The hub's list holds what was sent and nothing else: something stored twice would have a second receipt."""
        told = {receipt["receipt"] for receipt in client.receipts()}
        yield from (
            f"receipt {one}: the hub has it, and it was never sent"
            for one in sorted(told - self.receipts - self.before)
        )
        if len(told) < min(LISTED, len(self.receipts)):
            yield f"{len(told)} receipts are listed, {len(self.receipts)} were given"

    def _again(self, client: HubClient) -> Iterator[str]:
        """Send everything once more: the same bytes come back."""
        for entry in self.sent:
            if entry.answer.status == OK:
                try:
                    again = client.deliver(entry.message.path, entry.message.body, entry.message.all_headers)
                except RefusedError as refused:
                    yield f"{entry.message.key}: refused with {refused.status} when it was sent again"
                    continue
                if again != entry.answer:
                    yield f"{entry.message.key}: another answer when it was sent again"


def _place(record: Mapping[str, Any]) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", record["pointer"])]


def receipts_in(answer: Answer, media: str) -> tuple[str, ...]:
    """Return the receipts that an answer names, in its sender's dialect."""
    if media == HL7:
        return (answer.body.decode().split("|")[9],)
    said = answer.json()
    if media == FHIR:
        return tuple(_UUID.findall(said["issue"][0]["diagnostics"])[:1])
    return tuple(said["receipts"]) if "receipts" in said else (said["receipt"],)


def _plain(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return a record of a receipt without what is added to it later: states, and where the hub corrected it."""
    issues = [issue for issue in record["issues"] if issue["code"] != _CORRECTED]
    return {name: value for name, value in record.items() if name not in _ADDED_LATER} | {"issues": issues}
