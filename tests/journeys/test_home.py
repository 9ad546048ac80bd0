"""Home: my families and when I last opened them; what is new is told where the gate has just shown it."""

import re
from datetime import timedelta

import pytest
from flask import Flask

from hub.domain.ids import FamilyId
from hub.wiring import web_app
from tests.factories import SmallWorld
from tests.journeys.readers import Reader
from tests.spec.helping import holds, treatment


@pytest.fixture
def family(sqlite_world: SmallWorld) -> FamilyId:
    family = sqlite_world.police_notice()
    sqlite_world.allocate("sally", lead=True)
    return family


def news(page: str) -> str:
    """Return what a family page says of new entries ("" when it says nothing)."""
    found = re.search(r"((?:None of these entries|\d+ entr\w+ here) (?:is|are)) new to you since", page)
    return found.group(1) if found else ""


def test_home_lists_my_families_with_their_times(sqlite_world: SmallWorld, sqlite_app: Flask, family: FamilyId) -> None:
    sally = Reader(sqlite_app, "sally")
    page = sally.words("/")
    assert "Family FS-0001 You have not opened it yet. lead practitioner since 23 November 2026" in page
    sally.open(family)
    assert "Last opened by you on 23 November 2026, 09:30. Open it to see what is new." in sally.words("/")
    sqlite_world.allocate("rob", "alleged_perpetrator", until=sqlite_world.clock() + timedelta(days=3))
    assert "allocated since 23 November 2026 until 26 November 2026" in Reader(sqlite_app, "rob").words("/")


def test_home_makes_no_decision_and_opens_nothing(
    sqlite_world: SmallWorld, sqlite_app: Flask, family: FamilyId
) -> None:
    sally = Reader(sqlite_app, "sally")
    sally.open(family)
    before = len(sqlite_world.entries())
    sally.get("/")
    assert len(sqlite_world.entries()) == before


def opened(world: SmallWorld, username: str) -> str:
    """Open the family in a new sitting; what is open for two hours has ended by itself."""
    return Reader(web_app(world.hub), username).open(world.family)


def what_came_later_is_marked(world: SmallWorld) -> None:
    """A referral received before the last look and placed after it is new; the same hour is the same look."""
    world.open()
    assert news(opened(world, "sally")) == ""
    world.send("sm", "adult_with_children_json", treatment())
    world.hub.rounds.run_once()
    world.clock.advance(hours=2)
    assert news(opened(world, "sally")) == "None of these entries is"
    world.accept()
    world.clock.advance(hours=2)
    for _ in range(2):
        page = opened(world, "sally")
        assert news(page) == "1 entry here is"
        assert page.count(" New ") == 1
    world.clock.advance(hours=2)
    assert news(opened(world, "sally")) == "None of these entries is"


@pytest.mark.usefixtures("family")
def test_what_a_reader_has_not_been_shown_before_is_marked_as_new(sqlite_world: SmallWorld) -> None:
    what_came_later_is_marked(sqlite_world)


@pytest.mark.usefixtures("family")
def test_a_memory_that_takes_one_entry_for_another_is_noticed(
    sqlite_world: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.store.clear.looks.mark_of", lambda _: b"the same")
    assert not holds(lambda: what_came_later_is_marked(sqlite_world))


def a_hidden_entry_is_no_news(world: SmallWorld) -> None:
    """What is hidden from a reader is not news to them either: their page reads as if nothing had come."""
    opened(world, "pete")
    world.clock.advance(hours=2)
    world.send("sm", "adult_with_children_json", treatment("refused"))
    world.hub.rounds.run_once()
    world.accept()
    page = opened(world, "pete")
    assert news(page) in {"", "None of these entries is"}
    assert " New " not in page


@pytest.mark.usefixtures("family")
def test_a_hidden_entry_is_no_news(sqlite_world: SmallWorld) -> None:
    sqlite_world.allocate("pete", "alleged_perpetrator")
    a_hidden_entry_is_no_news(sqlite_world)


@pytest.mark.usefixtures("family")
def test_whoever_is_on_duty_reads_so_at_home(sqlite_world: SmallWorld) -> None:
    sqlite_world.staff("edith", "csc", "duty_worker")
    now = sqlite_world.clock()
    sqlite_world.hub.setup.put_on_duty(sqlite_world.accounts["edith"], "edt", now, now + timedelta(hours=8))
    edith = Reader(web_app(sqlite_world.hub), "edith")
    assert "You are on duty: Emergency duty team 23 November 2026, 09:30" in edith.words("/")
