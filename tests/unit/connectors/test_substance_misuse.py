import json
from collections.abc import Callable
from typing import Any

import pytest

from connectors.substance_misuse import AdultWithChildrenCsv, AdultWithChildrenJson
from hub.domain.errors import RejectedMessageError
from hub.domain.referral import ConsentScope, Limits, NhsNumberStatus, Outcome, Parsed, Part

Message = dict[str, Any]


JSON = "substance_misuse/adult_with_children.json"
CSV = "substance_misuse/adult_with_children.csv"
HEADER = b"referral_ref,referral_version,created,client_name,reported_on,consent,consent_reason,child_name\n"
ROW = b"R1,1,2024-03-20T09:30:00Z,Daniel Hart,2024-03-19,unknown,,Maya Hart\n"


def parse_json(value: object) -> list[Parsed]:
    return list(AdultWithChildrenJson().parse(json.dumps(value).encode(), Limits()))


def parse_csv(body: bytes, declared: int | None = None, limits: Limits | None = None) -> list[Parsed]:
    return list(AdultWithChildrenCsv(declared).parse(body, limits or Limits()))


def codes(parsed: Parsed) -> set[tuple[str, str]]:
    return {(issue.code, issue.location) for issue in parsed.issues}


def refused(body: bytes, declared: int | None = None, limits: Limits | None = None) -> str:
    with pytest.raises(RejectedMessageError) as caught:
        parse_csv(body, declared, limits)
    return caught.value.code


def test_one_adult_and_the_children_become_people(plain: Callable[[str], Message]) -> None:
    (parsed,) = parse_json(plain(JSON))
    adult, *children = parsed.draft.people
    assert adult.parts == {Part.PARENT}
    assert (adult.nhs_number, adult.nhs_number_status) == ("9000000017", NhsNumberStatus.VERIFIED)
    assert [set(c.parts) for c in children] == [{Part.CHILD}, {Part.CHILD}, {Part.UNBORN_CHILD}]
    assert children[0].contact["household"].value == "their mother"


def test_what_speaks_of_the_adult_alone_is_narrowed_and_free_text_is_not(plain: Callable[[str], Message]) -> None:
    (entry,) = parse_json(plain(JSON))[0].draft.entries
    assert entry.about == ("c1", "k1", "k2", "k3")
    assert entry.narrowed["substances"] == ("c1",)
    assert "concern" not in entry.narrowed


@pytest.mark.parametrize("word", ["given", "refused", "not_sought", "unknown"])
def test_each_answer_about_consent_is_its_own_value(plain: Callable[[str], Message], word: str) -> None:
    referral = plain(JSON)
    referral["referrals"][0]["consent"] = {"obtained": word, "reason": "told by the service"}
    (consent,) = parse_json(referral)[0].draft.consents
    assert (consent.word.value, consent.scope, consent.about) == (word, ConsentScope.HUB_SHARING, "c1")


def test_consent_not_sought_without_a_reason_is_quarantined_alone(message: Callable[[str], bytes]) -> None:
    bad, good = AdultWithChildrenJson().parse(message("substance_misuse/not_sought_without_reason.json"), Limits())
    assert bad.outcome is Outcome.QUARANTINED
    assert codes(bad) == {("reason_required", "/referrals/0/consent/reason")}
    assert good.outcome is Outcome.ACCEPTED


def test_a_missing_answer_about_consent_is_not_read_as_any_answer(plain: Callable[[str], Message]) -> None:
    referral = plain(JSON)
    del referral["referrals"][0]["consent"]
    assert ("required", "/referrals/0/consent") in codes(parse_json(referral)[0])


def test_csv_rows_of_one_adult_become_one_referral_with_several_children(message: Callable[[str], bytes]) -> None:
    daniel, zoe = parse_csv(message(CSV))
    assert [p.fields.get("name") and p.fields["name"].value for p in daniel.draft.people] == [
        "Daniel Hart",
        "Maya Hart",
        "Theo Hart",
        None,
    ]
    assert [p.key for p in zoe.draft.people] == ["adult"]
    assert daniel.issues == zoe.issues == ()


def test_csv_values_point_to_their_row_and_column(message: Callable[[str], bytes]) -> None:
    daniel, _ = parse_csv(message(CSV))
    assert daniel.pointer == "row 2"
    assert daniel.draft.people[2].fields["name"].pointer == "row 4 col child_name"
    assert str(daniel.draft.people[0].birth_date) == "1988-11-02"


def test_a_cell_that_begins_like_a_formula_is_kept_as_written(message: Callable[[str], bytes]) -> None:
    daniel, _ = parse_csv(message(CSV))
    assert daniel.draft.entries[0].fields["summary"].value == "=He came by himself in February"


def test_windows_1252_is_read_with_a_warning(message: Callable[[str], bytes]) -> None:
    daniel, zoe = parse_csv(message("substance_misuse/windows_1252.csv"))
    assert codes(daniel) == {("read_as_windows_1252", "row 1")}
    assert zoe.draft.people[0].fields["name"].value == "Zoë Lamb"


def test_a_cut_off_file_does_not_pass_as_a_short_one() -> None:
    assert refused(HEADER + ROW + b"#rows=2\n") == "row_count_differs"
    assert refused(HEADER + ROW, declared=2) == "row_count_differs"
    assert refused(HEADER + ROW + b"#rows=1\n", declared=2) == "row_count_differs"


def test_a_file_that_declares_no_row_count_is_read_with_a_warning() -> None:
    (parsed,) = parse_csv(HEADER + ROW)
    assert codes(parsed) == {("row_count_not_declared", "row 1")}
    assert parse_csv(HEADER + ROW, declared=1)[0].issues == ()


def test_two_stories_of_one_adult_are_quarantined_and_others_go_on() -> None:
    body = HEADER + ROW + ROW.replace(b"Daniel", b"David") + ROW.replace(b"R1", b"R2") + b"#rows=3\n"
    bad, good = parse_csv(body)
    assert codes(bad) == {("rows_disagree", "row 3 col client_name")}
    assert good.outcome is Outcome.ACCEPTED


def test_a_row_with_too_many_cells_is_quarantined_alone() -> None:
    bad, good = parse_csv(HEADER + ROW.replace(b"\n", b",x\n") + ROW.replace(b"R1", b"R2") + b"#rows=2\n")
    assert codes(bad) == {("wrong_number_of_cells", "row 2")}
    assert good.outcome is Outcome.ACCEPTED


def test_rows_without_a_reference_stand_alone() -> None:
    rows = ROW.replace(b"R1", b"")
    outcomes = parse_csv(HEADER + rows + rows + b"#rows=2\n")
    assert [codes(p) for p in outcomes] == [
        {("required", "row 2 col referral_ref")},
        {("required", "row 3 col referral_ref")},
    ]


def test_a_bad_cell_is_named_by_row_and_column_and_never_shown() -> None:
    (parsed,) = parse_csv(HEADER + ROW.replace(b"2024-03-19", b"yesterday") + b"#rows=1\n")
    assert codes(parsed) == {("not_a_date", "row 2 col reported_on")}
    assert "yesterday" not in repr(parsed)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "empty_message"),
        (HEADER.replace(b"consent,", b""), "missing_column"),
        (HEADER.replace(b"child_name", b"created") + ROW, "duplicate_column"),
        (HEADER + b'R1,"never ends', "malformed_csv"),
        (HEADER + b'R1,"a"b,c', "malformed_csv"),
        (HEADER + ROW.replace(b"Maya", b"Ma\x00ya"), "unsafe_character"),
        (HEADER + ROW.replace(b"Maya", b"\x81"), "unknown_encoding"),
        (HEADER + b"x" * 200_000, "malformed_csv"),
    ],
)
def test_a_malformed_file_is_refused_as_a_whole(body: bytes, code: str) -> None:
    assert refused(body) == code


def test_limits_are_kept() -> None:
    assert refused(HEADER + ROW, limits=Limits(max_bytes=10)) == "message_too_large"
    assert refused(HEADER + ROW + ROW, limits=Limits(max_records=1)) == "too_many_records"
    (parsed,) = parse_csv(HEADER + ROW, 1, Limits(max_field_characters=10))
    assert ("field_too_long", "row 2 col client_name") in codes(parsed)


def test_columns_we_do_not_know_are_counted_and_never_named() -> None:
    (parsed,) = parse_csv(HEADER.replace(b"child_name", b"pet_name") + ROW, 1)
    assert codes(parsed) == {("unknown_keys", "row 1 count=1")}
