"""A recovery worker's chapter from the page: a month, a session, a module."""

from flask import Flask

from tests.factories import SmallWorld
from tests.journeys.readers import Reader, day, plain
from tests.spec.helping import named


def test_a_chapter_is_written_from_its_page(sqlite_app: Flask, sqlite_world: SmallWorld) -> None:
    family = sqlite_world.police_notice()
    sqlite_world.allocate("rob", "alleged_perpetrator")
    rob, father = Reader(sqlite_app, "rob"), named(sqlite_world, "Daniel Hart")
    rob.open(family, "support_family")
    place = f"/families/{family}/workbook"
    month = {"month__month": "11", "month__year": "2026", "about": [father], "summary": "Three of four sessions"}
    assert rob.send(f"{place}/summary", **month).status_code == 302
    talk = {"person": father, "focus": "Mornings", "goal": "To get up with them", "importance": "7", "confidence": "3"}
    talk |= {"stage": "action", "will_tell": "That he came", "person_knows": "yes"}
    answer = rob.send(f"{place}/session", **talk, **day("day", sqlite_world.clock.now))
    assert answer.status_code == 302, plain(answer)
    assert rob.send(f"{place}/module", person=father, module="2", state="in_progress").status_code == 302
    page = rob.words(place)
    for words in ("Three of four sessions", "To get up with them", "7", "Changing", "Module 2 Daniel Hart In progress"):
        assert words in page, words
    assert "Three of four sessions" in rob.words(f"/families/{family}")
