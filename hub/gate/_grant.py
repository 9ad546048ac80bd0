"""Proof that a decision exists and is durably entered. Only the gate may import this module."""

from dataclasses import dataclass

from hub.domain.ids import AccountId, AgencyId, EntryId, RecordId


@dataclass(frozen=True, slots=True)
class EnteredGrant:
    """Covers the visible labels of the records named in one committed entry, and nothing else.

    `shown` are the digests of the labels decided to show, `items` single named records with the label decided for them.
    """

    entry: EntryId
    actor: AccountId | str
    recipient: AccountId | AgencyId | str
    records: frozenset[RecordId]
    shown: frozenset[str]
    items: frozenset[tuple[RecordId, str]] = frozenset()

    def covers(self, record: RecordId, label_digest: str) -> bool:
        """Say whether this field set of this record may be opened under the entry."""
        return record in self.records and (label_digest in self.shown or (record, label_digest) in self.items)
