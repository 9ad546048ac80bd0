"""Candidates side by side, joining, taking apart: at a browser."""

import re
from datetime import timedelta

from flask import Flask

from hub.services.new_identities import DESK
from tests.factories import SmallWorld, notice
from tests.journeys.readers import Reader, plain
from tests.spec.helping import treatment

NOWHERE = "00000000-0000-7000-8000-000000000000"


def waits(world: SmallWorld) -> str:
    """Let a family be known, and a second referral about its people wait; returns its number."""
    world.police_notice()
    world.send("sm", "adult_with_children_json", treatment())
    world.hub.rounds.run_once()
    (line,) = world.hub.front_door.waiting(world.accounts["fran"])
    return line.id


def choices(reader: Reader, path: str, name: str) -> list[str]:
    return re.findall(rf'name="{name}"[^>]*value="([^"]+)"', reader.get(path).text)


def test_a_referral_is_compared_placed_and_taken_apart(world: SmallWorld, app: Flask) -> None:
    path = f"/front-door/{waits(world)}/candidates"
    fran, manager = Reader(app, "fran"), Reader(app, "manager")
    page = fran.words(path)
    assert "Daniel Hart and family FS-0001" in page
    assert "The same day" in page
    assert "Grace" not in page
    assert "Choose at least one person" in plain(fran.send(path, reason="The same"))
    chosen = choices(fran, path, "chosen")
    assert "Write why they are the same person" in plain(fran.send(path, chosen=chosen))
    assert fran.send(path, chosen=chosen, reason="The service told us").status_code == 302
    assert "with family FS-0001" in fran.words("/front-door")
    assert fran.get(path).status_code == 409
    (line, *_) = re.findall(r'href="(/joined/[^"]+)"', manager.get("/joined").text)
    assert "The service told us" in manager.words(line)
    assert "tell the duty manager" in fran.words(line)
    assert "Write why they are two people" in plain(manager.send(line))
    assert manager.send(line, reason="A namesake").status_code == 302
    assert "they are two people again" in manager.words("/joined")
    assert "A namesake" in manager.words(line)
    token = manager.token("/account")
    assert manager.http.post(line, data={"csrf_token": token, "reason": "again"}).status_code == 200


def test_who_is_known_twice_is_joined(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    number = waits(sqlite_world)
    fran = Reader(sqlite_app, "fran")
    assert "Nobody in this referral has two candidates" in fran.words(f"/front-door/{number}/candidates/join")
    sqlite_world.hub.front_door.decide(sqlite_world.accounts["fran"], number, None)
    sqlite_world.send("police", "safeguarding_notice", notice(notice_ref="N-3"), key="three")
    sqlite_world.hub.rounds.run_once()
    (line,) = sqlite_world.hub.front_door.waiting(sqlite_world.accounts["fran"])
    path = f"/front-door/{line.id}/candidates/join"
    assert "join the two" in fran.words(f"/front-door/{line.id}/candidates")
    kept = choices(fran, path, "kept")
    assert "Choose somebody else" in plain(fran.send(path, kept=kept[0], other=kept[0], reason="x"))
    assert fran.send(path, kept=kept[0], other=kept[1], reason="One man").status_code == 302
    assert "It can be taken apart" in fran.words(f"/front-door/{line.id}/candidates")


def test_each_door_opens_to_those_it_is_for(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    number = waits(sqlite_world)
    now = sqlite_world.clock()
    dee = sqlite_world.staff("dee", "csc", "front_door_worker")
    sqlite_world.hub.setup.put_on_duty(dee, DESK, now, now + timedelta(hours=8))
    doors = {
        f"/front-door/{number}/candidates": {"fran", "dee"},
        f"/front-door/{number}/candidates/join": {"fran", "dee"},
        "/joined": {"fran", "dee", "manager"},
        f"/joined/{NOWHERE}": set(),
        "/protected-matches": {"dee"},
        f"/protected-matches/{number}": set(),
        f"/front-door/{NOWHERE}/candidates": set(),
    }
    for username in ("fran", "dee", "manager", "sally", "rob", "iggy", "otto"):
        reader = Reader(sqlite_app, username)
        found = {path: reader.get(path).status_code for path in doors}
        assert found == {path: 200 if username in open_ else 404 for path, open_ in doors.items()}, username
    assert "Nothing waits here" in Reader(sqlite_app, "dee").words("/protected-matches")
