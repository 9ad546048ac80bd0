"""The answer to a sender. INVARIANT: the same, in bytes and work, whether or not anyone in it is already known."""

from dataclasses import dataclass
from datetime import datetime

from hub.domain.clock import stamp
from hub.domain.referral import Issue, Outcome


@dataclass(frozen=True, slots=True)
class RecordOutcome:
    """What became of one record, and where every remark points."""

    pointer: str
    outcome: Outcome
    referral: str
    issues: tuple[Issue, ...]


@dataclass(frozen=True, slots=True)
class Receipt:
    """Durable proof of receipt. `records` are in message order."""

    id: str
    received_at: datetime
    connector: str
    records: tuple[RecordOutcome, ...]

    def plain(self) -> dict[str, object]:
        """Return the JSON form that is stored and answered."""
        return {
            "receipt": self.id,
            "received_at": stamp(self.received_at),
            "format": self.connector,
            "records": [
                {
                    "pointer": record.pointer,
                    "outcome": record.outcome.value,
                    "referral": record.referral,
                    "issues": [
                        {"severity": i.severity.value, "code": i.code, "location": i.location} for i in record.issues
                    ],
                }
                for record in self.records
            ],
        }
