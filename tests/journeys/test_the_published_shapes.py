"""The published shapes are those that the readers read: what is taken fits, what the notes show is taken."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from jsonschema_rs import Draft202012Validator
from marshmallow import validate

from connectors.case_system.mapping import mappings
from connectors.registry import CONNECTORS
from hub.domain.errors import RejectedMessageError
from hub.domain.referral import Limits, Outcome
from tests.bad_input import Bad, corpus
from tests.factories import FIXTURES, SmallWorld
from tests.forms import FORMS, batch
from tests.journeys.intakes import records
from tests.journeys.senders import Sender
from tests.journeys.test_every_format_is_amended import FORMATS
from tests.journeys.test_the_published_contract import METHODS
from tests.spec.helping import holds
from tests.transfers import Neighbour

NOTES = Path(__file__).parents[2] / "docs" / "formats"
SHAPELESS = {"/v1/batches", "/v1/messages/{connector}"}
"""Any format comes by these doors: its shape stands with the format's own door."""
EXAMPLES = {
    "forms.md": "/v1/forms/school",
    "case-system.md": "/v1/council/updates",
    "adult-with-children.md": "/v1/referrals",
    "safeguarding-notice.md": "/v1/notices",
}


class Shapes:
    """The published description, with a validator for the JSON of every door."""

    def __init__(self, app: Flask) -> None:
        self.document: dict[str, Any] = app.test_client().get("/openapi.json").json

    def of_door(self, path: str) -> dict[str, Any]:
        """Return the schema of a door's JSON; of a form's door the form's own."""
        if path.startswith("/v1/forms/"):
            return {"$ref": f"#/components/schemas/Form_{path.rpartition('/')[2]}"}
        content = self.document["paths"][path]["post"]["requestBody"]["content"]
        return next(said["schema"] for media, said in content.items() if "json" in media)

    def takes(self, path: str, said: Any) -> bool:  # noqa: ANN401  a JSON value
        """Say whether a JSON value fits what is published for a door."""
        whole = {"allOf": [self.of_door(path)], "components": self.document["components"]}
        return Draft202012Validator(json.loads(json.dumps(whole).replace('"$id"', '"x-id"'))).is_valid(said)


@pytest.fixture
def shapes(sqlite_app: Flask) -> Shapes:
    return Shapes(sqlite_app)


def test_every_body_and_every_answer_has_a_shape_of_its_own(shapes: Shapes) -> None:
    for path, item in shapes.document["paths"].items():
        for operation in (item[method] for method in METHODS if method in item):
            body = operation.get("requestBody", {}).get("content", {})
            answer = operation["responses"]["200"].get("content", {})
            for media, said in [*body.items(), *answer.items()]:
                if "json" in media and path not in SHAPELESS:
                    assert said["schema"].keys() & {"$ref", "properties", "anyOf"}, (path, media)


def everything_that_is_taken() -> Iterator[tuple[str, str, bytes]]:
    """Yield a door, a sender and a message in JSON that is accepted; every form is among them."""
    for path, media, code, said, again in FORMATS:
        if "json" in media:
            yield path, code, said
            yield path, code, again
    for name, form in FORMS.items():
        yield f"/v1/forms/{name}", "mh", batch(form)
    consent = (FIXTURES / "fhir_consent" / "agreed.json").read_bytes()
    yield "/fhir/Consent", "sm", consent


def test_what_is_taken_fits_what_is_published(sqlite_world: SmallWorld, sqlite_app: Flask, shapes: Shapes) -> None:
    for path, code, said in everything_that_is_taken():
        media = "application/fhir+json" if path.startswith("/fhir/") else "application/json"
        answer = Sender(sqlite_world, sqlite_app, code).post(path, said, media, Idempotency_Key=f"{path} {hash(said)}")
        assert answer.status_code == 200, (path, answer.text)
        assert {one["outcome"] for one in records(answer.json)} <= {"accepted"}, (path, answer.text)
        assert shapes.takes(path, json.loads(said)), path


READERS = {
    "notice": ("/v1/notices", "safeguarding_notice"),
    "form": ("/v1/referrals", "adult_with_children_json"),
    "bundle": ("/fhir/$process-message", "fhir_bars"),
}


def what_does_not_fit_is_not_accepted(shapes: Shapes) -> None:
    """Ask the readers themselves: at a door one number sent twice with another content waits whatever it says."""
    refused = 0
    for bad in spoiled():
        path, connector = READERS[bad.name.partition(":")[0]]
        if not shapes.takes(path, json.loads(bad.body)):
            refused += 1
            assert not is_accepted(connector, bad.body), bad.name
    assert refused > 15


def is_accepted(connector: str, body: bytes) -> bool:
    try:
        return any(one.outcome is Outcome.ACCEPTED for one in CONNECTORS[connector].parse(body, Limits()))
    except RejectedMessageError:
        return False


def spoiled() -> Iterator[Bad]:
    return (bad for bad in corpus() if re.match(r"(notice|form|bundle): ", bad.name))


def test_what_does_not_fit_is_not_accepted(shapes: Shapes) -> None:
    what_does_not_fit_is_not_accepted(shapes)


def test_a_published_rule_that_nobody_reads_by_is_noticed(shapes: Shapes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(validate.OneOf, "__call__", lambda _, value: value)
    assert not holds(lambda: what_does_not_fit_is_not_accepted(shapes))


def test_each_kind_of_line_of_each_mapping_has_a_shape(shapes: Shapes) -> None:
    for mapping in mappings().values():
        for word, kind in mapping.kinds.items():
            event = {"mapping": mapping.name, "type": word, "data": dict.fromkeys(mapping.columns, "2026-10-05")}
            assert shapes.takes("/v1/council/updates", event), kind
            assert not shapes.takes("/v1/council/updates", event | {"data": {}}), kind
            line = {mapping.kind_column: word, **event["data"]}
            assert shapes.takes("/v1/council/updates", {"mapping": mapping.name, "lines": [line]}), kind
            assert not shapes.takes("/v1/council/updates", {"mapping": mapping.name, "lines": [{}]}), kind


def test_a_sealed_bundle_fits_and_an_opened_one_does_not(sqlite_world: SmallWorld, shapes: Shapes) -> None:
    opened = json.loads((FIXTURES / "transfer_bundle" / "two_people.json").read_text())
    sealed = json.loads(Neighbour(sqlite_world, "csc").sealed(opened["document"]))
    assert shapes.takes("/v1/transfers", sealed)
    assert not shapes.takes("/v1/transfers", opened)


@pytest.mark.parametrize("notes", EXAMPLES)
def test_the_examples_of_the_notes_fit_and_are_accepted(
    sqlite_world: SmallWorld, sqlite_app: Flask, shapes: Shapes, notes: str
) -> None:
    path, found = EXAMPLES[notes], examples(notes)
    assert found, notes
    for said in found:
        assert shapes.takes(path, said)
        answer = Sender(sqlite_world, sqlite_app, "csc").post(path, json.dumps(said).encode())
        assert answer.status_code == 200, answer.text
        assert {one["outcome"] for one in records(answer.json)} == {"accepted"}, answer.text


def test_the_envelope_in_the_notes_of_a_transfer_fits(shapes: Shapes) -> None:
    assert shapes.takes("/v1/transfers", examples("transfer-bundle.md")[0])


def examples(notes: str) -> list[Any]:
    """Return the messages that format notes show as JSON."""
    return [json.loads(one) for one in re.findall(r"```json\n(.*?)```", (NOTES / notes).read_text(), re.DOTALL)]
