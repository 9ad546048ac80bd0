"""What was released from quarantine, and in which state each referral of a receipt is."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from hub.domain.ids import AccountId, AgencyId
from hub.store.clear.partner_events import PLACED
from hub.store.clear.partner_tables import quarantine_release
from hub.store.clear.tables import person_reference, referral
from hub.store.columns import in_partnership
from hub.store.rows_by import portions


@dataclass(frozen=True, slots=True)
class Release:
    """A quarantined referral that was repaired: it came in anew as `released`, under a `receipt` nobody was sent."""

    referral: str
    released: str
    receipt: str
    released_at: datetime
    released_by: AccountId


def add(connection: Connection, partnership: str, value: Release) -> None:
    """Insert a release; IntegrityError when the referral was released before."""
    connection.execute(
        quarantine_release.insert(),
        {
            "partnership_id": partnership,
            "referral_id": value.referral,
            "released_id": value.released,
            "receipt_id": value.receipt,
            "released_at": value.released_at,
            "released_by": value.released_by,
        },
    )


def released(connection: Connection, partnership: str, referral_id: str) -> str | None:
    """Return the referral that a quarantined one was released as."""
    found: str | None = connection.scalar(
        select(quarantine_release.c.released_id).where(
            in_partnership(quarantine_release, partnership), quarantine_release.c.referral_id == referral_id
        )
    )
    return found


def released_among(connection: Connection, partnership: str, referrals: Collection[str]) -> dict[str, str]:
    """Return referral -> what it was released as, of those that waited in quarantine."""
    here, columns = in_partnership(quarantine_release, partnership), quarantine_release.c
    return {
        row.referral_id: row.released_id
        for some in portions(referrals)
        for row in connection.execute(select(quarantine_release).where(here, columns.referral_id.in_(some)))
    }


def release_as(connection: Connection, partnership: str, released_id: str) -> Release | None:
    """Return the release that a referral came in by."""
    this = quarantine_release.c.released_id == released_id
    row = connection.execute(
        select(quarantine_release).where(in_partnership(quarantine_release, partnership), this)
    ).first()
    if row is None:
        return None
    return Release(row.referral_id, row.released_id, row.receipt_id or "", row.released_at, AccountId(row.released_by))


def as_known(connection: Connection, partnership: str, receipts: Collection[str]) -> dict[str, str]:
    """Return receipt -> the one that its sender was given, of those under which something repaired came in."""
    rows = connection.execute(
        select(quarantine_release.c.receipt_id, referral.c.receipt_id.label("given"))
        .join(
            referral,
            (referral.c.partnership_id == quarantine_release.c.partnership_id)
            & (referral.c.id == quarantine_release.c.referral_id),
        )
        .where(in_partnership(referral, partnership), quarantine_release.c.receipt_id.in_(list(receipts)))
    )
    return {row.receipt_id: row.given for row in rows}


def receipts_behind(
    connection: Connection, partnership: str, agency: AgencyId, references: Sequence[str]
) -> dict[str, datetime | None]:
    """Return the receipts that an agency was given for what named these person references.

    Each with from when on the agency may know that it was decided, in the past or to come; None while it waits. What it
    is not to know of at all is left out: a placing that it took its message back before.
    """
    rows = connection.execute(
        select(referral.c.receipt_id, func.max(referral.c.told_at).label("told_at"))
        .join(
            person_reference,
            (person_reference.c.partnership_id == referral.c.partnership_id)
            & (person_reference.c.referral_id == referral.c.id),
        )
        .where(
            in_partnership(referral, partnership),
            referral.c.agency_id == agency,
            person_reference.c.id.in_(list(references)),
            referral.c.told_at.is_not(None) | referral.c.state.not_in(PLACED),
        )
        .group_by(referral.c.receipt_id)
        .order_by(referral.c.receipt_id)
    )
    found = {row.receipt_id: row.told_at for row in rows}
    given = as_known(connection, partnership, found)
    return {given.get(receipt, receipt): told for receipt, told in found.items()}
