"""Requests for information and their answers, as rows: who asks whom for which function, and what was answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select

from hub.domain.ids import AccountId, AgencyId, FactId, FamilyId, RecordId
from hub.store.clear.door_tables import information_request, request_answer
from hub.store.rows_by import rows_by


@dataclass(frozen=True, slots=True)
class Request:
    """One request; `asker` and `holder` are agencies, `sealed` holds whom it is about, why now and about which time."""

    id: str
    family: FamilyId
    asked_by: AccountId
    asker: AgencyId
    holder: AgencyId
    function: str
    asked_at: datetime
    due_at: datetime
    sealed: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer; the newest of a request counts. `record` and `opening` are set where it shares something."""

    id: str
    request: str
    answer: str
    at: datetime
    by: AccountId
    sealed: bytes
    record: RecordId | None = None
    opening: FactId | None = None


def add_request(connection: Connection, partnership: str, value: Request) -> None:
    """Insert a request."""
    row: dict[str, object] = {"partnership_id": partnership, "id": value.id, "family_id": value.family}
    row |= {"asked_by": value.asked_by, "asker_id": value.asker, "holder_id": value.holder}
    row |= {"function": value.function, "asked_at": value.asked_at, "due_at": value.due_at, "sealed": value.sealed}
    connection.execute(insert(information_request), row)


def add_answer(connection: Connection, partnership: str, value: Answer) -> None:
    """Insert an answer; those before it stay."""
    row: dict[str, object] = {"partnership_id": partnership, "id": value.id, "request_id": value.request}
    row |= {"answer": value.answer, "at": value.at, "by_id": value.by, "sealed": value.sealed}
    connection.execute(insert(request_answer), row | {"record_id": value.record, "opening_id": value.opening})


def find_request(connection: Connection, partnership: str, id_: str) -> Request | None:
    """Return one request."""
    row = rows_by(connection, information_request, partnership, id=id_).one_or_none()
    return None if row is None else _request(row)


def asked_of(connection: Connection, partnership: str, holder: AgencyId, limit: int = 200) -> Sequence[Request]:
    """Return what an agency was asked, the newest first."""
    rows = connection.execute(
        select(information_request)
        .where(information_request.c.partnership_id == partnership, information_request.c.holder_id == holder)
        .order_by(information_request.c.asked_at.desc(), information_request.c.id)
        .limit(limit)
    )
    return [_request(row) for row in rows]


_ASKED_BY = (
    select(information_request)
    .where(information_request.c.partnership_id == bindparam("partnership"))
    .where(information_request.c.asker_id == bindparam("asker"))
    .where(information_request.c.family_id.in_(bindparam("families", expanding=True)))
    .order_by(information_request.c.asked_at.desc(), information_request.c.id)
)
"""Built once: every family page asks what was asked about it."""


def asked_by(connection: Connection, partnership: str, asker: AgencyId, families: Sequence[str]) -> Sequence[Request]:
    """Return what an agency asked about these families, the newest first."""
    asked = {"partnership": partnership, "asker": asker, "families": list(families)}
    rows = connection.execute(_ASKED_BY, asked)
    return [_request(row) for row in rows]


def unanswered(connection: Connection, partnership: str, due_before: datetime) -> Sequence[Request]:
    """Return the requests due before an instant that nobody has answered."""
    answered = select(request_answer.c.request_id).where(request_answer.c.partnership_id == partnership)
    rows = connection.execute(
        select(information_request)
        .where(information_request.c.partnership_id == partnership, information_request.c.due_at < due_before)
        .where(information_request.c.id.not_in(answered))
        .order_by(information_request.c.due_at, information_request.c.id)
    )
    return [_request(row) for row in rows]


def answers_to(connection: Connection, partnership: str, requests: Sequence[str]) -> dict[str, list[Answer]]:
    """Return request -> its answers, oldest first: the last one counts."""
    rows = connection.execute(
        select(request_answer)
        .where(request_answer.c.partnership_id == partnership, request_answer.c.request_id.in_(list(requests)))
        .order_by(request_answer.c.at, request_answer.c.id)
    )
    found: dict[str, list[Answer]] = {id_: [] for id_ in requests}
    for row in rows:
        found[row.request_id].append(_answer(row))
    return found


def _request(row) -> Request:  # type: ignore[no-untyped-def]  # noqa: ANN001  a Row of `information_request`
    return Request(
        row.id,
        FamilyId(row.family_id),
        AccountId(row.asked_by),
        AgencyId(row.asker_id),
        AgencyId(row.holder_id),
        row.function,
        row.asked_at,
        row.due_at,
        row.sealed,
    )


def _answer(row) -> Answer:  # type: ignore[no-untyped-def]  # noqa: ANN001  a Row of `request_answer`
    return Answer(
        row.id,
        row.request_id,
        row.answer,
        row.at,
        AccountId(row.by_id),
        row.sealed,
        RecordId(row.record_id) if row.record_id else None,
        FactId(row.opening_id) if row.opening_id else None,
    )
