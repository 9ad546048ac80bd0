"""A child's school is told of a police notice before the school day: the bare fact, to its lead, and to no party."""

from datetime import UTC, datetime

import pytest

from hub.domain.errors import NotFoundError
from hub.services import school_desks
from hub.services.setup import NewPerson
from tests.factories import PASSWORD, SmallWorld
from tests.spec import schools
from tests.spec.helping import holds, raised
from tests.spec.schools import MAYA, THEO, listed, notice, read, send, tasks, words

SATURDAY = datetime(2026, 11, 28, 3, 0, tzinfo=UTC)
IN_THE_HOLIDAY = datetime(2026, 12, 24, 22, 0, tzinfo=UTC)


@pytest.fixture
def world(at_school: SmallWorld) -> SmallWorld:
    return at_school


def each_school_reads_its_own_child_alone(world: SmallWorld) -> None:
    send(world)
    primary = words(read(world, "pia"))
    assert MAYA in primary
    assert THEO not in primary
    college = words(read(world, "cora"))
    assert THEO in college
    assert MAYA not in college
    assert listed(world, "ellen") == []


def test_each_school_reads_its_own_child_alone(world: SmallWorld) -> None:
    each_school_reads_its_own_child_alone(world)


def test_a_notice_at_another_childs_school_is_noticed(world: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.policy.encompass.EncompassRules.school_of", lambda *_: "primary")
    assert not holds(lambda: each_school_reads_its_own_child_alone(world))


def the_bare_fact(world: SmallWorld) -> None:
    send(world, notice(narratives=[{"kind": "for_school", "text": "A quarrel of adults at home."}]))
    (child,) = read(world, "pia")
    assert (child.name, child.born_words) == (MAYA, "5 March 2016")
    assert (child.police_reference, child.occurred_words) == ("INC-24-55012", "5 March 2024, 22:40")
    assert (child.present_words, child.welfare_words, child.voice) == ("Yes", "Yes", schools.VOICE)
    assert child.circumstances == ""
    assert not [word for word in schools.HAPPENED if word in words([child])]


def test_a_school_is_told_the_bare_fact_and_what_the_child_said(world: SmallWorld) -> None:
    the_bare_fact(world)


def test_circumstances_go_along_only_where_the_parties_chose_so(world: SmallWorld) -> None:
    text = (world.settings.policies / "agreements" / "oe-2026-04.yaml").read_text()
    chosen_otherwise = text.replace('chosen: "yes"', 'chosen: "no"').replace('version: "1"', 'version: "2"')
    kept = chosen_otherwise.split("- words: Circumstances that the police wrote")
    rest = kept[1].split("- words: Another member")[1]
    world.ceremony.on(world.hub.signing, world.hub.rosters).bring_into_force(
        f"{kept[0]}- words: Another member{rest}", "oe-2026-04.yaml"
    )
    assert not holds(lambda: the_bare_fact(world))
    (child,) = read(world, "pia")
    assert child.circumstances == "A quarrel of adults at home."
    assert not [word for word in schools.HAPPENED if word in words([child])]


def a_clock_that_knows_weekends_and_holidays(world: SmallWorld) -> None:
    for sent, due in (
        (SATURDAY, "30 November 2026, 08:30"),
        (IN_THE_HOLIDAY, "4 January 2027, 08:30"),
    ):
        world.clock.now = sent
        send(world, notice(notice_ref=f"SN-{sent:%m%d}"), f"{sent}")
        lines = world.hub.encompass.notices.lines(world.accounts["cora"])
        assert f"read by {due}" in {line.due_words for line in lines}, sent
        assert "The police sent word about a child of yours: read it before the school day" in tasks(world, "cora")


def test_a_notice_of_a_weekend_or_a_holiday_is_sent_at_once_and_due_before_school(world: SmallWorld) -> None:
    a_clock_that_knows_weekends_and_holidays(world)


def test_a_clock_without_terms_is_noticed(world: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.policy.encompass.SchoolDays.is_school", lambda *_: True)
    assert not holds(lambda: a_clock_that_knows_weekends_and_holidays(world))


def the_officer_reads(world: SmallWorld, school: str) -> None:
    send(world, notice(("Northbridge Primary", school)))
    found = words(read(world, "ellen"))
    assert THEO in found
    assert MAYA not in found
    assert MAYA in words(read(world, "pia"))
    assert listed(world, "cora") == []


@pytest.mark.parametrize("school", ["", "Home educated", "A school that is not in this partnership"])
def test_a_child_whose_school_is_not_known_goes_to_the_authoritys_officer(world: SmallWorld, school: str) -> None:
    the_officer_reads(world, school)


def test_a_child_at_home_whom_nobody_is_told_of_is_noticed(world: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.policy.encompass.EncompassRules.of_school_age", lambda *_: False)
    assert not holds(lambda: the_officer_reads(world, ""))


def test_a_baby_without_a_school_is_nobodys_pupil(world: SmallWorld) -> None:
    said = notice(("Northbridge Primary", "")).replace(b'"2019-08"', b'"2024-01"')
    send(world, said)
    assert listed(world, "ellen") == []
    assert MAYA in words(read(world, "pia"))


def a_party_learns_nothing(world: SmallWorld) -> None:
    """Paul Hart of the notice is the school's lead Paul: his colleague reads it, and he finds no trace."""
    before = {name: (listed(world, name), tasks(world, name)) for name in ("paul", "pia")}
    send(world, schools.renamed(notice(), "p2", "Paul Hart"))
    id_ = listed(world, "pia")[0]
    assert (listed(world, "paul"), tasks(world, "paul")) == before["paul"]
    paul = world.accounts["paul"]
    for act in (world.hub.encompass.notices.line, world.hub.encompass.notices.read):
        assert raised(lambda act=act: act(paul, id_)) is NotFoundError
    assert MAYA in words(read(world, "pia"))


@pytest.fixture
def paul_hart(world: SmallWorld) -> SmallWorld:
    """Return the world where one of the school's two leads is called as somebody in the notice."""
    world.hub.setup.stop_person(world.accounts["paul"], world.agencies["primary"], "safeguarding_lead")
    person = NewPerson(
        "paulhart", "Mr Paul Hart", "01632 960100", world.agencies["primary"], "safeguarding_lead", PASSWORD
    )
    world.accounts["paul"] = world.hub.setup.add_person(person)
    return world


def test_a_lead_who_is_a_party_finds_no_trace_and_the_colleague_reads(paul_hart: SmallWorld) -> None:
    a_party_learns_nothing(paul_hart)


def test_a_party_who_is_not_passed_over_is_noticed(paul_hart: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(school_desks, "_sounds", lambda _names: set())
    assert not holds(lambda: a_party_learns_nothing(paul_hart))
