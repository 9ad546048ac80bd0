"""Tasks, the outbox and progress marks: what the hub still owes somebody."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from hub.domain.ids import AccountId, AgencyId, FamilyId, RecordId
from hub.store.clear.tables import outbox, progress, referral, task


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
        if was_made(connection, partnership, value):
            return False
        raise
    return True


def was_made(connection: Connection, partnership: str, value: Task) -> bool:
    """Say whether the same was asked of the same agency before, done or not."""
    same = (task.c.source == value.source) & (task.c.kind == value.kind) & (task.c.agency_id == value.agency)
    return connection.scalar(select(task.c.id).where(task.c.partnership_id == partnership, same)) is not None


_OPEN = (
    select(task)
    .where(task.c.partnership_id == bindparam("partnership"), task.c.agency_id == bindparam("agency"))
    .where(task.c.done_at.is_(None))
    .order_by(task.c.due_at, task.c.id)
)
"""Built once: home and every family page ask what is open."""


def open_tasks(connection: Connection, partnership: str, agency: AgencyId) -> Sequence[Task]:
    """Return an agency's open tasks, most urgent first."""
    rows = connection.execute(_OPEN, {"partnership": partnership, "agency": agency})
    return [task_of(row) for row in rows]


def find_task(connection: Connection, partnership: str, id_: str) -> Task | None:
    """Return an open task."""
    row = connection.execute(
        select(task).where(task.c.partnership_id == partnership, task.c.id == id_, task.c.done_at.is_(None))
    ).one_or_none()
    return None if row is None else task_of(row)


def family_of_record(connection: Connection, partnership: str, value: Task) -> tuple[FamilyId, str]:
    """Return the family a task's record belongs to now, and the referral that made the family the task names, or "".

    The referral may have been placed since the task was made.
    """
    found = connection.execute(
        select(referral.c.family_id, referral.c.id).where(
            referral.c.partnership_id == partnership, referral.c.own_family_id == value.family
        )
    ).first()
    return (FamilyId(found.family_id), found.id) if found else (FamilyId(value.family or ""), "")


def due_of(connection: Connection, partnership: str, source: str) -> datetime | None:
    """Return by when the open task from a source is due."""
    due: datetime | None = connection.scalar(
        select(task.c.due_at).where(
            task.c.partnership_id == partnership, task.c.source == source, task.c.done_at.is_(None)
        )
    )
    return due


def finish_task(connection: Connection, partnership: str, id_: str, by: str, at: datetime) -> int:
    """Close an open task; returns 0 when it was closed already."""
    done = connection.execute(
        update(task)
        .where(task.c.partnership_id == partnership, task.c.id == id_, task.c.done_at.is_(None))
        .values(done_at=at, done_by=by)
    )
    return done.rowcount


def finish_tasks_from(connection: Connection, partnership: str, source: str, by: str, at: datetime) -> int:
    """Close the open tasks that came from a source which turned out to be wrong or over; returns how many."""
    done = connection.execute(
        update(task)
        .where(task.c.partnership_id == partnership, task.c.source == source, task.c.done_at.is_(None))
        .values(done_at=at, done_by=by)
    )
    return done.rowcount


def finish_tasks_about(
    connection: Connection, partnership: str, records: Collection[RecordId], by: str, at: datetime
) -> int:
    """Close the open tasks that came from these records or are about them, once they are superseded or taken back."""
    gone = sorted(records)
    done = connection.execute(
        update(task)
        .where(
            task.c.partnership_id == partnership,
            task.c.source.in_(gone) | task.c.record_id.in_(gone),
            task.c.done_at.is_(None),
        )
        .values(done_at=at, done_by=by)
    )
    return done.rowcount


def post(connection: Connection, partnership: str, job: tuple[str, str, str], at: datetime) -> None:
    """Leave a job (id, kind, subject) for the worker, in the same transaction as what caused it."""
    post_all(connection, partnership, [job], at)


def post_all(connection: Connection, partnership: str, jobs: Sequence[tuple[str, str, str]], at: datetime) -> None:
    """Leave several jobs."""
    if jobs:
        connection.execute(
            insert(outbox),
            [
                {
                    "partnership_id": partnership,
                    "id": id_,
                    "kind": kind,
                    "subject": subject,
                    "created_at": at,
                    "attempts": 0,
                }
                for id_, kind, subject in jobs
            ],
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


def job_since(connection: Connection, partnership: str, kind: str, subject: str) -> datetime | None:
    """Return since when a job about something waits; None when none does."""
    since: datetime | None = connection.scalar(
        select(func.min(outbox.c.created_at)).where(
            outbox.c.partnership_id == partnership,
            outbox.c.kind == kind,
            outbox.c.subject == subject,
            outbox.c.done_at.is_(None),
        )
    )
    return since


def jobs_before(connection: Connection, partnership: str, kind: str, at: datetime) -> dict[str, datetime]:
    """Return subject -> since when, of the jobs that waited before an instant and still do."""
    rows = connection.execute(
        select(outbox.c.subject, func.min(outbox.c.created_at).label("since"))
        .where(outbox.c.partnership_id == partnership, outbox.c.kind == kind, outbox.c.done_at.is_(None))
        .where(outbox.c.created_at < at)
        .group_by(outbox.c.subject)
        .order_by(outbox.c.subject)
    )
    return {row.subject: row.since for row in rows}


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
