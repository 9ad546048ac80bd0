"""A decision that opens information ends by itself, is announced before it does, and can be followed without a gap."""

from datetime import timedelta

import pytest

from hub.domain.errors import InvalidRequestError
from hub.domain.facts import FactKind, family_chain
from hub.gate import authority
from hub.services import opening_decisions
from hub.services.recording import Opening, Period
from tests.factories import SmallWorld, texts
from tests.spec.helping import holds

ENQUIRY, PLAN = "s47_enquiry", "child_protection_plan"
ENDS_SOON = opening_decisions.WORDS[opening_decisions.ENDS_SOON]
REVIEW_SOON = opening_decisions.WORDS[opening_decisions.REVIEW_SOON]


def record(world: SmallWorld, code: str = ENQUIRY, *, end: timedelta | None = None, **more: object) -> str:
    named = world.people("child") + world.people("unborn_child"), world.people("parent")
    opening = Opening(code, world.agencies["csc"], *named, evidence="Decision recorded for a test", **more)
    start = world.clock()
    period = Period(start, None if end is None else start + end)
    return world.hub.recording.open(world.accounts["manager"], world.family, opening, period)


def standing(world: SmallWorld) -> dict[str, str]:
    facts = world.hub.writer.standing_facts([family_chain(world.family)], world.clock())
    return {str(fact.body["opening"]): fact.id for fact in facts if fact.kind is FactKind.OPENING}


def told(world: SmallWorld, username: str = "manager") -> list[str]:
    world.hub.rounds.run_once()
    return [line.words for line in world.hub.tasks.open_for(world.accounts[username])]


def test_an_enquiry_nobody_ended_opens_nothing_after_its_longest_time(case: SmallWorld) -> None:
    record(case)
    seen = texts(case.view("sally"))
    case.clock.advance(days=44)
    assert standing(case)
    assert texts(case.view("sally")) == seen
    case.clock.advance(days=2)
    assert not standing(case)


def never_longer(world: SmallWorld) -> None:
    with pytest.raises(InvalidRequestError, match="s47_enquiry_too_long"):
        record(world, end=timedelta(days=46))
    record(world, end=timedelta(days=45))


def test_no_decision_is_recorded_for_longer_than_the_gateways_allow(case: SmallWorld) -> None:
    never_longer(case)


def test_a_gate_that_forgets_the_longest_time_is_noticed(case: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(authority, "later", lambda start, _: start + timedelta(days=10_000))
    assert not holds(lambda: never_longer(case))


def test_its_recorder_is_told_five_working_days_before_it_ends_and_once(case: SmallWorld) -> None:
    record(case, end=timedelta(days=14))
    assert ENDS_SOON not in told(case)
    case.clock.advance(days=8)
    assert told(case).count(ENDS_SOON) == 1
    case.clock.advance(days=1)
    assert told(case).count(ENDS_SOON) == 1


def test_its_recorder_is_told_before_its_review(case: SmallWorld) -> None:
    record(case, review=str((case.clock() + timedelta(days=10)).date()))
    assert REVIEW_SOON not in told(case)
    case.clock.advance(days=4)
    assert REVIEW_SOON in told(case)


def never_unseen(world: SmallWorld) -> None:
    record(world, end=timedelta(days=10))
    told(world)
    world.clock.advance(days=12)
    assert ENDS_SOON in told(world)
    world.hub.rounds.run_once()
    assert [read.entry.outcome for read in world.entries() if read.entry.outcome == "deadline_passed"]


def test_what_lapsed_while_the_worker_stood_still_is_late_and_alarmed(case: SmallWorld) -> None:
    never_unseen(case)


def test_a_watch_that_forgets_when_it_last_looked_is_noticed(case: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.services.opening_watch.work.position", lambda *_: "")
    assert not holds(lambda: never_unseen(case))


def test_a_plan_takes_over_from_the_enquiry_without_a_gap(case: SmallWorld) -> None:
    enquiry = record(case)
    seen = texts(case.view("sally"))
    case.clock.advance(days=10)
    record(case, PLAN, follows=enquiry)
    assert set(standing(case)) == {PLAN}
    assert set(seen.splitlines()) <= set(texts(case.view("sally")).splitlines())
    facts = case.hub.writer.standing_facts([family_chain(case.family)], case.clock())
    begun = next(fact.valid_from for fact in facts if fact.body.get("opening") == PLAN)
    just_before = case.hub.writer.standing_facts([family_chain(case.family)], begun - timedelta(microseconds=1))
    assert enquiry in {fact.id for fact in just_before}


def test_a_decision_is_renewed_by_the_same_one(case: SmallWorld) -> None:
    first = record(case)
    case.clock.advance(days=40)
    second = record(case, follows=first)
    assert standing(case) == {ENQUIRY: second}
    case.clock.advance(days=30)
    assert standing(case) == {ENQUIRY: second}


def test_what_followed_takes_the_warning_back(case: SmallWorld) -> None:
    enquiry = record(case, end=timedelta(days=7))
    case.clock.advance(days=1)
    assert ENDS_SOON in told(case)
    record(case, PLAN, follows=enquiry)
    assert ENDS_SOON not in told(case)


@pytest.mark.parametrize("code", [ENQUIRY, "strategy_discussion"])
def test_nothing_takes_over_from_a_decision_it_cannot_follow(case: SmallWorld, code: str) -> None:
    plan = record(case, PLAN)
    with pytest.raises(InvalidRequestError, match="follows_nothing"):
        record(case, code, follows=plan)
    with pytest.raises(InvalidRequestError, match="follows_nothing"):
        record(case, code, follows=case.family)
    assert standing(case) == {PLAN: plan}
