"""A health referral that is taken back says why, where its standard has room for it: sealed, for the front door."""

import json
from typing import Any

import pytest

from connectors.fhir_bars import connector as bars
from connectors.fhir_bars.withdrawal import STATUS_REASON
from connectors.registry import CONNECTORS
from hub.domain.referral import Limits, Parsed
from tests.factories import FIXTURES, SmallWorld
from tests.spec.helping import holds, select
from tests.spec.test_the_withdrawn_are_listed import WHY, lines

QUOTED = "She moved out of 4 Willow Court"
REF = (FIXTURES / "hl7v2" / "child_referral.hl7").read_bytes()


def mother() -> dict[str, Any]:
    said: dict[str, Any] = json.loads((FIXTURES / "bars" / "mother_referral.json").read_text())
    return said


def by_extension(why: str) -> bytes:
    """Take the referral back, with the reason of its status."""
    said = mother() | {"id": "taken-back", "timestamp": "2026-11-23T09:00:00+00:00"}
    reason = {"url": STATUS_REASON, "valueCodeableConcept": {"text": why}}
    said["entry"][1]["resource"] |= {
        "status": "revoked",
        "extension": [{"url": "urn:another", "valueCode": "x"}, reason],
    }
    return json.dumps(said).encode()


def by_task(why: str) -> bytes:
    """Take the referral back, with a Task about it that says why, and one about something else."""
    said = json.loads(by_extension(""))
    request = said["entry"][1]
    del request["resource"]["extension"]
    task = {"resourceType": "Task", "status": "cancelled", "intent": "order"}
    other = task | {"statusReason": {"text": "Another matter"}, "focus": {"reference": said["entry"][2]["fullUrl"]}}
    ours = task | {"focus": {"reference": request["fullUrl"]}}
    ours["statusReason"] = {"coding": [{"system": "urn:local", "code": "X", "display": why}]}
    said["entry"] += [
        {"fullUrl": f"urn:uuid:0000000{n}-0000-4000-8000-00000000aaaa", "resource": one}
        for n, one in ((1, other), (2, ours))
    ]
    return json.dumps(said).encode()


def by_note(why: str, kind: str = "GR") -> bytes:
    """Take the HL7 v2 referral back, with a comment that says why."""
    again = REF.replace(b"REF^I12", b"REF^I14").replace(b"EX-000123", b"EX-000124")
    again = again.replace(b"20240312100000", b"20240312110000")
    return again.rstrip() + f"\rNTE|2||{why}|{kind}\r".encode()


WAYS = {
    "extension": ("fhir_bars", json.dumps(mother()).encode(), by_extension),
    "task": ("fhir_bars", json.dumps(mother()).encode(), by_task),
    "note": ("hl7v2", REF, by_note),
}


def parsed(connector: str, body: bytes) -> Parsed:
    (found,) = CONNECTORS[connector].parse(body, Limits())
    return found


def is_listed(world: SmallWorld, way: str) -> None:
    connector, first, again = WAYS[way]
    world.send("mh", connector, first, key="first")
    (record,) = world.send("mh", connector, again(WHY), key="back")["records"]
    assert record["outcome"] == "accepted", record
    assert [line.why for line in lines(world)] == [WHY]
    assert WHY not in str(select(world, "data", "SELECT * FROM sent_message"))


@pytest.mark.parametrize("way", WAYS)
def test_the_reason_stands_in_the_list_of_what_was_withdrawn(sqlite_world: SmallWorld, way: str) -> None:
    is_listed(sqlite_world, way)


def test_a_reason_that_is_not_read_is_noticed(sqlite_world: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bars, "why_withdrawn", lambda *_: None)
    assert not holds(lambda: is_listed(sqlite_world, "extension"))


@pytest.mark.parametrize("way", WAYS)
def test_a_reason_is_none_where_nothing_is_withdrawn(way: str) -> None:
    connector, _, again = WAYS[way]
    body = again(WHY).replace(b'"revoked"', b'"active"').replace(b"REF^I14", b"REF^I13")
    draft = parsed(connector, body).draft
    assert draft is not None
    assert (draft.action == "withdraw", draft.why_withdrawn) == (False, None)


def test_a_comment_about_the_case_is_no_reason() -> None:
    for kind in ("", "RE", "PI"):
        draft = parsed("hl7v2", by_note(WHY, kind)).draft
        assert draft is not None
        assert draft.why_withdrawn is None


def test_a_withdrawal_without_a_reason_is_one_all_the_same() -> None:
    silent = json.loads(by_extension(WHY))
    del silent["entry"][1]["resource"]["extension"][1]
    for connector, body in (("fhir_bars", json.dumps(silent).encode()), ("hl7v2", by_note(""))):
        draft = parsed(connector, body).draft
        assert draft is not None
        assert (draft.action, draft.why_withdrawn) == ("withdraw", None)


def test_a_reason_that_is_too_long_is_named_by_its_place() -> None:
    found = parsed("fhir_bars", by_extension("x" * 70_000))
    assert ("field_too_long", "Bundle.entry[1].resource.extension[1]") in [(i.code, i.location) for i in found.issues]


def test_a_reason_that_quotes_a_protected_address_waits_for_a_person(sqlite_world: SmallWorld) -> None:
    sqlite_world.send("mh", "hl7v2", REF, key="first")
    body = by_note(QUOTED).replace(b"+0000||REF", b"+0000|R|REF")
    (record,) = sqlite_world.send("mh", "hl7v2", body, key="back")["records"]
    assert record["outcome"] == "quarantined"
    assert "protected_value_in_narrative" in json.dumps(record["issues"])
    assert QUOTED not in json.dumps(record)
    assert lines(sqlite_world) == ()
