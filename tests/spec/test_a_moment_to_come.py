"""A message that says it was made in the future is taken in, and shuts out none that comes after it."""

import json
from copy import deepcopy
from typing import Any

import pytest

from hub.services import intake
from tests.factories import FIXTURES, SmallWorld, notice
from tests.spec.helping import holds

MOTHER = json.loads((FIXTURES / "bars" / "mother_referral.json").read_text())
FUTURE = {"hl7v2": "99991231101010+0000", "fhir_bars": "9999-12-31T10:10:10+00:00"}
NOW = {"hl7v2": "20261123093500+0000", "fhir_bars": "2026-11-23T09:35:00+00:00"}
EVENTS = {"new": ("I12", "active"), "amend": ("I13", "active"), "withdraw": ("I14", "revoked")}


def message(form: str, at: str, action: str, number: int) -> bytes:
    """Return one message about one referral, made at a moment."""
    event, status = EVENTS[action]
    if form == "hl7v2":
        header = f"MSH|^~\\&|A|B|C|D|{at}||REF^{event}|M{number}|P|2.5"
        person = "PID|||9000000025^^^NHS^NH||Loe^Jane||20200101"
        return f"{header}\rRF1||||||R-9\r{person}\rNTE|||Said at {number}.\r".encode()
    bundle = deepcopy(MOTHER) | {"id": f"5f1c6c1e-0000-4000-8000-00000000009{number}", "timestamp": at}
    bundle["entry"][0]["resource"]["reason"]["coding"][0]["code"] = "new" if action == "new" else "update"
    bundle["entry"][1]["resource"]["status"] = status
    bundle["entry"][1]["resource"]["note"] = [{"text": f"Said at {number}."}]
    return json.dumps(bundle).encode()


def sent(world: SmallWorld, form: str, at: str, action: str, number: int) -> dict[str, Any]:
    return world.send("mh", form, message(form, at, action, number), key=f"k{number}")["records"][0]


def codes(record: dict[str, Any]) -> set[str]:
    return {issue["code"] for issue in record["issues"]}


def a_moment_to_come_shuts_nothing_out(world: SmallWorld, form: str) -> None:
    first = sent(world, form, FUTURE[form], "new", 1)
    assert first["outcome"] == "accepted"
    assert "moment_in_the_future" in codes(first)
    world.clock.advance(minutes=5)
    changed = sent(world, form, NOW[form], "amend", 2)
    assert (changed["outcome"], changed["referral"]) == ("accepted", first["referral"])
    assert "moment_in_the_future" not in codes(changed)
    gone = sent(world, form, NOW[form].replace("3500", "3600").replace("35:00", "36:00"), "withdraw", 3)
    assert (gone["outcome"], gone["referral"]) == ("accepted", first["referral"])


@pytest.mark.parametrize("form", FUTURE)
def test_a_moment_to_come_shuts_nothing_out(sqlite_world: SmallWorld, form: str) -> None:
    a_moment_to_come_shuts_nothing_out(sqlite_world, form)


def test_a_hub_that_believes_every_clock_is_noticed(sqlite_world: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "plausible", lambda parsed, _: parsed)
    assert not holds(lambda: a_moment_to_come_shuts_nothing_out(sqlite_world, "hl7v2"))


@pytest.mark.parametrize("version", [1_000_001, 10**17])
def test_a_version_that_nobody_reaches_is_refused_by_place(sqlite_world: SmallWorld, version: int) -> None:
    (record,) = sqlite_world.send("police", "safeguarding_notice", notice(notice_version=version))["records"]
    assert record["outcome"] == "quarantined"
    assert ("out_of_range", "/notices/0/notice_version") in {(i["code"], i["location"]) for i in record["issues"]}
    (then,) = sqlite_world.send("police", "safeguarding_notice", notice(notice_version=2), key="then")["records"]
    assert then["outcome"] == "accepted"


def test_what_is_hardly_true_is_said_and_stops_nothing(sqlite_world: SmallWorld) -> None:
    said = json.loads(notice())["notices"][0]
    said["people"][0]["birth_date"], said["people"][2]["birth_date"] = "1875-03-01", "2026-12-24"
    said["event"]["occurred_from"] = "2090-01-01T00:00:00+00:00"
    said["created"] = "2091-01-01T00:00:00+00:00"
    who = said["people"][0]["id"]
    said["relationships"] = [{"person": who, "kind": "mother", "of": who}]
    (record,) = sqlite_world.send("police", "safeguarding_notice", notice(**said))["records"]
    assert record["outcome"] == "accepted"
    assert {
        ("birth_date_long_ago", "/notices/0/people/0/birth_date"),
        ("birth_date_in_future", "/notices/0/people/2/birth_date"),
        ("event_in_the_future", "/notices/0"),
        ("related_to_themselves", "/notices/0/relationships/0"),
    } <= {(issue["code"], issue["location"]) for issue in record["issues"]}
