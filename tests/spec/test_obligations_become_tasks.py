"""What an agreement asks after seeing becomes exactly one task of the agency that owes it, whatever dies on the way."""

from datetime import timedelta

import pytest
from sqlalchemy.exc import OperationalError

from hub.domain.errors import AccessRefusedError, InvalidRequestError, NotFoundError
from hub.services.obligations import Obligations
from hub.services.task_lines import Finished, TaskLine
from hub.store.clear import duties, work
from tests.factories import SmallWorld
from tests.spec.helping import holds

TELL, TOLD_BY = "Tell the person", "sally"
SOURCE = "Note that information your agency holds was seen"


def mine(world: SmallWorld, username: str, words: str) -> list[TaskLine]:
    return [line for line in world.hub.tasks.open_for(world.accounts[username]) if line.words.startswith(words)]


def seen_in_an_enquiry(world: SmallWorld) -> None:
    world.open()
    world.view("sally")


@pytest.fixture
def enquiry(case: SmallWorld) -> SmallWorld:
    case.staff("pia", "police", "ig_officer")
    case.staff("nate", "mh", "ig_officer")
    seen_in_an_enquiry(case)
    return case


def one_task_each(world: SmallWorld) -> None:
    for _ in range(3):
        world.hub.rounds.run_once()
    assert len(mine(world, "sally", TELL)) == 1
    assert len(mine(world, "pia", SOURCE)) == 1
    assert len(mine(world, "rob", SOURCE)) == 1
    assert mine(world, "nate", SOURCE) == []


def test_each_agency_that_owes_something_gets_exactly_one_task(enquiry: SmallWorld) -> None:
    one_task_each(enquiry)
    enquiry.view("sally")
    one_task_each(enquiry)


def test_tasks_given_to_everybody_are_noticed(enquiry: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    def everyone(_line: object, _read: object) -> list:
        return [(agency, None) for agency in enquiry.agencies.values()]

    monkeypatch.setattr("hub.services.obligations._owing", everyone)
    assert not holds(lambda: one_task_each(enquiry))


def a_crash_loses_and_doubles_nothing(world: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    world.hub.sequencer.run_once()
    keep = work.set_position

    def dies(*_: object) -> None:
        raise OperationalError("", {}, Exception())

    with monkeypatch.context() as broken:
        broken.setattr(work, "set_position", dies)
        with pytest.raises(OperationalError):
            world.hub.rounds.obligations.run_once()
    assert work.set_position is keep
    assert mine(world, "sally", TELL) == []
    one_task_each(world)


def test_a_worker_that_dies_before_its_commit_loses_and_doubles_nothing(
    enquiry: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_crash_loses_and_doubles_nothing(enquiry, monkeypatch)


def test_a_place_kept_without_its_tasks_is_noticed(enquiry: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    enquiry.hub.sequencer.run_once()

    def careless(worker: Obligations) -> int:
        entries, end = worker._inspector.obligations(0)
        with worker._clear.write() as connection:
            work.set_position(connection, worker._clear.partnership, "obligations", str(end))
        return len(entries)

    monkeypatch.setattr(Obligations, "run_once", careless)
    assert not holds(lambda: one_task_each(enquiry))


def test_two_workers_at_once_make_one_task(world: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    world.police_notice()
    world.allocate("sally", lead=True)
    seen_in_an_enquiry(world)
    world.hub.sequencer.run_once()
    second, read = world.again(), Obligations._tasks
    found: list[int] = []

    def interrupted(worker: Obligations, *more: object) -> object:
        """Let the other worker finish between this one's reading and its writing."""
        monkeypatch.setattr(Obligations, "_tasks", read)
        found.append(second.rounds.obligations.run_once())
        return read(worker, *more)

    monkeypatch.setattr(Obligations, "_tasks", interrupted)
    assert world.hub.rounds.obligations.run_once() == 0
    assert found[0] > 0
    assert len(mine(world, "sally", TELL)) == 1


def test_a_deadline_is_in_working_days_as_the_agreement_says(enquiry: SmallWorld) -> None:
    enquiry.hub.rounds.run_once()
    (task,) = mine(enquiry, "sally", TELL)
    assert task.due_words == "by 30 November 2026, 17:00"
    (task,) = mine(enquiry, "pia", SOURCE)
    assert task.due_words == "by 24 November 2026, 17:00"


def test_a_duty_to_tell_is_done_with_a_day_or_a_reason_and_not_without(enquiry: SmallWorld) -> None:
    enquiry.hub.rounds.run_once()
    (task,) = mine(enquiry, "sally", TELL)
    sally, today = enquiry.accounts["sally"], enquiry.clock().date()
    for short in (
        Finished(),
        Finished(told="yes"),
        Finished("  ", "no"),
        Finished("x", "yes", today + timedelta(days=1)),
    ):
        with pytest.raises(InvalidRequestError, match="told_or_why_not"):
            enquiry.hub.tasks.finish(sally, task.id, short)
    enquiry.hub.tasks.finish(sally, task.id, Finished("It would put the children at risk", "no"))
    assert mine(enquiry, "sally", TELL) == []
    with pytest.raises(InvalidRequestError, match="task_closed"):
        enquiry.hub.tasks.finish(sally, task.id, Finished("again", "no"))
    page = enquiry.hub.tasks.page(sally, task.id)
    assert page.done
    assert "put the children at risk" in page.events[-1].words
    enquiry.hub.tasks.reopen(sally, task.id, "The risk has passed")
    assert len(mine(enquiry, "sally", TELL)) == 1


def test_what_was_written_is_sealed(enquiry: SmallWorld) -> None:
    enquiry.hub.rounds.run_once()
    (task,) = mine(enquiry, "sally", TELL)
    enquiry.hub.tasks.finish(enquiry.accounts["sally"], task.id, Finished("A word nobody finds", "no"))
    for file in enquiry.settings.folder.glob("*.db*"):
        assert b"A word nobody finds" not in file.read_bytes()


def nobody_elses(world: SmallWorld) -> None:
    world.hub.rounds.run_once()
    (task,) = mine(world, "sally", TELL)
    for username in ("rob", "pete", "nina", "otto", "pia"):
        with pytest.raises(NotFoundError):
            world.hub.tasks.page(world.accounts[username], task.id)


def test_a_task_of_another_agency_is_not_there(enquiry: SmallWorld) -> None:
    nobody_elses(enquiry)


def test_a_task_open_to_every_agency_is_noticed(enquiry: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    any_task = duties.any_task

    def whosever(connection: object, partnership: str, id_: str) -> work.Task | None:
        found = any_task(connection, partnership, id_)
        (agency,) = {enquiry.agencies["sm"]}
        return found and work.Task(id_, "", found.kind, agency, None, None, found.created_at, found.due_at)

    monkeypatch.setattr(duties, "any_task", whosever)
    assert not holds(lambda: nobody_elses(enquiry))


def a_late_task_alarms_once(world: SmallWorld) -> None:
    world.hub.rounds.run_once()
    world.clock.advance(days=3)
    for _ in range(3):
        world.hub.rounds.run_once()
    late = [e.entry for e in world.entries() if e.entry.outcome == "deadline_passed"]
    assert {entry.agency for entry in late} == {world.agencies[code] for code in ("police", "sm", "csc")}
    assert len({entry.detail["task"] for entry in late}) == len(late)


def test_a_deadline_that_passes_is_entered_as_an_alarm_once(enquiry: SmallWorld) -> None:
    a_late_task_alarms_once(enquiry)


def test_a_deadline_nobody_watches_is_noticed(enquiry: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Obligations, "watch", lambda _: 0)
    assert not holds(lambda: a_late_task_alarms_once(enquiry))


def test_the_queue_is_for_those_who_oversee_and_puts_the_oldest_first(enquiry: SmallWorld) -> None:
    enquiry.hub.rounds.run_once()
    enquiry.clock.advance(days=9)
    enquiry.hub.rounds.run_once()
    manager = enquiry.accounts["manager"]
    queue = enquiry.hub.tasks.queue(manager)
    assert [line.late_words for line in queue.late if line.words.startswith(TELL)] == ["2 working days late"]
    for username in ("sally", "rob", "pete"):
        with pytest.raises(AccessRefusedError):
            enquiry.hub.tasks.queue(enquiry.accounts[username])
