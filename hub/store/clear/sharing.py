"""The question to a holder why something is not shared, and what the holder decided (Children Act 2004 s16LA)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from hub.domain.ids import AccountId, AgencyId, FamilyId, PersonId, RecordId
from hub.store.clear.tables import sharing_decision, sharing_request


@dataclass(frozen=True, slots=True)
class Request:
    """Somebody asks the holder for named items of one category; `sealed` says why, `earlier` is a decision before."""

    id: str
    family: FamilyId
    holder: AgencyId
    recipient: AgencyId
    category: str
    records: tuple[RecordId, ...]
    asked_by: AccountId
    asked_at: datetime
    sealed: bytes
    earlier: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What the holder decided about named items; `ground` is "" when they are shared."""

    id: str
    family: FamilyId
    holder: AgencyId
    recipient: AgencyId | None
    records: tuple[RecordId, ...]
    children: tuple[PersonId, ...]
    shared: bool
    more_detrimental: bool
    ground: str
    sealed: bytes
    decided_by: AccountId
    decided_at: datetime
    review_at: datetime
    task: str
    request: str | None = None
    reviewed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """What a review of a decision not to share found, with a sealed note."""

    id: str
    by: AccountId
    at: datetime
    outcome: str
    sealed: bytes


def add_request(connection: Connection, partnership: str, value: Request) -> None:
    """Insert a request."""
    connection.execute(
        insert(sharing_request),
        {
            "partnership_id": partnership,
            "id": value.id,
            "family_id": value.family,
            "holder_id": value.holder,
            "recipient_id": value.recipient,
            "category": value.category,
            "records": json.dumps(value.records),
            "asked_by": value.asked_by,
            "asked_at": value.asked_at,
            "sealed": value.sealed,
            "earlier_id": value.earlier,
        },
    )


def find_request(connection: Connection, partnership: str, id_: str) -> Request | None:
    """Return one request."""
    row = connection.execute(
        select(sharing_request).where(sharing_request.c.partnership_id == partnership, sharing_request.c.id == id_)
    ).one_or_none()
    return None if row is None else _request(row)


def requests_for(
    connection: Connection, partnership: str, family: FamilyId, flow: tuple[AgencyId, AgencyId, str]
) -> Sequence[Request]:
    """Return what a recipient asked a holder about one category of one family, oldest first."""
    holder, recipient, category = flow
    rows = connection.execute(
        select(sharing_request)
        .where(sharing_request.c.partnership_id == partnership, sharing_request.c.family_id == family)
        .where(sharing_request.c.holder_id == holder, sharing_request.c.recipient_id == recipient)
        .where(sharing_request.c.category == category)
        .order_by(sharing_request.c.asked_at, sharing_request.c.id)
    )
    return [_request(row) for row in rows]


def add_decision(connection: Connection, partnership: str, value: Decision) -> None:
    """Insert a decision."""
    connection.execute(
        insert(sharing_decision),
        {
            "partnership_id": partnership,
            "id": value.id,
            "family_id": value.family,
            "holder_id": value.holder,
            "recipient_id": value.recipient,
            "records": json.dumps(value.records),
            "children": json.dumps(value.children),
            "shared": value.shared,
            "more_detrimental": value.more_detrimental,
            "ground": value.ground,
            "sealed": value.sealed,
            "decided_by": value.decided_by,
            "decided_at": value.decided_at,
            "review_at": value.review_at,
            "task_id": value.task,
            "request_id": value.request,
        },
    )


def find_decision(connection: Connection, partnership: str, id_: str) -> Decision | None:
    """Return one decision."""
    row = connection.execute(
        select(sharing_decision).where(sharing_decision.c.partnership_id == partnership, sharing_decision.c.id == id_)
    ).one_or_none()
    return None if row is None else _decision(row)


def decision_on(connection: Connection, partnership: str, request: str) -> Decision | None:
    """Return the newest decision on a request."""
    row = connection.execute(
        select(sharing_decision)
        .where(sharing_decision.c.partnership_id == partnership, sharing_decision.c.request_id == request)
        .order_by(sharing_decision.c.decided_at.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else _decision(row)


def review(connection: Connection, partnership: str, found: Review) -> int:
    """Keep what a review found; returns 0 when somebody was faster."""
    done = connection.execute(
        update(sharing_decision)
        .where(sharing_decision.c.partnership_id == partnership, sharing_decision.c.id == found.id)
        .where(sharing_decision.c.reviewed_at.is_(None))
        .values(reviewed_at=found.at, reviewed_by=found.by, outcome=found.outcome, review_sealed=found.sealed)
    )
    return done.rowcount


def _request(row) -> Request:  # type: ignore[no-untyped-def]  # noqa: ANN001  a Row of `sharing_request`
    return Request(
        row.id,
        FamilyId(row.family_id),
        AgencyId(row.holder_id),
        AgencyId(row.recipient_id),
        row.category,
        tuple(RecordId(record) for record in json.loads(row.records)),
        AccountId(row.asked_by),
        row.asked_at,
        row.sealed,
        row.earlier_id,
    )


def _decision(row) -> Decision:  # type: ignore[no-untyped-def]  # noqa: ANN001  a Row of `sharing_decision`
    return Decision(
        row.id,
        FamilyId(row.family_id),
        AgencyId(row.holder_id),
        AgencyId(row.recipient_id) if row.recipient_id else None,
        tuple(RecordId(record) for record in json.loads(row.records)),
        tuple(PersonId(child) for child in json.loads(row.children)),
        row.shared,
        row.more_detrimental,
        row.ground,
        row.sealed,
        AccountId(row.decided_by),
        row.decided_at,
        row.review_at,
        row.task_id,
        row.request_id,
        row.reviewed_at,
    )
