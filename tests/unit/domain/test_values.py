"""Values of the ground floor: what they refuse matters more than what they hold."""

import os
from datetime import UTC, date, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.canonical import canonical, digest, length_prefixed
from hub.domain.clock import from_micros, require_utc, stamp, to_micros
from hub.domain.errors import InvalidRequestError
from hub.domain.facts import Fact, FactKind, standing
from hub.domain.fields import SHAPES, RecordKind, category_of
from hub.domain.ids import IdMaker
from hub.domain.labels import Audience, Handling, Label, Sensitivity
from hub.domain.partial_date import PartialDate, Precision

NOON = datetime(2026, 3, 29, 12, 0, tzinfo=UTC)


@given(st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2200, 1, 1)))  # noqa: DTZ001  made aware below
def test_an_instant_survives_storage_to_the_microsecond(naive: datetime) -> None:
    instant = naive.replace(tzinfo=UTC)
    assert from_micros(to_micros(instant)) == instant


def test_a_naive_instant_is_refused_because_nobody_can_say_what_it_meant() -> None:
    with pytest.raises(InvalidRequestError):
        require_utc(datetime(2026, 1, 1))  # noqa: DTZ001  the point of the test


def test_a_stamp_has_one_width_whatever_the_zone() -> None:
    there = NOON.astimezone(timezone(timedelta(hours=5, minutes=30)))
    assert stamp(there) == "2026-03-29T12:00:00.000000Z"


def test_ids_made_later_sort_later_and_say_their_version() -> None:
    moments = iter(NOON + timedelta(milliseconds=n) for n in range(5))
    maker = IdMaker(lambda: next(moments), os.urandom)
    made = [maker.new() for _ in range(5)]
    assert made == sorted(made)
    assert {UUID(one).version for one in made} == {7}


@pytest.mark.parametrize("text", ["2024-03-05", "2024-03", "2024", "2019~", "2024-03~"])
def test_a_partial_date_is_written_as_it_was_read(text: str) -> None:
    assert str(PartialDate.parse(text)) == text


@pytest.mark.parametrize(
    "text", ["", "24-03-05", "2024-13", "2024-02-30", "2024-3-5", "\uff12\uff10\uff12\uff14", "2024-03-05T10:00", "x"]
)
def test_what_is_not_a_date_is_refused(text: str) -> None:
    with pytest.raises(InvalidRequestError):
        PartialDate.parse(text)


def test_a_late_evening_in_summer_belongs_to_the_local_day() -> None:
    assert PartialDate.of(datetime(2026, 6, 30, 23, 30, tzinfo=UTC)).first == date(2026, 7, 1)


def test_about_a_year_reads_as_about() -> None:
    assert PartialDate(date(2019, 1, 1), Precision.YEAR, approximate=True).in_words() == "about 2019"


def test_the_canonical_form_knows_one_way_to_say_a_thing() -> None:
    assert canonical({"b": [1, None], "a": "e\u0301"}) == canonical({"a": "\u00e9", "b": (1, None)})


def test_a_float_has_no_canonical_form() -> None:
    with pytest.raises(TypeError):
        canonical({"weight": 1.5})


@given(st.lists(st.binary(max_size=8), max_size=4), st.lists(st.binary(max_size=8), max_size=4))
def test_two_lists_of_parts_never_join_to_the_same_bytes(one: list[bytes], other: list[bytes]) -> None:
    assert (length_prefixed(*one) == length_prefixed(*other)) == (one == other)


def test_a_label_is_its_content_and_nothing_else() -> None:
    label = Label("identity", Sensitivity.PERSONAL, "a", frozenset({"r2", "r1"}))
    assert Label.from_content(label.content()) == label
    assert digest(label.content()) == label.digest()
    changed = Label("identity", Sensitivity.PERSONAL, "a", frozenset({"r2", "r1"}), Handling.C, Audience.ANY)
    assert changed.digest() != label.digest()


@pytest.mark.parametrize("broken", [{}, {"category": "identity"}, {"sensitivity": "secret"}])
def test_a_label_with_a_missing_or_unknown_part_is_no_label(broken: dict) -> None:
    with pytest.raises((KeyError, ValueError, TypeError)):
        Label.from_content(broken)


def test_a_field_that_is_not_declared_has_no_category() -> None:
    with pytest.raises(KeyError):
        category_of(RecordKind.PERSON, "shoe_size")


def test_every_record_has_a_field_of_its_main_category() -> None:
    assert all(shape.outline in shape.fields.values() for shape in SHAPES.values())


def fact(number: int, *, start: datetime = NOON, known: datetime = NOON, ends: str | None = None) -> Fact:
    return Fact(str(number), "person:p", number, FactKind.CONSENT, {}, start, None, known, "a", ends)


def test_an_ending_ends_from_its_own_instant_and_is_never_a_fact_in_force() -> None:
    given_, ended = fact(1), fact(2, start=NOON + timedelta(hours=1), known=NOON, ends="1")
    both = [given_, ended]
    before = standing(both, at=NOON, known=NOON + timedelta(days=1))
    assert [one.id for one in before] == ["1"]
    assert standing(both, at=NOON + timedelta(hours=1), known=NOON + timedelta(days=1)) == ()


def test_what_was_typed_later_was_not_known_before() -> None:
    late = fact(1, known=NOON + timedelta(days=4))
    assert standing([late], at=NOON, known=NOON + timedelta(days=3)) == ()
    assert standing([late], at=NOON, known=NOON + timedelta(days=4)) == (late,)
