"""A refusal leaves its sender the decision whether to share: the page reads alike wherever the message lies by then."""

import re
from dataclasses import replace

import pytest
from flask import Flask

from hub.domain.facts import FactKind, family_chain
from hub.services.task_lines import HolderTask
from hub.services.tasks import Tasks
from hub.wiring import web_app
from tests.factories import SmallWorld
from tests.journeys.readers import Reader, bare
from tests.spec.helping import holds
from tests.spec.placings import FRIDAY, Message, both

_NUMBER = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@pytest.fixture
def app(case: SmallWorld) -> Flask:
    """Ros works for the treatment service, and with no family here."""
    case.clock.now = FRIDAY
    case.staff("ros", "sm", "recovery_worker")
    return web_app(case.hub)


def task_of(one: Message) -> str:
    """Return the number of the task that a message left with its sender."""
    lines = one.world.hub.tasks.open_for(one.world.accounts["ros"])
    with one.world.hub.engines.data.connect() as connection:
        asked = f"SELECT own_family_id FROM referral WHERE id = '{one.referral}'"  # noqa: S608  a number of our own
        own = connection.exec_driver_sql(asked).scalar_one()
    return next(line.id for line in lines if line.family == own)


def reads_alike(world: SmallWorld, app: Flask) -> None:
    known, unknown = both(world)
    ros = Reader(app, "ros")
    ros.get("/tasks")  # reads what is said once after signing in
    ids = [task_of(one) for one in (known, unknown)]
    pages = [bare(ros.get(f"/tasks/{id_}/sharing")).replace(id_, "this task") for id_ in ids]
    assert "Which children is it about?" in pages[0]
    assert "FS-" not in pages[0] + pages[1]
    inside = [page[page.index("<main") : page.index("</main>")] for page in pages]
    assert _NUMBER.findall(inside[0]) == _NUMBER.findall(inside[1]), "a number would tell since when somebody is known"
    assert inside[0] == inside[1]


def test_the_page_of_what_the_program_placed_reads_as_that_of_a_stranger(case: SmallWorld, app: Flask) -> None:
    reads_alike(case, app)


def test_a_page_that_lists_the_children_of_the_known_family_is_noticed(
    case: SmallWorld, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    holder_task = Tasks.holder_task

    def everybody(self: Tasks, *whose: str) -> HolderTask:
        found = holder_task(self, *whose)
        return replace(found, named=found.children)

    monkeypatch.setattr(Tasks, "holder_task", everybody)
    assert not holds(lambda: reads_alike(case, app))


def test_what_the_holder_decides_still_reaches_what_was_placed(case: SmallWorld, app: Flask) -> None:
    """The first child of its own message is named in the family in which the message lies by now."""
    known, _ = both(case)
    waiting = case.hub.tasks.holder_task(case.accounts["ros"], task_of(known))
    assert waiting.family == case.family
    assert set(waiting.named) <= set(waiting.children)
    said = {"harm": "no", "detriment": "It protects them.", "reason": "He lives with them.", "decision": "share"}
    ros = Reader(app, "ros")
    path = f"/tasks/{waiting.id}/sharing"
    assert ros.send(path, recipient=case.agencies["csc"], children=["1"], **said).status_code == 302
    [fact] = [
        fact
        for fact in case.hub.writer.standing_facts([family_chain(case.family)], case.clock())
        if fact.kind is FactKind.OPENING and "holder_decision" in fact.body.values()
    ]
    assert list(fact.body["children"]) == [waiting.named[0]]


def the_review_counts_its_own_message(world: SmallWorld, app: Flask) -> None:
    """A decision not to share is reviewed at the same agency: it reads of no more children than were sent."""
    known, unknown = both(world)
    ros = Reader(app, "ros")
    said = {"harm": "yes", "detriment": "He would stop coming.", "reason": "He has told us so.", "ground": "detriment"}
    for one in (known, unknown):
        path = f"/tasks/{task_of(one)}/sharing"
        assert ros.send(path, decision="do_not_share", **said).status_code == 302
    with world.hub.engines.data.connect() as connection:
        found = connection.exec_driver_sql("SELECT id FROM sharing_decision").scalars().all()
    pages = [world.hub.sharing.review_page(world.accounts["igsm"], id_) for id_ in found]
    assert len(pages) == 2
    assert len({page.children for page in pages}) == 1


def test_the_review_of_a_decision_counts_the_children_of_its_own_message(case: SmallWorld, app: Flask) -> None:
    the_review_counts_its_own_message(case, app)


def test_a_review_that_counts_the_known_family_is_noticed(
    case: SmallWorld, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    holder_task = Tasks.holder_task
    monkeypatch.setattr(
        Tasks, "holder_task", lambda *given: (found := holder_task(*given)) and replace(found, named=found.children)
    )
    assert not holds(lambda: the_review_counts_its_own_message(case, app))
