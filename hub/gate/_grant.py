"""Proof that a decision exists and is durably entered. Only the gate may import this module."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from hub.domain.ids import AccountId, AgencyId, EntryId, RecordId
from hub.policy.decision import Decision, Level


@dataclass(frozen=True, slots=True)
class EnteredGrant:
    """Covers the visible labels of the records named in one committed entry, and nothing else.

    `decisions` maps a label's digest to its decision; `items` holds the decisions made about single named records.
    """

    entry: EntryId
    actor: AccountId | str
    recipient: AccountId | AgencyId | str
    records: frozenset[RecordId]
    decisions: Mapping[str, Decision]
    items: Mapping[tuple[RecordId, str], Decision] = field(default_factory=dict)

    def covers(self, record: RecordId, label_digest: str) -> bool:
        """Say whether this field set of this record may be opened under the entry."""
        if record not in self.records:
            return False
        decision = self.decisions.get(label_digest)
        if decision is None or decision.level is not Level.SHOW:
            decision = self.items.get((record, label_digest))
        return decision is not None and decision.level is Level.SHOW
