"""What a partner sends: bytes for an address, and what the format's published notes promise of each record."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

ACCEPTED, QUARANTINED = "accepted", "quarantined"
JSON, CSV, XML, FHIR, HL7 = (
    "application/json",
    "text/csv",
    "application/xml",
    "application/fhir+json",
    "application/hl7-v2",
)
SIGNATURE: Final = "Batch-Signature"


@dataclass(frozen=True, slots=True)
class Promise:
    """What becomes of one record: the outcome, a remark that its receipt must hold ("" for none), and its referral.

    `ref` is the sender's own number. `opens` says that this record is a referral that was not there before; else it
    speaks of the one that stands under `ref`.
    """

    ref: str
    outcome: str = ACCEPTED
    remark: str = ""
    opens: bool = True


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a partner. `status` is what must be answered; a message that is refused promises nothing."""

    key: str
    path: str
    body: bytes = field(repr=False)
    media: str
    promises: tuple[Promise, ...] = ()
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def signed(self) -> bool:
        """Say whether this is a signed file: the file itself is its key."""
        return SIGNATURE in self.headers

    @property
    def all_headers(self) -> dict[str, str]:
        return {"Content-Type": self.media, "Idempotency-Key": self.key, **self.headers}
