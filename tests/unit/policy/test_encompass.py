"""A notice for a school is due at the start of its next day of school; which school is meant is read from a list."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from hub.domain.errors import PolicyError
from hub.policy.encompass import load_encompass
from hub.policy.working_days import load_calendar

POLICIES = Path(__file__).resolve().parents[3] / "policies"
TEXT = (POLICIES / "encompass.yaml").read_text()
CALENDAR = load_calendar((POLICIES / "bank-holidays.yaml").read_text(), "bank-holidays.yaml")
RULES = load_encompass(TEXT, "encompass.yaml")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("received", "school", "due"),
    [
        ("2026-11-24T02:00", "primary", "2026-11-24T08:30"),
        ("2026-11-24T08:29", "primary", "2026-11-24T08:30"),
        ("2026-11-24T08:30", "primary", "2026-11-25T08:30"),
        ("2026-11-28T03:00", "primary", "2026-11-30T08:30"),
        ("2026-11-26T12:00", "primary", "2026-11-30T08:30"),
        ("2026-11-26T12:00", "college", "2026-11-27T08:30"),
        ("2026-10-24T12:00", "primary", "2026-11-02T08:30"),
        ("2026-12-18T16:00", "", "2027-01-04T08:30"),
        ("2026-08-10T12:00", "primary", "2026-09-02T07:30"),
        ("2027-03-24T22:00", "primary", "2027-03-25T08:30"),
        ("2027-03-25T22:00", "primary", "2027-04-12T07:30"),
        ("2027-08-27T22:00", "primary", "2027-08-31T07:30"),
    ],
)
def test_a_notice_is_due_before_the_next_day_of_school(received: str, school: str, due: str) -> None:
    assert RULES.due(at(received), school, CALENDAR) == at(due)


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ("Northbridge Primary", "primary"),
        ("NORTHBRIDGE  PRIMARY SCHOOL.", "primary"),
        ("900002", "college"),
        ("", ""),
        ("Home educated", ""),
        ("Southbridge Primary", ""),
    ],
)
def test_a_school_is_meant_by_a_name_or_number_of_its_own(told: str, code: str) -> None:
    assert RULES.school_of(told) == code


def test_a_child_is_missed_from_their_fourth_birthday_and_one_without_a_birth_date_too() -> None:
    assert not RULES.of_school_age(date(2022, 11, 26), date(2026, 11, 25))
    assert RULES.of_school_age(date(2022, 11, 25), date(2026, 11, 25))
    assert RULES.of_school_age(None, date(2026, 11, 25))


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('names: [Northbridge College, "900002"]', "names: [northbridge primary]", "name_taken"),
        ('names: [Northbridge College, "900002"]', 'names: ["-"]', "name_taken"),
        ("elsewhere: exampleshire", "elsewhere: nowhere", "unknown_terms"),
        ("college: {terms: exampleshire", "college: {terms: nowhere", "unknown_terms"),
        ('until: "2026-10-23"', 'until: "2026-08-23"', "dates"),
        ('youngest: "4"', 'youngest: "four"', "malformed"),
        ('school_day_starts: "08:30"', 'school_day_starts: "08:30"\nsurprise: "1"', "unknown_key"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_place(old: str, new: str, code: str) -> None:
    with pytest.raises(PolicyError, match=code) as refused:
        load_encompass(TEXT.replace(old, new), "encompass.yaml")
    assert str(refused.value.where).startswith("encompass.yaml:")
