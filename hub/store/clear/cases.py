"""Families, referrals and person references as cases: numbers, states and dates, never content."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, insert, select, update

from hub.domain.ids import AccountId, AgencyId, FamilyId, RecordId, ReferenceId, ReferralId
from hub.store.clear import partner_events
from hub.store.clear.tables import family, person_reference, referral
from hub.store.rows_by import rows_by


@dataclass(frozen=True, slots=True)
class Family:
    """A case. `provisional` until a person at the front door accepts the referral that made it."""

    id: FamilyId
    reference: str
    provisional: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Referral:
    """One accepted or quarantined record of a message; `own_family` is the provisional case made for it."""

    id: ReferralId
    agency: AgencyId
    receipt: str
    pointer: str
    connector: str
    state: str
    family: FamilyId
    own_family: FamilyId
    received_at: datetime


_COUNT = select(func.count()).select_from(family).where(family.c.partnership_id == bindparam("partnership"))


def next_references(connection: Connection, partnership: str, wanted: int) -> list[str]:
    """Return the next case numbers of the partnership (`FS-0007`)."""
    first = (connection.scalar(_COUNT, {"partnership": partnership}) or 0) + 1
    return [f"FS-{number:04d}" for number in range(first, first + wanted)]


def add_families(connection: Connection, partnership: str, values: Sequence[Family]) -> None:
    """Insert cases."""
    if values:
        connection.execute(
            insert(family),
            [
                {
                    "partnership_id": partnership,
                    "id": value.id,
                    "reference": value.reference,
                    "provisional": value.provisional,
                    "created_at": value.created_at,
                }
                for value in values
            ],
        )


_THESE = (
    select(family)
    .where(
        family.c.partnership_id == bindparam("partnership"),
        family.c.id.in_(bindparam("ids", expanding=True)),
    )
    .order_by(family.c.reference)
)


def find_families(connection: Connection, partnership: str, ids: Collection[str]) -> Sequence[Family]:
    """Return these cases by reference."""
    rows = connection.execute(_THESE, {"partnership": partnership, "ids": list(ids)})
    return [Family(FamilyId(r.id), r.reference, r.provisional, r.created_at) for r in rows]


def find_reference(connection: Connection, partnership: str, reference: str) -> Family | None:
    """Return the case with this number."""
    row = rows_by(connection, family, partnership, reference=reference).one_or_none()
    return None if row is None else Family(FamilyId(row.id), row.reference, row.provisional, row.created_at)


def accepted_families(connection: Connection, partnership: str, limit: int = 500) -> Sequence[Family]:
    """Return the newest standing cases: no provisional ones."""
    rows = connection.execute(
        select(family)
        .where(family.c.partnership_id == partnership, family.c.provisional.is_(False))
        .order_by(family.c.created_at.desc(), family.c.id)
        .limit(limit)
    )
    return [Family(FamilyId(r.id), r.reference, r.provisional, r.created_at) for r in rows]


def accept_family(connection: Connection, partnership: str, id_: FamilyId) -> None:
    """Turn a provisional case into a standing one."""
    connection.execute(
        update(family).where(family.c.partnership_id == partnership, family.c.id == id_).values(provisional=False)
    )


def add_referrals(connection: Connection, partnership: str, values: Sequence[Referral]) -> None:
    """Insert referrals."""
    if values:
        connection.execute(
            insert(referral),
            [
                {
                    "partnership_id": partnership,
                    "id": value.id,
                    "agency_id": value.agency,
                    "receipt_id": value.receipt,
                    "pointer": value.pointer,
                    "connector": value.connector,
                    "state": value.state,
                    "family_id": value.family,
                    "own_family_id": value.own_family,
                    "received_at": value.received_at,
                }
                for value in values
            ],
        )


def referrals_in(connection: Connection, partnership: str, states: Collection[str]) -> Sequence[Referral]:
    """Return the referrals in these states, oldest first."""
    rows = connection.execute(
        select(referral)
        .where(referral.c.partnership_id == partnership, referral.c.state.in_(list(states)))
        .order_by(referral.c.received_at, referral.c.id)
    )
    return [referral_of(row) for row in rows]


def received_in(connection: Connection, partnership: str, families: Collection[str]) -> Sequence[Referral]:
    """Return the referrals that made these families, oldest first."""
    rows = connection.execute(
        select(referral)
        .where(referral.c.partnership_id == partnership, referral.c.own_family_id.in_(list(families)))
        .order_by(referral.c.received_at, referral.c.id)
    )
    return [referral_of(row) for row in rows]


def newest_placed(connection: Connection, partnership: str, families: Collection[str]) -> dict[FamilyId, datetime]:
    """Return when a referral was last placed in each of these families."""
    rows = connection.execute(
        select(referral.c.family_id, func.max(referral.c.decided_at).label("at"))
        .where(referral.c.partnership_id == partnership, referral.c.decided_at.is_not(None))
        .group_by(referral.c.family_id)
    )
    return {FamilyId(row.family_id): row.at for row in rows if row.family_id in families}


def placed_from(connection: Connection, partnership: str, own_family: FamilyId) -> FamilyId | None:
    """Return the family that a referral's own family was placed in; None when it stands by itself, or is none."""
    found = connection.scalar(
        select(referral.c.family_id).where(
            referral.c.partnership_id == partnership, referral.c.own_family_id == own_family
        )
    )
    return FamilyId(found) if found and found != own_family else None


def placed_into(connection: Connection, partnership: str, family: FamilyId) -> Sequence[FamilyId]:
    """Return the provisional families whose referrals were placed in a family."""
    rows = rows_by(connection, referral, partnership, family_id=family)
    return [FamilyId(row.own_family_id) for row in rows if row.own_family_id != family]


def find_referral(connection: Connection, partnership: str, id_: str) -> Referral | None:
    """Return one referral."""
    row = rows_by(connection, referral, partnership, id=id_).one_or_none()
    return None if row is None else referral_of(row)


UNDECIDED = ("received", "quarantined")
"""States in which a referral waits at the front door."""


def decide_referral(  # noqa: PLR0913, PLR0917  what a decision is made of
    connection: Connection,
    partnership: str,
    id_: ReferralId,
    state: str,
    target: FamilyId,
    by: AccountId,
    at: datetime,
    told: datetime | None = None,
) -> int:
    """Move a waiting referral to its outcome, told from `told` on (None: at once); 0 when somebody else was faster.

    What was placed in its own family lies in the target now too: the records of that family have all moved.
    """
    done = connection.execute(
        update(referral)
        .where(referral.c.partnership_id == partnership, referral.c.id == id_, referral.c.state.in_(UNDECIDED))
        .values(state=state, family_id=target, decided_by=by, decided_at=at, told_at=told or at)
    )
    if done.rowcount:
        _along(connection, partnership, id_, target)
        partner_events.post_state(connection, partnership, id_, state, at, told)
    return done.rowcount


def tell_from(connection: Connection, partnership: str, value: Referral, at: datetime, told: datetime) -> None:
    """Let a placing be told from an instant on that its sender was not to hear of any more."""
    connection.execute(
        update(referral)
        .where(referral.c.partnership_id == partnership, referral.c.id == value.id, referral.c.told_at.is_(None))
        .values(told_at=told)
    )
    partner_events.post_state(connection, partnership, value.id, value.state, at, told)


def _along(connection: Connection, partnership: str, id_: ReferralId, target: FamilyId) -> None:
    here = referral.c.partnership_id == partnership
    own = select(referral.c.own_family_id).where(here, referral.c.id == id_).scalar_subquery()
    connection.execute(update(referral).where(here, referral.c.family_id == own).values(family_id=target))


def add_references(
    connection: Connection,
    partnership: str,
    named: Sequence[tuple[ReferenceId, tuple[ReferralId, AgencyId, RecordId]]],
) -> None:
    """Insert a sender's references to people, each with the sealed record that holds who it is."""
    if named:
        connection.execute(
            insert(person_reference),
            [
                {
                    "partnership_id": partnership,
                    "id": id_,
                    "referral_id": referral_id,
                    "agency_id": agency,
                    "record_id": record,
                }
                for id_, (referral_id, agency, record) in named
            ],
        )


def references_of(
    connection: Connection, partnership: str, referral_id: str
) -> Sequence[tuple[ReferenceId, RecordId, bool]]:
    """Return (reference, person record, whether it was compared before) of everybody in a referral."""
    rows = rows_by(connection, person_reference, partnership, referral_id=referral_id)
    return [(ReferenceId(row.id), RecordId(row.record_id), row.matched_at is not None) for row in rows]


def note_matched(connection: Connection, partnership: str, references: Collection[ReferenceId], at: datetime) -> None:
    """Note when references were compared first."""
    connection.execute(
        update(person_reference)
        .where(
            person_reference.c.partnership_id == partnership,
            person_reference.c.id.in_(list(references)),
            person_reference.c.matched_at.is_(None),
        )
        .values(matched_at=at)
    )


def records_behind(connection: Connection, partnership: str, references: Collection[str]) -> dict[str, tuple[str, str]]:
    """Return reference -> (person record, referral) for candidates of a match."""
    rows = connection.execute(
        select(person_reference).where(
            person_reference.c.partnership_id == partnership, person_reference.c.id.in_(list(references))
        )
    )
    return {row.id: (row.record_id, row.referral_id) for row in rows}


def referral_of(row) -> Referral:  # type: ignore[no-untyped-def]  # noqa: ANN001  a Row of `referral`
    """Return a row of `referral` as a value."""
    return Referral(
        ReferralId(row.id),
        AgencyId(row.agency_id),
        row.receipt_id,
        row.pointer,
        row.connector,
        row.state,
        FamilyId(row.family_id),
        FamilyId(row.own_family_id),
        row.received_at,
    )
