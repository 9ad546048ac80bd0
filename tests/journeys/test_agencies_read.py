import pytest
from flask import Flask

from tests.factories import SmallWorld
from tests.journeys.senders import Sender

NOWHERE = "00000000-0000-7000-8000-000000000000"


@pytest.fixture
def care(sqlite_world: SmallWorld, sqlite_app: Flask) -> Sender:
    sqlite_world.police_notice()
    sqlite_world.allocate("sally", lead=True)
    sqlite_world.open()
    return Sender(sqlite_world, sqlite_app, "csc")


def test_a_system_reads_a_chronology_for_a_named_user(care: Sender) -> None:
    shown = care.chronology(care.world.family, "sally").json
    assert "hands on my ears" in str(shown)
    assert "nothing_shown" in str(shown["coverage"])
    entered = {(read.entry.actor, read.entry.justification) for read in care.world.entries()}
    assert (care.world.accounts["sally"], "a visit tomorrow") in entered


def test_a_system_alone_reads_nothing(care: Sender) -> None:
    answer = care.chronology(care.world.family)
    assert answer.status_code == 404
    assert "hands on my ears" not in answer.text


def test_a_user_without_the_family_learns_nothing_of_it(care: Sender) -> None:
    care.world.staff("stella", "csc", "social_worker")
    known, unknown = care.chronology(care.world.family, "stella"), care.chronology(NOWHERE, "stella")
    assert (known.status_code, known.data) == (unknown.status_code, unknown.data) == (404, unknown.data)


def test_a_user_of_another_agency_cannot_be_named(care: Sender) -> None:
    assert care.ask(care.signed(act={"sub": "rob"})).status_code == 401


def test_a_stopped_user_is_refused_with_a_token_in_hand(care: Sender) -> None:
    token = care.headers("sally")
    world = care.world
    path, asked = f"/v1/families/{world.family}/chronology", {"purpose": "protect_child", "reason": "x"}
    assert care.http.post(path, json=asked, headers=token).status_code == 200
    world.hub.setup.stop_person(world.accounts["sally"], world.agencies["csc"], "social_worker")
    assert care.http.post(path, json=asked, headers=token).status_code == 401
    assert care.ask(care.signed(act={"sub": "sally"})).status_code == 401


def test_odd_parameters_are_refused_by_name_or_brought_into_range(care: Sender) -> None:
    for name, value in (("after", "x"), ("after", "9" * 5000 + ".x"), ("after", "1.\x00"), ("limit", "many")):
        answer = care.chronology(care.world.family, "sally", **{name: value})
        assert (answer.status_code, answer.json["errors"][0]["location"].strip("/")) in {(422, name), (400, name)}
    for limit in (-5, 0, 99_999_999):
        assert care.chronology(care.world.family, "sally", limit=limit).status_code == 200


def test_a_purpose_that_the_case_does_not_propose_is_refused(care: Sender) -> None:
    for purpose in ("curiosity", "front_door", "emergency", "log_review"):
        answer = care.chronology(care.world.family, "sally", purpose=purpose)
        assert (answer.status_code, answer.json["errors"][0]["code"]) == (422, "purpose_not_open")


def test_a_reason_never_stands_in_an_address(care: Sender) -> None:
    token, path = care.headers("sally"), f"/v1/families/{care.world.family}/chronology"
    assert care.http.get(f"{path}?purpose=protect_child&reason=x", headers=token).status_code == 405


def test_what_is_asked_is_read_as_strictly_as_a_message(care: Sender) -> None:
    token, path = care.headers("sally"), f"/v1/families/{care.world.family}/chronology"
    twice = b'{"purpose": "protect_child", "purpose": "support_family"}'
    answer = care.http.post(path, data=twice, content_type="application/json", headers=token)
    assert (answer.status_code, answer.json["errors"][0]["code"]) == (400, "duplicate_key")
    assert care.http.post(path, data=b"purpose=x", content_type="text/plain", headers=token).status_code == 415
    odd = care.chronology(care.world.family, "sally", **{"Daniel Hart": "x"})
    assert odd.status_code == 422
    assert "Daniel" not in odd.text
