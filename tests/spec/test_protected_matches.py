"""A match that touches a protected identity reaches a named desk alone; the front door reads as for no match."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete

from hub.domain.access import Act
from hub.domain.errors import AccessRefusedError, InvalidRequestError, NotFoundError
from hub.domain.facts import Fact, FactKind, family_chain, person_chain
from hub.domain.ids import FactId, PersonId
from hub.gate.writer import Actor
from hub.services import candidates, front_door, protected
from hub.services.new_identities import DESK
from hub.store.sealed.tables import blind_index
from hub.wiring import web_app
from tests.factories import SmallWorld, notice
from tests.journeys.readers import Reader, bare
from tests.spec.conftest import copied
from tests.spec.helping import holds

Protect = Callable[[SmallWorld], object]


def members(world: SmallWorld) -> set[PersonId]:
    facts = world.hub.writer.standing_facts([family_chain(world.family)], world.clock())
    return {PersonId(str(fact.body["person"])) for fact in facts if fact.kind is FactKind.MEMBERSHIP}


def shield(world: SmallWorld) -> None:
    now, manager = world.clock(), world.accounts["manager"]
    for person in sorted(members(world)):
        body = {"person": person, "desk": DESK}
        number = FactId(world.hub.intake._ids.new())
        fact = Fact(number, person_chain(person), 0, FactKind.SHIELD, body, now, None, now, manager)
        world.hub.writer.record(Actor(manager), Act.IDENTITY_OPEN, world.family, [fact])


def restrict(world: SmallWorld) -> None:
    world.hub.conflicts.restrict(world.accounts["manager"], world.family, "restricted")


def send_again(world: SmallWorld) -> str:
    world.send("police", "safeguarding_notice", notice(notice_ref="N-9"), key="nine")
    world.hub.rounds.run_once()
    (line,) = world.hub.front_door.waiting(world.accounts["fran"])
    return line.id


def at_the_door(world: SmallWorld) -> list[str]:
    """Return what the front door's pages say of a referral about people whom the hub knows."""
    number = send_again(world)
    fran = Reader(web_app(world.hub), "fran")
    pages = ("/front-door", f"/front-door/{number}", f"/front-door/{number}/candidates")
    return [bare(fran.get(path)) for path in (*pages, f"/front-door/{number}/candidates/join", "/joined")]


def reads_as_for_no_match(made: SmallWorld, folder: Path, protect: Protect) -> None:
    known, unknown = (copied(made, folder / name, "same") for name in ("known", "unknown"))
    try:
        for world in (known, unknown):
            protect(world)
        with unknown.hub.engines.gate.begin() as connection:
            connection.execute(delete(blind_index))  # the same people, whom matching has never heard of
        assert at_the_door(known) == at_the_door(unknown)
    finally:
        known.close()
        unknown.close()


@pytest.mark.parametrize("protect", [shield, restrict])
def test_the_front_door_reads_the_same_bytes_as_for_no_match(
    made_once: SmallWorld, tmp_path: Path, protect: Protect
) -> None:
    reads_as_for_no_match(made_once, tmp_path, protect)


@pytest.mark.parametrize("protect", [shield, restrict])
def test_a_matching_that_protects_nobody_is_noticed(
    made_once: SmallWorld, tmp_path: Path, protect: Protect, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (protected, candidates):
        monkeypatch.setattr(module, "protected_among", lambda *_: frozenset())
    monkeypatch.setattr(front_door.FrontDoor, "_candidates", lambda *_: [])
    assert not holds(lambda: reads_as_for_no_match(made_once, tmp_path, protect))


def desk(world: SmallWorld) -> str:
    """Put somebody on duty at the desk; returns their name."""
    account, now = world.staff("dee", "csc", "front_door_worker"), world.clock()
    world.hub.setup.put_on_duty(account, DESK, now, now + timedelta(hours=8))
    return "dee"


def hears(world: SmallWorld) -> list[str]:
    return [line.referral for line in world.hub.joining.protected.waiting(world.accounts["dee"])]


@pytest.mark.parametrize("protect", [shield, restrict])
def test_the_desk_hears_of_it_and_whom_to_ring(case: SmallWorld, protect: Protect) -> None:
    desk(case)
    protect(case)
    number = send_again(case)
    assert hears(case) == [number]
    page = case.hub.joining.protected.page(case.accounts["dee"], number)
    assert page.contact == "Imran Malik, 01632 960002"
    assert page.compared.people


def test_who_was_shielded_after_the_match_moves_to_the_desk(case: SmallWorld) -> None:
    desk(case)
    number = send_again(case)
    fran = case.accounts["fran"]
    assert case.hub.joining.candidates.page(fran, number).people
    shield(case)
    assert not case.hub.joining.candidates.page(fran, number).people
    assert hears(case) == [number]


def outlives_the_front_door(world: SmallWorld) -> None:
    desk(world)
    shield(world)
    number = send_again(world)
    world.hub.front_door.decide(world.accounts["fran"], number, None)
    assert hears(world) == [number]


def test_what_the_front_door_decides_leaves_it_with_the_desk(case: SmallWorld) -> None:
    outlives_the_front_door(case)


def test_after_asking_the_sender_it_waits_and_after_an_answer_it_is_gone(case: SmallWorld) -> None:
    desk(case)
    shield(case)
    number, dee = send_again(case), case.accounts["dee"]
    case.hub.joining.protected.answer(dee, number, "sender_asked", "Rang Imran Malik")
    assert hears(case) == [number]
    case.hub.joining.protected.answer(dee, number, "two_people", "It is a namesake in another town")
    assert hears(case) == []
    with pytest.raises(NotFoundError):
        case.hub.joining.protected.page(dee, number)
    words = [said.entry.justification for said in case.entries()]
    assert "two_people: It is a namesake in another town" in words


@pytest.mark.parametrize(("outcome", "note"), [("one_person", "  "), ("nothing", "a word")])
def test_an_answer_says_what_and_why(case: SmallWorld, outcome: str, note: str) -> None:
    desk(case)
    shield(case)
    number = send_again(case)
    with pytest.raises(InvalidRequestError):
        case.hub.joining.protected.answer(case.accounts["dee"], number, outcome, note)


@pytest.mark.parametrize("username", ["fran", "manager", "sally", "iggy", "otto"])
def test_off_the_desk_there_is_no_such_page(case: SmallWorld, username: str) -> None:
    shield(case)
    number, who = send_again(case), case.accounts[username]
    for act in (
        lambda: case.hub.joining.protected.waiting(who),
        lambda: case.hub.joining.protected.page(who, number),
        lambda: case.hub.joining.protected.answer(who, number, "one_person", "x"),
    ):
        with pytest.raises(AccessRefusedError):
            act()
    with pytest.raises(AccessRefusedError):
        case.hub.joining.protected.page(who, "00000000-0000-7000-8000-000000000000")


def test_a_sure_match_of_others_is_attached_as_it_would_be_without_the_protected_one(case: SmallWorld) -> None:
    """Whether a referral attaches by itself must not tell that somebody else in it is known."""
    people = sorted(members(case))
    found = protected.protected_among(case.hub.finder, case.hub.placing, dict.fromkeys(people, case.family))
    assert found == frozenset()
    shield(case)
    found = protected.protected_among(case.hub.finder, case.hub.placing, dict.fromkeys(people, case.family))
    assert found == frozenset(people)
