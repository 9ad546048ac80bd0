import contextlib
import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from connectors.registry import CONNECTORS
from hub.domain.errors import RejectedMessageError
from hub.domain.fields import SHAPES, VERSIONS, RecordKind
from hub.domain.referral import Limits, Parsed, ReferralDraft

Message = dict[str, Any]

MESSAGES = [
    ("safeguarding_notice", "safeguarding_notice/domestic_abuse.json"),
    ("safeguarding_notice", "safeguarding_notice/one_of_three_is_bad.json"),
    ("safeguarding_notice_xml", "safeguarding_notice/domestic_abuse.xml"),
    ("safeguarding_notice_csv", "safeguarding_notice/domestic_abuse.csv"),
    ("adult_with_children_json", "substance_misuse/adult_with_children.json"),
    ("adult_with_children_json", "substance_misuse/not_sought_without_reason.json"),
    ("adult_with_children_csv", "substance_misuse/adult_with_children.csv"),
    ("adult_with_children_csv", "substance_misuse/windows_1252.csv"),
    ("fhir_bars", "bars/validation_request_post.json"),
    ("fhir_bars", "bars/booking_request.json"),
    ("fhir_bars", "bars/mother_referral.json"),
    ("fhir_consent", "fhir_consent/agreed.json"),
    ("transfer_bundle", "transfer_bundle/two_people.json"),
    ("ndtms_csv", "ndtms/cds_p.csv"),
    ("ndtms_csv", "ndtms/cds_k.csv"),
    ("cin_census", "cin_census/CIN_Census_2021.xml"),
    ("cin_census", "cin_census/CIN_Census_2024.xml"),
    ("cin_census", "cin_census/synthetic_2026.xml"),
    ("case_system", "case_system/monday.csv"),
    ("case_system", "case_system/monday.json"),
    ("hl7v2", "hl7v2/REF-I12-01.hl7"),
    ("hl7v2", "hl7v2/child_referral.hl7"),
]
MALFORMED = [
    b"",
    b"\xef\xbb\xbf",
    b"null",
    b"[]",
    b'""',
    b"7",
    b"{}",
    b'{"a": 1, "a": 2}',
    b'{"a": NaN}',
    b"[" * 100_000,
    b'{"version": "1.0", "notices": 3, "referrals": 3, "resourceType": 3, "type": [], "entry": {}}',
    b'{"resourceType": "Bundle", "type": "message", "entry": [{"resource": {"resourceType": []}}]}',
    b'a,b\n1,"2',
    b"\x00\x01\x02",
    b"\xff\xfe{\x00}\x00",
]


@pytest.fixture(params=MESSAGES, ids=lambda pair: pair[1])
def parsed(request: pytest.FixtureRequest, message: Callable[[str], bytes]) -> list[Parsed]:
    name, path = request.param
    return list(CONNECTORS[name].parse(message(path), Limits()))


def drafts(parsed: list[Parsed]) -> list[ReferralDraft]:
    return [p.draft for p in parsed if p.draft]


def test_each_connector_answers_to_its_own_name() -> None:
    assert set(CONNECTORS) == {name for name, _ in MESSAGES}
    assert all(connector.name == name for name, connector in CONNECTORS.items())


def test_only_declared_fields_are_ever_produced(parsed: list[Parsed]) -> None:
    for draft in drafts(parsed):
        for person in draft.people:
            contact = RecordKind.PROTECTED_CONTACT if person.restricted else RecordKind.CONTACT_POINT
            assert person.fields.keys() <= SHAPES[RecordKind.PERSON].fields.keys()
            assert person.contact.keys() <= SHAPES[contact].fields.keys()
        for entry in draft.entries:
            assert entry.fields.keys() <= SHAPES[entry.kind].fields.keys()
            assert entry.narrowed.keys() <= entry.fields.keys()


def test_every_value_says_where_it_stood(parsed: list[Parsed]) -> None:
    for draft in drafts(parsed):
        for holder in (*(p.fields for p in draft.people), *(p.contact for p in draft.people)):
            assert all(value.value.strip() and value.pointer for value in holder.values())
        for entry in draft.entries:
            assert all(value.value.strip() and value.pointer for value in entry.fields.values())


def test_every_entry_has_room_to_say_which_one_it_amends(parsed: list[Parsed]) -> None:
    for entry in (entry for draft in drafts(parsed) for entry in draft.entries):
        shape = SHAPES[entry.kind]
        assert {shape.fields.get(name) for name in VERSIONS} == {shape.outline}, entry.kind


def test_every_subject_of_an_entry_or_consent_is_a_person_of_the_message(parsed: list[Parsed]) -> None:
    for draft in drafts(parsed):
        keys = {person.key for person in draft.people}
        assert {key for entry in draft.entries for key in entry.about} <= keys
        assert {key for entry in draft.entries for about in entry.narrowed.values() for key in about} <= keys
        assert {consent.about for consent in draft.consents} <= keys


def test_no_remark_holds_a_value_of_the_message(parsed: list[Parsed]) -> None:
    values = {
        value.value
        for draft in drafts(parsed)
        for holder in (*(p.fields for p in draft.people), *(p.contact for p in draft.people))
        for name, value in holder.items()
        if len(value.value) > 3 and name != "nhs_number_status"  # the one word that is ours
    }
    remarks = [f"{issue.code} {issue.location}" for p in parsed for issue in p.issues]
    assert not [value for value in values for remark in remarks if value in remark]


@pytest.mark.parametrize("body", MALFORMED, ids=range(len(MALFORMED)))
@pytest.mark.parametrize("name", sorted(CONNECTORS))
def test_what_cannot_be_read_is_refused_with_a_code_by_every_connector(name: str, body: bytes) -> None:
    with pytest.raises(RejectedMessageError) as caught:
        CONNECTORS[name].parse(body, Limits())
    assert caught.value.code != "message_rejected"


def places(value: object, way: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield the way to every value inside a JSON value."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield (*way, key)
        yield from places(item, (*way, key))


@pytest.mark.parametrize("odd", [None, "odd", [None], {"odd": 1}], ids=repr)
@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("safeguarding_notice", "safeguarding_notice/domestic_abuse.json"),
        ("adult_with_children_json", "substance_misuse/adult_with_children.json"),
        ("fhir_bars", "bars/mother_referral.json"),
        ("fhir_consent", "fhir_consent/agreed.json"),
        ("transfer_bundle", "transfer_bundle/two_people.json"),
        ("case_system", "case_system/monday.json"),
    ],
)
def test_an_odd_value_anywhere_is_accepted_quarantined_or_refused_and_never_breaks(
    name: str, path: str, odd: object, plain: Callable[[str], Message]
) -> None:
    original = plain(path)
    for *way, last in places(original):
        changed: Any = copy.deepcopy(original)
        target = changed
        for step in way:
            target = target[step]
        target[last] = odd
        with contextlib.suppress(RejectedMessageError):
            assert list(CONNECTORS[name].parse(json.dumps(changed).encode(), Limits()))
