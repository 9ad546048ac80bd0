import base64
import gzip
import json
from collections.abc import Callable

import pytest

from hub.domain.fields import RecordKind
from hub.domain.referral import NhsNumberStatus, Outcome, Part, PersonDraft
from tests.hl7v2_messages import HEADER, PERSON, codes, parse, with_segments

OWN, PUBLIC = "hl7v2/child_referral.hl7", "hl7v2/REF-I12-01.hl7"


@pytest.fixture
def own(message: Callable[[str], bytes]) -> bytes:
    return message(OWN)


@pytest.fixture
def family(own: bytes) -> tuple[PersonDraft, ...]:
    return parse(own).draft.people


def test_the_public_referral_is_accepted_unchanged_with_its_warnings(message: Callable[[str], bytes]) -> None:
    parsed = parse(message(PUBLIC))
    assert parsed.outcome is Outcome.ACCEPTED
    assert codes(parsed) == {("security_label_not_known", "MSH-8"), ("segments_not_mapped", "count=12")}
    adam, mary = parsed.draft.people
    assert (adam.family_name, str(adam.birth_date), mary.fields["role_given"].value) == (
        "EVERYMAN",
        "1961-06-15",
        "MOTHER",
    )
    assert parsed.draft.message_id == "226839^EPIC"


def test_another_converter_reads_the_public_referral_as_being_about_the_same_people(
    message: Callable[[str], bytes],
) -> None:
    """That one also makes people of guarantor and insured: who pays is nobody in a safeguarding referral."""
    theirs = json.loads(gzip.decompress(message("hl7v2/expected_fhir/REF-I12-01-expected.json.gz")))
    (patient,) = [one["resource"] for one in theirs["entry"] if one["resource"]["resourceType"] == "Patient"]
    adam, mary = parse(message(PUBLIC)).draft.people
    name = patient["name"][0]
    assert f"{adam.family_name} {adam.given_names}" == f"{name['family']} {' '.join(name['given'])}"
    assert str(adam.birth_date) == patient["birthDate"]
    assert adam.fields["sex"].value.casefold()[:1] == patient["gender"][:1]
    relatives = [one["resource"] for one in theirs["entry"] if one["resource"]["resourceType"] == "RelatedPerson"]
    (mother,) = [one for one in relatives if one["relationship"][0]["coding"][0]["code"] == "MTH"]
    assert mary.family_name == mother["name"][0]["family"]


def test_the_whole_family_is_read_and_an_organisation_is_nobody(own: bytes, family: tuple[PersonDraft, ...]) -> None:
    maya, grace, daniel = family
    assert [person.parts for person in family] == [{Part.CHILD}, {Part.PARENT}, {Part.PARTNER}]
    assert (maya.given_names, grace.fields["role_given"].value, str(daniel.birth_date)) == (
        "MAYA ROSE",
        "Mother",
        "1988",
    )
    assert maya.other_names == ("MAYA ADEYEMI",)
    assert maya.contact["email"].value == "grace.hart@example.org"
    assert grace.contact["phone"].value == "07700900123"
    assert ("next_of_kin_without_name", "NK1[3]-2") in codes(parse(own))


def test_a_grown_up_is_no_child_because_a_mother_is_named() -> None:
    grown = PERSON.replace("20160305", "19610305")
    message = f"{HEADER}\r{grown}\rNK1|1|DOE^MARY|MTH"
    assert parse(message).draft.people[0].parts == {Part.OTHER}


def test_only_a_traced_number_with_a_right_check_digit_is_verified(family: tuple[PersonDraft, ...]) -> None:
    maya, grace, _ = family
    assert (maya.nhs_number, maya.nhs_number_status) == ("9000000025", NhsNumberStatus.VERIFIED)
    assert (grace.nhs_number, grace.nhs_number_status) == ("9000000009", NhsNumberStatus.UNVERIFIED)
    assert maya.fields["other_identifiers"].value == "EXAMPLEPAS MR: H778812"
    wrong = parse(with_segments().replace("9000000025", "9000000026") + "")
    assert wrong.draft.people[0].nhs_number == ""
    assert ("nhs_number_fails_check_digit", "PID-3") in codes(wrong)


def test_a_file_inside_is_decoded_and_belongs_to_the_entry(own: bytes) -> None:
    (letter,) = parse(own).draft.attachments
    assert (letter.entry, letter.title, letter.media_type) == (0, "School nurse letter", "text/plain")
    assert letter.content.startswith(b"Letter from the school nurse")
    assert letter.pointer == "OBX[3]-5"
    assert "School nurse letter" not in repr(letter)


@pytest.mark.parametrize("data", ["^^^Base64^not base64!", "^^^Base64^", "^^^Hex^0g", "^^^UU^abc", "text"])
def test_a_file_that_cannot_be_read_quarantines_the_message(data: str) -> None:
    parsed = parse(with_segments(f"OBX|1|ED|L^Letter||{data}"))
    assert parsed.outcome is Outcome.QUARANTINED
    assert ("attachment_not_readable", "OBX-5") in codes(parsed)


def test_a_large_file_is_not_a_long_text() -> None:
    data = base64.b64encode(b"x" * 100_000).decode()
    parsed = parse(with_segments(f"OBX|1|ED|L^Letter||PAS^text^plain^Base64^{data}"))
    assert (parsed.outcome, len(parsed.draft.attachments[0].content)) == (Outcome.ACCEPTED, 100_000)
    parsed = parse(with_segments("NTE|||" + "x" * 100_000))
    assert ("field_too_long", "NTE-3") in codes(parsed)


def test_a_file_that_lies_elsewhere_is_never_fetched() -> None:
    parsed = parse(with_segments("OBX|1|RP|L^Letter||https://example.org/letter^PAS"))
    assert ("attachment_elsewhere", "OBX-5") in codes(parsed)
    assert not parsed.draft.attachments


@pytest.mark.parametrize(
    ("change", "segment"),
    [("||REF", ""), ("|R|REF", "NTE|||label"), ("||REF", "PD1||||||||||||Y"), ("||REF", "ARV|1|A|DEM|PHY")],
)
def test_a_restricted_patient_is_restricted_and_so_is_the_family(change: str, segment: str) -> None:
    header = HEADER.replace("||REF", change)
    body = with_segments(segment, "NK1|1|DOE^MARY|MTH|1 High Street^^Town^^ZZ99 4AA", header=header)
    restricted = {person.restricted for person in parse(body).draft.people}
    assert restricted == {bool(segment)}


def test_a_restriction_that_was_lifted_restricts_nobody() -> None:
    assert not parse(with_segments("ARV|1|D|DEM|PHY")).draft.people[0].restricted


def test_a_text_that_quotes_the_address_of_a_restricted_person_is_quarantined() -> None:
    body = with_segments("PD1||||||||||||Y", "NTE|||They live at zz99 4aa now").replace(
        "20160305", "20160305||||4 Willow Court^^Town^^ZZ99 4AA"
    )
    parsed = parse(body)
    assert parsed.outcome is Outcome.QUARANTINED
    assert ("protected_value_in_narrative", "NTE-3") in codes(parsed)


def test_a_change_and_a_cancellation_name_the_referral_they_are_about(own: bytes) -> None:
    for event, action in (("I12", "new"), ("I13", "amend"), ("I14", "withdraw")):
        draft = parse(own.replace(b"REF^I12^REF_I12", f"REF^{event}".encode()).replace(b"EX-000123", b"EX-9")).draft
        assert (draft.action, draft.message_id) == (action, "R-2024-77^EXAMPLEPAS")
    without = parse(with_segments(header=HEADER.replace("I12", "I13")))
    assert without.outcome is Outcome.QUARANTINED
    assert ("referral_number_missing", "RF1-6") in codes(without)
    assert parse(with_segments()).draft.message_id == "77"


@pytest.mark.parametrize(
    ("written", "version"),
    [
        ("2024", 20240101000000000),
        ("202403121000", 20240312100000000),
        ("20240312100000.25+0100", 20240312090000250),
        ("20240399", 1),
        ("noon", 1),
    ],
)
def test_a_later_message_has_a_higher_version(own: bytes, written: str, version: int) -> None:
    body = own.replace(b"20240312100000+0000", written.encode())
    assert parse(body).draft.version == version


def test_a_referral_without_a_patient_is_quarantined() -> None:
    parsed = parse(HEADER)
    assert parsed.outcome is Outcome.QUARANTINED
    assert ("patient_missing", "PID") in codes(parsed)


@pytest.mark.parametrize("date", ["yesterday", "20230230", "2023023", "19", "\uff12\uff10\uff11\uff16"])
def test_a_date_that_is_none_quarantines_and_shows_only_its_place(date: str) -> None:
    parsed = parse(with_segments().replace("20160305", date))
    assert parsed.outcome is Outcome.QUARANTINED
    assert ("not_a_date", "PID-7") in codes(parsed)
    assert date not in repr(parsed.issues)


@pytest.mark.parametrize(
    ("said", "status", "born"),
    [("2016", "", "2016"), ("201603", "", "2016-03"), ("20160305", "ED", "2016-03-05~"), ("19000101", "UD", "None")],
)
def test_a_date_of_birth_is_as_certain_as_the_sender_says(said: str, status: str, born: str) -> None:
    reliability = "|" * 25 + status if status else ""
    person = parse(with_segments().replace("20160305", said + reliability)).draft.people[0]
    assert str(person.birth_date) == born


def test_the_entry_says_why_who_asks_whom_and_what_was_seen(own: bytes) -> None:
    (entry,) = parse(own).draft.entries
    assert entry.kind is RecordKind.HEALTH_REPORT
    assert str(entry.occurred) == "2024-03-11"
    said = {name: value.value for name, value in entry.fields.items()}
    assert said["referred_by"] == "DR CHIDI OKAFOR, EXAMPLE VALLEY NHS TRUST"
    assert "Safeguarding concern seen at clinic" in said["reason"]
    assert "L|CONC Level of concern = L|H High" in said["coded_evidence"]
    assert "Grace does not want letters sent home." in said["summary"]
    assert entry.narrowed["reason"] == ("PID",)
    assert "summary" not in entry.narrowed
