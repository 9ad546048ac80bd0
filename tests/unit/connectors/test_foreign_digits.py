"""A number in other digits than 0 to 9 is refused by name and place, in whichever format it comes."""

import json
from collections.abc import Callable

import pytest

from connectors.registry import CONNECTORS
from hub.domain.referral import Limits, Outcome, Parsed, Severity
from tests import hl7v2_messages
from tests.factories import FIXTURES, notice
from tests.notices import as_csv, as_xml

SCRIPTS = {"full width": "\uff19", "Arabic": "\u0669", "Devanagari": "\u096f"}


def number(nine: str) -> str:
    return f"{nine}000000009"


def noticed(nine: str, **changes: object) -> dict[str, object]:
    said = json.loads(notice())
    said["notices"][0]["people"][0] |= {"nhs_number": number(nine)} | changes
    return said


def treatment(nine: str) -> bytes:
    said = json.loads((FIXTURES / "substance_misuse" / "adult_with_children.json").read_text())
    said["referrals"][0]["client"]["nhs_number"] = number(nine)
    return json.dumps(said).encode()


def health(nine: str) -> bytes:
    said = json.loads((FIXTURES / "bars" / "mother_referral.json").read_text())
    patient = next(e["resource"] for e in said["entry"] if e["resource"]["resourceType"] == "Patient")
    patient["identifier"] = [{"system": "https://fhir.nhs.uk/Id/nhs-number", "value": number(nine)}]
    return json.dumps(said).encode()


def case(nine: str) -> bytes:
    line = {"record": "person", "case": "C-1", "person": "1", "part": "child", "nhs_number": number(nine)}
    return json.dumps({"mapping": "generic", "batch_id": "b", "lines": [line | {"family_name": "Vale"}]}).encode()


WRITTEN: dict[str, Callable[[str], bytes]] = {
    "safeguarding_notice": lambda nine: json.dumps(noticed(nine)).encode(),
    "safeguarding_notice_xml": lambda nine: as_xml(noticed(nine)),
    "safeguarding_notice_csv": lambda nine: as_csv(noticed(nine)),
    "adult_with_children_json": treatment,
    "fhir_bars": health,
    "case_system": case,
    "hl7v2": lambda nine: hl7v2_messages.with_segments().replace("9000000025", number(nine)).encode(),
}


def refusals(parsed: Parsed) -> list[str]:
    return [one.code for one in parsed.issues if one.severity is Severity.ERROR]


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("name", WRITTEN)
def test_an_nhs_number_in_other_digits_is_refused_by_name(name: str, script: str) -> None:
    (parsed, *_) = CONNECTORS[name].parse(WRITTEN[name](SCRIPTS[script]), Limits())
    assert parsed.outcome is Outcome.QUARANTINED
    assert refusals(parsed) == ["non_ascii_digits"]
    assert all(SCRIPTS[script] not in one.location for one in parsed.issues)
    (sound, *_) = CONNECTORS[name].parse(WRITTEN[name]("9"), Limits())
    assert sound.outcome is Outcome.ACCEPTED, sound.issues


@pytest.mark.parametrize(
    "changes",
    [
        {"phones": [{"number": "\uff10\uff17700 900123", "safe": "yes"}]},
        {"identifiers": [{"system": "upn", "value": "A\u0668012345678"}]},
    ],
)
def test_a_telephone_or_pupil_number_in_other_digits_is_refused_by_name(changes: dict[str, object]) -> None:
    body = json.dumps(noticed("9", **changes)).encode()
    (parsed,) = CONNECTORS["safeguarding_notice"].parse(body, Limits())
    assert refusals(parsed) == ["non_ascii_digits"]


def test_a_version_in_other_digits_is_no_number() -> None:
    rows = as_csv(noticed("9")).replace(b",1,new,", ",\uff11,new,".encode())
    (parsed,) = CONNECTORS["safeguarding_notice_csv"].parse(rows, Limits())
    assert refusals(parsed) == ["wrong_type"]
