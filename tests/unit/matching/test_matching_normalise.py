import pytest

from hub.matching.normalise import name_parts, sound, telling_parts, unordered_sound


@pytest.mark.parametrize(
    ("written", "parts"),
    [
        ("Mrs Zoë O\u2019Brien-Łukasz", ("zoe", "obrien", "lukasz")),
        ("Grace ADEYEMI-HART", ("grace", "adeyemi", "hart")),
        ("Søren Straße", ("soren", "strasse")),
        ("Наталья Ёлкина", ("наталья", "елкина")),
        ("नताशा शर्मा", ("नताशा", "शर्मा")),
        ("مُحَمَّد", ("محمد",)),
        ("김 민준", ("김", "민준")),
        ("김민준", ("김", "민준")),
        ("남궁민수", ("남궁", "민수")),
        ("민준", ("민준",)),
        ("  ", ()),
    ],
)
def test_names_of_any_script_become_comparable_parts(written: str, parts: tuple[str, ...]) -> None:
    assert name_parts(written) == parts


@pytest.mark.parametrize(
    "alike",
    [
        ("siobhan", "shivaun"),
        ("mohammed", "muhammad", "mohamed"),
        ("catherine", "katherine", "kathryn"),
        ("stephen", "steven"),
        ("smith", "smyth"),
        ("thomas", "tomas"),
    ],
)
def test_names_that_sound_alike_have_one_key(alike: tuple[str, ...]) -> None:
    assert len({sound(name) for name in alike}) == 1


@pytest.mark.parametrize(
    ("written", "latin"),
    [
        ("наталья", "natalia"),
        ("ахмед", "akhmed"),
        ("محمد", "muhammad"),
        ("علي", "ali"),
        ("فاطمة", "fatima"),
        ("फातिमा", "fatima"),
        ("शर्मा", "sharma"),
        ("ਸਿੰਘ", "singh"),
        ("γιωργοσ", "giorgos"),
        ("민준", "minjun"),
    ],
)
def test_a_name_of_another_script_sounds_as_it_is_written_in_latin_letters(written: str, latin: str) -> None:
    assert sound(name_parts(written)[0]) == sound(latin)


def test_a_script_whose_reading_depends_on_the_person_is_its_own_key() -> None:
    assert sound("小明") == "小明"


def test_letters_that_changed_places_fall_into_one_block() -> None:
    assert unordered_sound(("riley", "crmaon")) == unordered_sound(("cameron", "riley"))


def test_the_order_of_family_and_given_name_does_not_matter() -> None:
    assert unordered_sound(("maya", "hart")) == unordered_sound(("hart", "maya"))


def test_particles_and_initials_say_nothing_about_who_it_is() -> None:
    assert telling_parts("Ahmed bin J. Al Rashid") == ("ahmed", "rashid")
