"""File drop: a signed batch of one sender, received in parts so that no return is too long for the hub's memory.

INVARIANT: a signature, hash or number of rows that does not fit refuses the whole batch before anything is stored; one
record that does not fit is quarantined alone.
INVARIANT: parts have keys made of the file's own hash: a batch that was cut off goes on where it stopped, and one that
is sent again gives the same receipts.
"""

import hashlib
import hmac
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, cast

from hub.domain.clock import Clock
from hub.domain.errors import InvalidRequestError, NotSignedInError, RejectedMessageError
from hub.domain.ids import AgencyId
from hub.domain.referral import Connector, CountsRows, Limits, Outcome, Parsed
from hub.identity.batch_signatures import BatchClaims, require_batch_signature
from hub.services.intake import Intake, Message
from hub.services.receiving import read_records
from hub.store.clear import agencies
from hub.store.session import Transactions

PART: Final = 100
"""Records a part: one transaction, one receipt."""
Apart = Callable[[bytes], Callable[[str], bytes]]
"""Takes a message; returns what takes the place of one record and returns that record as a message of its own."""
Progress = Callable[[int, int], None]
"""Called with (records stored, records in all) after every part."""


@dataclass(frozen=True, slots=True)
class Batch:
    """A file as it came, from whom (by credential or by the operator's word), and the signature beside it."""

    agency: AgencyId
    body: bytes = field(repr=False)
    content_type: str
    signature: str = field(repr=False)


@dataclass(slots=True)
class _Told:
    """What is told of a batch, part by part; only records with something to say are kept."""

    claims: BatchClaims
    records: int = 0
    became: Counter[str] = field(default_factory=Counter)
    receipts: list[str] = field(default_factory=list)
    original: str = ""
    remarks: list[Mapping[str, object]] = field(default_factory=list)

    def add(self, receipt: Mapping[str, object], part: Sequence[Parsed]) -> None:
        records = cast("Sequence[Mapping[str, object]]", receipt["records"])
        self.receipts.append(str(receipt["receipt"]))
        if not self.original and part[0].outcome is not Outcome.QUARANTINED:
            self.original = self.receipts[-1]
        self.records += len(records)
        self.became.update(str(record["outcome"]) for record in records)
        self.remarks += [r for r in records if r["issues"] or r["outcome"] != Outcome.ACCEPTED.value]

    def plain(self) -> dict[str, object]:
        return {
            "batch": self.claims.sha256,
            "format": self.claims.connector,
            "rows": self.claims.rows,
            "records": self.records,
            **{outcome.value: self.became[outcome.value] for outcome in Outcome},
            "receipts": self.receipts,
            "remarks": self.remarks,
        }


class FileDrop:
    """Receives batches. Built once by wiring."""

    def __init__(self, intake: Intake, apart: Apart, clear: Transactions, clock: Clock, audience: str) -> None:
        """Take the intake that receives every part, what takes apart, clear rows, and the signatures' audience."""
        self._intake, self._apart = intake, apart
        self._clear, self._clock, self._audience = clear, clock, audience

    def claims(self, batch: Batch) -> BatchClaims:
        """Return what the signature says, once it is by a key of the sender and about this very file.

        Raises:
            NotSignedInError: the signature is no signature of a known client, or `wrong_sender`: another agency's.
            RejectedMessageError: `batch_differs`: about another file.
        """
        with self._clear.read() as connection:
            partnership = self._clear.partnership
            claims = require_batch_signature(
                batch.signature,
                lambda client: agencies.find_client(connection, partnership, client),
                audience=self._audience,
                now=self._clock(),
            )
            client = agencies.find_client(connection, partnership, claims.client_id)
        if client is None or client.agency != batch.agency:
            raise NotSignedInError("wrong_sender", where="signature")
        if not hmac.compare_digest(hashlib.sha256(batch.body).hexdigest(), claims.sha256):
            raise RejectedMessageError("batch_differs", where="sha256", next_step="sign the file as it is sent")
        return claims

    def take(
        self, batch: Batch, connector: Connector, limits: Limits, progress: Progress = lambda _done, _total: None
    ) -> dict[str, object]:
        """Receive a batch; returns counts, the receipts of its parts, and every record that is not plainly accepted.

        Raises:
            RejectedMessageError: unreadable, `row_count_differs`, or as `claims`; nothing was stored.
            InvalidRequestError: `connector_differs` or `no_records`; nothing was stored.
        """
        claims = self.claims(batch)
        if connector.name != claims.connector:
            raise InvalidRequestError("connector_differs", where="connector", next_step="name the signed connector")
        total = _counted(batch, connector, limits, claims.rows)
        told, alone = _Told(claims), self._apart(batch.body)
        for first, part in _parts(read_records(connector.parse, batch.body, limits)):
            body, media = batch.body, batch.content_type
            if part[0].outcome is Outcome.QUARANTINED:  # to be mended where it lies, without the rest of the file
                body = alone(part[0].pointer)
            elif told.original:
                said = {"sha256": claims.sha256, "original": told.original, "first_record": first}
                body, media = json.dumps(said).encode(), "application/json"
            key = f"batch {claims.sha256} {first}"
            told.add(self._intake.receive(Message(batch.agency, connector.name, key, body, media, part)), part)
            progress(told.records, total)
        return told.plain()


def _counted(batch: Batch, connector: Connector, limits: Limits, declared: int) -> int:
    """Read the batch to its end before anything of it is stored; returns its number of records."""
    records = sum(1 for _ in read_records(connector.parse, batch.body, limits))
    rows = connector.rows(batch.body, limits) if isinstance(connector, CountsRows) else records
    if rows != declared:
        raise RejectedMessageError("row_count_differs", where="rows", next_step="send the whole file")
    if not records:
        raise InvalidRequestError("no_records", where="/", next_step="send_at_least_one_record")
    return records


def _parts(parsed: Iterable[Parsed]) -> Iterator[tuple[int, list[Parsed]]]:
    """Yield parts with the number of their first record; a quarantined record is a part of its own."""
    first, waiting = 0, list[Parsed]()
    for number, one in enumerate(parsed):
        if one.outcome is Outcome.QUARANTINED:
            yield number, [one]
            continue
        first = first if waiting else number
        waiting.append(one)
        if len(waiting) == PART:
            yield first, waiting
            waiting = []
    if waiting:
        yield first, waiting
