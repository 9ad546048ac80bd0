"""A manager decides on a strategy discussion, cannot record it without the police, and records it with everybody."""

from flask import Flask

from tests.factories import SmallWorld
from tests.journeys.readers import Reader, lead, plain


def test_a_strategy_discussion_from_decision_to_record(world: SmallWorld, app: Flask) -> None:

    world.police_notice()
    lead(world)
    manager = Reader(app, "manager")
    manager.open(world.family, "protect_child")
    path = f"/families/{world.family}/strategy"
    assert "None was decided here yet" in manager.words(path)
    assert "Write why it is held" in plain(manager.send(path, why=" "))
    found = manager.send(path, why="She is afraid to go home").headers["Location"]
    came = [world.agencies[code] for code in ("csc", "mh")]
    said = {"decided": "An enquiry", "children": world.people("child"), "adults": world.people("parent")}
    assert "Write why these did not attend, or hold it again: Police" in plain(
        manager.send(found, attended=came, **said)
    )
    assert "hold it, and record who attended" in manager.words("/tasks")
    assert manager.send(found, attended=[*came, world.agencies["police"]], **said).status_code == 302
    manager.open(world.family, "protect_child")
    assert "Attended" in manager.words(found)
    assert "Strategy discussion" in manager.words(f"/families/{world.family}")
