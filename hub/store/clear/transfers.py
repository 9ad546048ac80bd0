"""Families handed over: which, to whom, the bundle's digest, the receipt; and the keys of other partnerships."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from hub.domain.ids import AccountId, AgencyId, FamilyId
from hub.store.clear.partner_tables import transfer, transfer_key
from hub.store.columns import in_partnership


@dataclass(frozen=True, slots=True)
class Transfer:
    """One family handed over. `receipt` is the receiver's signed answer, once it is here."""

    id: str
    family: FamilyId
    recipient: AgencyId
    bundle_digest: str
    made_at: datetime
    made_by: AccountId
    receipt: str | None = None


def add(connection: Connection, partnership: str, value: Transfer) -> None:
    """Insert a transfer."""
    connection.execute(
        insert(transfer),
        {
            "partnership_id": partnership,
            "id": value.id,
            "family_id": value.family,
            "recipient_id": value.recipient,
            "bundle_digest": value.bundle_digest,
            "made_at": value.made_at,
            "made_by": value.made_by,
        },
    )


def find(connection: Connection, partnership: str, id_: str) -> Transfer | None:
    """Return one transfer."""
    row = connection.execute(
        select(transfer).where(in_partnership(transfer, partnership), transfer.c.id == id_)
    ).one_or_none()
    if row is None:
        return None
    family, recipient, by = FamilyId(row.family_id), AgencyId(row.recipient_id), AccountId(row.made_by)
    return Transfer(row.id, family, recipient, row.bundle_digest, row.made_at, by, row.receipt)


def receipted(connection: Connection, partnership: str, id_: str, receipt: str, at: datetime) -> None:
    """Keep the receiver's answer; the first one stays."""
    connection.execute(
        update(transfer)
        .where(in_partnership(transfer, partnership), transfer.c.id == id_, transfer.c.receipt.is_(None))
        .values(receipt=receipt, receipted_at=at)
    )


def trust(connection: Connection, partnership: str, agency: AgencyId, public_key: str) -> None:
    """Keep the key with which another partnership signs, in place of an earlier one."""
    here = in_partnership(transfer_key, partnership) & (transfer_key.c.agency_id == agency)
    if not connection.execute(update(transfer_key).where(here).values(public_key=public_key)).rowcount:
        row = {"partnership_id": partnership, "agency_id": agency, "public_key": public_key}
        connection.execute(insert(transfer_key), row)


def key_of(connection: Connection, partnership: str, agency: AgencyId) -> str | None:
    """Return the key of another partnership (64 hexadecimal characters)."""
    found: str | None = connection.scalar(
        select(transfer_key.c.public_key).where(
            in_partnership(transfer_key, partnership), transfer_key.c.agency_id == agency
        )
    )
    return found


def known_keys(connection: Connection, partnership: str) -> Sequence[AgencyId]:
    """Return the agencies of the register whose keys are known: other partnerships."""
    asked = select(transfer_key.c.agency_id).where(in_partnership(transfer_key, partnership))
    return [AgencyId(row.agency_id) for row in connection.execute(asked.order_by(transfer_key.c.agency_id))]
