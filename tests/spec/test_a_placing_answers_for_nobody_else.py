"""Placing one person says nothing of the others: who else may be known is asked until a person has answered."""

import json

import pytest
from sqlalchemy import update

from hub.domain.facts import FactKind, family_chain
from hub.domain.ids import FamilyId
from hub.services import matching
from hub.services.newcomers import NOBODY
from hub.store.clear import proposals
from hub.store.clear.tables import match_proposal
from tests.factories import SmallWorld, notice
from tests.spec.helping import holds, treatment

MAYA = {"id": "k1", "name": {"full": "Maya Hart", "family": "Hart", "given": "Maya"}, "birth_date": "2016-03-05"}
ZARA = {"id": "k9", "name": {"full": "Zara Obi", "family": "Obi", "given": "Zara"}, "birth_date": "2021-01-05"}
WHY = "Her school says so"


def of_the_mother() -> bytes:
    """Return a notice about Grace and Maya alone."""
    said = json.loads(notice(notice_ref="B-1", households=[], child_impact=[]))
    one, ids = said["notices"][0], {"p1", "p3"}
    one["people"] = [person for person in one["people"] if person["id"] in ids]
    one["roles"] = [role for role in one["roles"] if role["person"] in ids]
    one["relationships"] = [tie for tie in one["relationships"] if tie["person"] in ids and tie["of"] in ids]
    one["narratives"] = [{"kind": "what_happened", "text": "A call", "about": ["p1"]}]
    for name in ("risk", "consents"):
        one.pop(name)
    return json.dumps(said).encode()


@pytest.fixture
def apart(sqlite_world: SmallWorld) -> SmallWorld:
    """Return a world where Daniel is known in `first`, his number traced, and Grace with Maya in `second`."""
    sqlite_world.send("sm", "adult_with_children_json", treatment(children=[ZARA]))
    sqlite_world.hub.rounds.run_once()
    sqlite_world.first = sqlite_world.accept()
    sqlite_world.send("police", "safeguarding_notice", of_the_mother())
    sqlite_world.hub.rounds.run_once()
    (line,) = sqlite_world.hub.front_door.waiting(sqlite_world.accounts["fran"])
    sqlite_world.second = sqlite_world.hub.front_door.decide(sqlite_world.accounts["fran"], line.id, None)
    return sqlite_world


def waiting(world: SmallWorld) -> list[str]:
    return [line.id for line in world.hub.front_door.waiting(world.accounts["fran"])]


def asked(world: SmallWorld, username: str = "manager") -> list[str]:
    """Return the decided referrals about which this account has a task to say who somebody is."""
    return [one.subject for one in world.hub.tasks.open_for(world.accounts[username]) if one.page == "known"]


def members(world: SmallWorld, family: FamilyId) -> int:
    facts = world.hub.writer.standing_facts([family_chain(family)], world.clock())
    return len({str(fact.body["person"]) for fact in facts if fact.kind is FactKind.MEMBERSHIP})


def places_only_without_another_family(world: SmallWorld) -> None:
    """Daniel's number is traced and his; but Maya, named beside him, is known with Grace."""
    before = members(world, world.first)
    world.send("mh", "adult_with_children_json", treatment(referral_ref="RS-77", children=[MAYA]))
    world.hub.rounds.run_once()
    assert len(waiting(world)) == 1
    (found,) = waiting(world)
    families = {one.id for one in world.hub.front_door.page(world.accounts["fran"], found).candidates}
    assert families == {world.first, world.second}
    assert members(world, world.first) == before


def test_the_machine_places_nothing_that_speaks_for_two_families(apart: SmallWorld) -> None:
    places_only_without_another_family(apart)


def test_a_machine_that_looks_at_the_sure_alone_is_noticed(apart: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    best = matching._keep_best

    def sure_alone(found: dict, candidate: matching._Candidate) -> None:
        if candidate.comparison.grade is matching.Grade.ATTACH:
            best(found, candidate)

    monkeypatch.setattr(matching, "_keep_best", sure_alone)
    assert not holds(lambda: places_only_without_another_family(apart))


def test_who_may_be_known_in_the_same_family_is_asked_after_the_machine_has_placed(apart: SmallWorld) -> None:
    again = [{**ZARA, "id": "k4"}]
    (record,) = apart.send("mh", "adult_with_children_json", treatment(referral_ref="RS-78", children=again))["records"]
    apart.hub.rounds.run_once()
    assert waiting(apart) == []
    assert asked(apart) == asked(apart, "fran") == [record["referral"]]
    manager = apart.accounts["manager"]
    page = apart.hub.joining.newcomers.page(manager, record["referral"])
    (one,) = page.compared.people
    before = members(apart, apart.first)
    apart.hub.joining.newcomers.answer(manager, record["referral"], one.sides[0].id, WHY)
    apart.hub.rounds.run_once()
    assert members(apart, apart.first) == before
    assert asked(apart) == []


def the_others_are_asked(world: SmallWorld) -> None:
    """A person confirms that Daniel is Daniel: of Grace and Maya, known elsewhere, nothing was said."""
    world.send("police", "safeguarding_notice", notice(notice_ref="C-1"), key="c")
    world.hub.rounds.run_once()
    (found,) = waiting(world)
    fran, joining = world.accounts["fran"], world.hub.joining
    page = joining.candidates.page(fran, found)
    daniel = [side.id for one in page.people for side in one.sides if side.family == world.first]
    joining.candidates.confirm(fran, found, daniel, WHY)
    world.hub.rounds.run_once()
    assert asked(world) == asked(world, "fran") == [found]
    left = joining.newcomers.page(world.accounts["manager"], found).compared.people
    assert {side.family for one in left for side in one.sides} == {world.second}
    assert len(left) == len(("Grace", "Maya"))
    for one in left:
        joining.newcomers.answer(world.accounts["manager"], found, f"{NOBODY}/{one.person}", WHY)
    assert asked(world) == []


def test_who_else_may_be_known_survives_a_placing_by_a_person(apart: SmallWorld) -> None:
    the_others_are_asked(apart)


def test_a_placing_that_answers_for_everybody_is_noticed(apart: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = proposals.answer

    def all_of_them(connection: object, partnership: str, ids: list, state: str) -> int:
        done = answer(connection, partnership, ids, state)
        if ids:
            connection.execute(update(match_proposal).where(match_proposal.c.state == "open").values(state="declined"))
        return done

    monkeypatch.setattr(proposals, "answer", all_of_them)
    assert not holds(lambda: the_others_are_asked(apart))


def test_that_it_is_another_family_is_said_of_everybody_who_was_shown(apart: SmallWorld) -> None:
    apart.send("police", "safeguarding_notice", notice(notice_ref="C-1"), key="c")
    apart.hub.rounds.run_once()
    (found,) = waiting(apart)
    apart.hub.front_door.decide(apart.accounts["fran"], found, None)
    apart.hub.rounds.run_once()
    assert asked(apart) == []


def test_what_nobody_has_answered_in_time_raises_an_alarm(apart: SmallWorld) -> None:
    apart.send("mh", "adult_with_children_json", treatment(referral_ref="RS-78", children=[{**ZARA, "id": "k4"}]))
    apart.hub.rounds.run_once()
    apart.clock.advance(days=3)
    apart.hub.rounds.run_once()
    late = [one for one in apart.hub.tasks.open_for(apart.accounts["manager"]) if one.page == "known"]
    assert [one.overdue for one in late] == [True]
    assert any("somebody_may_be_known" in str(entry.entry) for entry in apart.entries())
