"""A front-door worker rates, closes and takes up again; the receiver acknowledges; the sender reads the outcome."""

from flask import Flask
from werkzeug.test import TestResponse

from tests.factories import SmallWorld, notice
from tests.journeys.readers import Reader, plain
from tests.journeys.senders import Sender
from tests.journeys.test_front_door import links

WHY = "Rang the school: the bruise was explained"


def _first(fran: Reader) -> str:
    return links(fran)[0]


def _get(world: SmallWorld, app: Flask, agency: str, receipt: str) -> TestResponse:
    return app.test_client().get(f"/v1/receipts/{receipt}", headers=Sender(world, app, agency).headers())


def test_a_day_at_the_front_door(world: SmallWorld, app: Flask) -> None:
    answer = Sender(world, app, "police").post("/v1/notices", notice())
    world.hub.rounds.run_once()
    fran, otto = Reader(app, "fran"), Reader(app, "otto")
    path = _first(fran)
    assert "Received. Nobody has decided yet." in otto.words("/receipts")
    left = {"outcome": "no_further_action", "no_further_action": "no_need", "reason": WHY, "history_read": "y"}
    assert "It is not rated yet" in plain(fran.send(f"{path}/closing", **left))
    short = fran.send(f"{path}/rating", rating="red")
    assert "Choose whether it is a contact or a referral" in plain(short)
    assert fran.send(f"{path}/rating", rating="red", kind="referral", why="She is hurt").status_code == 302
    assert "Red: a child may be suffering" in fran.words(path)
    assert "Read, and being decided." in otto.words("/receipts")
    page = fran.words(f"{path}/closing")
    assert "Every child and adult in it" in page
    assert "This is not a statement that nothing is held" in page
    unread = fran.send(f"{path}/closing", outcome="no_further_action", no_further_action="no_need", reason=WHY)
    assert "Read what is shown above" in plain(unread)
    closed = {"outcome": "no_further_action", "no_further_action": "no_need", "reason": WHY, "history_read": "y"}
    assert "It is rated as harm" in plain(fran.send(f"{path}/closing", **closed))
    assert fran.send(f"{path}/rating", rating="green", kind="contact", why="No injury seen").status_code == 302
    assert fran.send(f"{path}/closing", **closed).status_code == 302
    page = otto.words("/receipts")
    assert "No further action by children's social care" in page
    assert WHY not in page
    assert fran.get(f"{path}/closing").status_code == 409
    assert fran.send(f"{path}/again", why="The school rang back").status_code == 302
    assert "The school rang back" in fran.words(path)
    assert fran.get(f"{path}/again").status_code == 409
    one = _get(world, app, "police", answer.json["receipt"])
    assert [record["state"] for record in one.json["records"]] == ["being_decided"]


def test_what_is_passed_on_is_acknowledged_by_who_takes_it(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    sqlite_world.send("police", "safeguarding_notice", notice())
    sqlite_world.hub.rounds.run_once()
    fran, igda = Reader(sqlite_app, "fran"), Reader(sqlite_app, "igda")
    path = _first(fran)
    passed = {"outcome": "redirected", "receiver": "early_help", "agency": sqlite_world.agencies["da"]}
    assert fran.send(f"{path}/closing", **passed, message="Debt", reason=WHY, history_read="y").status_code == 302
    page = fran.words("/front-door")
    assert "Early help, Harbour Domestic Abuse Service passed on" in page
    task = "/redirections/" + igda.get("/tasks").text.split('"/redirections/')[1].split('"')[0]
    assert "Debt" in igda.words(task)
    assert fran.get(task).status_code == Reader(sqlite_app, "rob").get(task).status_code == 404
    assert "Write why it is not theirs" in plain(igda.send(task, answer="not_ours"))
    assert igda.send(task, answer="taken").status_code == 302
    assert "Everything that was passed on is acknowledged" in fran.words("/front-door")
    assert igda.get(task).status_code == 404


def test_outside_the_hub_the_front_door_writes_down_who_took_it(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    sqlite_world.send("police", "safeguarding_notice", notice())
    sqlite_world.hub.rounds.run_once()
    fran = Reader(sqlite_app, "fran")
    closed = {"outcome": "redirected", "receiver": "lado", "reason": WHY, "history_read": "y"}
    assert fran.send(f"{_first(fran)}/closing", **closed).status_code == 302
    passed = "/redirections/" + fran.get("/front-door").text.split('"/redirections/')[1].split('"')[0]
    assert "Write who took it" in plain(fran.send(passed, answer="taken"))
    assert fran.send(passed, answer="taken", note="J. Marsh, by telephone").status_code == 302


def test_a_sender_never_reads_the_receipt_of_another(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    answer = Sender(sqlite_world, sqlite_app, "police").post("/v1/notices", notice())
    foreign = _get(sqlite_world, sqlite_app, "sm", answer.json["receipt"])
    nowhere = _get(sqlite_world, sqlite_app, "sm", "00000000-0000-7000-8000-000000000000")
    assert foreign.status_code == nowhere.status_code == 404
