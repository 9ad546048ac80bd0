import json
import re

from flask import Flask

from hub.api.app import PATHS
from tests.factories import FIXTURES, SmallWorld, notice
from tests.journeys.senders import Sender

BARS = (FIXTURES / "bars" / "validation_request_post.json").read_bytes()
TREATMENT = (FIXTURES / "substance_misuse" / "adult_with_children.json").read_bytes()
TREATMENT_CSV = (FIXTURES / "substance_misuse" / "adult_with_children.csv").read_bytes()
CALL = "5c7f9a2e-3d7b-4a53-9d2e-0f6f3c9b7d11"
CANARY = "Canarysurname"


def test_the_police_send_a_notice_with_their_own_key(world: SmallWorld, app: Flask) -> None:
    police = Sender(world, app, "police", "EdDSA")
    answer = police.post("/v1/notices", notice())
    assert answer.status_code == 200
    assert [record["outcome"] for record in answer.json["records"]] == ["accepted"]
    assert police.post("/v1/notices", notice()).json == answer.json
    listed = police.http.get("/v1/receipts", headers=police.headers()).json["receipts"]
    assert [receipt["receipt"] for receipt in listed] == [answer.json["receipt"]]


def test_a_service_sends_referrals_as_json_and_as_csv(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    service = Sender(sqlite_world, sqlite_app, "sm")
    answer = service.post("/v1/referrals", TREATMENT)
    assert [record["outcome"] for record in answer.json["records"]] == ["accepted"]
    of_its_own = TREATMENT_CSV.replace(b"RS-00", b"CSV-00")
    assert of_its_own != TREATMENT_CSV
    answer = service.post("/v1/referrals", of_its_own, "text/csv; charset=utf-8")
    assert answer.status_code == 200
    assert {record["outcome"] for record in answer.json["records"]} == {"accepted"}
    assert len(answer.json["records"]) == 2


def test_the_official_health_example_goes_through_unchanged(world: SmallWorld, app: Flask) -> None:
    trust = Sender(world, app, "mh")
    answer = trust.post("/fhir/$process-message", BARS, "application/fhir+json", X_Request_Id=CALL)
    assert answer.status_code == 200
    assert answer.json["resourceType"] == "OperationOutcome"
    assert answer.headers["X-Receipt-Id"]
    assert answer.headers["X-Request-Id"] == CALL
    told = json.dumps(answer.json)
    assert "check_digit" in told
    assert not {issue["severity"] for issue in answer.json["issue"]} & {"error", "fatal"}


def test_the_same_key_with_another_content_is_a_conflict(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    police = Sender(sqlite_world, sqlite_app, "police")
    first = police.post("/v1/notices", notice(), Idempotency_Key="k1")
    assert police.post("/v1/notices", notice(), Idempotency_Key="k1").data == first.data
    other = police.post("/v1/notices", notice(notice_ref="SN-2024-9999"), Idempotency_Key="k1")
    assert other.status_code == 409
    assert other.content_type == "application/problem+json"
    assert other.json["type"] == "urn:hub:problem:key_used_for_other_content"


def test_a_batch_id_used_again_bounces_no_notice(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    police = Sender(sqlite_world, sqlite_app, "police")
    first = police.post("/v1/notices", notice())
    other = police.post("/v1/notices", notice(notice_ref="SN-2024-9999"))
    assert [other.status_code, other.json["records"][0]["outcome"]] == [200, "accepted"]
    assert other.json["records"][0]["referral"] != first.json["records"][0]["referral"]
    spaced = police.post("/v1/notices", json.dumps(json.loads(notice()), indent=1).encode())
    assert spaced.json["records"][0]["referral"] == first.json["records"][0]["referral"]
    assert "already_received" in {issue["code"] for issue in spaced.json["records"][0]["issues"]}
    assert police.post("/v1/notices", notice()).json == first.json


def test_one_bad_notice_does_not_sink_its_batch(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    body = (FIXTURES / "safeguarding_notice" / "one_of_three_is_bad.json").read_bytes()
    answer = Sender(sqlite_world, sqlite_app, "police").post("/v1/notices", body)
    assert answer.status_code == 200
    outcomes = [record["outcome"] for record in answer.json["records"]]
    assert outcomes.count("accepted") == 2


BROKEN = {
    "cut off": b'{"version": "1.0", "notices": [{"narrative": "' + CANARY.encode(),
    "not an object": json.dumps([CANARY]).encode(),
    "a name twice": b'{"version": "1.0", "' + CANARY.encode() + b'": 1, "' + CANARY.encode() + b'": 2}',
    "not a number": b'{"version": NaN, "sender": "' + CANARY.encode() + b'"}',
    "too deep": b'{"a":' * 200 + b'"' + CANARY.encode() + b'"' + b"}" * 200,
    "not UTF-8": b'{"version": "' + CANARY.encode() + b'\xff"}',
    "empty": b"",
    "unknown names": json.dumps({CANARY: {CANARY: CANARY}}).encode(),
    "wrong kinds": json.dumps({"version": CANARY, "notices": CANARY, "referrals": CANARY}).encode(),
}


def test_a_malformed_message_is_answered_by_place_and_never_by_value(
    sqlite_world: SmallWorld, sqlite_app: Flask
) -> None:
    sender = Sender(sqlite_world, sqlite_app, "police")
    for path in ("/v1/notices", "/v1/referrals", "/fhir/$process-message"):
        for name, body in BROKEN.items():
            answer = sender.post(path, body)
            assert 400 <= answer.status_code < 500, name
            assert CANARY not in answer.text, name
            if path.startswith("/fhir/"):
                assert answer.json["resourceType"] == "OperationOutcome", name
            else:
                assert answer.content_type == "application/problem+json", name
                assert answer.json["errors"], name


def test_bad_values_inside_a_record_are_named_by_place_only(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    police = Sender(sqlite_world, sqlite_app, "police")
    for change in ({"created": CANARY}, {"people": CANARY}, {CANARY: CANARY}, {"risk": {"grade": CANARY}}):
        answer = police.post("/v1/notices", notice(**change))
        assert answer.status_code < 500
        assert CANARY not in answer.text
    csv = TREATMENT_CSV.replace(b"2016-03-05", CANARY.encode())
    answer = police.post("/v1/referrals", csv, "text/csv")
    assert answer.status_code < 500
    assert CANARY not in answer.text


def test_type_length_and_size_are_checked_before_anything_is_read(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    police = Sender(sqlite_world, sqlite_app, "police")
    assert police.post("/v1/notices", notice(), "text/plain").status_code == 415
    assert police.post("/v1/referrals", notice(), "application/xml").status_code == 415
    wrong = police.post("/fhir/$process-message", BARS, "application/fhir+xml")
    assert (wrong.status_code, wrong.json["resourceType"]) == (415, "OperationOutcome")
    chunked = police.http.post(
        "/v1/notices",
        content_type="application/json",
        headers=police.headers(),
        environ_overrides={"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True, "CONTENT_LENGTH": ""},
    )
    assert chunked.status_code == 411
    large = b" " * (sqlite_world.settings.max_body + 1)
    assert police.post("/v1/notices", large).status_code == 413


def test_nobody_sends_without_a_token_that_stands(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    police = Sender(sqlite_world, sqlite_app, "police")
    for header in ({}, {"Authorization": "Bearer made-up"}, {"Authorization": "Basic eA=="}, {"Authorization": "x"}):
        answer = police.http.post("/v1/notices", data=notice(), content_type="application/json", headers=header)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    token = police.headers()
    sqlite_world.clock.advance(minutes=5, seconds=1)
    assert police.http.get("/v1/receipts", headers=token).status_code == 401


def test_a_receipt_is_for_its_sender_only(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    Sender(sqlite_world, sqlite_app, "police").post("/v1/notices", notice())
    service = Sender(sqlite_world, sqlite_app, "sm")
    assert service.http.get("/v1/receipts", headers=service.headers()).json == {"receipts": []}


def test_the_schema_and_the_description_of_the_api_are_public(sqlite_app: Flask) -> None:
    client = sqlite_app.test_client()
    schema = client.get("/v1/schemas/safeguarding-notice.json").json
    assert schema["$schema"].startswith("https://json-schema.org/draft/2020-12")
    described = client.get("/openapi.json").json
    assert described["openapi"].startswith("3.1")
    rules = {r.rule for r in sqlite_app.url_map.iter_rules() if r.rule.startswith(PATHS)} - {"/openapi.json"}
    assert {re.sub(r"<\w+:(\w+)>", r"{\1}", rule) for rule in rules} == set(described["paths"])


def test_a_wrong_address_under_the_api_is_a_problem(sqlite_app: Flask) -> None:
    client = sqlite_app.test_client()
    for path, status in (("/v1/nothing", 404), ("/v1/notices", 405)):
        answer = client.get(path)
        assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
