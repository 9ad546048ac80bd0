"""Receipts, tasks, match proposals, the outbox and progress marks: what the hub still owes somebody."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from hub.domain.ids import AccountId, AgencyId, FamilyId, PersonId, RecordId, ReferenceId, ReferralId
from hub.store.clear.tables import match_proposal, outbox, progress, receipt, referral, task


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


@dataclass(frozen=True, slots=True)
class Task:
    """Something an agency has to do by a time. (source, kind, agency) is unique: a task is never made twice.

    `account` is set when one person owes it; `subject` is the id of what it is about (a decision, an emergency access).
    """

    id: str
    source: str
    kind: str
    agency: AgencyId
    family: FamilyId | None
    record: RecordId | None
    created_at: datetime
    due_at: datetime
    account: AccountId | None = None
    subject: str | None = None
    done_at: datetime | None = None
    alarmed_at: datetime | None = None


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


def find_receipt(connection: Connection, partnership: str, agency: AgencyId, key_hash: str) -> StoredReceipt | None:
    """Return the receipt already given for an agency's key."""
    row = connection.execute(
        select(receipt).where(
            receipt.c.partnership_id == partnership, receipt.c.agency_id == agency, receipt.c.key_hash == key_hash
        )
    ).one_or_none()
    return None if row is None else _receipt(row)


def receipt_numbered(connection: Connection, partnership: str, id_: str) -> StoredReceipt | None:
    """Return one receipt by its id."""
    row = connection.execute(
        select(receipt).where(receipt.c.partnership_id == partnership, receipt.c.id == id_)
    ).one_or_none()
    return None if row is None else _receipt(row)


def receipts_of(
    connection: Connection, partnership: str, agency: AgencyId, limit: int = 100
) -> Sequence[StoredReceipt]:
    """Return an agency's newest receipts."""
    rows = connection.execute(
        select(receipt)
        .where(receipt.c.partnership_id == partnership, receipt.c.agency_id == agency)
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


def add_task(connection: Connection, partnership: str, value: Task) -> bool:
    """Insert a task unless it was made before, by whoever; says whether it is new.

    The key decides, not a look beforehand: two workers at once make one task.
    """
    try:
        with connection.begin_nested():
            connection.execute(
                insert(task),
                {
                    "partnership_id": partnership,
                    "id": value.id,
                    "source": value.source,
                    "kind": value.kind,
                    "agency_id": value.agency,
                    "family_id": value.family,
                    "record_id": value.record,
                    "account_id": value.account,
                    "subject_id": value.subject,
                    "created_at": value.created_at,
                    "due_at": value.due_at,
                },
            )
    except IntegrityError:
        if _made_before(connection, partnership, value):
            return False
        raise
    return True


def _made_before(connection: Connection, partnership: str, value: Task) -> bool:
    same = (task.c.source == value.source) & (task.c.kind == value.kind) & (task.c.agency_id == value.agency)
    return connection.scalar(select(task.c.id).where(task.c.partnership_id == partnership, same)) is not None


def open_tasks(connection: Connection, partnership: str, agency: AgencyId) -> Sequence[Task]:
    """Return an agency's open tasks, most urgent first."""
    rows = connection.execute(
        select(task)
        .where(task.c.partnership_id == partnership, task.c.agency_id == agency, task.c.done_at.is_(None))
        .order_by(task.c.due_at, task.c.id)
    )
    return [task_of(row) for row in rows]


def find_task(connection: Connection, partnership: str, id_: str) -> Task | None:
    """Return an open task."""
    row = connection.execute(
        select(task).where(task.c.partnership_id == partnership, task.c.id == id_, task.c.done_at.is_(None))
    ).one_or_none()
    return None if row is None else task_of(row)


def family_of_record(connection: Connection, partnership: str, value: Task) -> FamilyId:
    """Return the family a task's record belongs to now: a referral may have been placed since the task was made."""
    found = connection.scalar(
        select(referral.c.family_id).where(
            referral.c.partnership_id == partnership, referral.c.own_family_id == value.family
        )
    )
    return FamilyId(found or value.family or "")


def finish_task(connection: Connection, partnership: str, id_: str, by: str, at: datetime) -> int:
    """Close an open task; returns 0 when it was closed already."""
    done = connection.execute(
        update(task)
        .where(task.c.partnership_id == partnership, task.c.id == id_, task.c.done_at.is_(None))
        .values(done_at=at, done_by=by)
    )
    return done.rowcount


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
    """Return the open candidates of a referral in one queue."""
    rows = connection.execute(
        select(match_proposal)
        .where(
            match_proposal.c.partnership_id == partnership,
            match_proposal.c.referral_id == referral_id,
            match_proposal.c.queue == queue,
            match_proposal.c.state == "open",
        )
        .order_by(match_proposal.c.family_id, match_proposal.c.id)
    )
    return [
        Proposal(
            r.id,
            ReferralId(r.referral_id),
            ReferenceId(r.reference_id),
            PersonId(r.person_id),
            FamilyId(r.family_id),
            r.grade,
            tuple(r.reasons_for.split()),
            tuple(r.reasons_against.split()),
            r.queue,
            r.state,
        )
        for r in rows
    ]


def close_proposals(connection: Connection, partnership: str, referral_id: str, accepted: Collection[str]) -> None:
    """Mark a referral's candidates accepted or declined."""
    for state, condition in (
        ("accepted", match_proposal.c.id.in_(list(accepted))),
        ("declined", match_proposal.c.id.not_in(list(accepted))),
    ):
        connection.execute(
            update(match_proposal)
            .where(
                match_proposal.c.partnership_id == partnership, match_proposal.c.referral_id == referral_id, condition
            )
            .values(state=state)
        )


def post(connection: Connection, partnership: str, job: tuple[str, str, str], at: datetime) -> None:
    """Leave a job (id, kind, subject) for the worker, in the same transaction as what caused it."""
    id_, kind, subject = job
    connection.execute(
        insert(outbox),
        {
            "partnership_id": partnership,
            "id": id_,
            "kind": kind,
            "subject": subject,
            "created_at": at,
            "attempts": 0,
        },
    )


def waiting_jobs(connection: Connection, partnership: str, kind: str, limit: int = 100) -> Sequence[tuple[str, str]]:
    """Return (id, subject) of jobs not done, oldest first."""
    rows = connection.execute(
        select(outbox.c.id, outbox.c.subject)
        .where(outbox.c.partnership_id == partnership, outbox.c.kind == kind, outbox.c.done_at.is_(None))
        .order_by(outbox.c.created_at, outbox.c.id)
        .limit(limit)
    )
    return [(row.id, row.subject) for row in rows]


def job_done(connection: Connection, partnership: str, id_: str, at: datetime) -> None:
    """Mark a job done."""
    connection.execute(
        update(outbox).where(outbox.c.partnership_id == partnership, outbox.c.id == id_).values(done_at=at)
    )


def position(connection: Connection, partnership: str, name: str) -> str:
    """Return how far a reader of the log has come ("" at the start)."""
    return (
        connection.scalar(
            select(progress.c.position).where(progress.c.partnership_id == partnership, progress.c.name == name)
        )
        or ""
    )


def set_position(connection: Connection, partnership: str, name: str, value: str) -> None:
    """Remember how far a reader of the log has come."""
    here = (progress.c.partnership_id == partnership) & (progress.c.name == name)
    if connection.execute(update(progress).where(here).values(position=value)).rowcount:
        return
    try:
        with connection.begin_nested():
            connection.execute(insert(progress), {"partnership_id": partnership, "name": name, "position": value})
    except IntegrityError:
        connection.execute(update(progress).where(here).values(position=value))


def _receipt(row) -> StoredReceipt:  # type: ignore[no-untyped-def]  # noqa: ANN001  a Row of `receipt`
    return StoredReceipt(
        row.id, AgencyId(row.agency_id), row.key_hash, row.content_hash, row.status, row.body, row.received_at
    )


def task_of(row) -> Task:  # type: ignore[no-untyped-def]  # noqa: ANN001  a Row of `task`
    """Return a row of `task` as a value."""
    return Task(
        row.id,
        row.source,
        row.kind,
        AgencyId(row.agency_id),
        None if row.family_id is None else FamilyId(row.family_id),
        None if row.record_id is None else RecordId(row.record_id),
        row.created_at,
        row.due_at,
        None if row.account_id is None else AccountId(row.account_id),
        row.subject_id,
        row.done_at,
        row.alarmed_at,
    )
