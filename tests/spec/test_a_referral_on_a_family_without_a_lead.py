"""A referral that is placed with a closed family, or one that nobody leads, is a task of its managers with a clock."""

from datetime import date

import pytest

from hub.domain.facts import family_chain
from hub.services import open_cases, owners
from hub.services.closing import Closed
from tests.factories import SmallWorld, notice
from tests.journeys.readers import lead
from tests.spec.helping import holds, treatment

WORDS = "closed or that nobody leads"


def placed(world: SmallWorld) -> str:
    """Let one more notice about the family be placed with it by the front door; returns it."""
    fran = world.accounts["fran"]
    world.send("police", "safeguarding_notice", notice(notice_ref="EX-2"), key="again")
    world.hub.rounds.run_once()
    (line,) = world.hub.front_door.waiting(fran)
    assert world.hub.front_door.decide(fran, line.id, world.family) == world.family
    return line.id


def without_a_lead(world: SmallWorld) -> SmallWorld:
    facts = world.hub.writer.dated_facts([family_chain(world.family)])
    leads = next(fact for fact in owners.allocations(facts, world.clock()) if owners.leads(fact))
    world.hub.recording.end(world.accounts["manager"], world.family, leads.id, world.clock())
    world.clock.advance(seconds=1)
    return world


def told(world: SmallWorld, referral: str, username: str = "manager") -> list[bool]:
    """Return the tasks about a referral on such a family that somebody reads: whether each is late."""
    lines = world.hub.tasks.open_for(world.accounts[username])
    return [line.overdue for line in lines if WORDS in line.words and line.subject == referral]


def the_managers_have_it(world: SmallWorld) -> None:
    found = placed(without_a_lead(world))
    assert told(world, found) == [False]
    assert [told(world, found, name) for name in ("fran", "sally", "rob", "otto")] == [[], [], [], []]
    world.clock.advance(days=5)
    world.hub.rounds.run_once()
    assert told(world, found) == [True]


def test_what_is_placed_with_a_family_that_nobody_leads_is_the_managers(case: SmallWorld) -> None:
    the_managers_have_it(case)


def test_a_placing_that_tells_a_lead_alone_is_noticed(case: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(open_cases.PlacingOpenCases, "_tell_managers", lambda *_: None)
    assert not holds(lambda: the_managers_have_it(case))


def test_so_is_what_is_placed_with_a_closed_family(case: SmallWorld) -> None:
    done = Closed("needs_met", "Six months without an incident", [], "yes", date(2026, 11, 20))
    lead(case)
    case.hub.casework.closings.close(case.accounts["manager"], case.family, done)
    case.clock.advance(days=2)
    found = placed(case)
    assert told(case, found) == [False]


def test_so_is_what_is_placed_where_the_leads_account_was_stopped(case: SmallWorld) -> None:
    case.hub.setup.stop_person(case.accounts["sally"], case.agencies["csc"], "social_worker")
    found = placed(case)
    assert told(case, found) == [False]


def test_so_is_what_the_machine_places(case: SmallWorld) -> None:
    without_a_lead(case)
    receipt = case.send("sm", "adult_with_children_json", treatment(referral_ref="RS-9"), key="again")
    case.hub.rounds.run_once()
    assert case.hub.front_door.waiting(case.accounts["fran"]) == []
    assert told(case, receipt["records"][0]["referral"]) == [False]


def test_where_somebody_leads_it_is_theirs(case: SmallWorld) -> None:
    found = placed(case)
    assert told(case, found) == []


def test_who_is_shut_out_of_the_family_reads_no_such_task(case: SmallWorld) -> None:
    found = placed(without_a_lead(case))
    case.hub.conflicts.declare(case.accounts["iggy"], case.family, case.accounts["manager"], "relative")
    assert told(case, found) == []
