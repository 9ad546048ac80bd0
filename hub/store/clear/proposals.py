"""Match proposals: who in a referral may be whom."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, func, insert, select, update

from hub.domain.ids import FamilyId, PersonId, ReferenceId, ReferralId
from hub.store.clear import merges
from hub.store.clear.tables import match_proposal, referral

ORDINARY, RESTRICTED = "ordinary", "restricted"
"""The queues: the front door's, and the protected identity desk's, of which nothing shows at the front door."""
ACCEPTED, DECLINED = "accepted", "declined"
JOINED = "joined"
"""The state of a candidate who turned out to be another candidate of the same person."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A candidate: this reference may be that person. Reasons are codes."""

    id: str
    referral: ReferralId
    reference: ReferenceId
    person: PersonId
    family: FamilyId
    grade: str
    reasons_for: tuple[str, ...]
    reasons_against: tuple[str, ...]
    queue: str
    state: str


def add_proposal(connection: Connection, partnership: str, value: Proposal, at: datetime) -> None:
    """Insert a candidate unless (reference, person) was proposed before."""
    exists = connection.scalar(
        select(match_proposal.c.id).where(
            match_proposal.c.partnership_id == partnership,
            match_proposal.c.reference_id == value.reference,
            match_proposal.c.person_id == value.person,
        )
    )
    if exists is None:
        connection.execute(
            insert(match_proposal),
            {
                "partnership_id": partnership,
                "id": value.id,
                "referral_id": value.referral,
                "reference_id": value.reference,
                "person_id": value.person,
                "family_id": value.family,
                "grade": value.grade,
                "reasons_for": " ".join(value.reasons_for),
                "reasons_against": " ".join(value.reasons_against),
                "queue": value.queue,
                "state": value.state,
                "proposed_at": at,
            },
        )


def proposals_for(connection: Connection, partnership: str, referral_id: str, queue: str) -> Sequence[Proposal]:
    """Return the open candidates of a referral in one queue, as whom and where they are now.

    Since they were proposed, a candidate's own referral may have been placed, and the candidate joined with somebody.
    """
    now = select(referral.c.family_id).where(
        referral.c.partnership_id == match_proposal.c.partnership_id,
        referral.c.own_family_id == match_proposal.c.family_id,
    )
    family = func.coalesce(now.limit(1).scalar_subquery(), match_proposal.c.family_id).label("family_now")
    rows = connection.execute(
        select(match_proposal, family)
        .where(
            match_proposal.c.partnership_id == partnership,
            match_proposal.c.referral_id == referral_id,
            match_proposal.c.queue == queue,
            match_proposal.c.state == "open",
        )
        .order_by(family, match_proposal.c.id)
    ).all()
    persons = merges.now_known_as(connection, partnership, {PersonId(r.person_id) for r in rows})
    return [
        Proposal(
            r.id,
            ReferralId(r.referral_id),
            ReferenceId(r.reference_id),
            persons[PersonId(r.person_id)],
            FamilyId(r.family_now),
            r.grade,
            tuple(r.reasons_for.split()),
            tuple(r.reasons_against.split()),
            r.queue,
            r.state,
        )
        for r in rows
    ]


def referrals_with(connection: Connection, partnership: str, queue: str) -> Sequence[ReferralId]:
    """Return the referrals that have open candidates in a queue, the oldest proposal first."""
    rows = connection.execute(
        select(match_proposal.c.referral_id)
        .where(
            match_proposal.c.partnership_id == partnership,
            match_proposal.c.queue == queue,
            match_proposal.c.state == "open",
        )
        .order_by(match_proposal.c.proposed_at, match_proposal.c.id)
    )
    return list(dict.fromkeys(ReferralId(row.referral_id) for row in rows))


def left_open(
    connection: Connection, partnership: str, placed: Collection[str], closed: Collection[str]
) -> dict[ReferralId, datetime]:
    """Return the decided referrals with open candidates of the ordinary queue, and when the first was proposed.

    Where a referral is placed, all of them count; where it was closed, those who were proposed since.
    """
    rows = connection.execute(
        select(match_proposal.c.referral_id, func.min(match_proposal.c.proposed_at).label("at"))
        .join(referral, _same_referral())
        .where(
            match_proposal.c.partnership_id == partnership,
            match_proposal.c.queue == ORDINARY,
            match_proposal.c.state == "open",
            referral.c.state.in_(list(placed)) | (referral.c.state.in_(list(closed)) & _since_decided()),
        )
        .group_by(match_proposal.c.referral_id)
        .order_by(func.min(match_proposal.c.proposed_at), match_proposal.c.referral_id)
    )
    return {ReferralId(row.referral_id): row.at for row in rows}


def since_decided(connection: Connection, partnership: str, referral_id: str) -> frozenset[str]:
    """Return the candidates of a referral who were proposed after it was decided."""
    rows = connection.execute(
        select(match_proposal.c.id)
        .join(referral, _same_referral())
        .where(
            match_proposal.c.partnership_id == partnership,
            match_proposal.c.referral_id == referral_id,
            _since_decided(),
        )
    )
    return frozenset(row.id for row in rows)


def _same_referral() -> ColumnElement[bool]:
    same = referral.c.partnership_id == match_proposal.c.partnership_id
    return same & (referral.c.id == match_proposal.c.referral_id)


def _since_decided() -> ColumnElement[bool]:
    return match_proposal.c.proposed_at > referral.c.decided_at


def answer(connection: Connection, partnership: str, ids: Collection[str], state: str) -> int:
    """Mark open candidates; returns how many still were open."""
    done = connection.execute(
        update(match_proposal)
        .where(
            match_proposal.c.partnership_id == partnership,
            match_proposal.c.id.in_(list(ids)),
            match_proposal.c.state == "open",
        )
        .values(state=state)
    )
    return done.rowcount


def reopen(connection: Connection, partnership: str, referral: ReferralId, person: PersonId) -> None:
    """Propose somebody again who was joined with another candidate, and was taken apart from them."""
    connection.execute(
        update(match_proposal)
        .where(
            match_proposal.c.partnership_id == partnership,
            match_proposal.c.referral_id == referral,
            match_proposal.c.person_id == person,
            match_proposal.c.state == JOINED,
        )
        .values(state="open")
    )
