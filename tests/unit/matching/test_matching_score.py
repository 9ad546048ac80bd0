from dataclasses import replace

import pytest

from hub.domain.partial_date import PartialDate
from hub.matching.block import blocking_keys
from hub.matching.identity import Identity
from hub.matching.score import Grade, compare


def someone(name: str, born: str | None = None, number: str = "", *, verified: bool = False) -> Identity:
    return Identity((name,), PartialDate.parse(born) if born else None, number, verified)


GRACE = someone("Grace Adeyemi-Hart", "1991-04-17", "9000000009", verified=True)
MAYA = someone("Maya Hart", "2016-03-05", "9000000025", verified=True)


def grade(a: Identity, b: Identity) -> Grade:
    result = compare(a, b)
    assert compare(b, a).grade is result.grade, "who is compared with whom does not matter"
    return result.grade


@pytest.mark.parametrize(
    ("korean", "latin"),
    [
        ("김민준", "Kim Minjun"),
        ("김민준", "Minjun Kim"),
        ("김 민준", "Kim Min-jun"),
        ("이서연", "Lee Seoyeon"),
        ("박지우", "Park Ji-woo"),
        ("남궁민수", "Namgung Minsu"),
        ("민준", "Minjun"),
    ],
)
def test_a_korean_name_is_read_in_latin_letters_and_proposed(korean: str, latin: str) -> None:
    assert grade(someone(korean, "2016-03-05"), someone(latin, "2016-03-05")) is Grade.PROPOSE


def test_another_korean_name_is_not_proposed() -> None:
    assert grade(someone("이서연", "2016-03-05"), someone("Kim Minjun", "2016-03-05")) is Grade.NONE


def test_verified_number_date_of_birth_and_name_together_attach() -> None:
    assert grade(GRACE, replace(GRACE, names=("Grace Adeyemi",))) is Grade.ATTACH
    assert compare(GRACE, GRACE).reasons_for == (
        "given_name_same",
        "family_name_same",
        "birth_date_same",
        "nhs_number_traced",
    )


@pytest.mark.parametrize(
    "weaker",
    [
        replace(GRACE, nhs_verified=False),
        replace(GRACE, nhs_number=""),
        replace(GRACE, birth_date=None),
        replace(GRACE, birth_date=PartialDate.parse("1991-04")),
        replace(GRACE, birth_date=PartialDate.parse("1991-04-17~")),
        replace(GRACE, birth_date=PartialDate.parse("1991-04-18")),
        replace(GRACE, names=("Ngozi Bello",)),
        replace(GRACE, names=()),
    ],
)
def test_nothing_attaches_with_any_of_the_three_missing(weaker: Identity) -> None:
    assert grade(GRACE, weaker) is not Grade.ATTACH


def test_the_same_verified_number_alone_is_proposed() -> None:
    assert grade(GRACE, replace(GRACE, birth_date=None, names=())) is Grade.PROPOSE


def test_an_unverified_number_proposes_nothing() -> None:
    a, b = (someone(name, number="9000000009") for name in ("Grace Hart", "Ngozi Bello"))
    assert grade(a, b) is Grade.NONE


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Grace Adeyemi-Hart", "Grace Adeyemi"),
        ("Grace Adeyemi-Hart", "HART, Grace"),
        ("Siobhán Byrne", "Shivaun Byrne"),
        ("Mohammed Al-Rashid", "Muhammad Rashid"),
        ("Grace Jones", "Grace Okafor"),
        ("محمد علي", "محمد علي"),
        ("محمد خان", "Muhammad Khan"),
        ("Наталья Иванова", "Natalia Ivanova"),
        ("Liz Okafor", "Elizabeth Okafor"),
        ("Mary Ann Byrne", "Maryann Byrne"),
    ],
)
def test_the_same_date_of_birth_with_an_agreeing_name_is_proposed(one: str, other: str) -> None:
    assert grade(someone(one, "1991-04-17"), someone(other, "1991-04-17")) in {Grade.PROPOSE, Grade.LIKELY}


def test_day_and_month_may_be_turned_for_a_proposal_and_never_to_attach() -> None:
    turned = replace(MAYA, birth_date=PartialDate.parse("2016-05-03"))
    assert grade(MAYA, turned) is Grade.PROPOSE
    assert "birth_date_turned" in compare(MAYA, turned).reasons_for


@pytest.mark.parametrize("other", ["Mia Hart", "Theo Hart", "Amelia Hart"])
def test_twins_share_a_family_name_and_a_birthday_and_are_neither_attached_nor_proposed(other: str) -> None:
    assert grade(MAYA, someone(other, "2016-03-05", "9000000033", verified=True)) is Grade.NONE


def test_twins_entered_under_one_number_are_left_to_a_person() -> None:
    assert grade(MAYA, replace(MAYA, names=("Theo Hart",))) is Grade.PROPOSE


def test_cousins_of_one_name_are_not_joined() -> None:
    assert grade(MAYA, someone("Maya Hart", "2015-11-20")) is Grade.NONE
    cousin = someone("Maya Hart", "2016-03-05", "9000000041", verified=True)
    assert grade(MAYA, cousin) is Grade.PROPOSE
    assert "nhs_number_differ" in compare(MAYA, cousin).reasons_against


TWIN = replace(
    MAYA, nhs_number="", nhs_verified=False, sex="F", places=("14 Larch Court, ZZ1 4AB",), beside=("Theo Hart",)
)


@pytest.mark.parametrize("other", ["Mya Hart", "Amelia Hart", "Mia Hart", "Kaya Hart"])
def test_a_twin_in_the_same_house_is_never_called_likely(other: str) -> None:
    assert grade(TWIN, replace(TWIN, names=(other,))) in {Grade.NONE, Grade.PROPOSE}


def test_a_son_who_is_called_as_his_father_is_not_his_father() -> None:
    father = Identity(
        ("Leo Fletcher",), PartialDate.parse("1984-02-01"), "", nhs_verified=False, sex="M", places=TWIN.places
    )
    assert grade(father, replace(father, birth_date=PartialDate.parse("2012-07-19"))) is Grade.NONE
    assert grade(father, replace(father, birth_date=None)) is not Grade.LIKELY


def test_a_house_alone_makes_nobody_of_its_people() -> None:
    ann = replace(TWIN, names=(), birth_date=None, contacts=("01632 960111",))
    assert grade(ann, replace(ann, sex="")) is Grade.NONE


def test_who_moved_is_still_found_by_name_and_date() -> None:
    moved = replace(TWIN, places=("2 Mill Street, ZZ9 9ZZ",))
    assert grade(TWIN, moved) is not Grade.NONE
    assert "address_moved" in compare(TWIN, moved).reasons_against


@pytest.mark.parametrize(
    ("born", "level"),
    [
        ("2016-03-05", "birth_date_same"),
        ("2016-05-03", "birth_date_turned"),
        ("2016-03-06", "birth_date_slip"),
        ("2016-11-20", "birth_date_one_year"),
        ("2016-03", "birth_date_month"),
        ("2016", "birth_date_year"),
        ("2017~", "birth_date_about"),
        ("2012-11-20", "birth_date_differ"),
    ],
)
def test_how_far_two_dates_of_birth_agree(born: str, level: str) -> None:
    said = compare(TWIN, replace(TWIN, birth_date=PartialDate.parse(born)))
    assert level in {*said.reasons_for, *said.reasons_against}


def test_what_one_side_does_not_give_says_nothing() -> None:
    bare = someone("Maya Hart")
    said = compare(TWIN, bare)
    assert {*said.reasons_for, *said.reasons_against} == {"given_name_same", "family_name_same"}


def test_the_more_people_are_known_the_more_it_takes() -> None:
    two = someone("Grace Jones", "1991-04-17"), someone("Grace Okafor", "1991-04-17")
    assert compare(*two, known=50_000).grade is Grade.PROPOSE
    assert compare(*two, known=60_000_000).grade is Grade.NONE


def test_a_former_name_counts_as_much_as_the_present_one() -> None:
    married = Identity(("Grace Hart", "Grace Adeyemi"), PartialDate.parse("1991-04-17"), "", nhs_verified=False)
    assert grade(married, someone("Adeyemi Grace", "1991-04-17")) is Grade.PROPOSE


def test_two_people_without_anything_in_common_are_nothing() -> None:
    assert grade(GRACE, MAYA) is Grade.NONE
    assert grade(someone(""), someone("")) is Grade.NONE


def test_reasons_are_codes_and_hold_no_value() -> None:
    result = compare(GRACE, MAYA)
    for code in (*result.reasons_for, *result.reasons_against):
        assert code.replace("_", "").isalpha()


def test_a_number_is_a_block_traced_or_not_and_a_person_without_one_has_none() -> None:
    assert blocking_keys(GRACE)["nhs"] == blocking_keys(replace(GRACE, nhs_verified=False))["nhs"] == ["9000000009"]
    assert blocking_keys(replace(GRACE, nhs_number=""))["nhs"] == []


def test_turned_day_and_month_fall_into_one_block() -> None:
    turned = replace(MAYA, birth_date=PartialDate.parse("2016-05-03"))
    assert blocking_keys(MAYA)["dob"] == blocking_keys(turned)["dob"] == ["2016-03-05"]
    assert blocking_keys(replace(MAYA, birth_date=PartialDate.parse("2016")))["dob"] == []


def test_a_middle_name_or_another_order_still_falls_into_a_common_block() -> None:
    blocks = [set(blocking_keys(someone(name))["name"]) for name in ("Mary Jane Smith", "SMYTH Mary")]
    assert blocks[0] & blocks[1]
    assert blocking_keys(someone("Prince"))["name"]
