import json
from collections.abc import Callable
from typing import Any

import pytest
from fhir.resources.R4B.operationoutcome import OperationOutcome

from connectors.fhir_bars import FhirBars, operation_outcome
from hub.domain.errors import RejectedMessageError
from hub.domain.fields import RecordKind
from hub.domain.referral import ConsentScope, Issue, Limits, NhsNumberStatus, Outcome, Parsed, Part, Severity

Message = dict[str, Any]


OFFICIAL = "bars/validation_request_post.json"
MOTHER = "bars/mother_referral.json"
PATIENT = 2
REQUEST = 1


def parse(value: object, limits: Limits | None = None) -> Parsed:
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    (parsed,) = FhirBars().parse(body, limits or Limits())
    return parsed


def codes(parsed: Parsed) -> set[tuple[str, str]]:
    return {(issue.code, issue.location) for issue in parsed.issues}


@pytest.fixture
def official(message: Callable[[str], bytes]) -> Parsed:
    return parse(message(OFFICIAL))


@pytest.fixture
def mother(plain: Callable[[str], Message]) -> Message:
    return plain(MOTHER)


def patient(bundle: Message) -> Message:
    return bundle["entry"][PATIENT]["resource"]


def test_the_official_full_example_is_accepted_unchanged_with_its_two_warnings(official: Parsed) -> None:
    assert official.outcome is Outcome.ACCEPTED
    assert {i.severity for i in official.issues} == {Severity.WARNING}
    assert codes(official) == {
        ("reference_unresolved", "Bundle.entry[3].resource.episodeOfCare"),
        ("nhs_number_fails_check_digit", "Bundle.entry[5].resource.identifier"),
    }


def test_an_nhs_number_that_fails_its_check_digit_is_kept_but_never_matched_on(official: Parsed) -> None:
    person = official.draft.people[0]
    assert person.nhs_number == ""
    assert person.nhs_number_status is NhsNumberStatus.FAILS_CHECK_DIGIT
    assert person.fields["nhs_number"].value == "3478526985"


def test_consent_of_a_health_message_is_to_direct_care_only(official: Parsed, mother: Message) -> None:
    assert [c.scope for c in official.draft.consents] == [ConsentScope.DIRECT_CARE]
    mother["entry"][6]["resource"]["category"] = [{"coding": [{"code": "hub_sharing"}]}]
    assert [c.scope for c in parse(mother).draft.consents] == [ConsentScope.DIRECT_CARE]


def test_the_narrative_is_kept_whole_and_raises_no_concern_by_its_words(
    official: Parsed, plain: Callable[[str], Message]
) -> None:
    (entry,) = official.draft.entries
    assert entry.kind is RecordKind.HEALTH_REPORT
    for outcome in plain(OFFICIAL)["entry"][4]["resource"]["activity"][0]["outcomeCodeableConcept"]:
        assert outcome.get("text", "") in entry.fields["summary"].value
    assert "There was no safeguarding concern." in entry.fields["summary"].value
    assert not entry.fields.keys() & {"concern", "mental_health", "crisis"}


def test_the_patients_own_numbers_listed_as_contact_are_the_patients(official: Parsed) -> None:
    julie, jack = official.draft.people
    assert julie.contact["phone"].value == "01138698975; 07736312544"
    assert (jack.family_name, jack.fields["role_given"].value) == ("Grayson", "Emergency contact person")


def test_a_related_person_becomes_a_person_and_says_who_is_parent(mother: Message) -> None:
    grace, maya = parse(mother).draft.people
    assert (grace.parts, maya.parts) == ({Part.PARENT}, {Part.CHILD})
    assert str(maya.birth_date) == "2016-03"
    assert grace.other_names == ("Grace Adeyemi",)


def test_only_a_traced_number_with_a_right_check_digit_is_verified(mother: Message) -> None:
    assert parse(mother).draft.people[0].nhs_number_status is NhsNumberStatus.VERIFIED
    coding = patient(mother)["identifier"][0]["extension"][0]["valueCodeableConcept"]["coding"][0]
    for code in ("02", "03", "08", "number-present-but-not-traced"):
        coding["code"] = code
        assert parse(mother).draft.people[0].nhs_number_status is NhsNumberStatus.UNVERIFIED


@pytest.mark.parametrize("code", ["R", "V", "r", "v"])
def test_a_person_labelled_restricted_is_restricted_and_so_are_those_near_them(mother: Message, code: str) -> None:
    patient(mother)["meta"] = {"security": [{"code": code}]}
    patient(mother)["contact"] = [{"name": {"family": "Adeyemi"}, "address": {"line": ["1 High Street"]}}]
    people = {p.family_name: p.restricted for p in parse(mother).draft.people}
    assert people == {"Adeyemi-Hart": True, "Hart": True, "Adeyemi": True}


def test_a_narrative_that_quotes_a_restricted_patients_postcode_is_quarantined(plain: Callable[[str], Message]) -> None:
    bundle = plain(OFFICIAL)
    bundle["entry"][5]["resource"]["meta"]["security"] = [{"code": "R"}]
    parsed = parse(bundle)
    assert parsed.outcome is Outcome.QUARANTINED
    assert "protected_value_in_narrative" in {code for code, _ in codes(parsed)}


def test_unknown_elements_are_set_aside_counted_and_never_named(mother: Message) -> None:
    patient(mother)["favouriteColour"] = "teal"
    patient(mother)["name"][0]["nickname"] = "Gracie"
    parsed = parse(mother)
    assert parsed.outcome is Outcome.ACCEPTED
    assert {
        ("unknown_elements", "Bundle.entry[2].resource count=1"),
        ("unknown_elements", "Bundle.entry[2].resource.name[0] count=1"),
    } <= codes(parsed)
    assert "Colour" not in repr(parsed)
    assert "Gracie" not in repr(parsed.issues)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"birthDate": "yesterday"}, "birthDate"),
        ({"birthDate": 1991}, "birthDate"),
        ({"birthDate": "2023-02-30"}, "birthDate"),
        ({"name": {"family": "Hart"}}, "name"),
        ({"name": [{"family": 7}]}, "name[0].family"),
        ({"identifier": "9000000009"}, "identifier"),
    ],
)
def test_a_wrong_element_quarantines_the_message_and_shows_only_its_place(
    mother: Message, change: Message, place: str
) -> None:
    patient(mother).update(change)
    parsed = parse(mother)
    assert parsed.outcome is Outcome.QUARANTINED
    assert ("invalid_value", f"Bundle.entry[2].resource.{place}") in codes(parsed)
    assert "yesterday" not in repr(parsed)


def test_nulls_say_nothing(mother: Message) -> None:
    patient(mother)["gender"] = None
    patient(mother)["name"][0]["given"] = [None, "Grace"]
    assert "sex" not in parse(mother).draft.people[0].fields


def test_an_event_that_is_not_a_referral_is_quarantined(message: Callable[[str], bytes]) -> None:
    parsed = parse(message("bars/booking_request.json"))
    assert parsed.outcome is Outcome.QUARANTINED
    assert codes(parsed) == {("event_not_supported", "Bundle.entry[0].resource.eventCoding")}


def test_a_referral_without_its_patient_is_quarantined(mother: Message) -> None:
    mother["entry"][REQUEST]["resource"]["subject"]["reference"] = "urn:uuid:none"
    assert ("subject_unresolved", "Bundle.entry[1].resource.subject") in codes(parse(mother))


def test_the_same_message_with_a_revoked_request_is_a_withdrawal(mother: Message) -> None:
    assert parse(mother).draft.action == "new"
    mother["entry"][REQUEST]["resource"]["status"] = "revoked"
    assert parse(mother).draft.action == "withdraw"


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ([], "not_a_message_bundle"),
        ({"resourceType": "Bundle", "type": "searchset"}, "not_a_message_bundle"),
        ({"resourceType": "Bundle", "type": "message"}, "required"),
        ({"resourceType": "Bundle", "type": "message", "entry": [{}]}, "required"),
        (
            {"resourceType": "Bundle", "type": "message", "entry": [{"resource": {"resourceType": "Patient"}}]},
            "message_header_missing",
        ),
    ],
)
def test_what_is_not_a_message_bundle_is_refused_as_a_whole(value: object, code: str) -> None:
    with pytest.raises(RejectedMessageError) as caught:
        parse(value)
    assert caught.value.code == code


def test_limits_are_kept(message: Callable[[str], bytes]) -> None:
    with pytest.raises(RejectedMessageError, match="too_many_entries"):
        parse(message(OFFICIAL), Limits(max_entries=5))
    parsed = parse(message(OFFICIAL), Limits(max_field_characters=500))
    assert "field_too_long" in {code for code, _ in codes(parsed)}


def test_the_message_key_is_the_bundles_own_id(message: Callable[[str], bytes]) -> None:
    assert FhirBars().message_key(message(OFFICIAL)) == "86e3371d-1c15-4862-9552-d9560f8292ba"


def test_the_answer_is_a_valid_operation_outcome_with_bars_codes(official: Parsed) -> None:
    answer = operation_outcome(201, official.issues)
    OperationOutcome.model_validate(answer)
    assert answer["issue"][0]["details"]["coding"][0]["code"] == "RESOURCE_CREATED"
    assert [i["severity"] for i in answer["issue"]] == ["information", "warning", "warning"]


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, "REC_BAD_REQUEST", "required"),
        (409, "REC_CONFLICT", "required"),
        (503, "REC_SERVICE_UNAVAILABLE", "required"),
    ],
)
def test_a_refusal_names_the_place_and_never_a_value(status: int, code: str, kind: str) -> None:
    answer = operation_outcome(status, [Issue(Severity.ERROR, "required", "Bundle.entry[0].resource")])
    OperationOutcome.model_validate(answer)
    (issue,) = answer["issue"]
    assert issue["details"]["coding"][0]["code"] == code
    assert (issue["code"], issue["expression"]) == (kind, ["Bundle.entry[0].resource"])


def test_an_answer_without_remarks_still_says_something() -> None:
    answer = operation_outcome(503, [])
    OperationOutcome.model_validate(answer)
    assert answer["issue"][0]["code"] == "transient"


@pytest.mark.parametrize(
    ("name", "value", "where"),
    [
        ("id", {"x": "y"}, "Bundle.id"),
        ("identifier", {"system": "s"}, "Bundle.identifier"),
        ("timestamp", "yesterday", "Bundle.timestamp"),
        ("timestamp", 7, "Bundle.timestamp"),
    ],
)
def test_what_the_bundle_says_of_itself_and_cannot_be_read_is_remarked_on(
    mother: Message, name: str, value: object, where: str
) -> None:
    parsed = parse(mother | {name: value})
    assert parsed.outcome is Outcome.ACCEPTED
    assert ("invalid_value", where) in codes(parsed)


def test_a_name_that_two_entries_share_is_remarked_on(mother: Message) -> None:
    mother["entry"][4]["fullUrl"] = mother["entry"][5]["fullUrl"]
    assert ("name_used_twice", "Bundle.entry[5].fullUrl") in codes(parse(mother))
