"""Three referrals about the same people wait together: whichever is placed first, the others find where it went."""

import pytest

from hub.domain.ids import FamilyId
from hub.store.clear import cases
from tests.factories import SmallWorld, notice
from tests.spec.helping import alarms, holds, treatment


@pytest.fixture
def waiting(sqlite_world: SmallWorld) -> tuple[SmallWorld, list[str]]:
    """Return a world and the ids of what waits: two treatment reports and a police notice, in order of receipt."""
    for agency, connector, body in (
        ("sm", "adult_with_children_json", treatment(referral_ref="RS-1")),
        ("sm", "adult_with_children_json", treatment(referral_ref="RS-2")),
        ("police", "safeguarding_notice", notice()),
    ):
        sqlite_world.send(agency, connector, body)
        sqlite_world.hub.rounds.run_once()
    return sqlite_world, [line.id for line in sqlite_world.hub.front_door.waiting(sqlite_world.accounts["fran"])]


def own_family(world: SmallWorld, referral: str) -> FamilyId:
    with world.hub.clear.read() as connection:
        return cases.find_referral(connection, world.hub.clear.partnership, referral).own_family


def lies_in(world: SmallWorld, referral: str) -> FamilyId:
    with world.hub.clear.read() as connection:
        return cases.find_referral(connection, world.hub.clear.partnership, referral).family


def offered(world: SmallWorld, referral: str) -> set[FamilyId]:
    return {one.id for one in world.hub.front_door.page(world.accounts["fran"], referral).candidates}


def decide(world: SmallWorld, referral: str, family: FamilyId | None) -> None:
    world.hub.front_door.decide(world.accounts["fran"], referral, family)


def test_a_candidate_is_offered_where_it_was_placed_meanwhile(waiting: tuple[SmallWorld, list[str]]) -> None:
    world, (first, second, last) = waiting
    kept = own_family(world, first)
    assert offered(world, last) == {kept, own_family(world, second)}
    decide(world, second, kept)
    assert offered(world, last) == {kept}
    decide(world, last, kept)
    decide(world, first, None)
    assert {lies_in(world, one) for one in (first, second, last)} == {kept}
    assert alarms(world) == []


def what_was_placed_goes_along(world: SmallWorld, first: str, second: str, last: str) -> None:
    """The notice is placed in the second report's own family, and that report then in the first's."""
    kept = own_family(world, first)
    decide(world, last, own_family(world, second))
    decide(world, second, kept)
    assert lies_in(world, last) == kept
    decide(world, first, None)
    world.family = kept
    world.allocate("sally", lead=True)
    world.open()
    assert {record.owner for record in world.view("sally").records} >= {world.agencies["police"], world.agencies["sm"]}
    world.send("police", "safeguarding_notice", notice(notice_version=2, action="amend"))
    world.hub.rounds.run_once()
    assert lies_in(world, last) == kept
    assert alarms(world) == []


def test_what_was_placed_in_a_referral_that_waits_goes_along_when_that_is_placed(
    waiting: tuple[SmallWorld, list[str]],
) -> None:
    world, referrals = waiting
    what_was_placed_goes_along(world, *referrals)


def test_a_referral_that_stays_behind_is_noticed(
    waiting: tuple[SmallWorld, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    world, referrals = waiting
    monkeypatch.setattr(cases, "_along", lambda *_: None)
    assert not holds(lambda: what_was_placed_goes_along(world, *referrals))
