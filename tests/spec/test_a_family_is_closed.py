"""Closing ends everybody's access with that day, keeps the history, and never shuts the door on a new referral."""

from datetime import date

import pytest
from flask import Flask

from hub.domain.errors import AccessRefusedError, InvalidRequestError
from hub.services.allocations import Allocations, NewAllocation
from hub.services.closing import Closed
from hub.services.recording import Period
from hub.wiring import web_app
from tests.factories import SmallWorld, notice, texts
from tests.journeys.readers import Reader, day, lead, plain
from tests.spec.helping import holds

DONE = Closed("needs_met", "Six months without an incident", [], "yes", date(2026, 11, 20))
WHY = "A letter could be read by Daniel"


@pytest.fixture
def closing(case: SmallWorld) -> SmallWorld:
    lead(case)
    return case


def close(world: SmallWorld, said: Closed = DONE) -> None:
    world.hub.casework.closings.close(world.accounts["manager"], world.family, said)


def works(world: SmallWorld, username: str) -> bool:
    return bool(world.hub.finder.standing(world.accounts[username], world.family).relationships)


def access_ends_with_the_day(world: SmallWorld) -> None:
    close(world)
    assert works(world, "sally")
    world.clock.advance(hours=14)
    assert all(works(world, name) for name in ("sally", "rob", "pete"))
    world.clock.advance(hours=1)
    for name in ("sally", "rob", "pete", "manager"):
        assert not works(world, name), name
        with pytest.raises(AccessRefusedError):
            world.view(name)


def test_everybodys_access_ends_with_the_day_of_closing(closing: SmallWorld) -> None:
    access_ends_with_the_day(closing)


def test_a_worker_who_keeps_looking_at_a_closed_family_is_noticed(
    closing: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    rob, kept = closing.accounts["rob"], Allocations.ending

    def forgetful(these: Allocations, by: str, family: str, old: object, at: object) -> object:
        """End the manager's allocation once more instead of Rob's."""
        if old.body.get("account") == rob:
            old = next(f for f in closing.hub.writer.dated_facts([old.chain]) if f.body.get("account") == by)
        return kept(these, by, family, old, at)

    monkeypatch.setattr(Allocations, "ending", forgetful)
    assert not holds(lambda: access_ends_with_the_day(closing))


def test_who_works_with_the_family_is_told_by_a_task_of_their_own(closing: SmallWorld) -> None:
    close(closing)
    for name in ("sally", "rob", "pete"):
        lines = [one.words for one in closing.hub.tasks.open_for(closing.accounts[name])]
        assert any(words.startswith("A family you work with was closed") for words in lines), name
    assert closing.hub.tasks.open_for(closing.accounts["vera"]) == []


def no_family_is_closed_over_a_decision(world: SmallWorld) -> None:
    world.open("child_protection_plan")
    with pytest.raises(InvalidRequestError, match="decision_stands"):
        close(world)


def test_a_family_on_a_child_protection_plan_is_not_closed(closing: SmallWorld) -> None:
    no_family_is_closed_over_a_decision(closing)


def test_a_closing_that_overlooks_a_plan_is_noticed(closing: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.services.closing._keeps_open", lambda *_: False)
    with pytest.raises(pytest.fail.Exception):
        no_family_is_closed_over_a_decision(closing)


def test_a_closing_says_with_which_outcome_and_whether_the_family_was_told(closing: SmallWorld) -> None:
    for said in (
        Closed("finished", "x", [], "yes", date(2026, 11, 20)),
        Closed("needs_met", " ", [], "yes", date(2026, 11, 20)),
        Closed("needs_met", "x", [], "yes"),
        Closed("needs_met", "x", [], "yes", date(2026, 11, 24)),
        Closed("needs_met", "x", [], "no"),
        Closed("needs_met", "x", [], ""),
    ):
        with pytest.raises(InvalidRequestError):
            close(closing, said)
    close(closing, Closed("needs_met", "x", [closing.agencies["police"]], "no", None, WHY))
    (line,) = closing.hub.casework.closings.prior(closing.accounts["manager"], closing.family)
    assert line.family_words == f"not told: {WHY}"
    assert line.told == (closing.agencies["police"],)
    assert WHY.encode() not in b"".join(f.read_bytes() for f in closing.settings.folder.glob("*.db*"))


def test_nobody_joins_a_closed_family_before_it_is_reopened(closing: SmallWorld) -> None:
    close(closing)
    manager, new = closing.accounts["manager"], NewAllocation(closing.accounts["nina"], Period(closing.clock()))
    with pytest.raises(InvalidRequestError, match="family_closed"):
        closing.hub.casework.allocations.allocate(manager, closing.family, new)


def test_reopening_needs_a_reason_keeps_the_history_and_names_a_holder(closing: SmallWorld) -> None:
    before = set(texts(closing.view("manager")).splitlines())
    close(closing)
    closing.clock.advance(days=30)
    manager = closing.accounts["manager"]
    with pytest.raises(InvalidRequestError, match="reason_missing"):
        closing.hub.casework.closings.reopen(manager, closing.family, " ")
    closing.hub.casework.closings.reopen(manager, closing.family, "The police came again")
    assert before < set(texts(closing.view("manager")).splitlines())
    assert closing.hub.casework.caseload.unowned(manager) == []
    assert not works(closing, "sally")
    (line,) = closing.hub.casework.closings.prior(manager, closing.family)
    assert line.reopened_words == "Reopened on 23 December 2026"
    with pytest.raises(InvalidRequestError, match="not_closed"):
        closing.hub.casework.closings.reopen(manager, closing.family, "Once more")


def a_new_referral_is_never_lost(world: SmallWorld) -> None:
    """A referral placed in a closed family puts it on the manager's page, with the clock."""
    close(world)
    world.clock.advance(days=5)
    assert world.hub.casework.caseload.unowned(world.accounts["manager"]) == []
    world.send("police", "safeguarding_notice", notice(notice_ref="PN-again"), "another")
    world.hub.rounds.run_once()
    assert world.accept() == world.family
    lines = world.hub.casework.caseload.unowned(world.accounts["manager"])
    assert [(line.id, line.closed) for line in lines] == [(world.family, True)]


def test_a_referral_placed_in_a_closed_family_is_on_the_managers_page(closing: SmallWorld) -> None:
    a_new_referral_is_never_lost(closing)


def test_a_referral_that_sinks_in_a_closed_family_is_noticed(
    closing: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.store.clear.cases.newest_placed", lambda *_: {})
    assert not holds(lambda: a_new_referral_is_never_lost(closing))


@pytest.fixture
def app(closing: SmallWorld) -> Flask:
    return web_app(closing.hub)


def test_the_page_shows_what_came_before_as_this_reader_may_see_it(closing: SmallWorld, app: Flask) -> None:
    family, manager = f"/families/{closing.family}", Reader(app, "manager")
    assert manager.get(f"{family}/closing").headers["Location"] == f"{family}/reason?then=closing.family"
    manager.open(closing.family, "support_family")
    entries = len(closing.entries())
    page = manager.words(f"{family}/closing")
    assert "Drug and alcohol service report" in page
    assert "has not been closed before" in page
    assert len(closing.entries()) > entries
    said = {"outcome": "needs_met", "reason": "Going well", "told": [closing.agencies["sm"]], "told_family": "yes"}
    assert "Enter the day" in plain(manager.send(f"{family}/closing", **said))
    tomorrow = day("day", date(2026, 11, 24))
    assert "not later than today" in plain(manager.send(f"{family}/closing", **said, **tomorrow))
    assert manager.send(f"{family}/closing", **said, **day("day", date(2026, 11, 20))).status_code == 302
    closing.clock.advance(days=2)
    manager = Reader(app, "manager")
    assert manager.get(family).status_code == 404
    assert "FS-0001 closed on 23 November 2026" in manager.words("/closed")
    assert manager.send(f"{family}/reopening", reason="The police came again").status_code == 302
    manager.open(closing.family, "support_family")
    page = manager.words(f"{family}/closing")
    assert "Told: Riverside Recovery. The family: told on 20 November 2026" in page
    assert "Reopened on 25 November 2026" in page
    for username in ("sally", "rob", "iggy", "fran", "otto"):
        reader = Reader(app, username)
        assert {reader.get(p).status_code for p in (f"{family}/closing", f"{family}/reopening", "/closed")} == {404}
