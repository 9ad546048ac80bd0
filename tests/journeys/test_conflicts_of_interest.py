"""A worker who is tied to a family reads nothing of it; a family of the staff is held by a restricted team."""

from datetime import timedelta

import pytest
from flask import Flask

from hub.domain.errors import AccessRefusedError, InvalidRequestError
from hub.services.recording import Opening, Period
from tests.factories import SmallWorld
from tests.journeys.readers import Reader, bare, lead, plain

NOBODY = "00000000-0000-7000-8000-000000000000"
PAGES = ("", "/reason", "/consent", "/coverage", "/conflicts", "/decision", "/allocation", "/restriction")


@pytest.fixture
def family(world: SmallWorld) -> str:
    family = world.police_notice()
    world.allocate("sally", lead=True)
    lead(world)
    return f"/families/{family}"


def not_there(reader: Reader, family: str) -> bool:
    """Every page of the family reads, byte for byte, like one of a family that does not exist."""
    reader.get(f"/families/{NOBODY}")  # what was just said to the reader is printed once, here
    pairs = [(reader.get(family + page), reader.get(f"/families/{NOBODY}{page}")) for page in PAGES]
    return all(a.status_code == b.status_code == 404 and bare(a) == bare(b) for a, b in pairs)


def test_a_declared_tie_acts_at_the_next_request_and_the_family_is_no_longer_there(
    world: SmallWorld, app: Flask, family: str
) -> None:
    sally = Reader(app, "sally")
    assert "hands on my ears" not in sally.open(world.family)
    assert "Declare a conflict of interest" in sally.words(family)
    me = world.accounts["sally"]
    assert sally.send(f"{family}/conflicts", account=me, tie="neighbour").status_code == 302
    assert not_there(sally, family)
    assert world.family not in sally.get("/").text
    assert Reader(app, "manager").get(f"{family}/conflicts").status_code == 200


@pytest.mark.usefixtures("family")
def test_the_gate_refuses_whoever_is_tied_and_enters_the_refusal(world: SmallWorld) -> None:
    assert world.view("sally").records
    world.hub.conflicts.declare(world.accounts["sally"], world.family, world.accounts["sally"], "relative")
    with pytest.raises(AccessRefusedError):
        world.view("sally")
    assert "refused" in {read.entry.outcome for read in world.entries()}


@pytest.mark.usefixtures("family")
def test_an_emergency_does_not_beat_it(world: SmallWorld) -> None:
    now = world.clock()
    emergency = Opening("emergency", world.agencies["csc"], world.people("child"), world.people("parent"), evidence="x")
    world.hub.conflicts.declare(world.accounts["manager"], world.family, world.accounts["sally"], "partner")
    world.hub.recording.open(world.accounts["manager"], world.family, emergency, Period(now, now + timedelta(hours=8)))
    with pytest.raises(AccessRefusedError):
        world.view("sally")
    with pytest.raises(AccessRefusedError):
        world.hub.recording.open(
            world.accounts["sally"], world.family, emergency, Period(now, now + timedelta(hours=8))
        )


def test_who_is_tied_does_not_end_it_and_a_manager_does(world: SmallWorld, app: Flask, family: str) -> None:
    sally, manager = Reader(app, "sally"), Reader(app, "manager")
    sally.send(f"{family}/conflicts", account=world.accounts["sally"], tie="neighbour")
    tie = world.hub.conflicts.ties(world.family)[0]
    with pytest.raises(AccessRefusedError):
        world.hub.conflicts.end(world.accounts["sally"], world.family, tie.id)
    page = manager.words(f"{family}/conflicts")
    assert "sally" in page.lower()
    assert "they are a neighbour or friend" in page
    token = manager.token(f"{family}/conflicts")
    assert manager.http.post(f"{family}/conflicts/{tie.id}/end", data={"csrf_token": token}).status_code == 302
    assert sally.get(family).status_code == 302
    assert world.hub.conflicts.ties(world.family) == ()


def test_a_worker_declares_for_themselves_only(world: SmallWorld, app: Flask, family: str) -> None:
    sally = Reader(app, "sally")
    tried = sally.send(f"{family}/conflicts", account=world.accounts["rob"], tie="neighbour")
    assert "Choose one of the options listed" in plain(tried)
    with pytest.raises(AccessRefusedError):
        world.hub.conflicts.declare(world.accounts["sally"], world.family, world.accounts["rob"], "neighbour")
    with pytest.raises(InvalidRequestError):
        world.hub.conflicts.declare(world.accounts["sally"], world.family, world.accounts["sally"], "gossip")


@pytest.mark.usefixtures("family")
def test_an_officer_declares_for_anybody_without_reading_the_family(world: SmallWorld) -> None:
    world.hub.conflicts.declare(world.accounts["iggy"], world.family, world.accounts["sally"], "subject")
    with pytest.raises(AccessRefusedError):
        world.view("sally")
    with pytest.raises(AccessRefusedError):
        world.view("iggy")


def test_a_staff_family_is_there_only_for_those_on_duty_at_its_desk(world: SmallWorld, app: Flask, family: str) -> None:
    manager = Reader(app, "manager")
    assert manager.send(f"{family}/restriction", desk="restricted").status_code == 302
    for username in ("sally", "manager", "fran", "pete", "iggy"):
        assert not_there(Reader(app, username), family), username
    desk = world.staff("desk", "csc", "team_manager")
    worker = world.staff("quiet", "csc", "social_worker")
    end = world.clock() + timedelta(days=1)
    for account in (desk, worker):
        world.hub.setup.put_on_duty(account, "restricted", world.clock(), end)
    with pytest.raises(AccessRefusedError):
        world.hub.recording.allocate(world.accounts["manager"], world.family, worker, Period(world.clock()))
    world.hub.recording.allocate(desk, world.family, worker, Period(world.clock()), lead=True)
    assert Reader(app, "quiet").open(world.family)
    assert world.view("quiet").records
    world.clock.advance(days=2)
    with pytest.raises(AccessRefusedError):
        world.view("quiet")


@pytest.mark.usefixtures("family")
def test_only_its_own_desk_gives_a_restricted_family_back(world: SmallWorld) -> None:
    restriction = world.hub.conflicts.restrict(world.accounts["manager"], world.family, "restricted")
    with pytest.raises(AccessRefusedError):
        world.hub.conflicts.end(world.accounts["manager"], world.family, restriction)
    world.hub.setup.put_on_duty(
        world.accounts["manager"], "restricted", world.clock(), world.clock() + timedelta(hours=1)
    )
    world.hub.conflicts.end(world.accounts["manager"], world.family, restriction)
    assert world.view("sally").records
