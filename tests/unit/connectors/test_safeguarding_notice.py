import json
from collections.abc import Callable
from typing import Any

import pytest

from connectors.safeguarding_notice import SafeguardingNotice, json_schema
from hub.domain.errors import RejectedMessageError
from hub.domain.labels import Handling, Sensitivity
from hub.domain.referral import ConsentWord, Limits, NhsNumberStatus, Outcome, Parsed, Part

Message = dict[str, Any]


STORY = "safeguarding_notice/domestic_abuse.json"


@pytest.fixture
def story(plain: Callable[[str], Message]) -> Message:
    return plain(STORY)


def parse(value: object, limits: Limits | None = None) -> list[Parsed]:
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return list(SafeguardingNotice().parse(body, limits or Limits()))


def only(value: object, limits: Limits | None = None) -> Parsed:
    (parsed,) = parse(value, limits)
    return parsed


def codes(parsed: Parsed) -> set[tuple[str, str]]:
    return {(issue.code, issue.location) for issue in parsed.issues}


def test_everyone_in_a_notice_becomes_a_person_with_their_parts(story: Message) -> None:
    people = {p.key: p for p in only(story).draft.people}
    assert {key: set(p.parts) for key, p in people.items()} == {
        "p1": {Part.VICTIM, Part.PARENT},
        "p2": {Part.ALLEGED_PERPETRATOR, Part.PARENT},
        "p3": {Part.CHILD},
        "p4": {Part.CHILD},
        "p5": {Part.UNBORN_CHILD},
        "p6": {Part.WITNESS},
    }
    assert people["p6"].fields["role_given"].value == "neighbour who called"
    assert people["p1"].nhs_number == "9000000009"
    assert people["p1"].nhs_number_status is NhsNumberStatus.UNVERIFIED


def test_an_unsafe_address_makes_the_person_restricted_and_keeps_the_safe_times(story: Message) -> None:
    people = {p.key: p for p in only(story).draft.people}
    assert people["p1"].restricted
    assert people["p1"].contact["safe_times"].value == "weekdays 10:00 to 12:00"
    assert not people["p2"].restricted
    assert people["p3"].restricted, "the child lives in the same household"


@pytest.mark.parametrize("word", ["no", "not_known"])
def test_only_a_plain_yes_leaves_an_address_open(story: Message, word: str) -> None:
    story["notices"][0]["people"][1]["addresses"][0]["safe"] = word
    assert only(story).draft.people[1].restricted


def test_a_text_about_mother_and_father_has_both_as_subjects(story: Message) -> None:
    first, second, *_ = only(story).draft.entries
    assert first.narrowed["what_happened"] == ("p1", "p2")
    assert second.about == ("p3",)
    assert set(second.fields) == {"what_happened"}


def test_a_text_about_nobody_in_particular_has_everyone_as_subject(story: Message) -> None:
    del story["notices"][0]["narratives"][0]["about"]
    first = only(story).draft.entries[0]
    assert "what_happened" not in first.narrowed
    assert first.about == ("p1", "p2", "p3", "p4", "p5", "p6")


def test_each_child_has_an_entry_of_their_own_with_their_own_words(story: Message) -> None:
    voices = [e for e in only(story).draft.entries if "child_voice" in e.fields]
    assert [(e.about, e.fields["child_voice"].value) for e in voices] == [(("p3",), "I put my hands on my ears.")]


def test_the_grade_is_kept_as_given_and_a_wrong_count_is_only_said(story: Message) -> None:
    parsed = only(story)
    assert parsed.outcome is Outcome.ACCEPTED
    assert parsed.draft.entries[0].fields["risk_grade"].value.startswith("high; ")
    assert ("tick_count_differs", "/notices/0/risk/tick_count") in codes(parsed)


def test_risk_answers_are_item_numbers_without_wording(story: Message) -> None:
    assert only(story).draft.entries[0].fields["risk_answers"].value == "1: yes; 2: no; 3: yes; 4: not_asked"


def test_handling_code_c_makes_every_entry_restricted(story: Message) -> None:
    story["notices"][0]["grading"] = {"source": 2, "assessment": "D", "handling": "C"}
    parsed = only(story)
    assert {(e.sensitivity, e.handling) for e in parsed.draft.entries} == {(Sensitivity.RESTRICTED, Handling.C)}
    assert ("conditions_missing", "/notices/0/grading/conditions") in codes(parsed)


def test_one_bad_notice_never_sinks_its_batch(message: Callable[[str], bytes]) -> None:
    outcomes = parse(message("safeguarding_notice/one_of_three_is_bad.json"))
    assert [p.outcome.value for p in outcomes] == ["accepted", "quarantined", "accepted"]
    assert ("reference_unresolved", "/notices/1/roles/2/person") in codes(outcomes[1])
    assert (outcomes[2].draft.version, outcomes[2].draft.action) == (2, "amend")


def test_unknown_keys_are_counted_and_never_named(message: Callable[[str], bytes]) -> None:
    bad = parse(message("safeguarding_notice/one_of_three_is_bad.json"))[1]
    assert ("unknown_keys", "/notices/1 count=1") in codes(bad)
    assert "colour" not in repr(bad)


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        (("notice_version",), True, "wrong_type"),
        (("notice_version",), "1", "wrong_type"),
        (("notice_version",), 0, "out_of_range"),
        (("people",), [], "too_few"),
        (("people", 0, "id"), " ", "blank"),
        (("people", 0, "birth_date"), "17/04/1991", "not_a_date"),
        (("people", 0, "addresses", 0, "safe"), True, "wrong_type"),
        (("grading", "source"), 5, "out_of_range"),
        (("grading", "assessment"), "F", "not_in_list"),
        (("grading", "assessment"), "AB", "not_in_list"),
        (("created",), "2024-03-06", "not_an_instant"),
        (("event", "place"), None, "null_not_allowed"),
        (("event",), "at home", "wrong_type"),
    ],
)
def test_a_wrong_value_quarantines_its_notice_and_says_where(
    story: Message, path: tuple[str | int, ...], value: object, code: str
) -> None:
    *way, last = path
    target = story["notices"][0]
    for step in way:
        target = target[step]
    target[last] = value
    parsed = only(story)
    assert parsed.outcome is Outcome.QUARANTINED
    assert (code, "/notices/0/" + "/".join(map(str, path))) in codes(parsed)


def test_a_notice_that_is_not_an_object_is_quarantined(story: Message) -> None:
    story["notices"].append("Grace Hart")
    assert codes(parse(story)[1]) == {("wrong_type", "/notices/1")}


def test_a_birth_after_the_notice_is_only_possible_for_an_unborn_child(story: Message) -> None:
    story["notices"][0]["people"][2]["birth_date"] = "2025-01-01"
    assert ("birth_date_in_future", "/notices/0/people/2/birth_date") in codes(only(story))
    story["notices"][0]["people"][2]["birth_date"] = "2016-03-05"
    story["notices"][0]["people"][4]["birth_date"] = "2024-07-10"
    parsed = only(story)
    assert parsed.outcome is Outcome.ACCEPTED
    assert parsed.draft.people[4].birth_date is None
    assert parsed.draft.people[4].fields["expected_birth_date"].value == "2024-07"


def test_consent_has_four_answers_and_not_sought_needs_a_reason(story: Message) -> None:
    assert [c.word for c in only(story).draft.consents] == [ConsentWord.GIVEN, ConsentWord.NOT_SOUGHT]
    story["notices"][0]["consents"][1]["reason"] = " "
    assert ("reason_required", "/notices/0/consents/1/reason") in codes(only(story))


def test_a_text_over_the_limit_quarantines_its_notice(story: Message) -> None:
    parsed = only(story, Limits(max_field_characters=100))
    assert ("field_too_long", "/notices/0/narratives/0/text") in codes(parsed)


@pytest.mark.parametrize(
    ("change", "code"),
    [({"version": "9"}, "not_in_list"), ({"notices": {}}, "required"), ({"sender": None}, "null_not_allowed")],
)
def test_a_broken_outer_shape_is_refused_as_a_whole(story: Message, change: Message, code: str) -> None:
    with pytest.raises(RejectedMessageError) as caught:
        parse(story | change)
    assert caught.value.code == code


def test_more_notices_than_the_limit_are_refused_as_a_whole(story: Message) -> None:
    with pytest.raises(RejectedMessageError, match="too_many_records"):
        parse(story, Limits(max_records=0))


def test_the_published_schema_speaks_of_every_key_that_is_read(story: Message) -> None:
    schema = json_schema()
    assert schema["$schema"].endswith("2020-12/schema")
    notice = schema["properties"]["notices"]["items"]
    assert story["notices"][0].keys() <= notice["properties"].keys()
    assert "safe" in notice["properties"]["people"]["items"]["properties"]["phones"]["items"]["required"]
    assert notice["properties"]["grading"]["properties"]["handling"]["enum"] == ["P", "C"]
