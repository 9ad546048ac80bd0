"""Receipts: the answers that were given to senders."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from hub.domain.ids import AgencyId
from hub.store.clear.partner_tables import quarantine_release
from hub.store.clear.tables import receipt
from hub.store.columns import in_partnership
from hub.store.rows_by import rows_by


@dataclass(frozen=True, slots=True)
class StoredReceipt:
    """An answer that was given, under the sender's idempotency key (both hashes are keyed)."""

    id: str
    agency: AgencyId
    key_hash: str
    content_hash: str
    status: int
    body: str
    received_at: datetime


def find_receipt(connection: Connection, partnership: str, agency: AgencyId, key_hash: str) -> StoredReceipt | None:
    """Return the receipt already given for an agency's key."""
    row = rows_by(connection, receipt, partnership, agency_id=agency, key_hash=key_hash).one_or_none()
    return None if row is None else _receipt(row)


def receipt_numbered(connection: Connection, partnership: str, id_: str) -> StoredReceipt | None:
    """Return one receipt by its id."""
    row = rows_by(connection, receipt, partnership, id=id_).one_or_none()
    return None if row is None else _receipt(row)


def receipts_of(
    connection: Connection, partnership: str, agency: AgencyId, limit: int = 100
) -> Sequence[StoredReceipt]:
    """Return the newest receipts that an agency was given: what was repaired here came in under one it was not."""
    own = select(quarantine_release.c.receipt_id).where(
        in_partnership(quarantine_release, partnership), quarantine_release.c.receipt_id.is_not(None)
    )
    rows = connection.execute(
        select(receipt)
        .where(receipt.c.partnership_id == partnership, receipt.c.agency_id == agency, receipt.c.id.not_in(own))
        .order_by(receipt.c.received_at.desc())
        .limit(limit)
    )
    return [_receipt(row) for row in rows]


def add_receipt(connection: Connection, partnership: str, value: StoredReceipt) -> None:
    """Insert a receipt; IntegrityError when the key was used by a concurrent request."""
    connection.execute(
        insert(receipt),
        {
            "partnership_id": partnership,
            "id": value.id,
            "agency_id": value.agency,
            "key_hash": value.key_hash,
            "content_hash": value.content_hash,
            "status": value.status,
            "body": value.body,
            "received_at": value.received_at,
        },
    )


def _receipt(row) -> StoredReceipt:  # type: ignore[no-untyped-def]  # noqa: ANN001  a Row of `receipt`
    return StoredReceipt(
        row.id, AgencyId(row.agency_id), row.key_hash, row.content_hash, row.status, row.body, row.received_at
    )
