"""What became of tasks: done, taken up again, overdue; each with who, when and a sealed note."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, insert, select, update

from hub.domain.ids import AccountId, AgencyId
from hub.store.clear.tables import task, task_event
from hub.store.clear.work import Task, finish_task, task_of

DONE, REOPENED, ALARMED, LEFT = "done", "reopened", "overdue", "left"


@dataclass(frozen=True, slots=True)
class TaskEvent:
    """One thing that happened to a task; `by` is None for the hub itself, `sealed` holds the note."""

    id: str
    task: str
    what: str
    at: datetime
    by: AccountId | None
    sealed: bytes | None


def any_task(connection: Connection, partnership: str, id_: str) -> Task | None:
    """Return a task, done or not."""
    row = connection.execute(select(task).where(task.c.partnership_id == partnership, task.c.id == id_)).one_or_none()
    return None if row is None else task_of(row)


def lately_done(connection: Connection, partnership: str, agency: AgencyId, since: datetime) -> Sequence[Task]:
    """Return an agency's tasks that were done since an instant, newest first."""
    rows = connection.execute(
        select(task)
        .where(task.c.partnership_id == partnership, task.c.agency_id == agency, task.c.done_at >= since)
        .order_by(task.c.done_at.desc(), task.c.id)
    )
    return [task_of(row) for row in rows]


def of_kind(connection: Connection, partnership: str, agency: AgencyId, kind: str) -> Sequence[Task]:
    """Return an agency's tasks of a kind, done or not, oldest first."""
    rows = connection.execute(
        select(task)
        .where(task.c.partnership_id == partnership, task.c.agency_id == agency, task.c.kind == kind)
        .order_by(task.c.created_at, task.c.id)
    )
    return [task_of(row) for row in rows]


def task_about(connection: Connection, partnership: str, kind: str, subject: str) -> Task | None:
    """Return the open task of a kind about one thing."""
    row = connection.execute(
        select(task)
        .where(task.c.partnership_id == partnership, task.c.kind == kind, task.c.subject_id == subject)
        .where(task.c.done_at.is_(None))
        .limit(1)
    ).one_or_none()
    return None if row is None else task_of(row)


def overdue(connection: Connection, partnership: str, now: datetime, limit: int = 200) -> Sequence[Task]:
    """Return open tasks past their time about which no alarm was entered yet, oldest first."""
    rows = connection.execute(
        select(task)
        .where(task.c.partnership_id == partnership, task.c.done_at.is_(None), task.c.alarmed_at.is_(None))
        .where(task.c.due_at < now)
        .order_by(task.c.due_at, task.c.id)
        .limit(limit)
    )
    return [task_of(row) for row in rows]


def done(connection: Connection, partnership: str, event: TaskEvent) -> bool:
    """Close an open task with what was written; False when it was closed already."""
    if not finish_task(connection, partnership, event.task, event.by or "", event.at):
        return False
    add_event(connection, partnership, event)
    return True


def reopened(connection: Connection, partnership: str, event: TaskEvent) -> bool:
    """Take a closed task up again; False when it is open already."""
    again = connection.execute(
        update(task)
        .where(task.c.partnership_id == partnership, task.c.id == event.task, task.c.done_at.is_not(None))
        .values(done_at=None, done_by=None, alarmed_at=None)
    )
    if not again.rowcount:
        return False
    add_event(connection, partnership, event)
    return True


def alarmed(connection: Connection, partnership: str, event: TaskEvent) -> None:
    """Remember that the alarm about a task was entered."""
    connection.execute(
        update(task).where(task.c.partnership_id == partnership, task.c.id == event.task).values(alarmed_at=event.at)
    )
    add_event(connection, partnership, event)


def add_event(connection: Connection, partnership: str, event: TaskEvent) -> None:
    """Insert what happened."""
    row = {"partnership_id": partnership, "id": event.id, "task_id": event.task, "what": event.what, "at": event.at}
    connection.execute(insert(task_event), row | {"by_id": event.by, "sealed": event.sealed})


def events_of(connection: Connection, partnership: str, task_id: str) -> Sequence[TaskEvent]:
    """Return what happened to a task, oldest first."""
    rows = connection.execute(
        select(task_event)
        .where(task_event.c.partnership_id == partnership, task_event.c.task_id == task_id)
        .order_by(task_event.c.at, task_event.c.id)
    )
    return [_event(row) for row in rows]


def _event(row: Row[tuple[object, ...]]) -> TaskEvent:
    return TaskEvent(row.id, row.task_id, row.what, row.at, AccountId(row.by_id) if row.by_id else None, row.sealed)
