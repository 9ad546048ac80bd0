"""schemathesis asks every operation from the document itself: in every phase, with every check that it has.

No answer is a defect, has a status, a media type, a header or a shape that the document does not say, or takes what the
document forbids. One of its checks is not ours: it wants whatever fits a schema to be accepted, and no schema says what
an XML notice or a signed batch is.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from flask import Flask
from schemathesis.core.failures import Failure
from werkzeug.test import TestResponse

from hub.api import problems
from hub.api.agencies import FORM
from hub.api.shapes import FORM_MESSAGE
from hub.domain.errors import NotFoundError
from hub.domain.receipt import Receipt
from hub.services.consent_out import ConsentOut
from hub.services.feedback import Feedback
from tests.batches import rows, signature
from tests.factories import FIXTURES, SmallWorld, notice
from tests.journeys.contract_runs import Run
from tests.journeys.readers import lead
from tests.journeys.senders import ASSERTION, Sender
from tests.journeys.test_agencies_read_consents import agreed
from tests.journeys.test_every_format_is_amended import FORMATS
from tests.transfers import Neighbour

CHECKS = {
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "missing_required_header",
    "unsupported_method",
    "allow_header_conformance",
    "ignored_auth",
}


@pytest.fixture
def operations(sqlite_app: Flask) -> set[str]:
    paths = sqlite_app.test_client().get("/openapi.json").json["paths"]
    return {f"{method.upper()} {path}" for path, item in paths.items() for method in item if method in {"get", "post"}}


def test_no_operation_breaks_its_contract_whatever_an_agencys_system_sends(
    sqlite_world: SmallWorld, sqlite_app: Flask, operations: set[str]
) -> None:
    of_two_forms(sqlite_app)
    run = Run(sqlite_app, Sender(sqlite_world, sqlite_app, "police").headers())
    assert run.found == []
    assert run.operations == operations
    assert run.checks.keys() >= CHECKS


def of_two_forms(app: Flask) -> None:
    """Describe two of the forms: each is thousands of cases for every place in it, and one reader reads them all."""
    spec = app.extensions["flask-smorest"]["apis"][""]["ext_obj"].spec
    shape = spec.components.schemas[FORM_MESSAGE]
    shape["anyOf"] = [one for one in shape["anyOf"] if one["$ref"].endswith(("_marac", "_public"))]


@pytest.fixture
def council(sqlite_world: SmallWorld, sqlite_app: Flask) -> Sender:
    """The council's system, in a family that its manager works with, where somebody said yes to sharing."""
    agreed(sqlite_world)
    lead(sqlite_world)
    sqlite_world.open()
    sender = Sender(sqlite_world, sqlite_app, "csc")
    sender.post("/v1/notices", notice(notice_ref="another"))
    return sender


def with_what_is_there(world: SmallWorld, app: Flask, council: Sender, path: str = "") -> Run:
    """Ask for a named officer with ids that are there and messages that are whole: the answers are those of success."""
    (receipt,) = (
        one["receipt"] for one in council.http.get("/v1/receipts", headers=council.headers()).json["receipts"]
    )
    there = {
        "path.family": world.family,
        "path.receipt": receipt,
        "path.name": "marac",
        "path.connector": "safeguarding_notice",
        "path.event": agreed(world),
        "header.X-Purpose": "protect_child",
        "header.X-Reason": "a visit tomorrow",
        "body.purpose": "protect_child",
    }
    fuzzing_only = {"coverage": {"enabled": False}, "stateful": {"enabled": False}}
    return Run(app, council.headers("manager"), path, parameters=there, phases=fuzzing_only, real=real(world, council))


def real(world: SmallWorld, council: Sender) -> dict[str, dict[str, Any]]:
    """Return one whole message for every door: nothing that is made from a schema is a referral."""
    found: dict[str, dict[str, Any]] = {}
    for path, media, _, said, _ in FORMATS:
        place = re.sub("(?<=/forms/).+", "{name}", re.sub("(?<=/messages/).+", "{connector}", path))
        named = {"path_parameters": {"name": "marac"}} if place != path else {}
        body = json.loads(said) if "json" in media else said.decode()
        found.setdefault(f"POST {place}", {"media_type": media, "body": body} | named)
    any_format = {"path_parameters": {"connector": "safeguarding_notice"}, "headers": {"Idempotency-Key": "any"}}
    found["POST /v1/messages/{connector}"] = found["POST /v1/notices"] | any_format
    consent = json.loads((FIXTURES / "fhir_consent" / "agreed.json").read_text())
    found["POST /fhir/Consent"] = {"media_type": "application/fhir+json", "body": consent}
    batch = rows(3)
    signed = {"Batch-Signature": signature(council, batch, 3, "adult_with_children_csv")}
    found["POST /v1/batches"] = {"media_type": "text/csv", "body": batch.decode(), "headers": signed}
    document = json.loads((FIXTURES / "transfer_bundle" / "two_people.json").read_text())["document"]
    bundle = json.loads(Neighbour(world, "csc").sealed(document | {"files": []}))
    found["POST /v1/transfers"] = {"media_type": "application/json", "body": bundle}
    asked = {"grant_type": "client_credentials", "client_assertion_type": ASSERTION}
    found["POST /oauth2/token"] = {"media_type": FORM, "body": asked | {"client_assertion": council.signed()}}
    return found


def test_what_a_named_officer_is_shown_has_the_shape_that_is_published(
    sqlite_world: SmallWorld, sqlite_app: Flask, council: Sender, operations: set[str]
) -> None:
    run = with_what_is_there(sqlite_world, sqlite_app, council)
    assert run.found == []
    assert run.operations == operations
    assert run.done == operations


def test_an_operation_that_never_says_yes_is_noticed(
    sqlite_world: SmallWorld,
    sqlite_app: Flask,
    council: Sender,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ConsentOut, "_find", refusing)
    run = with_what_is_there(sqlite_world, sqlite_app, council, "/fhir/Consent/{event}")
    assert run.operations == {"GET /fhir/Consent/{event}"}
    assert run.done == set()


def refusing(*_: object) -> None:
    raise NotFoundError


def test_every_way_in_answers_what_it_takes_in_the_shape_that_is_published(
    sqlite_world: SmallWorld, sqlite_app: Flask, operations: set[str]
) -> None:
    """Nothing made from a schema is a whole referral, so here each door is sent a real one."""
    schema, answered = schemathesis.openapi.from_wsgi("/openapi.json", sqlite_app), set()
    for path, answer in taken(sqlite_world, sqlite_app):
        place = re.sub("(?<=/forms/).+", "{name}", re.sub("(?<=/messages/).+", "{connector}", path))
        assert answer.status_code == 200, (path, answer.text)
        schema[place]["POST"].validate_response(answer)
        answered.add(f"POST {place}")
    shown = {f"POST {path}" for path in ("/v1/council/receipts/{receipt}", "/oauth2/token")}
    assert answered == {one for one in operations if one.startswith("POST") and "/families/" not in one} - shown


def taken(world: SmallWorld, app: Flask) -> Iterator[tuple[str, TestResponse]]:
    """Yield a door and how it answered a message that it takes."""
    for path, media, code, said, _ in FORMATS:
        yield path, Sender(world, app, code).post(path, said, media)
    consent = (FIXTURES / "fhir_consent" / "agreed.json").read_bytes()
    yield "/fhir/Consent", Sender(world, app, "sm").post("/fhir/Consent", consent, "application/fhir+json")
    sender, body = Sender(world, app, "sm"), rows(3, bad=(1,))
    signed = signature(sender, body, 3, "adult_with_children_csv")
    yield "/v1/batches", sender.post("/v1/batches", body, "text/csv", Batch_Signature=signed)
    document = json.loads((FIXTURES / "transfer_bundle" / "two_people.json").read_text())["document"]
    yield (
        "/v1/transfers",
        Sender(world, app, "csc").post("/v1/transfers", Neighbour(world, "csc").sealed(document | {"files": []})),
    )


def test_a_receipt_that_says_less_than_is_published_is_noticed(
    sqlite_world: SmallWorld, sqlite_app: Flask, operations: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = Receipt.plain
    monkeypatch.setattr(Receipt, "plain", lambda self: plain(self) | {"received_at": None})
    with pytest.raises(Failure):
        test_every_way_in_answers_what_it_takes_in_the_shape_that_is_published(sqlite_world, sqlite_app, operations)


def found_at_receipts(world: SmallWorld, app: Flask) -> Iterator[str]:
    yield from Run(app, Sender(world, app, "police").headers(), "/v1/receipts").found


def test_an_answer_without_what_is_published_is_noticed(
    sqlite_world: SmallWorld, sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Feedback, "receipts", lambda *_: [{"receipt": "x"}])
    assert any("violates schema" in said for said in found_at_receipts(sqlite_world, sqlite_app))


def test_a_defect_and_a_lost_header_are_noticed(
    sqlite_world: SmallWorld, sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Feedback, "receipts", lambda *_: {}["nothing"])
    monkeypatch.setattr(problems, "MethodNotAllowed", KeyError)
    said = "\n".join(found_at_receipts(sqlite_world, sqlite_app))
    assert "Server error" in said
    assert "Allow" in said
