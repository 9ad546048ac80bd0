"""Whose word counts on which day. Midnight is London's; the law is cited in hub/domain/life.py and speaking.py."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from hub.domain.facts import Fact, FactKind, dated
from hub.domain.ids import AccountId, FactId, PersonId
from hub.domain.life import LifeEvent, birthdays, earliest_birthday
from hub.domain.partial_date import PartialDate
from hub.domain.speaking import PARENT, Lives

MAYA, MUM, DAD = "maya", "mum", "dad"
NOW = datetime(2030, 6, 3, 12, tzinfo=UTC)
DAY = timedelta(days=1)
JUST = timedelta(microseconds=1)
SIXTEEN = datetime(2030, 3, 31, 0, tzinfo=UTC)


def life(event: str, at: datetime, *, person: str = MAYA, **more: object) -> Fact:
    body = {"event": event, "person": person, **more}
    id_ = FactId(f"{event}-{person}-{at.isoformat()}")
    return Fact(id_, f"person:{person}", 1, FactKind.LIFE, body, at, None, at, AccountId("worker"))


def word(status: str, at: datetime, capacity: str | None = PARENT, giver: str = MUM, person: str = MAYA) -> Fact:
    speaker = {} if capacity is None else {"capacity": capacity, "given_by": giver}
    scope = {key: ["*"] for key in ("categories", "sources", "recipients", "purposes")}
    body = {"status": status, "kind": "confidentiality_agreement", **scope, **speaker}
    return Fact(FactId("w"), f"person:{person}", 2, FactKind.CONSENT, body, at, None, at, AccountId("worker"))


def counts(said: Fact, *events: Fact, at: datetime = NOW, known: datetime | None = None) -> bool:
    return Lives(dated(events, known=known or at)).counts(said, at)


@pytest.mark.parametrize(
    ("born", "years", "day"),
    [
        ("2014-03-31", 16, date(2030, 3, 31)),
        ("2008-02-29", 16, date(2024, 2, 29)),
        ("2008-02-29", 18, date(2026, 3, 1)),
        ("2010-05", 16, date(2026, 5, 1)),
        ("2010", 18, date(2028, 1, 1)),
        ("2010~", 16, date(2025, 1, 1)),
        ("2010-05~", 16, date(2026, 4, 1)),
        ("2010-05-01~", 16, date(2026, 4, 30)),
    ],
)
def test_an_age_is_reached_on_the_earliest_possible_day(born: str, years: int, day: date) -> None:
    assert earliest_birthday(PartialDate.parse(born), years) == day


def test_of_two_birth_dates_the_earlier_counts_and_of_none_there_is_no_day() -> None:
    found = birthdays([PartialDate.parse("2012-01-05"), PartialDate.parse("2011-12-05")])
    assert found[LifeEvent.TURNS_16] == datetime(2027, 12, 5, tzinfo=UTC)
    assert birthdays([]) == {}


@pytest.mark.parametrize(
    ("born", "begins"),
    [
        ("2014-03-31", datetime(2030, 3, 31, 0, tzinfo=UTC)),
        ("2014-04-01", datetime(2030, 3, 31, 23, tzinfo=UTC)),
        ("2014-10-28", datetime(2030, 10, 28, 0, tzinfo=UTC)),
        ("2014-10-27", datetime(2030, 10, 26, 23, tzinfo=UTC)),
    ],
)
def test_the_day_begins_at_midnight_in_london_when_the_clocks_change_too(born: str, begins: datetime) -> None:
    assert birthdays([PartialDate.parse(born)])[LifeEvent.TURNS_16] == begins


@pytest.mark.parametrize("event", ["turns_16", "turns_18", "competent"])
def test_a_parents_yes_counts_until_the_day_and_not_on_it(event: str) -> None:
    yes, turned = word("given", SIXTEEN - 300 * DAY), life(event, SIXTEEN)
    known = SIXTEEN + 9 * DAY
    assert counts(yes, turned, at=SIXTEEN - JUST, known=known)
    assert not counts(yes, turned, at=SIXTEEN, known=known)
    assert not counts(yes, turned, at=SIXTEEN + DAY, known=known)
    assert not counts(word("given", SIXTEEN + DAY), turned, at=SIXTEEN + 2 * DAY)


def test_a_no_does_not_lapse_on_a_birthday_but_a_parents_no_after_it_is_nobodys_word() -> None:
    turned = life("turns_16", SIXTEEN)
    assert counts(word("refused", SIXTEEN - DAY), turned)
    assert counts(word("withdrawn", SIXTEEN - DAY), turned)
    assert not counts(word("refused", SIXTEEN + DAY), turned)
    assert counts(word("refused", SIXTEEN + DAY, "adult", MAYA), turned)


def test_what_a_child_said_in_their_own_right_stands_after_the_birthday() -> None:
    assert counts(word("given", SIXTEEN - DAY, "gillick", MAYA), life("turns_16", SIXTEEN))


def test_an_older_word_about_somebody_under_16_that_says_nothing_of_the_giver_is_a_parents() -> None:
    older = word("given", SIXTEEN - DAY, None)
    assert counts(older, life("turns_16", SIXTEEN), at=SIXTEEN - JUST, known=SIXTEEN)
    assert not counts(older, life("turns_16", SIXTEEN))
    assert counts(word("given", SIXTEEN + DAY, None), life("turns_16", SIXTEEN))


def test_at_16_a_parent_speaks_for_who_lacks_capacity_and_at_18_nobody_does() -> None:
    turned, lacks = life("turns_16", SIXTEEN), life("incapable", SIXTEEN)
    yes = word("given", SIXTEEN + DAY)
    assert counts(yes, turned, lacks)
    assert not counts(yes, turned, lacks, life("turns_18", SIXTEEN + 2 * DAY))


def test_a_loss_of_capacity_keeps_earlier_words_and_admits_no_new_yes() -> None:
    lost = life("incapable", NOW - 10 * DAY)
    assert counts(word("given", NOW - 11 * DAY, "adult", MAYA), lost)
    assert not counts(word("given", NOW - 9 * DAY, "adult", MAYA), lost)
    assert counts(word("refused", NOW - 9 * DAY, "adult", MAYA), lost)


def test_capacity_regained_does_not_make_an_earlier_yes_good() -> None:
    lost = life("incapable", NOW - 10 * DAY)
    regained = replace(lost, id=FactId("r"), valid_from=NOW - 5 * DAY, recorded_at=NOW - 5 * DAY, ends=lost.id)
    assert not counts(word("given", NOW - 9 * DAY, "adult", MAYA), lost, regained)
    assert counts(word("given", NOW - 4 * DAY, "adult", MAYA), lost, regained)


def test_somebody_else_speaks_for_an_adult_only_when_appointed_before() -> None:
    named = life("spoken_for", NOW - 5 * DAY, holders=["aunt"])
    assert counts(word("given", NOW - DAY, "adult", "aunt"), named)
    assert not counts(word("given", NOW - 6 * DAY, "adult", "aunt"), named)
    assert not counts(word("given", NOW - DAY, "adult", DAD), named)


def test_an_order_decides_from_its_day_whose_yes_for_the_child_counts() -> None:
    order = life("order", NOW - 5 * DAY, holders=[DAD])
    from_mum, from_dad = word("given", NOW - 9 * DAY), word("given", NOW - 9 * DAY, PARENT, DAD)
    before = NOW - 5 * DAY - JUST
    assert counts(from_mum, order, at=before, known=NOW)
    assert not counts(from_mum, order, at=NOW - 5 * DAY, known=NOW)
    assert counts(from_dad, order)
    later = life("order", NOW - DAY, holders=[MUM])
    assert counts(from_mum, order, later)
    assert not counts(from_dad, order, later)


def test_a_death_ends_every_consent_and_no_refusal() -> None:
    died = life("death", NOW - DAY)
    yes = word("given", NOW - 9 * DAY, "adult", MAYA)
    assert counts(yes, died, at=NOW - DAY - JUST, known=NOW)
    assert not counts(yes, died, at=NOW - DAY, known=NOW)
    assert counts(word("refused", NOW - 9 * DAY, "adult", MAYA), died)


def test_a_parents_yes_ends_with_the_parents_life() -> None:
    assert not counts(word("given", NOW - 9 * DAY), life("death", NOW - DAY, person=MUM))
    assert counts(word("given", NOW - 9 * DAY), life("death", NOW - DAY, person=DAD))


def test_twins_are_two_people() -> None:
    other = word("given", SIXTEEN - DAY, person="twin")
    assert counts(other, life("turns_16", SIXTEEN))
    assert not counts(other, life("turns_16", SIXTEEN), life("turns_16", SIXTEEN, person="twin"))


def test_a_wrong_birth_date_corrected_counts_from_when_it_was_known() -> None:
    wrong = replace(life("turns_16", SIXTEEN), recorded_at=SIXTEEN - 100 * DAY)
    undone = replace(wrong, id=FactId("u"), recorded_at=SIXTEEN + 10 * DAY, ends=wrong.id)
    right = replace(life("turns_16", SIXTEEN + 365 * DAY), recorded_at=SIXTEEN + 10 * DAY)
    yes, asked = word("given", SIXTEEN - DAY), SIXTEEN + 5 * DAY
    assert not counts(yes, wrong, undone, right, at=asked, known=asked)
    assert counts(yes, wrong, undone, right, at=asked, known=NOW)
    assert not counts(yes, wrong, undone, right, at=SIXTEEN + 365 * DAY, known=NOW + 800 * DAY)


def test_nobody_is_opened_as_a_child_from_18_and_everybody_in_an_emergency() -> None:
    lives = Lives([life("turns_18", SIXTEEN)])
    assert lives.opens("s47_enquiry", PersonId(MAYA), SIXTEEN - JUST)
    assert not lives.opens("s47_enquiry", PersonId(MAYA), SIXTEEN)
    assert lives.opens("emergency", PersonId(MAYA), SIXTEEN)


@pytest.mark.parametrize("broken", [{"capacity": "perhaps"}, {"capacity": None}, {"given_by": None}])
def test_a_word_that_does_not_say_who_spoke_is_a_fault(broken: dict[str, str | None]) -> None:
    said = word("given", NOW)
    body = {key: value for key, value in (dict(said.body) | broken).items() if value is not None}
    with pytest.raises((KeyError, ValueError)):
        counts(replace(said, body=body))


def test_an_event_nobody_knows_is_a_fault() -> None:
    with pytest.raises(ValueError):
        Lives([life("marries", NOW)])
