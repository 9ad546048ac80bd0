"""What health messages say about people beyond a name and a date: history, files, numbers, labels; on every route."""

import base64
import json
from collections.abc import Callable
from time import process_time
from typing import Any

import pytest

from connectors.fhir_bars import FhirBars
from connectors.fhir_bars import people as reading
from connectors.fhir_consent import FhirConsent
from connectors.hl7v2 import Hl7V2
from hub.domain.referral import Limits, NhsNumberStatus, Outcome, Parsed, Part
from tests.spec.helping import holds

Message = dict[str, Any]
MOTHER = "bars/mother_referral.json"
REQUEST, PATIENT = 1, 2


@pytest.fixture
def mother(plain: Callable[[str], Message]) -> Message:
    return plain(MOTHER)


def parse(bundle: Message) -> Parsed:
    (parsed,) = FhirBars().parse(json.dumps(bundle).encode(), Limits())
    return parsed


def codes(parsed: Parsed) -> set[tuple[str, str]]:
    return {(issue.code, issue.location) for issue in parsed.issues}


def resource(bundle: Message, place: int) -> Message:
    return bundle["entry"][place]["resource"]


def add(bundle: Message, found: Message, key: str = "") -> None:
    bundle["entry"].append({"fullUrl": key or f"urn:uuid:added-{len(bundle['entry'])}", "resource": found})


def test_a_name_that_ended_stands_behind_the_one_that_holds_and_both_are_matched_on(mother: Message) -> None:
    resource(mother, PATIENT)["name"] = [
        {"use": "official", "family": "Before", "given": ["Grace"], "period": {"end": "2023-12-31"}},
        {"use": "nickname", "family": "Hart", "given": ["Gracie"]},
        {"use": "usual", "family": "Now", "given": ["Grace"], "period": {"start": "2024-01-01", "end": "2030"}},
        {"use": "old", "family": "Maiden", "given": ["Grace"]},
    ]
    grace = parse(mother).draft.people[0]
    assert (grace.family_name, grace.fields["name"].value) == ("Now", "Grace Now")
    assert grace.other_names == ("Gracie Hart", "Grace Before", "Grace Maiden")


def test_an_address_that_ended_is_kept_and_says_so(mother: Message) -> None:
    resource(mother, PATIENT)["address"] = [
        {"use": "home", "line": ["1 Old Street"], "postalCode": "ZZ99 1AA", "period": {"end": "2022-05-01"}},
        {"use": "old", "line": ["2 Older Street"]},
        {"use": "home", "line": ["3 New Street"], "postalCode": "ZZ99 3AA"},
    ]
    said = parse(mother).draft.people[0].contact["address"]
    assert said.value == "3 New Street, ZZ99 3AA; 1 Old Street, ZZ99 1AA, until 2022-05-01; 2 Older Street, no longer"
    assert said.pointer == "Bundle.entry[2].resource.address[2]"


def test_an_earlier_address_of_a_restricted_person_is_protected_too(mother: Message) -> None:
    patient = resource(mother, PATIENT)
    patient["meta"] = {"security": [{"code": "R"}]}
    patient["address"] = [{"line": ["1 Old Street"], "period": {"end": "2022-05-01"}}]
    resource(mother, REQUEST)["note"] = [{"text": "She still goes to 1 old street on Sundays."}]
    parsed = parse(mother)
    assert parsed.outcome is Outcome.QUARANTINED
    assert ("protected_value_in_narrative", "Bundle.entry[1].resource.reasonCode[0]") not in codes(parsed)
    assert "protected_value_in_narrative" in {code for code, _ in codes(parsed)}


def number_status(bundle: Message, code: str) -> NhsNumberStatus:
    extension = resource(bundle, PATIENT)["identifier"][0]["extension"][0]
    extension["valueCodeableConcept"]["coding"][0]["code"] = code
    return parse(bundle).draft.people[0].nhs_number_status


def only_a_traced_number_is_verified(bundle: Message) -> None:
    assert {number_status(bundle, code) for code in ("01", "number-present-and-verified")} == {NhsNumberStatus.VERIFIED}
    others = ("02", "03", "04", "05", "06", "07", "08", "number-present-but-not-traced", "trace-required", "NSTS01")
    assert {number_status(bundle, code) for code in others} == {NhsNumberStatus.UNVERIFIED}


def test_only_a_traced_number_is_verified_in_both_spellings(mother: Message) -> None:
    only_a_traced_number_is_verified(mother)


def test_a_reader_that_takes_an_untraced_number_for_verified_is_noticed(
    mother: Message, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "_VERIFIED", reading._VERIFIED | {"02"})
    assert not holds(lambda: only_a_traced_number_is_verified(mother))


@pytest.mark.parametrize("date", ["2016", "2016-03", "2016-03-05"])
def test_a_date_of_birth_is_as_exact_as_it_was_sent(mother: Message, date: str) -> None:
    resource(mother, PATIENT)["birthDate"] = date
    assert str(parse(mother).draft.people[0].birth_date) == date


def test_a_patient_under_age_is_a_child_and_a_grown_up_with_a_mother_is_none(mother: Message) -> None:
    patient = resource(mother, PATIENT)
    young = {Part.PARENT, Part.CHILD}
    for birth, parts in (("2016-03-05", young), ("1991", {Part.PARENT}), ("2006-03-12", {Part.PARENT})):
        patient["birthDate"] = birth
        assert parse(mother).draft.people[0].parts == parts


LETTER = base64.b64encode(b"A letter").decode()


def test_files_are_found_wherever_they_stand(mother: Message) -> None:
    where = {"contentType": "text/plain", "url": "urn:uuid:letter"}
    add(mother, {"resourceType": "DocumentReference", "description": "Nurse", "content": [{"attachment": where}]})
    add(mother, {"resourceType": "Binary", "contentType": "text/plain", "data": LETTER}, "urn:uuid:letter")
    inside = {"contentType": "application/pdf", "data": LETTER, "title": "Plan"}
    add(mother, {"resourceType": "Communication", "status": "completed", "payload": [{"contentAttachment": inside}]})
    parsed = parse(mother)
    assert parsed.outcome is Outcome.ACCEPTED
    found = [(file.title, file.media_type, file.content) for file in parsed.draft.attachments]
    assert found == [("Nurse", "text/plain", b"A letter"), ("Plan", "application/pdf", b"A letter")]
    assert "attachment_elsewhere" not in {code for code, _ in codes(parsed)}


def test_a_file_that_lies_elsewhere_is_remarked_on_and_one_that_is_broken_quarantines(mother: Message) -> None:
    attachment = {"contentType": "text/plain", "url": "https://example.org/letter"}
    add(mother, {"resourceType": "DocumentReference", "content": [{"attachment": attachment}]})
    place = f"Bundle.entry[{len(mother['entry']) - 1}].resource.content[0].attachment"
    parsed = parse(mother)
    assert ("attachment_elsewhere", f"{place}.url") in codes(parsed)
    assert not parsed.draft.attachments
    attachment["data"] = "not base64"
    parsed = parse(mother)
    assert parsed.outcome is Outcome.QUARANTINED
    assert ("attachment_not_readable", f"{place}.data") in codes(parsed)


def test_who_asks_for_what_and_what_was_answered_is_read(mother: Message) -> None:
    add(mother, {"resourceType": "Practitioner", "name": [{"family": "Okafor", "prefix": ["Dr"]}]}, "urn:uuid:doctor")
    add(mother, {"resourceType": "Organization", "name": "Kestrel Surgery"}, "urn:uuid:surgery")
    role = {"practitioner": {"reference": "urn:uuid:doctor"}, "organization": {"reference": "urn:uuid:surgery"}}
    add(mother, {"resourceType": "PractitionerRole", **role}, "urn:uuid:role")
    answers = [{"text": "Safe at home?", "linkId": "1", "answer": [{"valueCoding": {"display": "No"}}]}]
    add(mother, {"resourceType": "QuestionnaireResponse", "status": "completed", "item": answers})
    observation = {"status": "final", "code": {"coding": [{"system": "s", "code": "1", "display": "Score"}]}}
    add(mother, {"resourceType": "Observation", **observation, "valueQuantity": {"value": 3, "unit": "points"}})
    resource(mother, REQUEST).update({"requester": {"reference": "urn:uuid:role"}, "priority": "urgent"})
    said = {name: value.value for name, value in parse(mother).draft.entries[0].fields.items()}
    assert said["referred_by"] == "Dr Okafor, Kestrel Surgery"
    assert "Priority: urgent" in said["requested_service"]
    assert "Safe at home?: No" in said["summary"]
    assert "s|1 Score = 3 points" in said["coded_evidence"]


def test_a_change_names_the_referral_that_it_is_about(mother: Message) -> None:
    request = resource(mother, REQUEST)
    assert parse(mother).draft.message_id == mother["entry"][REQUEST]["fullUrl"]
    request["id"] = "r-7"
    assert parse(mother).draft.message_id == "ServiceRequest/r-7"
    request["identifier"] = [{"system": "https://example.org/referrals", "value": "R7"}]
    resource(mother, 0)["reason"]["coding"][0]["code"] = "update"
    mother["id"] = "5f1c6c1e-0000-4000-8000-000000000077"
    draft = parse(mother).draft
    assert (draft.message_id, draft.action) == ("https://example.org/referrals|R7", "amend")


@pytest.mark.parametrize(
    ("written", "version"),
    [
        ("2024-03-12T10:00:00+00:00", 20240312100000000),
        ("2024-03-12T10:00:00.25+01:00", 20240312090000250),
        ("2024-03-12T10:00:00", 20240312100000000),
        ("yesterday", 20240311000000000),
        ("", 20240311000000000),
    ],
)
def test_a_later_message_about_a_referral_has_a_higher_version(mother: Message, written: str, version: int) -> None:
    mother["timestamp"] = written
    resource(mother, REQUEST)["meta"] = {"lastUpdated": "2024-03-11T00:00:00Z"}
    assert parse(mother).draft.version == version


@pytest.mark.parametrize(("code", "purpose"), [("referral",) * 2, ("validation",) * 2, ("other", "referral")])
def test_a_request_to_look_at_a_case_is_told_from_a_referral(mother: Message, code: str, purpose: str) -> None:
    resource(mother, REQUEST)["category"] = [{"coding": [{"code": code}]}]
    assert parse(mother).draft.purpose == purpose


def test_other_identifiers_are_kept_as_sent(mother: Message) -> None:
    resource(mother, PATIENT)["identifier"].append({"system": "https://example.org/mrn", "value": "M1"})
    assert parse(mother).draft.people[0].fields["other_identifiers"].value == "https://example.org/mrn: M1"


def test_many_references_into_many_entries_are_resolved_in_time(mother: Message) -> None:
    for number in range(900):
        add(mother, {"resourceType": "Organization", "name": "Clinic"}, f"urn:uuid:clinic-{number}")
    resource(mother, REQUEST)["performer"] = [{"reference": "urn:uuid:clinic-899"}] * 20_000
    start = process_time()
    parse(mother)
    assert process_time() - start < 3


ADDRESS = {"line": ["9 Hidden Lane"], "postalCode": "ZZ99 9ZZ"}


def by_bars(message: Callable[[str], bytes], label: str) -> Parsed:
    bundle = json.loads(message(MOTHER))
    resource(bundle, PATIENT).update({"meta": {"security": [{"code": label}]}, "address": [ADDRESS]})
    return parse(bundle)


def by_consent(message: Callable[[str], bytes], label: str) -> Parsed:
    consent = json.loads(message("fhir_consent/agreed.json"))
    for one in consent["contained"]:
        if one["resourceType"] == "Patient":
            one.update({"meta": {"security": [{"code": label}]}, "address": [ADDRESS]})
    (parsed,) = FhirConsent().parse(json.dumps(consent).encode(), Limits())
    return parsed


def by_hl7(message: Callable[[str], bytes], label: str) -> Parsed:
    body = message("hl7v2/child_referral.hl7").replace(b"+0000||REF", f"+0000|{label}|REF".encode())
    (parsed,) = Hl7V2().parse(body, Limits())
    return parsed


@pytest.mark.parametrize("route", [by_bars, by_consent, by_hl7])
def test_a_restricted_person_is_restricted_on_every_health_route(
    message: Callable[[str], bytes], route: Callable[[Callable[[str], bytes], str], Parsed]
) -> None:
    for label, restricted in (("U", False), ("N", False), ("R", True), ("V", True)):
        assert {person.restricted for person in route(message, label).draft.people} == {restricted}, label


@pytest.mark.parametrize("name", ["modifierExtension", "implicitRules"])
def test_what_may_turn_a_meaning_round_is_said(mother: Message, name: str) -> None:
    said = {"modifierExtension": [{"url": "urn:x", "valueBoolean": True}], "implicitRules": "urn:x"}[name]
    resource(mother, PATIENT)[name] = said
    assert ("modifier_not_understood", f"Bundle.entry[{PATIENT}].resource.{name}") in codes(parse(mother))
