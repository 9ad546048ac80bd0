"""A worker asks another agency; its desk answers; the asker reads the answer, and a second answer in its place."""

from flask import Flask

from tests.factories import FIXTURES, SmallWorld
from tests.journeys.readers import Reader, day, plain
from tests.journeys.test_front_door import links
from tests.journeys.test_who_may_open_what import NOWHERE

HELD = "Three calls to the address since May"


def _ask(world: SmallWorld, sally: Reader, **changes: object) -> str:
    path = f"/families/{world.family}/requests"
    said = {"holder": world.agencies["police"], "function": "assess_need", "period": "since May", "why": "A call today"}
    answer = sally.send(path, **(said | {"children": world.people("child")[0]} | changes))
    return answer.headers["Location"] if answer.status_code == 302 else plain(answer)


def test_a_request_from_asking_to_a_second_answer(world: SmallWorld, app: Flask) -> None:
    world.police_notice()
    world.allocate("sally", lead=True)
    sally, otto = Reader(app, "sally"), Reader(app, "otto")
    assert sally.get(f"/families/{world.family}/requests").status_code == 302
    sally.open(world.family, "support_family")
    assert "Nobody was asked yet" in sally.words(f"/families/{world.family}/requests")
    assert "Choose at least one child" in _ask(world, sally, children=[])
    asked = _ask(world, sally, adults=world.people("parent"))
    assert "This is not a statement that nothing is held" in sally.words(asked)
    desk = otto.words("/requests")
    assert "asked by Exampleshire Children's Services" in desk
    path = "/requests/" + otto.get("/requests").text.split('"/requests/')[1].split('"')[0]
    page = otto.words(path)
    assert "Your agency decides whether it shares" in page
    assert "A call today" in page
    assert "14 Larch Court" not in page
    assert "a refusal without a reason is none" in plain(otto.send(path, answer="speak_to_us"))
    assert "Write how each adult named is connected" in plain(otto.send(path, answer="shared", information=HELD))
    given = {"information": HELD, "statement": "fact_observed", "involvement": "Open", "relations": "Daniel: father"}
    assert otto.send(path, answer="shared", **given, **day("checked", world.clock().date())).status_code == 302
    assert HELD in sally.words(asked)
    assert "Held, and shared" in sally.words(f"/families/{world.family}")
    assert "A new answer takes its place" in otto.words(path)
    assert otto.send(path, answer="speak_to_us", ground="detriment", reason="A witness").status_code == 302
    page = sally.words(asked)
    assert HELD not in page
    assert "They neither confirm nor deny" in page
    assert "A witness" not in page


def test_a_request_that_is_not_ones_own_is_like_none(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    sqlite_world.police_notice()
    sqlite_world.allocate("sally", lead=True)
    sqlite_world.allocate("rob", "parent")
    sally = Reader(sqlite_app, "sally")
    sally.open(sqlite_world.family, "support_family")
    asked = _ask(sqlite_world, sally)
    request = asked.rsplit("/", 1)[1]
    for username in ("rob", "fran", "igmh", "iggy", "manager"):
        reader = Reader(sqlite_app, username)
        for path in ("/asked/", "/requests/"):
            mine, nowhere = reader.get(f"{path}{request}"), reader.get(f"{path}{NOWHERE}")
            assert mine.status_code == nowhere.status_code == 404, (username, path)


def test_a_front_door_worker_asks_before_deciding(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    sqlite_world.send(
        "police", "safeguarding_notice", (FIXTURES / "safeguarding_notice" / "domestic_abuse.json").read_bytes()
    )
    sqlite_world.hub.rounds.run_once()
    fran = Reader(sqlite_app, "fran")
    referral = links(fran)[0]
    asking = fran.get(referral).text.split('/requests"')[0].rsplit('"', 1)[1] + "/requests"
    first = fran.get(asking)
    assert first.status_code == 302
    assert fran.send(first.headers["Location"], purpose="front_door", justification="Deciding").status_code == 302
    assert "Ask another agency" in fran.words(asking)
