"""Every bad file by every way in: refused or quarantined by place and code, nothing echoed, nothing half-stored."""

import resource
from collections import Counter
from itertools import product
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from connectors.registry import CONNECTORS, OWN_DOOR
from hub.domain.access import Act
from hub.store.clear.tables import receipt, referral
from tests.bad_input import CANARY, NOT_TEXT, ODD_JSON, Bad, corpus
from tests.factories import SmallWorld, notice
from tests.journeys.senders import Sender

FILES = list(corpus())
MIB = 1024
MOST_GROWTH = 64 * MIB
"""Kilobytes, as `ru_maxrss` counts."""


SIGNED = "/v1/batches"


class Intakes:
    """Every operation that takes a message in, found in the published description."""

    def __init__(self, world: SmallWorld, app: Flask) -> None:
        self.world, self.sender = world, Sender(world, app, "police")
        self.token = self.sender.headers()
        doors, routes = app.extensions["hub_doors"], app.url_map.iter_rules()
        submit = {
            rule.rule for rule in routes if doors.get(rule.endpoint) is Act.REFERRAL_SUBMIT and not rule.arguments
        }
        document = app.test_client().get("/openapi.json").json["paths"]
        paths = submit & document.keys()
        self.media = {path: sorted(document[path]["post"]["requestBody"]["content"]) for path in sorted(paths)}
        any_format = document["/v1/messages/{connector}"]["post"]["requestBody"]["content"]
        self.media |= {f"/v1/messages/{name}": sorted(any_format) for name in CONNECTORS.keys() - OWN_DOOR}

    def send(self, path: str, bad: Bad) -> Any:  # noqa: ANN401  a TestResponse
        media = bad.media if bad.media in self.media[path] else self.media[path][0]
        return self.sender.http.post(path, data=bad.body, content_type=media, headers=self.token)

    def stored(self) -> Counter[str]:
        """Count what is kept: receipts, referrals, and keys of records."""
        found: Counter[str] = Counter()
        with self.world.hub.clear.read() as connection:
            for table in (receipt, referral):
                found[table.name] = connection.scalar(select(func.count()).select_from(table)) or 0
        found["keys"] = sum(records for *_, records in self.world.hub.keys.status())
        return found


@pytest.fixture
def intakes(sqlite_world: SmallWorld, sqlite_app: Flask) -> Intakes:
    return Intakes(sqlite_world, sqlite_app)


def test_the_corpus_is_as_large_as_it_must_be_and_every_file_is_different() -> None:
    assert len(FILES) >= 120
    assert len({(bad.body, bad.media) for bad in FILES}) == len(FILES) == len({bad.name for bad in FILES})


def test_every_bad_file_by_every_way_in(intakes: Intakes) -> None:
    assert len(intakes.media) >= 4
    intakes.send("/v1/notices", Bad("a good one", notice(), "application/json"))
    start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    before = intakes.stored()
    for path, bad in product(intakes.media, FILES):
        if not (path.endswith("hl7v2") and bad.name.startswith("hl7")):  # there it is no bad file
            answer = intakes.send(path, bad)
            after = intakes.stored()
            where = f"{path}: {bad.name}: {answer.status_code} {answer.text[:200]}"
            assert answer.status_code < 500, where
            assert CANARY not in answer.text, where
            assert CANARY not in repr(dict(answer.headers)), where
            if answer.status_code >= 400:
                assert _named(answer), where
                _require_unchanged_unless_rejected(answer, before, after, where)
            else:
                assert after["receipt"] <= before["receipt"] + 1, where
                assert _kept(answer, after["referral"] - before["referral"]), where
            before = after
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - start <= MOST_GROWTH


def test_what_is_wrong_is_refused_by_name(intakes: Intakes) -> None:
    for bad in FILES:
        if not bad.codes:
            continue
        path = "/fhir/$process-message" if bad.name.startswith("bundle") else "/v1/referrals"
        said = intakes.send(path, bad).text
        assert any(code in said for code in bad.codes), (bad.name, said[:300])


def test_a_body_without_a_length_is_refused_by_every_way_in(intakes: Intakes) -> None:
    before = intakes.stored()
    for path, media in intakes.media.items():
        chunked = {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True, "CONTENT_LENGTH": ""}
        answer = intakes.sender.http.post(path, content_type=media[0], headers=intakes.token, environ_overrides=chunked)
        assert answer.status_code == 411, path
    assert intakes.stored() == before


def test_a_body_that_is_too_large_is_refused_by_every_way_in(intakes: Intakes) -> None:
    large = b" " * (intakes.world.settings.max_body + 1)
    before = intakes.stored()
    for path in intakes.media:
        assert intakes.send(path, Bad("large", large, "application/json")).status_code == 413, path
    assert intakes.stored() == before


def test_a_reader_that_takes_a_name_twice_would_be_noticed(intakes: Intakes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connectors.strict_json._check", lambda *_: None)
    body, codes = ODD_JSON["our name twice"]
    said = intakes.send("/v1/notices", Bad("planted", body, "application/json")).text
    assert not any(code in said for code in codes)


def test_the_same_bad_record_sent_three_times_waits_once(intakes: Intakes) -> None:
    event = {"reference": "x", "occurred_from": "last Tuesday"}
    answers = [intakes.send("/v1/notices", Bad("again", notice(event=event), "application/json")) for _ in range(3)]
    assert len({answer.data for answer in answers}) == 1
    assert intakes.stored()["referral"] == 1


def test_what_is_no_text_at_all_is_refused_before_anything_is_made_of_it(intakes: Intakes) -> None:
    before = intakes.stored()
    for path in intakes.media:
        for name, body in NOT_TEXT.items():
            answer = intakes.send(path, Bad(name, body, "application/json"))
            unread = 401 if path == SIGNED else 400  # what nobody signed is not looked at
            assert answer.status_code == (unread if body else 411), (path, name)
    assert intakes.stored() == before


def _named(answer: Any) -> bool:  # noqa: ANN401  a TestResponse
    """Say whether a refusal has a code and a place, in its dialect."""
    if answer.json is None:
        return "MSA|AR" in answer.text and "ERR|" in answer.text
    said: dict[str, Any] = answer.json
    if said.get("resourceType") == "OperationOutcome":
        return all(issue["details"] for issue in said["issue"])
    return bool(said["type"].startswith("urn:hub:problem:")) and bool(said["errors"])


def _require_unchanged_unless_rejected(
    answer: Any,  # noqa: ANN401  a TestResponse
    before: Counter[str],
    after: Counter[str],
    where: str,
) -> None:
    """A refusal stores nothing; a rejected record of a FHIR message has its receipt all the same."""
    if "X-Receipt-Id" not in answer.headers:
        assert after == before, where


def _kept(answer: Any, new: int) -> bool:  # noqa: ANN401  a TestResponse
    """Say whether as many referrals are kept as the receipt names; what was sent before is kept already."""
    if answer.json is None or answer.json.get("resourceType") == "OperationOutcome":
        return new <= 1
    records = answer.json["records"]
    wanted = {"accepted", "quarantined"}
    return new in {0, len(records)} and all(record["outcome"] in wanted and record["issues"] for record in records)
