"""When a placing by the program is told: at an instant that might be a person's, and at no other."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.errors import PolicyError
from hub.domain.ids import AccountId, ReferralId
from hub.domain.partial_date import LOCAL
from hub.policy.working_days import Calendar, load_calendar
from hub.services.setup import MATCHER
from hub.services.telling import NARROWEST, READING, Hours, Telling, as_by_a_person
from hub.wiring.marking import marking

TEXT = (Path(__file__).resolve().parents[3] / "policies" / "bank-holidays.yaml").read_text()
CALENDAR = load_calendar(TEXT, "bank-holidays.yaml")
HOURS = Hours(time(9), CALENDAR)
MOST = (1 << 256) - 1
MONDAY = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
PERSON = AccountId("0193a7c4-0000-7000-8000-000000000001")

drawn = st.integers(0, MOST)
moments = st.timedeltas(timedelta(days=-300), timedelta(days=370)).map(lambda since: MONDAY + since)
clocks = st.timedeltas(timedelta(days=-3), timedelta(days=9))


def due(placed: datetime) -> datetime:
    return CALENDAR.due(placed, "P1D")


@given(moments, clocks, drawn)
def test_it_lies_in_the_desks_hours_on_a_working_day(placed: datetime, clock: timedelta, number: int) -> None:
    local = as_by_a_person(placed, placed + clock, HOURS, number).astimezone(LOCAL)
    assert CALENDAR.is_working(local.date())
    assert time(9) <= local.time() < CALENDAR.ends


@given(moments, clocks, drawn)
def test_it_comes_after_a_person_could_have_read_the_message(placed: datetime, clock: timedelta, number: int) -> None:
    told = as_by_a_person(placed, placed + clock, HOURS, number)
    spent = sum((last - first for first, last in HOURS.between(placed, told)), timedelta())
    assert told >= placed + READING
    assert spent >= READING


@given(moments, drawn)
def test_it_comes_before_the_clock_ends(placed: datetime, number: int) -> None:
    assert as_by_a_person(placed, due(placed), HOURS, number) < due(placed)


@given(moments, clocks, drawn)
def test_it_is_never_later_than_the_end_of_the_next_working_day_or_of_its_clock(
    placed: datetime, clock: timedelta, number: int
) -> None:
    assert as_by_a_person(placed, placed + clock, HOURS, number) < max(placed + clock, due(placed))


@given(moments, clocks, drawn, drawn)
def test_a_later_draw_is_a_later_instant(placed: datetime, clock: timedelta, one: int, other: int) -> None:
    first, second = (as_by_a_person(placed, placed + clock, HOURS, number) for number in sorted((one, other)))
    assert first <= second


@given(moments, clocks)
def test_there_is_always_an_hour_to_draw_from(placed: datetime, clock: timedelta) -> None:
    first, last = (as_by_a_person(placed, placed + clock, HOURS, number) for number in (0, MOST))
    assert sum((end - start for start, end in HOURS.between(first, last)), timedelta(microseconds=1)) >= NARROWEST


def test_a_rating_brings_it_forward_as_it_brings_a_persons_decision_forward() -> None:
    red = MONDAY + timedelta(hours=4)
    assert as_by_a_person(MONDAY, red, HOURS, MOST) < red
    assert as_by_a_person(MONDAY, due(MONDAY), HOURS, MOST) > red


@pytest.mark.parametrize(
    ("placed", "clock", "day"),
    [
        ("2026-11-27T22:00", "2026-11-28T02:00", date(2026, 11, 30)),  # red on a Friday night: not on Saturday
        ("2026-12-24T23:00", "2026-12-25T03:00", date(2026, 12, 29)),  # nor on Christmas Day or Boxing Day's substitute
        ("2026-11-24T16:50", "2026-11-24T17:00", None),  # ten minutes are left of its clock: the next working day's end
    ],
)
def test_a_clock_without_hours_of_the_desk_gives_the_next_working_day(
    placed: str, clock: str, day: date | None
) -> None:
    at, end = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (placed, clock))
    found = {as_by_a_person(at, end, HOURS, MOST * share // 100).date() for share in range(101)}
    assert found == ({day} if day else {date(2026, 11, 25)})


def seconds(told: Telling, count: int) -> list[datetime]:
    return [told.told_at(ReferralId(f"r-{number}"), MATCHER, MONDAY, due(MONDAY)) for number in range(count)]


def test_no_part_of_it_is_always_the_same_and_no_hour_is_left_out() -> None:
    found = seconds(Telling(HOURS, marking(b"key")), 2_000)
    assert len({one.microsecond for one in found}) > 1_500
    assert len({one.second for one in found}) == len({one.minute for one in found}) == 60
    hours = Counter((one.day, one.hour) for one in found)
    assert set(hours) == {(23, hour) for hour in range(9, 17)} | {(24, hour) for hour in range(9, 17)}
    whole = [count for key, count in hours.items() if key != (23, 9)]  # of the first hour ten minutes are left
    assert max(whole) < 2 * min(whole)


def test_nobody_without_the_key_can_foresee_it_and_asked_again_it_is_the_same() -> None:
    one, same, other = (seconds(Telling(HOURS, marking(key)), 50) for key in (b"key", b"key", b"another"))
    assert one == same
    assert not set(one) & set(other)


def test_what_a_person_decided_is_told_when_it_was_decided() -> None:
    midnight = datetime(2026, 11, 22, 0, 0, 7, 5, tzinfo=UTC)
    assert Telling(HOURS, marking(b"key")).told_at(ReferralId("r"), PERSON, midnight, due(midnight)) == midnight


def test_a_desk_without_hours_places_nothing_by_itself() -> None:
    with pytest.raises(PolicyError, match="front_door_never_open"):
        as_by_a_person(MONDAY, due(MONDAY), Hours(time(18), Calendar(frozenset(), time(17))), 1)
