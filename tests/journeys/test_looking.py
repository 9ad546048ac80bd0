"""Narrowing, reading as known on a day, accounts side by side, finding, the genogram: as a reader meets them."""

import re
from datetime import timedelta

import pytest
from flask import Flask

from hub.domain.fields import RecordKind
from hub.domain.labels import Sensitivity
from tests.factories import SmallWorld
from tests.journeys.readers import Reader, bare, plain
from tests.spec.helping import deposit, named, reference_of, since, treatment


@pytest.fixture
def sally(sqlite_world: SmallWorld, sqlite_app: Flask) -> Reader:
    """Return Sally at an open family: a police notice, a day later a treatment report, a section 47 enquiry."""
    sqlite_world.police_notice()
    sqlite_world.clock.advance(days=1)
    sqlite_world.send("sm", "adult_with_children_json", treatment())
    sqlite_world.hub.rounds.run_once()
    sqlite_world.accept()
    sqlite_world.allocate("sally", lead=True)
    sqlite_world.open()
    reader = Reader(sqlite_app, "sally")
    reader.open(sqlite_world.family)
    return reader


def chronology(page: str) -> str:
    return page.split("Chronology", 1)[1]


def test_a_filter_keeps_what_is_asked_for_and_counts_what_may_be_seen(sally: Reader, sqlite_world: SmallWorld) -> None:
    path = f"/families/{sqlite_world.family}"
    everything = chronology(sally.words(path))
    assert "Police safeguarding notice" in everything
    assert "Drug and alcohol service report" in everything
    for query in (f"agency={sqlite_world.agencies['sm']}", "kind=treatment_report"):
        page = chronology(sally.words(f"{path}?{query}"))
        assert "Showing 1 of 1 that match" in page
        assert "Alcohol, most evenings" in page
        assert "Maya was standing" not in page
    voices = chronology(sally.words(f"{path}?statement=child_voice"))
    assert "hands on my ears" in voices
    assert "Alcohol, most evenings" not in voices
    today = sqlite_world.clock().date()
    assert "No entry that you may see matches" in sally.words(f"{path}?from={today + timedelta(days=1)}")


def test_a_filter_by_person_and_a_day_that_is_none(sally: Reader, sqlite_world: SmallWorld) -> None:
    path = f"/families/{sqlite_world.family}"
    theo = named(sqlite_world, "Theo Hart")
    assert "Showing" in sally.words(f"{path}?person={theo}")
    for query in ("from=yesterday", "until=2026-02-30", "known=2026", "from=2026-03-05~"):
        assert sally.get(f"{path}?{query}").status_code == 422


def test_what_is_hidden_is_not_offered_and_finds_what_nothing_finds(
    sqlite_world: SmallWorld, sqlite_app: Flask
) -> None:
    sqlite_world.police_notice()
    sqlite_world.allocate("pete", "alleged_perpetrator")
    about = [reference_of(sqlite_world, "Grace Adeyemi-Hart")]
    deposit(sqlite_world, "mh", RecordKind.HEALTH_REPORT, about, {"summary": "Seen at the clinic"})
    pete = Reader(sqlite_app, "pete")
    pete.open(sqlite_world.family)
    path = f"/families/{sqlite_world.family}"
    health = sqlite_world.agencies["mh"]
    assert f'value="{health}"' not in pete.get(path).text
    assert bare(pete.get(f"{path}?agency={health}")) == bare(pete.get(f"{path}?agency=nobody"))


def test_a_page_as_known_on_a_day_holds_what_had_come_and_no_more_than_may_be_seen_today(
    sally: Reader, sqlite_world: SmallWorld
) -> None:
    path = f"/families/{sqlite_world.family}"
    first = sqlite_world.clock().date() - timedelta(days=1)
    then = sally.words(f"{path}?known={first}")
    assert "As known on 23 November 2026" in then
    assert "Maya was standing" in then
    assert "Alcohol, most evenings" not in then
    assert "Zo" not in sally.words(f"{path}/genogram?known={first - timedelta(days=1)}").split("People", 1)[1]
    before = sally.words(f"{path}?known={first - timedelta(days=1)}")
    assert "No people can be shown" in before
    sqlite_world.hub.recording.end(
        sqlite_world.accounts["manager"], sqlite_world.family, _opening(sqlite_world), sqlite_world.clock()
    )
    sally.open(sqlite_world.family, "support_family")
    assert "hands on my ears" not in sally.words(f"{path}?known={first}")


def _opening(world: SmallWorld) -> str:
    return world.view("sally").openings[0].id


def test_accounts_of_one_day_stand_side_by_side_each_with_its_agency(sally: Reader, sqlite_world: SmallWorld) -> None:
    maya = [reference_of(sqlite_world, "Maya Hart")]
    deposit(sqlite_world, "police", RecordKind.POLICE_NOTICE, maya, {"what_happened": "She was seen with a bruise"})
    deposit(sqlite_world, "csc", RecordKind.TEAM_ENTRY, maya, {"summary": "She had no mark when I visited"})
    html = sally.get(f"/families/{sqlite_world.family}").text
    (group,) = re.findall(r'<div class="hub-accounts">.*?</li>', html, re.DOTALL)
    assert "2 agencies wrote about this day and the same people." in group
    accounts = group.split('class="hub-account"')[1:]
    assert len(accounts) == 2
    for words, agency in (("bruise", "Exampleshire Constabulary"), ("no mark", "Children&#39;s Services")):
        (account,) = [one for one in accounts if words in one]
        assert agency in account


def test_words_are_found_in_what_may_be_seen_and_kept_nowhere(sally: Reader, sqlite_world: SmallWorld) -> None:
    path = f"/families/{sqlite_world.family}/find"
    before = sqlite_world.entries()
    answer = sally.send(path, words="EARS hands")
    assert "<mark>hands</mark>" in answer.text
    assert "1 of" in plain(answer)
    entries = since(sqlite_world, before)
    assert [entry.entry.act for entry in entries].count("chronology:find") == 1
    assert "ears" not in str([entry.entry for entry in entries]).casefold()
    assert "No entry that you may see holds these words" in plain(sally.send(path, words="zebra"))
    assert "at least one word" in plain(sally.send(path, words="  "))


def test_found_words_stay_words(sally: Reader, sqlite_world: SmallWorld) -> None:
    maya = [reference_of(sqlite_world, "Maya Hart")]
    deposit(sqlite_world, "csc", RecordKind.TEAM_ENTRY, maya, {"summary": "Wrote <b>help</b> & ran"})
    html = sally.send(f"/families/{sqlite_world.family}/find", words="<b> &").text
    assert "<mark>&lt;b&gt;</mark>help&lt;/b&gt; <mark>&amp;</mark> ran" in html


def test_the_genogram_says_in_its_list_what_it_draws(sally: Reader, sqlite_world: SmallWorld) -> None:
    html = sally.get(f"/families/{sqlite_world.family}/genogram")
    words = plain(html)
    assert "Grace Adeyemi-Hart: mother of Maya Hart" in words
    assert "Home A Grace Adeyemi-Hart, Maya Hart" in words
    for shape in ("<rect", "<circle", "0-19 19 19-19 19Z"):
        assert shape in html.text.split("What the symbols")[0]


def test_the_genogram_draws_nobody_its_reader_may_not_know(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    sqlite_world.police_notice()
    sqlite_world.allocate("pete", "alleged_perpetrator")
    both = [reference_of(sqlite_world, name) for name in ("Grace Adeyemi-Hart", "Maya Hart")]
    fields = {"household": "Rowan House", "safe_times": "Mondays"}
    deposit(sqlite_world, "da", RecordKind.PROTECTED_CONTACT, both, fields, Sensitivity.PROTECTED)
    pete = Reader(sqlite_app, "pete")
    page = pete.open(sqlite_world.family)
    drawn = pete.words(f"/families/{sqlite_world.family}/genogram")
    people = page.split("How they are related", 1)[1].split("Who is involved", 1)[0]
    assert "Rowan House" not in drawn
    for name in ("Grace Adeyemi-Hart", "Maya Hart", "Theo Hart", "Daniel Hart"):
        assert (name in drawn) == (name in people)


def test_without_a_reason_neither_page_opens(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    sqlite_world.police_notice()
    sqlite_world.allocate("sally")
    sally = Reader(sqlite_app, "sally")
    for page in ("find", "genogram"):
        answer = sally.get(f"/families/{sqlite_world.family}/{page}")
        assert answer.headers["Location"].endswith("/reason")
