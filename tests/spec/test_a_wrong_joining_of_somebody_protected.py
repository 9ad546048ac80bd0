"""A wrong joining can be undone when somebody in it is protected by now: by the named desk, and nobody else hears."""

from datetime import timedelta

import pytest

from hub.domain.access import Act
from hub.domain.errors import NotFoundError
from hub.domain.facts import Fact, FactKind, person_chain
from hub.domain.ids import FactId, PersonId
from hub.gate.finder import Finder
from hub.gate.writer import Actor
from hub.services import merge_facts
from hub.services.new_identities import DESK
from hub.store.clear.merges import Merge
from hub.wiring import web_app
from tests.factories import SmallWorld
from tests.journeys.readers import Reader, bare
from tests.spec.helping import holds
from tests.spec.test_people_are_joined_and_taken_apart import NOT_SO, client, join, twice, twice_once, with_sally

__all__ = ["twice", "twice_once"]


def joined(world: SmallWorld) -> Merge:
    with_sally(world)
    return join(world).merge


def shield(world: SmallWorld, person: PersonId) -> None:
    now, manager = world.clock(), world.accounts["manager"]
    number = FactId(world.hub.intake._ids.new())
    body = {"person": person, "desk": DESK}
    fact = Fact(number, person_chain(person), 0, FactKind.SHIELD, body, now, None, now, manager)
    world.hub.writer.record(Actor(manager), Act.IDENTITY_OPEN, world.first, [fact])


def on_duty(world: SmallWorld, desk: str, role: str = "front_door_worker") -> str:
    account, now = world.staff("dee", "csc", role), world.clock()
    world.hub.setup.put_on_duty(account, desk, now, now + timedelta(hours=8))
    return account


def hears(world: SmallWorld, username: str, id_: str) -> bool:
    """Say whether somebody hears of a joining: on the list, and by its number, alike."""
    merging, account = world.hub.joining.merging, world.accounts[username]
    listed = id_ in [line.merge.id for line in merging.listed(account)]
    try:
        merging.page(account, id_)
    except NotFoundError:
        with pytest.raises(NotFoundError):
            merging.unmerge(account, id_, NOT_SO)
        assert not listed
        return False
    assert listed
    return True


def only_the_desk_hears(world: SmallWorld) -> None:
    merge = joined(world)
    shield(world, merge.kept)
    on_duty(world, DESK)
    assert [hears(world, username, merge.id) for username in ("manager", "fran", "dee")] == [False, False, True]


def test_of_who_is_shielded_only_the_named_desk_hears(twice: SmallWorld) -> None:
    only_the_desk_hears(twice)


def test_a_joining_of_the_shielded_that_others_hear_of_is_noticed(
    twice: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Finder, "shielded", lambda *_: frozenset())
    assert not holds(lambda: only_the_desk_hears(twice))


def both_stay_shielded(world: SmallWorld) -> None:
    merge, dee = joined(world), on_duty(world, DESK)
    shield(world, merge.kept)
    assert world.hub.joining.merging.page(dee, merge.id).may_take_apart
    world.hub.front_door.decide(
        world.accounts["fran"], world.hub.front_door.waiting(world.accounts["fran"])[0].id, None
    )
    world.hub.joining.merging.unmerge(dee, merge.id, NOT_SO)
    assert client(world) == merge.other
    assert world.hub.finder.shielded({merge.kept, merge.other}) == {merge.kept, merge.other}


def test_the_desk_takes_them_apart_and_both_stay_shielded(twice: SmallWorld) -> None:
    """Nobody knows yet of whom the shield was meant: the desk says so, and until then neither shows."""
    both_stay_shielded(twice)


def test_a_taking_apart_that_drops_a_shield_is_noticed(twice: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merge_facts, "_counting_for_both", lambda *_: ())
    assert not holds(lambda: both_stay_shielded(twice))


def test_of_a_restricted_family_only_the_desk_that_holds_it_hears_and_takes_apart(twice: SmallWorld) -> None:
    merge = joined(twice)
    dee = on_duty(twice, "restricted", "team_manager")
    twice.hub.conflicts.restrict(twice.accounts["manager"], merge.family, "restricted")
    assert [hears(twice, username, merge.id) for username in ("manager", "fran", "dee")] == [False, False, True]
    twice.hub.joining.merging.unmerge(dee, merge.id, NOT_SO)
    assert twice.hub.joining.merging.page(dee, merge.id).merge.unmerged_at


def test_the_pages_of_everybody_else_are_as_for_no_joining(twice: SmallWorld) -> None:
    merge = joined(twice)
    app = web_app(twice.hub)
    shield(twice, merge.kept)
    for username in ("fran", "manager"):
        reader = Reader(app, username)
        assert "Nobody was joined by a person yet" in reader.words("/joined")
        assert bare(reader.get(f"/joined/{merge.id}")) == bare(
            reader.get("/joined/01a207bd-0000-7000-8000-000000000000")
        )
