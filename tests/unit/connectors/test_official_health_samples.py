"""Every public example of BaRS and of PDS goes in, with the outcome that is written down here."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fhir.resources.R4B.capabilitystatement import CapabilityStatement
from fhir.resources.R4B.messagedefinition import MessageDefinition

from connectors.fhir_bars import FhirBars, operation_outcome
from connectors.fhir_bars.capability import capability_statement, message_definitions
from hub.domain.errors import RejectedMessageError
from hub.domain.referral import Issue, Limits, NhsNumberStatus, Outcome, Parsed, Severity

Message = dict[str, Any]
FIXTURES = Path(__file__).parents[2] / "fixtures"
OFFICIAL = FIXTURES / "bars" / "official"
OUTCOMES = sorted((OFFICIAL / "OperationOutcome").glob("*/*.json"))
WHOLE = "bars/validation_request_post.json"
NUMBER = "nhs_number_fails_check_digit"

READ = {
    "bars/validation_request_post.json": (
        Outcome.ACCEPTED,
        {
            "Bundle.entry[3].resource.episodeOfCare": "reference_unresolved",
            "Bundle.entry[5].resource.identifier": NUMBER,
        },
    ),
    # A booking is no referral: it is kept for a person to look at.
    "bars/booking_request.json": (
        Outcome.QUARANTINED,
        {"Bundle.entry[0].resource.eventCoding": "event_not_supported"},
    ),
}
NOT_MESSAGES = [
    *(path.relative_to(FIXTURES).as_posix() for path in OFFICIAL.rglob("*.json")),
    *(path.relative_to(FIXTURES).as_posix() for path in (FIXTURES / "pds").glob("*.json")),
]


def parse(body: bytes) -> Parsed:
    (parsed,) = FhirBars().parse(body, Limits())
    return parsed


@pytest.mark.parametrize("path", READ)
def test_an_official_message_is_read_with_the_remarks_written_here(path: str, message: Callable[[str], bytes]) -> None:
    outcome, remarks = READ[path]
    parsed = parse(message(path))
    assert parsed.outcome is outcome
    assert {issue.location: issue.code for issue in parsed.issues} == remarks


def test_there_are_as_many_official_examples_as_were_published() -> None:
    assert len(OUTCOMES) == 41
    assert len(NOT_MESSAGES) == 52


@pytest.mark.parametrize("path", NOT_MESSAGES)
def test_an_answer_or_a_person_alone_is_refused_as_no_message(path: str, message: Callable[[str], bytes]) -> None:
    with pytest.raises(RejectedMessageError) as caught:
        parse(message(path))
    assert (caught.value.code, caught.value.where) == ("not_a_message_bundle", "Bundle")


def about(patient: Message, plain: Callable[[str], Message]) -> Parsed:
    """Return a referral about a published patient."""
    bundle = plain(WHOLE)
    bundle["entry"][5]["resource"] = patient
    return parse(json.dumps(bundle).encode())


PEOPLE = {
    "pds/Patient.json": ("Mrs Jane Smith", "9000000009"),
    "pds/Patient-Jayne-Smyth.json": ("Mrs Jayne Smyth", "9000000017"),
    "pds/PatientSearch.json": ("Mrs Jane Smith", "9000000009"),
    "pds/Minimal_Patient.json": ("", "9000000033"),
}


@pytest.mark.parametrize("path", PEOPLE)
def test_a_published_patient_is_read_whole(path: str, plain: Callable[[str], Message]) -> None:
    patient = plain(path)
    patient = patient["entry"][0]["resource"] if patient["resourceType"] == "Bundle" else patient
    parsed = about(patient, plain)
    assert parsed.outcome is Outcome.ACCEPTED
    person, (name, number) = parsed.draft.people[0], PEOPLE[path]
    said = person.fields["name"].value if "name" in person.fields else ""
    assert (said, person.nhs_number) == (name, number)
    assert person.nhs_number_status is NhsNumberStatus.VERIFIED
    assert not person.restricted


def test_pds_details_are_read(plain: Callable[[str], Message]) -> None:
    jane = about(plain("pds/Patient.json"), plain).draft.people[0]
    assert jane.fields["language"].value == "French; interpreter needed"
    assert jane.contact["gp"].value == "ODS code Y12345"
    assert jane.contact["phone"].value == "01632960587"


@pytest.mark.parametrize("path", PEOPLE)
def test_a_restricted_person_of_pds_stays_restricted(path: str, plain: Callable[[str], Message]) -> None:
    patient = plain(path)
    patient = patient["entry"][0]["resource"] if patient["resourceType"] == "Bundle" else patient
    patient["meta"]["security"][0]["code"] = "R"
    assert {person.restricted for person in about(patient, plain).draft.people} == {True}


OURS = {
    "invalid": ("header_invalid",),
    "required": ("required", "header_missing", "length_required"),
    "value": ("invalid_value",),
    "invariant": ("reason_not_known",),
    "not-supported": ("event_not_supported", "version_not_supported"),
    "unknown": ("token_missing",),
    "expired": ("token_over",),
    "security": ("client_unknown",),
    "duplicate": ("key_used_for_other_content",),
    "too-costly": ("too_many_entries",),
}
"""Issue code of FHIR -> our codes that are answered with it where the status allows."""
NEVER = {
    "REC": {
        "401 forbidden",
        "403 security",
        "403 forbidden",
        "409 conflict",
        "500 no-store",
        "500 too costly",
        "500 transient",
    },
    "SEND": {"401 login"},
    "PROXY-NONE": set(),
}
"""What others answer and the hub does not: the national proxy, mutual TLS, bookings, slots."""


@pytest.mark.parametrize("path", OUTCOMES, ids=lambda path: path.stem)
def test_our_answers_have_the_codes_of_the_published_ones(path: Path) -> None:
    published = json.loads(path.read_text())
    side, status = path.parent.name, int(path.stem[:3])
    (issue,) = published["issue"]
    if side == "PROXY-NONE" or f"{status} {issue['code']}" in NEVER[side]:
        return
    codes = OURS.get(issue["code"], ("anything_else",))
    ours = [operation_outcome(status, [Issue(Severity.ERROR, code, "")]) for code in codes]
    for answer in ours:
        (mine,) = answer["issue"]
        assert mine["code"] == issue["code"]
        assert mine["severity"] == issue["severity"]
        assert mine["details"]["coding"][0]["system"] == issue["details"]["coding"][0]["system"]
        assert mine.keys() >= issue.keys()
        # The receiver's and the sender's view of one fault differ in the prefix alone.
        theirs, own = issue["details"]["coding"][0]["code"], mine["details"]["coding"][0]["code"]
        assert theirs.partition("_")[2] == own.partition("_")[2]


@pytest.mark.parametrize(("name", "action"), [("201_POST.json", "new"), ("200_PUT.json", "amend")])
def test_our_success_is_the_published_one(name: str, action: str) -> None:
    published = json.loads((OFFICIAL / name).read_text())
    (theirs,), (mine,) = published["issue"], operation_outcome(200, [], action=action)["issue"]
    words = [issue["details"]["coding"][0].pop("display").casefold() for issue in (theirs, mine)]
    assert words[0] == words[1]
    assert mine == theirs


def test_our_capability_statement_is_sound_and_shaped_as_the_published_one() -> None:
    ours = capability_statement("https://hub.example/fhir")
    CapabilityStatement.model_validate(ours)
    (path,) = (OFFICIAL / "metadata").glob("*.json")
    published = json.loads(path.read_text())
    assert published.keys() - ours.keys() == {"id", "url", "publisher", "contact"}
    assert ours["fhirVersion"] == published["fhirVersion"]
    server = published["rest"][0]
    assert ours["rest"][0].keys() == server.keys() - {"interaction"}
    named = {message["definition"] for message in published["messaging"][0]["supportedMessage"]}
    assert {message["definition"] for message in ours["messaging"][0]["supportedMessage"]} <= named


def test_our_message_definition_is_sound_and_shaped_as_the_published_one() -> None:
    ours = message_definitions("https://hub.example/fhir/MessageDefinition")
    (path,) = (OFFICIAL / "message_definition").glob("*.json")
    published = json.loads(path.read_text())
    definition, theirs = ours["entry"][0]["resource"], published["entry"][0]["resource"]
    MessageDefinition.model_validate(definition)
    assert published.keys() - ours.keys() == {"id", "meta", "timestamp"}
    assert theirs.keys() - definition.keys() == {"meta", "useContext"}
    assert definition["eventCoding"] == theirs["eventCoding"]
    assert all(focus.keys() == theirs["focus"][0].keys() for focus in definition["focus"])
