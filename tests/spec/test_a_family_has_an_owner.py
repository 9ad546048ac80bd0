"""A family nobody leads is on its manager's page with a clock in working days, until somebody leads it."""

import sqlite3
from datetime import UTC, datetime

import pytest

from hub.services import owners
from hub.services.allocations import NewAllocation
from hub.services.caseload import Unowned
from hub.services.recording import Period
from tests.factories import SmallWorld
from tests.journeys.test_who_may_open_what import strangers
from tests.spec.helping import holds


def listed(world: SmallWorld, username: str = "manager") -> list[Unowned]:
    return world.hub.casework.caseload.unowned(world.accounts[username])


def the_one(world: SmallWorld) -> Unowned:
    lines = listed(world)
    assert len(lines) == 1
    return lines[0]


@pytest.fixture
def unled(sqlite_world: SmallWorld) -> SmallWorld:
    sqlite_world.clock.now = datetime(2026, 12, 24, 15, tzinfo=UTC)  # the Thursday before Christmas
    sqlite_world.police_notice()
    return sqlite_world


def the_clock_runs_in_working_days(world: SmallWorld) -> None:
    line = the_one(world)
    assert line.since_words == "24 December 2026, 15:00"
    assert line.due_words == "by 29 December 2026, 17:00"
    assert not line.overdue
    world.clock.now = datetime(2026, 12, 31, 9, tzinfo=UTC)
    line = the_one(world)
    assert (line.overdue, line.late_words) == (True, "2 working days late")


def test_the_clock_of_a_new_family_runs_in_working_days_from_its_acceptance(unled: SmallWorld) -> None:
    the_clock_runs_in_working_days(unled)


def test_a_clock_that_forgets_bank_holidays_is_noticed(unled: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.policy.working_days.Calendar.is_working", lambda _self, day: day.weekday() < 5)
    assert not holds(lambda: the_clock_runs_in_working_days(unled))


def test_a_worker_who_does_not_lead_does_not_stop_the_clock(unled: SmallWorld) -> None:
    unled.allocate("rob", "alleged_perpetrator")
    assert len(listed(unled)) == 1
    unled.allocate("sally", lead=True)
    assert listed(unled) == []


def a_stopped_leader_leads_nothing(world: SmallWorld) -> None:
    world.clock.advance(days=10)
    world.hub.setup.stop_person(world.accounts["sally"], world.agencies["csc"], "social_worker")
    world.clock.advance(days=1)
    line = the_one(world)
    assert line.since_words == "3 December 2026, 09:30"


def test_a_leader_whose_account_stops_leaves_the_family_on_the_managers_page(case: SmallWorld) -> None:
    assert listed(case) == []
    a_stopped_leader_leads_nothing(case)


def test_a_leader_who_leads_after_leaving_is_noticed(case: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    everybody = dict.fromkeys(case.accounts.values(), ("social_worker", ""))
    monkeypatch.setattr(owners, "active", lambda _: everybody)
    assert not holds(lambda: a_stopped_leader_leads_nothing(case))


def test_a_leader_who_begins_tomorrow_does_not_lead_today(unled: SmallWorld) -> None:
    tomorrow = Period(datetime(2026, 12, 25, 8, tzinfo=UTC))
    new = NewAllocation(unled.accounts["sally"], tomorrow, lead=True)
    unled.hub.casework.allocations.allocate(unled.accounts["manager"], unled.family, new)
    assert len(listed(unled)) == 1
    unled.clock.advance(days=1)
    assert listed(unled) == []


def only_its_manager(world: SmallWorld) -> None:
    for username in ("sally", "fran", "iggy", "rob", "otto", "mick"):
        assert listed(world, username) == [], username


def test_only_a_manager_of_the_local_authority_reads_the_list(unled: SmallWorld) -> None:
    unled.staff("mick", "police", "team_manager")
    only_its_manager(unled)


def test_a_list_for_every_manager_is_noticed(unled: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    unled.staff("mick", "police", "team_manager")
    monkeypatch.setattr("hub.services.caseload.Caseload._oversees", lambda *_: True)
    assert not holds(lambda: only_its_manager(unled))


def hidden_from_whom_it_is_shut_to(world: SmallWorld) -> None:
    manager = world.accounts["manager"]
    assert len(listed(world)) == 1
    world.hub.conflicts.restrict(manager, world.family, "restricted")
    assert listed(world) == []


def test_a_restricted_family_is_not_on_the_list_of_those_outside_its_desk(unled: SmallWorld) -> None:
    hidden_from_whom_it_is_shut_to(unled)


def test_a_list_that_forgets_restrictions_is_noticed(unled: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.policy.circumstances.Circumstances._shut", lambda _: frozenset())
    assert not holds(lambda: hidden_from_whom_it_is_shut_to(unled))


def test_a_family_whose_facts_were_edited_does_not_close_the_list_of_the_others(case: SmallWorld) -> None:
    case.send("sm", "adult_with_children_csv", strangers())
    case.hub.rounds.run_once()
    known, stranger = case.family, case.accept()
    assert stranger != known
    assert [line.id for line in listed(case)] == [stranger]
    with sqlite3.connect(case.settings.folder / "data.db") as connection:
        connection.execute("UPDATE fact SET valid_from = valid_from + 1 WHERE chain = ?", (f"family:{known}",))
    connection.close()
    assert [line.id for line in listed(case)] == [stranger]
    assert any(read.entry.outcome == "integrity_fault" for read in case.entries())
