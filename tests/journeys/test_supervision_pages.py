"""A supervision from its pages: who is there first, the shared screen, what one adds, what it came to."""

from datetime import timedelta

from flask import Flask

from tests.factories import SmallWorld
from tests.journeys.readers import Reader, day, plain
from tests.spec.helping import named

MORNINGS = "The mornings go well"
WEEKEND = "He told me of a bad weekend"


def entry(world: SmallWorld, text: str, sensitivity: str = "personal") -> dict[str, object]:
    said = {"event": "visit", "statement": "fact_observed", "significance": "routine", "family_state": "shared"}
    when = day("occurred", world.clock.now)
    return said | when | {"about": [named(world, "Daniel Hart")], "what_happened": text, "sensitivity": sensitivity}


def test_a_group_supervision_from_its_pages(sqlite_app: Flask, sqlite_world: SmallWorld) -> None:
    family = sqlite_world.police_notice()
    sqlite_world.allocate("sally", lead=True)
    sqlite_world.allocate("rob", "alleged_perpetrator")
    sally, rob, vera = Reader(sqlite_app, "sally"), Reader(sqlite_app, "rob"), Reader(sqlite_app, "vera")
    for reader in (sally, rob):
        reader.open(family, "support_family")
    sally.send(f"/families/{family}/entries/new", **entry(sqlite_world, MORNINGS))
    place = f"/families/{family}/supervision"
    begun = sally.send(place, attendees=[sqlite_world.accounts["rob"]])
    assert begun.status_code == 302, plain(begun)
    room = begun.headers["Location"]
    assert MORNINGS in sally.words(room)
    assert "Present: Sally, Rob" in sally.words(room)
    here = room.removesuffix("/room")
    added = rob.send(f"{here}/contribution", **entry(sqlite_world, WEEKEND, "sensitive"))
    assert added.status_code == 302, plain(added)
    assert WEEKEND in rob.words(f"/families/{family}")
    assert WEEKEND not in sally.words(room)
    assert [reader.get(f"{here}{end}").status_code for reader in (rob, vera) for end in ("/room", "/outcome")] == [
        404
    ] * 4
    assert vera.get(f"{here}/contribution").status_code == 404
    shown = next(r for r in sqlite_world.view("sally").records if r.fields.get("what_happened") == MORNINGS)
    said = {"about": [named(sqlite_world, "Daniel Hart")], "decision": "Carry on", "relied_on": [shown.record]}
    said |= {"action_1": "Ring the school", "owner_1": sqlite_world.accounts["rob"]}
    late = sally.send(f"{here}/outcome", **said)
    assert "Enter by when" in plain(late)
    closed = sally.send(f"{here}/outcome", **said, **day("day_1", sqlite_world.clock.now + timedelta(days=7)))
    assert closed.status_code == 302, plain(closed)
    assert "Ring the school (Rob" in sally.words(f"/families/{family}")
    assert "Do what was agreed in group supervision" in rob.words("/tasks")
    assert "Closed" in rob.words(place)
