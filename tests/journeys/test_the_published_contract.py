"""The description at /openapi.json is whole, and the hub does what it says: every operation, asked in many ways.

Whether answers have the shapes that are published is asked by schemathesis, in the file about it. What is asked here no
document says: a stranger is refused, and no value of a call comes back, by any door, in any part of it.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.api.contract import is_public
from tests.factories import SmallWorld
from tests.journeys.senders import Sender

METHODS = ("get", "post", "put", "patch", "delete")
NOBODY = "00000000-0000-7000-8000-000000000000"
CANARY = "Canarysurname"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.just(CANARY) | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8) | st.just(CANARY), inner, max_size=3)
    ),
    max_leaves=8,
)


@pytest.fixture
def document(sqlite_app: Flask) -> dict[str, Any]:
    found: dict[str, Any] = sqlite_app.test_client().get("/openapi.json").json
    return found


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                yield path, method, item[method]


def test_every_operation_says_what_it_does_what_it_takes_and_every_answer(document: dict[str, Any]) -> None:
    names = set()
    for path, method, said in operations(document):
        where = f"{method} {path}"
        assert said["summary"].strip(), where
        assert said["description"].strip(), where
        assert said["operationId"] not in names, where
        names.add(said["operationId"])
        assert any(code.startswith("2") for code in said["responses"]), where
        assert {"400", "422", "500", "503"} <= set(said["responses"]), where
        assert "default" not in said["responses"], where
        assert all(answer["description"].strip() for answer in said["responses"].values()), where
        assert bool(said["security"]) != is_public(path), where
        if said["security"]:
            assert "401" in said["responses"], where
            assert set(said["security"][0]) <= set(document["components"]["securitySchemes"]), where
        if method == "post":
            assert said["requestBody"]["content"], where
            assert {"411", "413", "415"} <= set(said["responses"]), where


def test_every_reference_of_the_document_leads_somewhere(document: dict[str, Any]) -> None:
    def references(value: object) -> Iterator[str]:
        if isinstance(value, dict):
            if isinstance(value.get("$ref"), str):
                yield value["$ref"]
            for inner in value.values():
                yield from references(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from references(inner)

    for reference in set(references(document)):
        found: Any = document
        for step in reference.removeprefix("#/").split("/"):
            found = found[step]
        assert found


def test_a_stranger_is_answered_401_by_every_operation_that_says_so(
    sqlite_app: Flask, document: dict[str, Any]
) -> None:
    http = sqlite_app.test_client()
    for path, method, said in operations(document):
        if not said["security"]:
            continue
        media = next(iter(said.get("requestBody", {}).get("content", {"application/json": {}})))
        answer = http.open(_filled(path), method=method.upper(), data=b"{}", content_type=media)
        assert answer.status_code == 401, f"{method} {path}"


def test_another_media_type_is_refused_by_every_operation_that_takes_a_body(
    sqlite_world: SmallWorld, sqlite_app: Flask, document: dict[str, Any]
) -> None:
    police = Sender(sqlite_world, sqlite_app, "police")
    headers = police.headers()
    for path, method, said in operations(document):
        if said.get("requestBody") and path != "/oauth2/token":
            answer = police.http.open(
                _filled(path), method=method.upper(), data=b"x", content_type="application/x-odd", headers=headers
            )
            assert answer.status_code == 415, f"{method} {path}"


def test_whatever_is_sent_the_answer_is_one_that_the_document_names(
    sqlite_world: SmallWorld, sqlite_app: Flask, document: dict[str, Any]
) -> None:
    senders = [Sender(sqlite_world, sqlite_app, code) for code in ("police", "sm", "mh")]
    tokens = [sender.headers() for sender in senders]
    http = sqlite_app.test_client()
    for path, method, said in operations(document):
        _ask_in_many_ways(http, path, method, said, tokens)


def _ask_in_many_ways(
    http: FlaskClient, path: str, method: str, said: dict[str, Any], tokens: list[dict[str, str]]
) -> None:
    media = sorted(said.get("requestBody", {}).get("content", {})) or ["application/json"]
    codes = {int(code) for code in said["responses"]}

    @settings(max_examples=25, deadline=None, database=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(
        body=JSON.map(lambda value: json.dumps(value).encode()) | st.binary(max_size=40) | _near(said),
        kind=st.sampled_from(media),
        token=st.sampled_from([*tokens, {}, {"Authorization": "Bearer made-up"}]),
        key=st.none() | st.text("abc 0", max_size=8),
        place=st.sampled_from([NOBODY, "0", CANARY, "safeguarding_notice"]),
    )
    def ask(body: bytes, kind: str, token: dict[str, str], key: str | None, place: str) -> None:
        headers = token | ({"Idempotency-Key": key} if key is not None else {})
        sent = {"data": body, "content_type": kind} if method != "get" else {}
        answer = http.open(_filled(path, place), method=method.upper(), headers=headers, **sent)
        assert answer.status_code in codes, (path, answer.status_code, answer.text[:300])
        assert answer.status_code < 500, (path, answer.text[:300])
        kinds = {found.partition(";")[0] for found in said["responses"][str(answer.status_code)].get("content", {})}
        assert not kinds or answer.mimetype in kinds, (path, answer.status_code, answer.mimetype)
        if answer.status_code >= 400:
            assert CANARY not in answer.text, path

    ask()


def _near(said: dict[str, Any]) -> st.SearchStrategy[bytes]:
    """Bodies that have the outer names right: these get further in than anything made up."""
    content = said.get("requestBody", {}).get("content", {}).values()
    names = [name for one in content for name in one["schema"].get("properties", {})]
    if not names:
        return st.just(b"{}")
    return st.dictionaries(st.sampled_from(names), JSON, max_size=6).map(lambda value: json.dumps(value).encode())


def _filled(path: str, place: str = "") -> str:
    """Put something in every place of an address: what is asked, else what could be there."""
    return re.sub(
        r"\{(\w+)\}", lambda found: place or ("safeguarding_notice" if found[1] == "connector" else NOBODY), path
    )
