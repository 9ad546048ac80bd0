"""A referrer who is a party, and claims both ways, are shown to the desk; nothing is concluded, nobody else hears."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from hub.domain.access import Act
from hub.domain.facts import Fact, FactKind, family_chain, person_chain
from hub.domain.ids import FactId, FamilyId, PersonId
from hub.domain.referral import Limits
from hub.gate.writer import Actor
from hub.policy.front_door import NO_ACTION
from hub.services import both_sides, claims
from hub.services.both_sides import Sides
from hub.services.deciding import Closing, Rated
from hub.services.intake import Message
from hub.services.new_identities import DESK
from hub.store.clear import cases
from hub.wiring import web_app
from tests.factories import SmallWorld, notice
from tests.forms import FORMS, batch
from tests.journeys.readers import Reader, bare
from tests.spec.conftest import copied
from tests.spec.helping import holds

IVY = {"id": "c1", "roles": ["child"], "name": {"full": "Ivy Marsh"}, "birth_date": "2019-04-02"}
GRACE = {"id": "a1", "roles": ["mother"], "name": {"full": "Grace Marsh"}, "birth_date": "1990-03-04"}
COLIN = {"id": "a2", "roles": ["father"], "name": {"full": "Colin Webb"}, "birth_date": "1988-07-09"}
AS_GRACE, AS_COLIN = {"name": "Grace Marsh", "phone": "07700 900123"}, {"name": "Colin Webb"}
PARTY, BOTH = "Whoever told us may be one of the people named", "tell it the other way round"


def tell(world: SmallWorld, referrer: dict[str, str], *people: dict[str, Any], name: str = "public") -> str:
    """Send a form as its system would; returns the referral."""
    key = f"F-{len(world.entries())}"
    said = {"referral_ref": key, "referral_version": 1, "action": "new", "created": "2026-11-23T09:00:00+00:00"}
    asked = {} if name == "public" else {"role": "A worker"}
    said |= {"referrer": asked | referrer, "people": list(people), "events": [], "answers": {"concern": "A worry."}}
    connector, agency = f"form_{name}_json", "csc" if name == "public" else "mh"
    body = batch(FORMS[name], said)
    parsed = list(world.hub.connectors[connector].parse(body, Limits()))
    receipt = world.hub.intake.receive(
        Message(world.agencies[agency], connector, key, body, "application/json", parsed)
    )
    (record,) = receipt["records"]
    assert record["outcome"] == "accepted", record
    world.hub.rounds.run_once()
    return str(record["referral"])


def report(world: SmallWorld, ref: str, harmed: str, harming: str) -> str:
    """Let the police report an incident between two people of the fixture; returns the referral."""
    kinds = {"victim": harmed, "alleged_perpetrator": harming, "child_present": "p3", "witness": "p6"}
    roles = [{"person": person, "kind": kind} for kind, person in kinds.items()]
    roles += [{"person": "p4", "kind": "child_resident_elsewhere"}, {"person": "p5", "kind": "unborn_child"}]
    (record,) = world.send("police", "safeguarding_notice", notice(notice_ref=ref, roles=roles), key=ref)["records"]
    assert record["outcome"] == "accepted", record
    world.hub.rounds.run_once()
    return str(record["referral"])


def sides(world: SmallWorld, referral: str) -> Sides:
    return world.hub.front_door.page(world.accounts["fran"], referral).sides


def said(world: SmallWorld, referral: str) -> str:
    return " ".join(sides(world, referral).remarks)


def both_tell(world: SmallWorld) -> tuple[str, str]:
    return tell(world, AS_GRACE, IVY, COLIN), tell(world, AS_COLIN, IVY, GRACE)


def claims_both_ways_are_shown(world: SmallWorld) -> None:
    first, second = both_tell(world)
    assert BOTH in said(world, second)
    assert [one.referral for one in sides(world, second).others] == [first]


def test_claims_both_ways_are_shown_to_the_desk(world: SmallWorld) -> None:
    claims_both_ways_are_shown(world)


def test_a_desk_that_hears_one_side_only_is_noticed(sqlite_world: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims, "_turned", lambda *_: False)
    assert not holds(lambda: claims_both_ways_are_shown(sqlite_world))


def test_so_are_they_when_the_first_was_decided_without_a_family(sqlite_world: SmallWorld) -> None:
    first = tell(sqlite_world, AS_GRACE, IVY, COLIN)
    close(sqlite_world, first)
    assert BOTH in said(sqlite_world, tell(sqlite_world, AS_COLIN, IVY, GRACE))


def close(world: SmallWorld, referral: str) -> None:
    grounds = world.hub.desk.deciding.rules.grounds[NO_ACTION]
    rating = Rated("green", "contact", "Nobody is hurt")
    world.hub.desk.deciding.rate(world.accounts["fran"], referral, rating)
    closing = Closing(NO_ACTION, "No need", next(iter(grounds)), history_read=True)
    world.hub.desk.deciding.close(world.accounts["fran"], referral, closing)


def test_two_notices_that_turn_harm_round_are_claims_both_ways(sqlite_world: SmallWorld) -> None:
    report(sqlite_world, "N-1", "p1", "p2")
    assert BOTH in said(sqlite_world, report(sqlite_world, "N-2", "p2", "p1"))


def test_a_form_and_a_notice_are_claims_both_ways(sqlite_world: SmallWorld) -> None:
    mother = GRACE | {"name": {"full": "Grace Adeyemi-Hart"}, "birth_date": "1991-04-17"}
    maya = IVY | {"name": {"full": "Maya Hart"}, "birth_date": "2016-03-05"}
    tell(sqlite_world, {"name": "Daniel Hart"}, maya, mother)
    assert BOTH in said(sqlite_world, report(sqlite_world, "N-1", "p1", "p2"))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ((AS_GRACE, IVY, COLIN), (AS_GRACE, IVY, COLIN)),
        ((AS_GRACE, IVY, COLIN, GRACE), (AS_GRACE, IVY, COLIN, GRACE)),
        ((AS_GRACE, IVY, COLIN), ({"name": "Nora Bright"}, IVY, GRACE)),
        ((AS_GRACE, IVY, COLIN), ({}, IVY, GRACE)),
        ((AS_GRACE, IVY, COLIN), (AS_COLIN, IVY)),
        ((AS_GRACE, IVY, COLIN), ({"name": "Colin"}, IVY, GRACE)),
    ],
)
def test_one_side_told_twice_or_by_others_is_not_both(sqlite_world: SmallWorld, first: tuple, second: tuple) -> None:
    tell(sqlite_world, *first)
    assert BOTH not in said(sqlite_world, tell(sqlite_world, *second))


def test_the_same_harm_reported_twice_is_not_both(sqlite_world: SmallWorld) -> None:
    report(sqlite_world, "N-1", "p1", "p2")
    assert said(sqlite_world, report(sqlite_world, "N-2", "p1", "p2")) == ""


def test_what_was_told_long_ago_is_not_remarked_on(sqlite_world: SmallWorld) -> None:
    tell(sqlite_world, AS_GRACE, IVY, COLIN)
    sqlite_world.clock.advance(days=366)
    assert BOTH not in said(sqlite_world, tell(sqlite_world, AS_COLIN, IVY, GRACE))


@pytest.mark.parametrize("name", ["public", "school", "housing"])
@pytest.mark.parametrize("referrer", [{"name": "grace MARSH"}, {"name": "Marsh, Grace"}, {"phone": "+44 7700 900123"}])
def test_a_referrer_who_is_a_party_is_shown_to_the_desk(
    sqlite_world: SmallWorld, name: str, referrer: dict[str, str]
) -> None:
    named = {role for role in FORMS[name].roles if role in {"mother", "parent", "tenant", "other_adult"}}
    grace = GRACE | {"roles": [min(named)], "phones": [{"number": "07700 900123", "safe": "yes"}]}
    number = tell(sqlite_world, referrer, IVY, grace, name=name)
    assert PARTY in said(sqlite_world, number)
    assert "(1)" in said(sqlite_world, number)


@pytest.mark.parametrize("referrer", [{}, {"name": "Nora Bright"}, {"name": "Grace"}, {"name": "Grace Webb"}])
def test_anybody_else_is_not(sqlite_world: SmallWorld, referrer: dict[str, str]) -> None:
    assert said(sqlite_world, tell(sqlite_world, referrer, IVY, GRACE)) == ""


def nobody_else_hears(world: SmallWorld) -> None:
    tell(world, AS_GRACE, IVY, COLIN)
    tell(world, AS_COLIN, IVY, GRACE, COLIN)
    receipts = json.dumps([world.hub.intake.receipts(agency) for agency in world.agencies.values()])
    assert "party" not in receipts
    app = web_app(world.hub)
    for username in ("otto", "sally", "manager", "iggy"):
        reader = Reader(app, username)
        for path in ("/", "/receipts", "/tasks", "/log", "/joined", "/access-notices"):
            for words in (PARTY, BOTH, "who is spoken of"):
                assert words not in reader.get(path).text, (username, path)


def test_no_receipt_no_other_page_and_no_other_role_hears_of_it(sqlite_world: SmallWorld) -> None:
    nobody_else_hears(sqlite_world)


def test_once_it_is_placed_the_team_reads_no_remark(sqlite_world: SmallWorld) -> None:
    first, second = both_tell(sqlite_world)
    fran = sqlite_world.accounts["fran"]
    sqlite_world.family = sqlite_world.hub.front_door.decide(fran, second, None)
    sqlite_world.allocate("sally", lead=True)
    page = Reader(web_app(sqlite_world.hub), "sally").open(sqlite_world.family)
    assert BOTH not in page
    assert PARTY not in page
    assert sides(sqlite_world, first) == Sides()


def silence_is_not_one_side(world: SmallWorld) -> None:
    """What a team holds is not the desk's: it reads the same, and whom to ask, whatever was told there."""
    pages = []
    for told in ((AS_GRACE, IVY, COLIN), (AS_COLIN, IVY, GRACE)):
        world.hub.front_door.decide(world.accounts["fran"], tell(world, *told), None)
        second = tell(world, AS_COLIN, IVY, GRACE)
        found = sides(world, second)
        assert [one.family_reference for one in candidates(world, second)]
        assert (found.remarks, found.others, found.elsewhere) == ((), (), True)
        pages.append(Reader(web_app(world.hub), "fran").words(f"/front-door/{second}"))
        assert "nothing here says whether it was told the other way round" in pages[-1]
        close(world, second)


def candidates(world: SmallWorld, referral: str) -> tuple:
    return world.hub.front_door.page(world.accounts["fran"], referral).candidates


def test_after_one_side_was_placed_the_desk_is_told_that_it_does_not_hear_it(sqlite_world: SmallWorld) -> None:
    silence_is_not_one_side(sqlite_world)


def test_a_desk_that_takes_silence_for_one_side_is_noticed(
    sqlite_world: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.services.front_door.replace", lambda found, **_: found)
    assert not holds(lambda: silence_is_not_one_side(sqlite_world))


def test_where_no_team_works_with_anybody_nothing_is_said_of_one(sqlite_world: SmallWorld) -> None:
    _, second = both_tell(sqlite_world)
    assert sides(sqlite_world, second).elsewhere is False


def everybody(world: SmallWorld, referral: str) -> tuple[FamilyId, list[PersonId]]:
    with world.hub.clear.read() as connection:
        family = cases.find_referral(connection, world.hub.clear.partnership, referral).family
    facts = world.hub.writer.standing_facts([family_chain(family)], world.clock())
    members = {str(f.body["person"]): f.body["parts"] for f in facts if f.kind is FactKind.MEMBERSHIP}
    return family, [PersonId(person) for person, parts in sorted(members.items()) if "child" not in parts]


def shield(world: SmallWorld, referral: str) -> None:
    """Shield the adults of a referral: their children stay ordinary candidates."""
    family, people = everybody(world, referral)
    now, manager = world.clock(), world.accounts["manager"]
    for person in people:
        number = FactId(world.hub.intake._ids.new())
        body = {"person": person, "desk": DESK}
        fact = Fact(number, person_chain(person), 0, FactKind.SHIELD, body, now, None, now, manager)
        world.hub.writer.record(Actor(manager), Act.IDENTITY_OPEN, family, [fact])


def as_for_no_claim(made: SmallWorld, folder: Path, change: Callable[[SmallWorld, str], None]) -> None:
    """Compare the ordinary page where a party is shielded with that where the rules find nothing."""
    pages = []
    for name in ("shielded", "none"):
        world = copied(made, folder / name, "same")
        try:
            first = tell(world, AS_GRACE, IVY, COLIN)
            change(world, first)
            second = tell(world, AS_COLIN, IVY, GRACE)
            if name == "none":
                world.hub.front_door._sides._rules.desk.clear()
            pages.append(bare(Reader(web_app(world.hub), "fran").get(f"/front-door/{second}")))
            assert "Ivy Marsh" in pages[-1]
        finally:
            world.close()
    assert pages[0] == pages[1]


def test_of_a_protected_identity_the_ordinary_page_says_nothing(made_once: SmallWorld, tmp_path: Path) -> None:
    as_for_no_claim(made_once, tmp_path, shield)


def test_a_remark_on_a_protected_identity_is_noticed(
    made_once: SmallWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(both_sides, "protected_among", lambda *_: frozenset())
    assert not holds(lambda: as_for_no_claim(made_once, tmp_path, shield))


def test_the_protected_desk_reads_it(world: SmallWorld) -> None:
    account, now = world.staff("dee", "csc", "front_door_worker"), world.clock()
    world.hub.setup.put_on_duty(account, DESK, now, now + timedelta(hours=8))
    report(world, "N-1", "p1", "p2")
    (first,) = world.hub.front_door.waiting(world.accounts["fran"])
    shield(world, first.id)
    second = report(world, "N-2", "p2", "p1")
    assert said(world, second) == ""
    page = world.hub.joining.protected.page(account, second)
    assert BOTH in " ".join(page.sides.remarks)
    assert BOTH in Reader(web_app(world.hub), "dee").words(f"/protected-matches/{second}")


def test_the_desk_reads_it_on_the_page_of_the_referral(sqlite_world: SmallWorld) -> None:
    first, second = both_tell(sqlite_world)
    page = Reader(web_app(sqlite_world.hub), "fran")
    words = page.words(f"/front-door/{second}")
    assert BOTH in words
    assert "Software concludes nothing" in words
    assert f'href="/front-door/{first}"' in page.get(f"/front-door/{second}").text
    assert "Grace Marsh" in page.words(f"/front-door/{second}")
