"""A deadline falls on a working day of England, and early rather than late when a year is not known."""

from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest

from hub.domain.errors import PolicyError
from hub.policy.working_days import Calendar, load_calendar

TEXT = (Path(__file__).resolve().parents[3] / "policies" / "bank-holidays.yaml").read_text()
CALENDAR = load_calendar(TEXT, "bank-holidays.yaml")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("asked", "within", "due"),
    [
        ("2026-11-23T09:30", "P1D", "2026-11-24T17:00"),
        ("2026-11-27T16:00", "P1D", "2026-11-30T17:00"),
        ("2026-11-28T02:00", "P1D", "2026-11-30T17:00"),
        ("2026-12-24T09:00", "P1D", "2026-12-29T17:00"),
        ("2026-12-24T09:00", "P5D", "2027-01-05T17:00"),
        ("2026-11-28T02:00", "PT24H", "2026-11-29T02:00"),
        ("2026-01-31T09:00", "P1M", "2026-02-28T17:00"),
        ("2026-02-01T09:00", "P1Y", "2027-02-01T17:00"),
        ("2026-06-01T23:30", "P1D", "2026-06-03T16:00"),
        ("2026-11-23T09:30", "", "2026-11-24T17:00"),
    ],
)
def test_a_deadline_counts_working_days_and_hours_of_the_clock(asked: str, within: str, due: str) -> None:
    assert CALENDAR.due(at(asked), within) == at(due)


def test_an_unknown_year_makes_a_deadline_early_never_late() -> None:
    bare = Calendar(frozenset(), time(17))
    assert bare.due(at("2026-12-24T09:00"), "P5D") < CALENDAR.due(at("2026-12-24T09:00"), "P5D")


@pytest.mark.parametrize("within", ["5", "P5W", "PT", "P-1D", "P٣D"])
def test_a_period_nobody_can_read_is_refused(within: str) -> None:
    with pytest.raises(PolicyError, match="period_unknown"):
        CALENDAR.due(at("2026-11-23T09:30"), within)


def test_working_days_are_counted_between_and_backwards() -> None:
    assert CALENDAR.between(date(2026, 11, 27), date(2026, 11, 30)) == 1
    assert CALENDAR.between(date(2026, 11, 30), date(2026, 11, 27)) == 0
    assert CALENDAR.later(date(2026, 12, 29), -2) == date(2026, 12, 23)


def test_a_calendar_says_what_it_does_not_understand() -> None:
    with pytest.raises(PolicyError, match="malformed"):
        load_calendar(TEXT.replace("2026-12-28", "2026-12-32"), "bank-holidays.yaml")
