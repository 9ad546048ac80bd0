"""One's own sittings: listed, ended, proved again before what is dangerous, and never led astray."""

import re
from datetime import timedelta

import pytest
from flask import Flask

from hub.domain.errors import ProofTooOldError
from hub.services.sittings import Sittings
from hub.web import returning
from tests.factories import PASSWORD, SmallWorld
from tests.journeys.readers import Reader

_ENDS = re.compile(r"your sitting ends at (\d\d:\d\d)")


def test_somebody_ends_a_sitting_they_left_open_elsewhere(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    left = Reader(sqlite_app, "sally")
    sqlite_world.clock.advance(minutes=2)
    here, rob = Reader(sqlite_app, "sally"), Reader(sqlite_app, "rob")
    page = here.get("/account").text
    (other,) = re.findall(r'name="sitting" value="([0-9a-f]{16})">\s*<span>Since [^<(]*</span>', page)
    assert rob.http.post("/account/sittings/end", data=_sent(rob, other)).status_code == 404
    assert left.get("/account").status_code == 200
    assert here.http.post("/account/sittings/end", data=_sent(here, other)).status_code == 302
    assert (left.get("/").status_code, here.get("/").status_code, rob.get("/").status_code) == (302, 200, 200)


def test_all_others_end_at_once(sqlite_app: Flask) -> None:
    left = [Reader(sqlite_app, "sally") for _ in range(3)]
    here = Reader(sqlite_app, "sally")
    here.http.post("/account/sittings/end", data=_sent(here, ""))
    assert [one.get("/").status_code for one in left] == [302] * 3
    assert "signed in nowhere else" in here.words("/account")


def _sent(reader: Reader, sitting: str) -> dict[str, str]:
    return {"csrf_token": reader.token("/account"), "sitting": sitting}


def test_every_page_says_when_the_sitting_ends(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    sally = Reader(sqlite_app, "sally")
    assert _ENDS.search(sally.words("/")).group(1) == "09:45"
    sqlite_world.clock.advance(minutes=10)
    assert _ENDS.search(sally.words("/tasks")).group(1) == "09:55"
    for _ in range(33):
        sqlite_world.clock.advance(minutes=14)
        said = _ENDS.search(sally.words("/")).group(1)
    assert said == "17:30"
    sqlite_world.clock.advance(minutes=9)
    assert sally.get("/").status_code == 302


def test_an_emergency_asks_again_who_is_there(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    sally = Reader(sqlite_app, "sally")
    assert sally.get("/emergency").status_code == 200
    sqlite_world.clock.advance(minutes=5)
    assert sally.get("/emergency").headers["Location"] == "/confirm"
    old = sally.http.get_cookie("hub-sitting").value
    assert sally.send("/confirm", code="wrong").status_code == 401
    assert sally.send("/confirm", code=PASSWORD).headers["Location"] == "/emergency"
    assert sally.get("/emergency").status_code == 200
    thief = Reader(sqlite_app)
    thief.http.set_cookie("hub-sitting", old)
    assert thief.get("/").status_code == 302


def test_who_may_not_learns_nothing_from_being_asked(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    rob = Reader(sqlite_app, "rob")
    sqlite_world.clock.advance(minutes=6)
    assert rob.get("/emergency").status_code == 404


def test_a_proof_that_counted_for_too_long_is_noticed(
    sqlite_world: SmallWorld, sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Sittings, "require_fresh", lambda *_: None)
    with pytest.raises(KeyError):
        test_an_emergency_asks_again_who_is_there(sqlite_world, sqlite_app)


def test_a_copy_for_somebody_asks_again_who_is_there(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    sqlite_world.police_notice()
    sqlite_world.allocate("sally", lead=True)
    sally = Reader(sqlite_app, "sally")
    sally.open(sqlite_world.family)
    sqlite_world.clock.advance(minutes=6)
    way = f"/families/{sqlite_world.family}/print"
    assert sally.get(way).headers["Location"] == "/confirm"
    assert sally.send("/confirm", code=PASSWORD).headers["Location"] == way
    assert sally.get(way).status_code == 200


def test_proving_again_keeps_the_reasons_and_the_end_of_the_sitting(
    sqlite_world: SmallWorld, sqlite_app: Flask
) -> None:
    sqlite_world.police_notice()
    sqlite_world.allocate("sally", lead=True)
    sally = Reader(sqlite_app, "sally")
    sally.open(sqlite_world.family)
    sqlite_world.clock.advance(minutes=6)
    sally.get("/emergency")
    sally.send("/confirm", code=PASSWORD)
    assert sally.get(f"/families/{sqlite_world.family}").status_code == 200
    caller = sqlite_world.hub.sessions.resolve(sally.http.get_cookie("hub-sitting").value)
    assert caller.started_at < sqlite_world.clock.now - timedelta(minutes=5)
    sqlite_world.clock.advance(minutes=6)
    with pytest.raises(ProofTooOldError):
        sqlite_world.hub.entry.sittings.require_fresh(caller)


def test_a_link_from_the_case_system_leads_to_its_family_after_signing_in(
    sqlite_world: SmallWorld, sqlite_app: Flask
) -> None:
    sqlite_world.police_notice()
    sqlite_world.allocate("sally", lead=True)
    sally = Reader(sqlite_app)
    assert sally.get(f"/families/{sqlite_world.family}").headers["Location"] == "/sign-in"
    assert sally.sign_in("sally").headers["Location"] == f"/families/{sqlite_world.family}"
    assert sally.sign_in("sally").headers["Location"] == "/"


@pytest.mark.parametrize(
    "path",
    ["//evil.example.org/", "/\\evil.example.org", "https://evil.example.org", "/nothing", "/readyz", "/x\r\nA:b"],
)
def test_the_way_never_leads_out_of_the_house(sqlite_app: Flask, path: str) -> None:
    sally = Reader(sqlite_app)
    sally.get(path if path.startswith("/") else "/nothing")
    with sally.http.session_transaction() as session:
        session["next"] = path
    answer = sally.sign_in("sally")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")


def test_a_way_that_is_taken_as_written_is_noticed(sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(returning, "_address", lambda path: path)
    with pytest.raises(AssertionError):
        test_the_way_never_leads_out_of_the_house(sqlite_app, "//evil.example.org/")


def test_proposing_an_agreement_asks_again_who_is_there_and_keeps_the_text(
    sqlite_world: SmallWorld, sqlite_app: Flask
) -> None:
    iggy, path = Reader(sqlite_app, "iggy"), "/agreements/propose"
    fields = {"csrf_token": iggy.token(path), "draft": "agreement: NEW", "reason": "A first try", "go": "propose"}
    sqlite_world.clock.advance(minutes=6)
    assert iggy.http.post(path, data=fields).headers["Location"] == "/confirm"
    assert iggy.send("/confirm", code=PASSWORD).headers["Location"] == path
    assert "agreement: NEW" in iggy.get(path).text
