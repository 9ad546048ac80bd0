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


@dataclass(frozen=True, slots=True)
class Pin:
    """The keys that one officer gave for another partnership, as one line."""

    line: str
    by: AccountId
    at: datetime


def pin(connection: Connection, partnership: str, agency: AgencyId, value: Pin) -> bool:
    """Keep keys; returns whether they count now: they do once a second officer gives the same ones.

    Other keys than those that are kept begin anew, and those that counted no longer do.
    """
    here = in_partnership(transfer_key, partnership) & (transfer_key.c.agency_id == agency)
    kept = connection.execute(select(transfer_key).where(here)).one_or_none()
    if kept is not None and kept.public_keys == value.line:
        if kept.pinned_by == value.by or kept.confirmed_by is not None:
            return kept.confirmed_by is not None
        connection.execute(update(transfer_key).where(here).values(confirmed_by=value.by, confirmed_at=value.at))
        return True
    said = {"public_keys": value.line, "pinned_by": value.by, "pinned_at": value.at}
    said |= {"confirmed_by": None, "confirmed_at": None}
    if kept is not None:
        connection.execute(update(transfer_key).where(here).values(**said))
    else:
        row = {"partnership_id": partnership, "agency_id": agency, "public_key": ""}
        connection.execute(insert(transfer_key), row | said)
    return False


def confirmed(connection: Connection, partnership: str, agency: AgencyId) -> str | None:
    """Return the keys of another partnership that two officers gave, as one line."""
    here = in_partnership(transfer_key, partnership) & (transfer_key.c.agency_id == agency)
    found: str | None = connection.scalar(
        select(transfer_key.c.public_keys).where(here, transfer_key.c.confirmed_by.is_not(None))
    )
    return found


def all_confirmed(connection: Connection, partnership: str) -> Sequence[AgencyId]:
    """Return the agencies of the register whose keys count: other partnerships."""
    here = in_partnership(transfer_key, partnership) & transfer_key.c.confirmed_by.is_not(None)
    asked = select(transfer_key.c.agency_id).where(here).order_by(transfer_key.c.agency_id)
    return [AgencyId(row.agency_id) for row in connection.execute(asked)]
