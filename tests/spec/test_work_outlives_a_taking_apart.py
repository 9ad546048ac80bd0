"""What was decided while two people were one goes on of the right one when they are taken apart; nobody gains by it."""

import pytest

from hub.domain.errors import AccessRefusedError
from hub.domain.facts import FactKind, family_chain
from hub.domain.ids import FamilyId
from hub.services import merge_facts
from tests.factories import SmallWorld, texts
from tests.spec.helping import DAD, QUARREL, holds
from tests.spec.test_people_are_joined_and_taken_apart import (
    client,
    daniel,
    join,
    take_apart,
    twice,
    twice_once,
    with_sally,
)

__all__ = ["twice", "twice_once"]


def reads(world: SmallWorld, username: str, family: FamilyId) -> str | None:
    """Return what somebody reads of a family; None when it is not theirs."""
    world.family = family
    try:
        return texts(world.view(username))
    except AccessRefusedError:
        return None


def allocated_while_they_are_one(world: SmallWorld) -> None:
    before = with_rob_since_ever(world)
    join(world)
    world.family = world.second
    world.allocate("rob", "parent")
    assert reads(world, "rob", world.second) == before
    take_apart(world)
    assert reads(world, "rob", world.second) == before
    assert reads(world, "rob", world.first) is None


def with_rob_since_ever(world: SmallWorld) -> str:
    """Return what Rob reads of the second family's father where nobody was ever joined, and end his work again."""
    world.family = world.second
    world.allocate("rob", "parent")
    read = reads(world, "rob", world.second)
    assert read
    assert DAD in read
    assert QUARREL not in read
    facts = world.hub.writer.standing_facts([family_chain(world.second)], world.clock())
    rob = next(f for f in facts if f.kind is FactKind.ALLOCATION and f.body["account"] == world.accounts["rob"])
    world.hub.recording.end(world.accounts["manager"], world.second, rob.id, world.clock())
    world.clock.advance(seconds=1)
    return read


def test_who_was_allocated_while_they_were_one_goes_on_with_the_right_one(twice: SmallWorld) -> None:
    allocated_while_they_are_one(twice)


def test_a_taking_apart_that_leaves_such_work_behind_is_noticed(
    twice: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(merge_facts, "_decided_since", lambda *_: ())
    assert not holds(lambda: allocated_while_they_are_one(twice))


def opened_while_they_are_one(world: SmallWorld) -> None:
    """The father refuses; a section 47 enquiry overrides that for the family that it is about."""
    with_sally(world)
    father, stranger = client(world), daniel(world, world.first)
    join(world)
    world.family = world.second
    world.open("s47_enquiry", children=world.people("child"), adults=[stranger])
    take_apart(world)
    facts = world.hub.writer.standing_facts([family_chain(world.second)], world.clock())
    (opening,) = [fact for fact in facts if fact.kind is FactKind.OPENING]
    assert opening.body["adults"] == [father]
    assert opening.recorded_by == world.accounts["manager"]


def test_an_enquiry_that_was_opened_while_they_were_one_names_the_right_one(twice: SmallWorld) -> None:
    opened_while_they_are_one(twice)


def test_an_enquiry_that_goes_on_about_the_wrong_one_is_noticed(
    twice: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(merge_facts, "_naming_one", lambda fact, *_: dict(fact.body))
    assert not holds(lambda: opened_while_they_are_one(twice))


def test_work_with_the_first_family_is_left_as_it_is(twice: SmallWorld) -> None:
    join(twice)
    twice.family = twice.first
    twice.allocate("rob", "alleged_perpetrator")
    before = reads(twice, "rob", twice.first)
    take_apart(twice)
    assert reads(twice, "rob", twice.first) == before
    assert reads(twice, "rob", twice.second) is None


def test_work_that_has_ended_meanwhile_does_not_come_back(twice: SmallWorld) -> None:
    join(twice)
    with_rob_since_ever(twice)
    take_apart(twice)
    assert reads(twice, "rob", twice.second) is None
