"""A strategy discussion needs social care, police and health, or why one was missing; it opens nothing before."""

import pytest

from hub.domain.errors import AccessRefusedError, ConflictError, InvalidRequestError, NotFoundError
from hub.services import strategy
from hub.services.strategy import Held
from tests.factories import SmallWorld, texts
from tests.spec.helping import EARS, holds, raised

WHY = "The child said that she is afraid to go home"


@pytest.fixture
def family(case: SmallWorld) -> SmallWorld:
    """Return the family with its manager working jointly."""
    now = case.clock()
    manager = case.accounts["manager"]
    case.hub.recording.allocate(manager, case.family, manager, strategy.Period(now), capacity="co_allocated")
    return case


def decide(world: SmallWorld, *invited: str, by: str = "manager") -> str:
    agencies = [world.agencies[code] for code in invited]
    return world.hub.desk.strategy.decide(world.accounts[by], world.family, agencies, WHY)


def hold(world: SmallWorld, discussion: str, *attended: str, by: str = "manager", **changes: object) -> None:
    said = {"decided": "An enquiry is begun", "children": world.people("child"), "adults": world.people("parent")}
    came = [world.agencies[code] for code in attended]
    world.hub.desk.strategy.hold(world.accounts[by], discussion, Held(came, **(said | changes)))


def tasks(world: SmallWorld, username: str) -> str:
    return " ".join(line.words for line in world.hub.tasks.open_for(world.accounts[username]))


def nothing_opens_without_those_who_must_attend(world: SmallWorld) -> None:
    discussion = decide(world, "sm")
    assert EARS not in texts(world.view("sally"))
    for attended in (("csc",), ("csc", "police"), ("police", "mh"), ("csc", "mh", "sm")):
        with pytest.raises(InvalidRequestError, match="required_missing"):
            hold(world, discussion, *attended)
        assert EARS not in texts(world.view("sally"))
    hold(world, discussion, "csc", "police", "mh")
    assert EARS in texts(world.view("sally"))


def test_nothing_opens_without_those_who_must_attend(family: SmallWorld) -> None:
    nothing_opens_without_those_who_must_attend(family)


def test_a_discussion_without_the_police_is_noticed(family: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strategy.Strategy, "missing", lambda *_: ())
    assert not holds(lambda: nothing_opens_without_those_who_must_attend(family))


def test_with_why_one_was_missing_it_is_held_and_says_so(family: SmallWorld) -> None:
    discussion = decide(family)
    hold(family, discussion, "csc", "police", missing="Health could not be reached by 22:00; they are told at 09:00")
    line = family.hub.desk.strategy.one(family.accounts["manager"], discussion)
    assert "could not be reached" in line.missing
    assert set(line.came) == {family.agencies["csc"], family.agencies["police"]}
    with pytest.raises(ConflictError, match="held_already"):
        hold(family, discussion, "csc", "police", "mh")


def test_those_who_must_attend_are_asked_without_naming_the_family(family: SmallWorld) -> None:
    discussion = decide(family)
    for username in ("otto", "igmh"):
        assert "asked to a strategy discussion" in tasks(family, username)
    assert "hold it, and record who attended" in tasks(family, "manager")
    assert "strategy discussion" not in tasks(family, "pete") + tasks(family, "igsm")
    hold(family, discussion, "csc", "police", "mh")
    assert "strategy discussion" not in tasks(family, "otto") + tasks(family, "manager")


def test_what_is_missing_is_refused(family: SmallWorld) -> None:
    with pytest.raises(InvalidRequestError, match="reason_missing"):
        family.hub.desk.strategy.decide(family.accounts["manager"], family.family, [], " ")
    discussion = decide(family)
    for changes, code in (({"decided": " "}, "decision_missing"), ({"children": []}, "nobody_named")):
        with pytest.raises(InvalidRequestError, match=code):
            hold(family, discussion, "csc", "police", "mh", **changes)
    with pytest.raises(InvalidRequestError, match="unknown_agency"):
        hold(family, discussion, "csc", "police", "mh", "da")


def test_nobody_but_the_manager_decides_or_reads_one(family: SmallWorld) -> None:
    discussion = decide(family)
    for username in ("sally", "rob", "otto", "fran", "iggy"):
        account = family.accounts[username]
        for attempt in (
            lambda username=username: decide(family, by=username),
            lambda username=username: hold(family, discussion, "csc", by=username),
            lambda account=account: family.hub.desk.strategy.one(account, discussion),
        ):
            assert raised(attempt) in {AccessRefusedError, NotFoundError}
