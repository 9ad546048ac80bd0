"""A health service sends, changes and takes back a BaRS referral, and asks what became of it."""

import base64
import json
from datetime import UTC, datetime, time
from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.capabilitystatement import CapabilityStatement
from fhir.resources.R4B.operationoutcome import OperationOutcome
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from hub.store.clear.tables import referral
from tests.factories import FIXTURES, SmallWorld
from tests.journeys.senders import Sender
from tests.spec.helping import holds

FHIR = "application/fhir+json"
OFFICIAL = (FIXTURES / "bars" / "validation_request_post.json").read_bytes()
OWN_ID = "86e3371d-1c15-4862-9552-d9560f8292ba"
MOTHER = json.loads((FIXTURES / "bars" / "mother_referral.json").read_text())
CALL = "5c7f9a2e-3d7b-4a53-9d2e-0f6f3c9b7d11"
TARGET = base64.b64encode(b'{"system": "https://fhir.nhs.uk/Id/dos-service-id", "value": "111"}').decode()
ANOTHER = "5f1c6c1e-0000-4000-8000-00000000009"
CANARY = "Canarysurname"


@pytest.fixture
def trust(sqlite_world: SmallWorld, sqlite_app: Flask) -> Sender:
    return Sender(sqlite_world, sqlite_app, "mh")


def post(sender: Sender, body: bytes = OFFICIAL, media: str = FHIR, **headers: str) -> TestResponse:
    answer = sender.post("/fhir/$process-message", body, media, **headers)
    OperationOutcome.model_validate(answer.json)
    assert answer.content_type == "application/fhir+json;version=1.0.0"
    return answer


def codes(answer: TestResponse) -> list[str]:
    return [issue["diagnostics"].split(" ")[0] for issue in answer.json["issue"][1:]]


def done(answer: TestResponse) -> list[str]:
    """Return the codes that say that something was done."""
    coded = [coding for issue in answer.json["issue"] for coding in issue["details"].get("coding", ())]
    return [coding["code"] for coding in coded if coding["code"].startswith("RESOURCE_")]


def first(answer: TestResponse) -> tuple[str, str]:
    """Return (BaRS code, FHIR issue code) of the first issue."""
    issue = answer.json["issue"][0]
    return issue["details"]["coding"][0]["code"], issue["code"]


def changed(reason: str, status: str, number: int, request: str = "") -> bytes:
    """Return a later message about the mother's referral, or about a referral of its own (`request`)."""
    bundle = json.loads(
        json.dumps(MOTHER).replace(MOTHER["entry"][1]["fullUrl"], request or MOTHER["entry"][1]["fullUrl"])
    )
    bundle |= {"id": ANOTHER + str(number), "timestamp": f"2024-03-12T10:0{number}:00+00:00"}
    bundle["entry"][0]["resource"]["reason"]["coding"][0]["code"] = reason
    bundle["entry"][1]["resource"]["status"] = status
    return json.dumps(bundle).encode()


def received(world: SmallWorld) -> int:
    with world.hub.engines.data.connect() as connection:
        return connection.scalar(select(func.count()).select_from(referral)) or 0


def test_a_call_with_every_header_is_answered_in_kind(trust: Sender) -> None:
    answer = post(
        trust,
        media=f"{FHIR};version=1.0.0",
        X_Request_Id=CALL,
        X_Correlation_Id=CALL.upper(),
        NHSD_Target_Identifier=TARGET,
        Accept=f"{FHIR};version=1.0.0",
    )
    assert answer.status_code == 200
    assert first(answer)[0] == "RESOURCE_CREATED"
    assert codes(answer) == ["reference_unresolved", "nhs_number_fails_check_digit"]
    assert (answer.headers["X-Request-Id"], answer.headers["X-Correlation-Id"]) == (CALL, CALL.upper())


def test_a_referral_without_the_headers_of_the_proxy_is_taken_and_they_are_missed(trust: Sender) -> None:
    answer = post(trust)
    assert answer.status_code == 200
    missing = [issue for issue in answer.json["issue"] if issue["diagnostics"].startswith("header_missing")]
    assert {issue["diagnostics"].split()[-1] for issue in missing} == {
        "X-Request-Id",
        "X-Correlation-Id",
        "NHSD-Target-Identifier",
    }
    assert "X-Request-Id" not in answer.headers


@pytest.mark.parametrize(
    "headers",
    [
        {"X_Request_Id": CANARY},
        {"X_Request_Id": "{" + CALL + "}"},
        {"X_Correlation_Id": ""},
        {"NHSD_Target_Identifier": CANARY},
        {"NHSD_Target_Identifier": "%%%"},
        {"NHSD_Target_Identifier": base64.b64encode(b'{"value": 7}').decode()},
        {"NHSD_Target_Identifier": base64.b64encode(b'{"value": "1", "value": "2"}').decode()},
    ],
)
def test_a_header_that_is_wrong_is_refused_and_never_given_back(trust: Sender, headers: dict[str, str]) -> None:
    answer = post(trust, **headers)
    assert (answer.status_code, first(answer)) == (400, ("REC_BAD_REQUEST", "invalid"))
    assert CANARY not in answer.text + str(answer.headers)
    assert received(trust.world) == 0


@pytest.mark.parametrize("version", ["1", "1.0.0", "1.1.0-beta", "1.4.0-alpha"])
def test_every_version_of_the_first_edition_is_read(trust: Sender, version: str) -> None:
    assert post(trust, media=f"{FHIR};version={version}", Accept=f"{FHIR};version={version}").status_code == 200


@pytest.mark.parametrize("version", ["2.0.0", "x", "1.0.0.0", "11"])
def test_another_version_is_refused(trust: Sender, version: str) -> None:
    answer = post(trust, media=f"{FHIR};version={version}")
    assert (answer.status_code, first(answer)) == (422, ("REC_UNPROCESSABLE_ENTITY", "not-supported"))
    answer = post(trust, Accept=f"{FHIR};version={version}")
    assert (answer.status_code, first(answer)) == (406, ("SEND_NOT_ACCEPTABLE", "processing"))


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("*/*", 200),
        ("application/json", 200),
        ("text/html, */*;q=0.1", 200),
        ("application/fhir+xml", 406),
        ("*/*;q=0", 406),
    ],
)
def test_only_what_can_be_answered_may_be_asked_for(trust: Sender, accept: str, status: int) -> None:
    assert post(trust, Accept=accept).status_code == status


def test_a_referral_its_change_and_its_cancellation_say_what_was_done(trust: Sender) -> None:
    done = [
        first(post(trust, changed(reason, status, number)))[0]
        for number, (reason, status) in enumerate((("new", "active"), ("update", "active"), ("update", "revoked")))
    ]
    assert done == ["RESOURCE_CREATED", "RESOURCE_UPDATED", "RESOURCE_DELETED"]


@pytest.mark.parametrize("status", ["revoked", "entered-in-error"])
def test_a_cancellation_that_takes_nothing_back_does_not_say_deleted(trust: Sender, status: str) -> None:
    answer = post(trust, changed("update", status, 1))
    assert (answer.status_code, done(answer)) == (200, [])
    assert [i["details"]["text"] for i in answer.json["issue"] if i["severity"] == "error"] == ["nothing_to_withdraw"]
    assert received(trust.world) == 1


def test_an_event_that_is_no_referral_does_not_say_created(trust: Sender) -> None:
    answer = post(trust, (FIXTURES / "bars" / "booking_request.json").read_bytes())
    assert (answer.status_code, done(answer)) == (200, [])
    assert answer.json["issue"][0]["severity"] == "information"
    assert "Kept for a person" in answer.json["issue"][0]["diagnostics"]
    assert received(trust.world) == 1


def test_what_was_done_is_said_and_not_what_was_asked_for(trust: Sender) -> None:
    said = [done(post(trust, changed(reason, "active", number))) for number, reason in enumerate(("update", "new"))]
    assert said == [["RESOURCE_CREATED"], ["RESOURCE_UPDATED"]]
    again = [done(post(trust, changed("update", "revoked", number))) for number in (2, 3)]
    assert again == [["RESOURCE_DELETED"], ["RESOURCE_DELETED"]]


def test_sent_three_times_it_is_one_referral_with_the_same_answer(trust: Sender) -> None:
    assert len({post(trust).data for _ in range(3)}) == 1
    assert received(trust.world) == 1
    answer = post(trust, OFFICIAL.replace(b"Brightside", b"Brighter"))
    assert (answer.status_code, first(answer)) == (409, ("REC_CONFLICT", "duplicate"))


def test_nobody_without_a_token_is_told_more_than_that(trust: Sender) -> None:
    answer = trust.http.post("/fhir/$process-message", data=OFFICIAL, content_type=FHIR, headers={"X-Request-Id": "x"})
    assert (answer.status_code, first(answer)) == (401, ("SEND_UNAUTHORIZED", "unknown"))
    headers = trust.headers()
    trust.world.clock.advance(minutes=5, seconds=1)
    answer = trust.http.post("/fhir/$process-message", data=OFFICIAL, content_type=FHIR, headers=headers)
    assert (answer.status_code, first(answer)) == (401, ("SEND_UNAUTHORIZED", "expired"))


def test_transport_faults_have_codes_of_the_standard(trust: Sender) -> None:
    assert first(post(trust, media="application/fhir+xml")) == ("SEND_BAD_REQUEST", "not-supported")
    answer = trust.http.get("/fhir/$process-message", headers=trust.headers())
    assert (answer.status_code, first(answer)) == (405, ("SEND_METHOD_NOT_ALLOWED", "not-supported"))
    large = post(trust, b" " * (trust.world.settings.max_body + 1))
    assert (large.status_code, first(large)) == (413, ("REC_UNPROCESSABLE_ENTITY", "too-costly"))


def test_anybody_may_read_how_to_send(sqlite_app: Flask) -> None:
    client = sqlite_app.test_client()
    statement = client.get("/fhir/metadata")
    CapabilityStatement.model_validate(statement.json)
    assert statement.json["implementation"]["url"] == "http://localhost/fhir"
    definition = client.get("/fhir/MessageDefinition?context=2000099999")
    assert definition.json["entry"][0]["resource"]["focus"][0]["code"] == "MessageHeader"


def asked(sender: Sender, *ids: str) -> dict[str, Any]:
    answer = sender.http.get("/fhir/replies", query_string=[("message", id_) for id_ in ids], headers=sender.headers())
    assert answer.status_code == 200
    Bundle.model_validate(answer.json)
    return answer.json


def state(sender: Sender, id_: str) -> str:
    (entry,) = asked(sender, id_)["entry"]
    header, case, _ = (one["resource"] for one in entry["resource"]["entry"])
    assert header["eventCoding"]["code"] == "servicerequest-response"
    assert header["response"] == {"identifier": id_, "code": "ok"}
    assert header["focus"][0]["reference"] == entry["resource"]["entry"][1]["fullUrl"]
    return case["status"]


def test_the_reply_follows_what_a_person_decided(world: SmallWorld, app: Flask) -> None:
    trust = Sender(world, app, "mh")
    post(trust)
    assert state(trust, OWN_ID) == "planned"
    world.hub.rounds.run_once()
    world.accept()
    assert state(trust, OWN_ID) == "in-progress"


def test_a_reply_names_nobody_and_is_for_its_sender_only(trust: Sender, sqlite_app: Flask) -> None:
    post(trust)
    told = json.dumps(asked(trust, OWN_ID))
    assert not [name for name in ("Julie", "Jones", "3478526985", "Brightside") if name in told]
    police = Sender(trust.world, sqlite_app, "police")
    assert asked(police, OWN_ID)["entry"] == asked(trust, CALL)["entry"] == []
    for ids in ([], [CALL[:-2] + f"{number:02}" for number in range(51)]):
        query = [("message", id_) for id_ in ids]
        assert trust.http.get("/fhir/replies", query_string=query, headers=trust.headers()).status_code == 422
    assert trust.http.get("/fhir/replies", query_string={"message": OWN_ID}).status_code == 401


def attached_at_once_reads_as_waiting(sender: Sender) -> None:
    """The second referral about the same verified people is attached by the program within the round."""
    world = sender.world
    post(sender, json.dumps(MOTHER).encode())
    world.hub.rounds.run_once()
    world.accept()
    post(sender, changed("new", "active", 9, "urn:uuid:another"))
    world.hub.rounds.run_once()
    with world.hub.engines.data.connect() as connection:
        assert "attached" in connection.scalars(select(referral.c.state)).all()
    assert state(sender, ANOTHER + "9") == "planned"
    world.clock.advance(days=2)
    assert state(sender, ANOTHER + "9") == "in-progress"
    said = datetime.fromisoformat(asked(sender, ANOTHER + "9")["entry"][0]["resource"]["timestamp"])
    # Monday's message: not the instant of the attaching, but one at which a person might have decided by Tuesday's end.
    assert datetime(2026, 11, 23, 9, 50, tzinfo=UTC) < said < datetime(2026, 11, 24, 17, tzinfo=UTC)
    assert time(9) <= said.time() < time(17)


def test_a_reply_does_not_say_that_somebody_is_known(trust: Sender) -> None:
    attached_at_once_reads_as_waiting(trust)


def test_a_reply_that_comes_at_once_is_noticed(trust: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.services.telling.MATCHER", "nobody")
    assert not holds(lambda: attached_at_once_reads_as_waiting(trust))
