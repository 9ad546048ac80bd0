"""schemathesis asks every operation from the document itself: in every phase, with every check that it has.

No answer is a defect, has a status, a media type, a header or a shape that the document does not say, or takes what the
document forbids. One of its checks is not ours: it wants whatever fits a schema to be accepted, and no schema says what
an XML notice or a signed batch is.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from flask import Flask
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import Failure
from schemathesis.engine import events, from_schema
from werkzeug.test import TestResponse

from hub.api import problems
from hub.api.shapes import FORM_MESSAGE
from hub.domain.receipt import Receipt
from hub.services.feedback import Feedback
from tests.batches import rows, signature
from tests.factories import FIXTURES, SmallWorld, notice
from tests.journeys.intakes import records
from tests.journeys.readers import lead
from tests.journeys.senders import Sender
from tests.journeys.test_every_format_is_amended import FORMATS
from tests.transfers import Neighbour

REFUSALS = ("400", "401", "403", "404", "405", "406", "409", "411", "413", "415", "422")
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


class Run:
    """One run: what was found, and how often each check was made and each status was answered."""

    def __init__(self, app: Flask, headers: dict[str, str], path: str = "", **settings: object) -> None:
        self.found: list[str] = []
        self.checks, self.statuses = Counter[str](), Counter[tuple[str, int]]()
        schema = schemathesis.openapi.from_wsgi("/openapi.json", app, config=config(headers, **settings))
        for event in from_schema(schema.include(path=path) if path else schema).execute():
            if isinstance(event, events.ScenarioFinished):
                self._take(event.recorder)
            elif isinstance(event, events.NonFatalError | events.FatalError):
                self.found.append(repr(getattr(event, "value", event)))

    def _take(self, recorder: Any) -> None:  # noqa: ANN401  schemathesis' own record of a scenario
        for id_, checks in recorder.checks.items():
            case, answer = recorder.cases[id_].value, recorder.interactions[id_].response
            self.statuses[case.operation.label, answer.status_code] += 1
            for check in checks:
                self.checks[check.name] += 1
                if check.failure_info is not None and not waits_for_a_person(check.name, answer):
                    said = check.failure_info.failure
                    self.found.append(
                        f"{case.operation.label} {answer.status_code}: {said.title}: {said.message[:400]}"
                    )

    @property
    def operations(self) -> set[str]:
        """The operations that were asked."""
        return {operation for operation, _ in self.statuses}

    @property
    def done(self) -> set[str]:
        """The operations that answered at least once that it was done (200, 201, 202 or 204)."""
        return {operation for operation, status in self.statuses if status // 100 == 2}


def config(headers: dict[str, str], **settings: object) -> SchemathesisConfig:
    said = {
        "seed": 1,
        "headers": headers,
        "continue-on-failure": True,
        "generation": {"deterministic": True, "max-examples": 12},
        "checks": {
            "positive_data_acceptance": {"enabled": False},
            "negative_data_rejection": {"expected-statuses": list(REFUSALS)},
        },
    }
    return SchemathesisConfig.from_dict(said | settings)


def waits_for_a_person(check: str, answer: Any) -> bool:  # noqa: ANN401  schemathesis' own response
    """Say whether what does not fit was quarantined: a record is never refused so that nobody sees it."""
    if check != "negative_data_rejection" or answer.status_code != 200:
        return False
    said = answer.json()
    outcome = "".join(issue.get("diagnostics", "") for issue in said.get("issue", []))
    return " quarantined" in outcome or any(one["outcome"] == "quarantined" for one in records(said))


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


def test_what_a_named_officer_is_shown_has_the_shape_that_is_published(
    sqlite_world: SmallWorld, sqlite_app: Flask, operations: set[str]
) -> None:
    """With ids that are there, so that the answers are those of success."""
    sqlite_world.police_notice()
    lead(sqlite_world)
    sqlite_world.open()
    council = Sender(sqlite_world, sqlite_app, "csc")
    council.post("/v1/notices", notice(notice_ref="another"))
    (receipt,) = (
        one["receipt"] for one in council.http.get("/v1/receipts", headers=council.headers()).json["receipts"]
    )
    there = {
        "path.family": sqlite_world.family,
        "path.receipt": receipt,
        "path.name": "marac",
        "path.connector": "safeguarding_notice",
        "body.purpose": "protect_child",
    }
    fuzzing_only = {"coverage": {"enabled": False}, "stateful": {"enabled": False}}
    run = Run(sqlite_app, council.headers("manager"), parameters=there, phases=fuzzing_only)
    assert run.found == []
    assert run.operations == operations
    assert run.done >= {one for one in operations if one.startswith("GET") and "Consent" not in one}


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
