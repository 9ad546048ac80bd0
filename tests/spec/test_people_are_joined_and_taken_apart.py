"""Two people who are one are joined, and taken apart again; nothing is lost, and every step stands in the log."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from hub.domain.errors import AccessRefusedError, ConflictError, InvalidRequestError, NotFoundError
from hub.domain.facts import FactKind, family_chain, person_chain
from hub.domain.ids import FamilyId, PersonId
from hub.services import merge_facts
from hub.services.candidates import CandidatesPage
from hub.services.merging import MergePage
from hub.services.recording import ConsentWord
from hub.settings import Settings
from hub.store.clear import cases
from hub.store.clear.tables import metadata
from tests.factories import Seeded, SmallWorld, make_world, notice, texts
from tests.spec.conftest import copied
from tests.spec.helping import DAD, holds, treatment

WHY = "The sender gave the same date of birth and his mother's name"
NOT_SO = "His brother uses his name"


@pytest.fixture(scope="module")
def twice_once(tmp_path_factory: pytest.TempPathFactory) -> SmallWorld:
    """Daniel is known twice: from the police in one family, from the treatment service in another; a third waits."""
    world = make_world(Settings.in_folder(tmp_path_factory.mktemp("twice") / "hub"), Seeded("twice"))
    world.police_notice()
    world.send("sm", "adult_with_children_json", treatment())
    world.hub.rounds.run_once()
    fran = world.accounts["fran"]
    (line,) = world.hub.front_door.waiting(fran)
    world.hub.front_door.decide(fran, line.id, None)
    world.send("police", "safeguarding_notice", notice(notice_ref="N-3"), key="three")
    world.hub.rounds.run_once()
    world.close()
    return world


@pytest.fixture
def twice(twice_once: SmallWorld, tmp_path: Path) -> Iterator[SmallWorld]:
    world = copied(twice_once, tmp_path / "hub", "copy")
    world.first = world.family
    with world.hub.clear.read() as connection:
        families = cases.accepted_families(connection, world.hub.clear.partnership)
    (world.second,) = {family.id for family in families} - {world.first}
    yield world
    world.close()


def waiting(world: SmallWorld) -> str:
    (line,) = world.hub.front_door.waiting(world.accounts["fran"])
    return line.id


def page(world: SmallWorld, username: str = "fran") -> CandidatesPage:
    return world.hub.joining.candidates.page(world.accounts[username], waiting(world))


def sides_of(world: SmallWorld, name: str) -> dict[FamilyId, str]:
    """Return family -> proposal of the candidates for the person with this name."""
    return {side.family: side.id for one in page(world).people if one.name == name for side in one.sides}


def daniel(world: SmallWorld, family: FamilyId) -> PersonId:
    facts = world.hub.writer.standing_facts([family_chain(family)], world.clock())
    (found,) = {
        fact.body["person"]
        for fact in facts
        if fact.kind is FactKind.MEMBERSHIP and "alleged_perpetrator" in fact.body["parts"]
    }
    return PersonId(found)


def client(world: SmallWorld) -> PersonId:
    """Return the Daniel of the second family, who has no part but that of a parent."""
    world.family = world.second
    shown = world.view("sally")
    found = {p for r in shown.records if r.fields.get("name") == "Daniel Hart" for p in r.persons}
    assert len(found) == 1
    return found.pop()


def join(world: SmallWorld) -> MergePage:
    """Join the second family's Daniel to the first's; returns the joining as a manager reads it."""
    sides = sides_of(world, "Daniel Hart")
    fran, kept, other = world.accounts["fran"], sides[world.first], sides[world.second]
    world.hub.joining.candidates.merge(fran, waiting(world), kept, other, WHY)
    return joining(world)


def joining(world: SmallWorld) -> MergePage:
    return world.hub.joining.merging.listed(world.accounts["manager"])[0]


def take_apart(world: SmallWorld, username: str = "manager") -> None:
    world.hub.joining.merging.unmerge(world.accounts[username], joining(world).merge.id, NOT_SO)


def refuse(world: SmallWorld, person: PersonId, family: FamilyId) -> None:
    world.hub.recording.consent(world.accounts["manager"], family, ConsentWord(person, "refused"))


def seen(world: SmallWorld, family: FamilyId) -> str:
    world.family = family
    return texts(world.view("sally"))


def with_sally(world: SmallWorld) -> SmallWorld:
    for family in (world.first, world.second):
        world.family = family
        world.allocate("sally", lead=True)
    return world


def test_the_next_request_shows_one_person(twice: SmallWorld) -> None:
    with_sally(twice)
    before = client(twice)
    kept = daniel(twice, twice.first)
    assert kept != before
    join(twice)
    assert client(twice) == kept


def test_a_refusal_of_the_one_closes_what_the_other_had_opened(twice: SmallWorld) -> None:
    with_sally(twice)
    assert DAD in seen(twice, twice.second)
    join(twice)
    assert DAD in seen(twice, twice.second)
    refuse(twice, daniel(twice, twice.first), twice.first)
    assert DAD not in seen(twice, twice.second)


def everything_is_as_it_was(world: SmallWorld) -> None:
    with_sally(world)
    before = [seen(world, world.first), seen(world, world.second), client(world)]
    join(world)
    take_apart(world)
    assert [seen(world, world.first), seen(world, world.second), client(world)] == before


def test_taken_apart_each_has_what_was_said_before(twice: SmallWorld) -> None:
    everything_is_as_it_was(twice)


def test_a_taking_apart_that_forgets_to_say_the_link_again_is_noticed(
    twice: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = merge_facts.Scribe.again

    def forgetful(scribe: merge_facts.Scribe, old: object, **changes: object) -> object:
        said = real(scribe, old, **changes)
        restored = old.kind is FactKind.IDENTITY and "valid_until" in changes and not changes.get("ends")
        return real(scribe, old, **{**changes, "ends": old.id}) if restored else said

    monkeypatch.setattr(merge_facts.Scribe, "again", forgetful)
    assert not holds(lambda: everything_is_as_it_was(twice))


def test_a_worker_with_the_one_works_with_the_other_until_they_are_taken_apart(twice: SmallWorld) -> None:
    twice.family = twice.second
    twice.allocate("rob", "parent")
    before = texts(twice.view("rob"))
    assert "Daniel Hart" in before
    join(twice)
    assert texts(twice.view("rob")) == before
    take_apart(twice)
    assert texts(twice.view("rob")) == before


def a_no_since_then_counts_for_both(world: SmallWorld) -> None:
    with_sally(world)
    join(world)
    refuse(world, daniel(world, world.first), world.first)
    take_apart(world)
    assert DAD not in seen(world, world.second)


def test_a_no_that_was_said_in_between_counts_for_both(twice: SmallWorld) -> None:
    a_no_since_then_counts_for_both(twice)


def test_a_taking_apart_that_drops_a_no_is_noticed(twice: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merge_facts, "_counting_for_both", lambda *_: ())
    assert not holds(lambda: a_no_since_then_counts_for_both(twice))


def test_both_steps_stand_in_the_log_and_no_reason_lies_in_clear(twice: SmallWorld) -> None:
    join(twice)
    take_apart(twice)
    steps = [one.entry for one in twice.entries() if one.entry.operation.value == "combination"][:2]
    assert [entry.actor for entry in steps] == [twice.accounts["manager"], twice.accounts["fran"]]
    assert all("identity:" in str(entry.selection) for entry in steps)
    with twice.hub.engines.gate.connect() as connection:
        rows = [str(tuple(row)) for table in metadata.sorted_tables for row in connection.execute(select(table))]
    assert not [row for row in rows if WHY in row or NOT_SO in row]


def sealed(world: SmallWorld) -> list[tuple]:
    tables = [table for name, table in metadata.tables.items() if name in {"sealed_fields", "outline", "label"}]
    with world.hub.engines.gate.connect() as connection:
        return sorted(str(tuple(row)) for table in tables for row in connection.execute(select(table)))


def test_the_originals_stay_as_they_were_sent(twice: SmallWorld) -> None:
    before = sealed(twice)
    join(twice)
    assert sealed(twice) == before
    take_apart(twice)
    assert sealed(twice) == before


def test_without_a_reason_nobody_is_joined_or_taken_apart(twice: SmallWorld) -> None:
    sides = sides_of(twice, "Daniel Hart")
    fran, number = twice.accounts["fran"], waiting(twice)
    with pytest.raises(InvalidRequestError):
        twice.hub.joining.candidates.merge(fran, number, sides[twice.first], sides[twice.second], " ")
    join(twice)
    with pytest.raises(InvalidRequestError):
        twice.hub.joining.merging.unmerge(twice.accounts["manager"], joining(twice).merge.id, " ")


@pytest.mark.parametrize("username", ["sally", "rob", "iggy", "otto", "manager"])
def test_only_the_front_door_joins(twice: SmallWorld, username: str) -> None:
    sides = sides_of(twice, "Daniel Hart")
    who, number = twice.accounts[username], waiting(twice)
    with pytest.raises(AccessRefusedError):
        twice.hub.joining.candidates.merge(who, number, sides[twice.first], sides[twice.second], WHY)
    with pytest.raises(AccessRefusedError):
        page(twice, username)


@pytest.mark.parametrize("username", ["sally", "rob", "iggy", "otto"])
def test_who_neither_decides_nor_manages_hears_of_no_joining(twice: SmallWorld, username: str) -> None:
    id_ = join(twice).merge.id
    who = twice.accounts[username]
    for act in (
        lambda: twice.hub.joining.merging.listed(who),
        lambda: twice.hub.joining.merging.page(who, id_),
        lambda: twice.hub.joining.merging.unmerge(who, id_, NOT_SO),
    ):
        with pytest.raises(AccessRefusedError):
            act()


def test_the_front_door_takes_apart_only_while_the_referral_waits(twice: SmallWorld) -> None:
    join(twice)
    take_apart(twice, "fran")
    join(twice)
    twice.hub.front_door.decide(twice.accounts["fran"], waiting(twice), None)
    with pytest.raises(AccessRefusedError):
        take_apart(twice, "fran")
    take_apart(twice)


def test_a_manager_who_is_tied_to_the_family_hears_of_no_joining(twice: SmallWorld) -> None:
    id_ = join(twice).merge.id
    manager = twice.accounts["manager"]
    for family in (twice.first, twice.second):
        twice.hub.conflicts.declare(twice.accounts["iggy"], family, manager, "relative")
    assert twice.hub.joining.merging.listed(manager) == []
    with pytest.raises(NotFoundError):
        twice.hub.joining.merging.unmerge(manager, id_, NOT_SO)


def test_of_two_who_join_or_take_apart_the_second_is_told(twice: SmallWorld) -> None:
    sides = sides_of(twice, "Daniel Hart")
    fran, number = twice.accounts["fran"], waiting(twice)
    join(twice)
    with pytest.raises((ConflictError, InvalidRequestError)):
        twice.hub.joining.candidates.merge(fran, number, sides[twice.first], sides[twice.second], WHY)
    take_apart(twice)
    with pytest.raises(ConflictError):
        take_apart(twice)


def test_people_whom_matching_did_not_propose_for_one_person_are_not_joined(twice: SmallWorld) -> None:
    maya, dan = sides_of(twice, "Maya Hart"), sides_of(twice, "Daniel Hart")
    fran, number = twice.accounts["fran"], waiting(twice)
    for kept, other in ((maya[twice.first], dan[twice.second]), (dan[twice.first], "nothing")):
        with pytest.raises(InvalidRequestError):
            twice.hub.joining.candidates.merge(fran, number, kept, other, WHY)


def placed(world: SmallWorld) -> FamilyId:
    chosen = [side for name in ("Daniel Hart", "Maya Hart") for side in [sides_of(world, name)[world.first]]]
    return world.hub.joining.candidates.confirm(world.accounts["fran"], waiting(world), chosen, WHY)


def test_a_referral_is_placed_with_whom_its_people_are_and_why(twice: SmallWorld) -> None:
    assert placed(twice) == twice.first
    said = [line.reason for line in twice.hub.joining.merging.listed(twice.accounts["manager"])]
    assert said == [WHY, WHY]


def test_a_person_of_a_placed_referral_is_taken_apart_and_stays_in_the_family(twice: SmallWorld) -> None:
    with_sally(twice)
    twice.family = twice.first
    placed(twice)
    one = daniel(twice, twice.first)
    for line in twice.hub.joining.merging.listed(twice.accounts["manager"]):
        twice.hub.joining.merging.unmerge(twice.accounts["manager"], line.merge.id, NOT_SO)
    shown = twice.view("sally")
    named = {p for r in shown.records if r.fields.get("name") == "Daniel Hart" for p in r.persons}
    assert one in named
    assert len(named) == 2


def test_candidates_of_two_families_or_of_nobody_place_nothing(twice: SmallWorld) -> None:
    fran, number = twice.accounts["fran"], waiting(twice)
    dan, maya = sides_of(twice, "Daniel Hart"), sides_of(twice, "Maya Hart")
    for chosen, why in (
        ([dan[twice.first], maya[twice.second]], WHY),
        ([dan[twice.first], dan[twice.second]], WHY),
        ([dan[twice.first]], "  "),
        (["nothing"], WHY),
        ([], WHY),
    ):
        with pytest.raises(InvalidRequestError):
            twice.hub.joining.candidates.confirm(fran, number, chosen, why)


def test_a_side_that_this_reader_may_not_see_shows_reasons_and_no_value(twice: SmallWorld) -> None:
    found = page(twice)
    known = [row.known for one in found.people for side in one.sides for row in side.rows]
    assert known
    assert not any(known)
    for one in found.people:
        for side in one.sides:
            assert any(row.speaks_for for row in side.rows)
    said = json.dumps([row.said for one in found.people for side in one.sides for row in side.rows])
    assert "Daniel Hart" in said


def test_a_joining_is_asked_as_of_before_and_after(twice: SmallWorld) -> None:
    """Facts are dated: what somebody could see on a day is answered as it was on that day."""
    with_sally(twice)
    before = client(twice)
    then = twice.clock()
    join(twice)
    shown = twice.view("sally", at=then, known=then, live=False)
    assert before in {p for r in shown.records if r.fields.get("name") == "Daniel Hart" for p in r.persons}


def test_the_chain_of_each_person_keeps_every_step(twice: SmallWorld) -> None:
    merge = join(twice).merge
    take_apart(twice)
    facts = twice.hub.writer.dated_facts([person_chain(merge.kept), person_chain(merge.other)])
    assert [fact for fact in facts if fact.id in merge.made]
