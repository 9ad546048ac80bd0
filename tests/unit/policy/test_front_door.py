"""A decision is due in one working day, over weekends and bank holidays; a rating makes it sooner and never later."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from hub.domain.errors import PolicyError
from hub.policy.front_door import load_front_door, working_hours_after
from hub.policy.working_days import load_calendar

POLICIES = Path(__file__).resolve().parents[3] / "policies"
TEXT = (POLICIES / "front_door.yaml").read_text()
RULES = load_front_door(TEXT, "front_door.yaml")
CALENDAR = load_calendar((POLICIES / "bank-holidays.yaml").read_text(), "bank-holidays.yaml")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("received", "rating", "due"),
    [
        ("2026-11-23T09:30", "", "2026-11-24T17:00"),
        ("2026-11-27T16:00", "", "2026-11-30T17:00"),
        ("2026-12-24T23:00", "", "2026-12-29T17:00"),
        ("2026-11-28T02:00", "red", "2026-11-28T06:00"),
        ("2026-11-27T16:00", "amber", "2026-11-30T14:00"),
        ("2026-12-24T16:30", "amber", "2026-12-29T14:30"),
        ("2026-11-23T09:30", "green", "2026-11-24T17:00"),
        ("2026-11-28T02:00", "green", "2026-11-30T17:00"),
        ("2026-06-01T08:00", "amber", "2026-06-01T14:00"),
        ("2026-11-23T09:30", "mauve", "2026-11-24T17:00"),
    ],
)
def test_it_is_due_in_one_working_day_or_sooner(received: str, rating: str, due: str) -> None:
    rated = (rating, at(received)) if rating else None
    assert RULES.decide_by(at(received), CALENDAR, rated) == at(due)


def test_no_rating_ever_makes_it_later() -> None:
    for day in range(1, 29):
        for hour in range(24):
            received = datetime(2026, 12, day, hour, 13, tzinfo=UTC)
            latest = RULES.decide_by(received, CALENDAR)
            for rating in RULES.ratings:
                assert received < RULES.decide_by(received, CALENDAR, (rating, received)) <= latest


def test_working_hours_begin_in_the_morning_and_go_on_the_next_day() -> None:
    night = at("2026-11-23T22:00")
    assert working_hours_after(night, 1, RULES.begins, CALENDAR) == at("2026-11-24T10:00")
    assert working_hours_after(at("2026-11-23T16:59"), 9, RULES.begins, CALENDAR) == at("2026-11-25T09:59")


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("count: running", "count: sometimes", "unknown_word"),
        ('hours: "4"', 'hours: "0"', "malformed"),
        ("  returned: Returned", "  gone: Returned", "missing_key"),
        ("decide_within: P1D", "decide_within: P1D\ndecide_within: P9D", "duplicate_key"),
    ],
)
def test_a_file_that_is_not_exactly_that_is_refused_with_its_place(old: str, new: str, code: str) -> None:
    with pytest.raises(PolicyError) as caught:
        load_front_door(TEXT.replace(old, new, 1), "front_door.yaml")
    assert code in caught.value.code
    assert caught.value.where.startswith("front_door.yaml:")
