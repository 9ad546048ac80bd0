"""Every bad file by every way in: refused or quarantined by place and code, nothing echoed, nothing half-stored."""

from collections import Counter
from itertools import product
from typing import Any

import pytest
from flask import Flask

from tests.bad_input import CANARY, NOT_TEXT, ODD_JSON, Bad, corpus
from tests.factories import SmallWorld, notice
from tests.journeys.intakes import Intakes, Peak, records

FILES = list(corpus())
MOST_GROWTH = 64 * 2**20
SIGNED = "/v1/batches"


@pytest.fixture
def intakes(sqlite_world: SmallWorld, sqlite_app: Flask) -> Intakes:
    return Intakes(sqlite_world, sqlite_app)


def test_the_corpus_is_as_large_as_it_must_be_and_every_file_is_different() -> None:
    assert len(FILES) >= 120
    assert len({(bad.body, bad.media) for bad in FILES}) == len(FILES) == len({bad.name for bad in FILES})


def test_every_bad_file_by_every_way_in(intakes: Intakes) -> None:
    ways = dict(intakes.ways())
    assert len(ways) >= 15
    intakes.send("/v1/notices", Bad("a good one", notice(), "application/json"))
    peak, before = Peak(), intakes.stored()
    for (path, send), bad in product(ways.items(), FILES):
        peak.begin()
        answer = send(bad)
        after, where = intakes.stored(), f"{path}: {bad.name}: {answer.status_code} {answer.text[:200]}"
        assert peak.growth() <= MOST_GROWTH, where
        assert answer.status_code < 500, where
        assert CANARY not in answer.text, where
        assert CANARY not in repr(dict(answer.headers)), where
        if answer.status_code >= 400:
            assert _named(answer), where
            _require_unchanged_unless_rejected(answer, before, after, where)
        else:
            assert after["receipt"] <= before["receipt"] + 1, where
            assert _kept(intakes, answer, after["referral"] - before["referral"]), where
        before = after


def test_what_is_wrong_is_refused_by_name(intakes: Intakes) -> None:
    for bad in FILES:
        if not bad.codes:
            continue
        by_kind = {"bundle": "/fhir/$process-message", "xml": "/v1/messages/cin_census"}
        path = next((door for kind, door in by_kind.items() if bad.name.startswith(kind)), "/v1/referrals")
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
        return all(issue["details"] and " at " in issue["diagnostics"] for issue in said["issue"])
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


def _kept(intakes: Intakes, answer: Any, new: int) -> bool:  # noqa: ANN401  a TestResponse
    """Say whether whatever the receipt names is there, and nothing else is new; it can be what was sent before."""
    found = records(answer.json or {})
    if not found:
        return new <= 1
    named, wanted = {one["referral"] for one in found} - {""}, {"accepted", "quarantined"}
    said = all(one["outcome"] in wanted and one.get("issues", one.get("code")) for one in found)
    return said and new <= len(named) == intakes.there(named)
