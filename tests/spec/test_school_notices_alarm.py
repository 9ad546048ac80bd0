"""A notice that does not arrive is never silent: each way it can fail is heard of, once, by who can do something."""

import pytest

from hub.domain.errors import AccessRefusedError, NotFoundError
from hub.domain.facts import FactKind, family_chain
from hub.services import school_desks, school_routing, school_watch
from hub.services.school_agreement import Agreed
from hub.services.school_decisions import PURPOSE
from hub.services.school_tasks import ALARMS, CONDITIONS, FAILED, LATE, NOBODY, NOT_TOLD, SUSPENDED, UNAGREED, WORDS
from hub.services.setup import MATCHER
from hub.settings import Settings
from hub.store.clear import partner_events
from tests.factories import AGENCIES, Seeded, SmallWorld, make_world
from tests.spec import schools
from tests.spec.conftest import copied
from tests.spec.helping import holds, raised, select, since
from tests.spec.schools import MAYA, THEO, alarms, later, listed, notice, read, send, tasks, words
from tests.spec.signing_steps import give, suspend

UNREAD, LIFT, UNMET = (
    WORDS[kind][0] for kind in ("school_notice_unread", "school_notice_kept_back", "school_notices_unmet")
)
OE = "OE-2026-04/1"
PARTIES = ("csc", "police", "primary", "college")
KEPT_BACK = {"source": 1, "assessment": "B", "handling": "C", "conditions": "Ask first"}
FREE = {"source": 1, "assessment": "B", "handling": "P"}


@pytest.fixture
def world(at_school: SmallWorld) -> SmallWorld:
    return at_school


def register_office(world: SmallWorld) -> None:
    world.staff("ada", "primary", "agency_admin")
    world.hub.partners.webhooks.add(world.accounts["ada"], "", "office@school.example")
    world.clock.advance(minutes=1)


def a_desk_without_an_address(world: SmallWorld) -> None:
    for username in ("pia", "paul"):
        world.hub.casework.digest.choose(world.accounts[username], "")
    send(world)
    assert UNREAD in tasks(world, "fran")
    assert alarms(world) == {"", ALARMS[NOT_TOLD]}


def test_a_desk_without_an_address_alarms_at_once(world: SmallWorld) -> None:
    a_desk_without_an_address(world)


def test_a_desk_without_an_address_that_is_silent_is_noticed(
    world: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(school_watch.digests, "written_to", lambda *_: frozenset(world.accounts.values()))
    assert not holds(lambda: a_desk_without_an_address(world))


def an_address_where_no_email_is_set_up(world: SmallWorld) -> None:
    """Every lead asked for the morning e-mail, and the school's office registered an e-mail address: none is sent."""
    register_office(world)
    send(world)
    assert alarms(world) == {ALARMS[NOT_TOLD]}


@pytest.fixture
def without_email(world: SmallWorld, schools_once: SmallWorld) -> SmallWorld:
    """Return that world where no mail server is set."""
    quiet = copied(schools_once, world.settings.folder.parent / "quiet", "quiet")
    for username in schools.LEADS:
        quiet.hub.casework.digest.choose(quiet.accounts[username], f"{username}@school.example")
    return quiet


def test_an_address_counts_as_told_only_where_email_is_set_up(without_email: SmallWorld) -> None:
    an_address_where_no_email_is_set_up(without_email)
    without_email.close()


def test_an_address_that_counts_without_email_is_noticed(
    without_email: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(without_email.hub.encompass.watch, "_by_email", True)
    assert not holds(lambda: an_address_where_no_email_is_set_up(without_email))
    without_email.close()


def a_failed_delivery(world: SmallWorld) -> None:
    """The mail server takes nothing, until the address is given up."""
    register_office(world)
    send(world)
    for _ in range(20):
        later(world, minutes=20)
    assert alarms(world) == {"", ALARMS[FAILED]}
    assert tasks(world, "fran").count(UNREAD) == 1


def test_a_failed_delivery_alarms(world: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.services.deliveries.ATTEMPTS", 1)
    monkeypatch.setattr("hub.services.deliveries.LONGEST_PAUSE", world.clock() - world.clock())
    a_failed_delivery(world)


def test_a_failed_delivery_that_is_silent_is_noticed(world: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.services.deliveries.ATTEMPTS", 1)
    monkeypatch.setattr("hub.services.deliveries.LONGEST_PAUSE", world.clock() - world.clock())
    monkeypatch.setattr(school_watch.school_notices, "undelivered", lambda *_: frozenset())
    assert not holds(lambda: a_failed_delivery(world))


def nobody_may_read_it(world: SmallWorld) -> None:
    for username, agency in (("cora", "college"), ("ellen", "csc")):
        world.hub.setup.stop_person(world.accounts[username], world.agencies[agency], "safeguarding_lead")
    send(world)
    assert alarms(world) == {"", ALARMS[NOBODY]}
    world.staff("edna", "csc", "safeguarding_lead")
    later(world)
    assert THEO in words(read(world, "edna"))


def test_a_notice_that_nobody_may_read_alarms_at_once_and_waits_for_an_officer(world: SmallWorld) -> None:
    nobody_may_read_it(world)


def test_a_notice_that_is_nobodys_and_silent_is_noticed(world: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    code = school_watch._code
    monkeypatch.setattr(school_watch, "_code", lambda one, *rest: code(one, *rest) if one.agency else "")
    assert not holds(lambda: nobody_may_read_it(world))


def it_is_over_after_ninety_days(world: SmallWorld) -> None:
    send(world)
    id_ = listed(world, "pia")[0]
    read(world, "pia", id_)
    world.clock.advance(days=91)
    assert raised(lambda: read(world, "pia", id_)) is NotFoundError
    world.hub.rounds.run_once()
    chains = [family_chain(row[0]) for row in select(world, "data", "SELECT id FROM family")]
    facts = world.hub.writer.standing_facts(chains, world.clock())
    assert not [fact for fact in facts if fact.kind is FactKind.OPENING]


def test_a_notice_is_over_after_its_time(world: SmallWorld) -> None:
    it_is_over_after_ninety_days(world)


@pytest.mark.parametrize("of", ["hub.services.school_notices.READABLE", "hub.services.school_watch.READABLE"])
def test_a_notice_that_does_not_end_is_noticed(world: SmallWorld, monkeypatch: pytest.MonkeyPatch, of: str) -> None:
    monkeypatch.setattr(of, school_watch.READABLE * 2)
    assert not holds(lambda: it_is_over_after_ninety_days(world))


def conditions_are_heard_of_at_once(world: SmallWorld) -> None:
    """No lead finds a trace of it; who can lift them is asked at once, the clock goes on, and lifting them delivers."""
    before = world.entries()
    receipt = send(world, notice(grading=KEPT_BACK))
    assert listed(world, "pia") == listed(world, "cora") == listed(world, "ellen") == []
    assert schools.WORDS_OF_READING not in tasks(world, "pia")
    assert alarms(world) == {ALARMS[CONDITIONS]}
    assert UNREAD in tasks(world, "fran")
    (asked,) = [one for one in world.hub.tasks.open_for(world.accounts["igpolice"]) if one.words == LIFT]
    about = dict(world.hub.tasks.page(world.accounts["igpolice"], asked.id).about)
    assert receipt in about["Receipt"]
    assert about["The school is to know by"] == "24 November 2026, 08:30"
    assert LIFT not in [*tasks(world, "pia"), *tasks(world, "sally"), *tasks(world, "fran")]
    assert [one.entry.outcome for one in since(world, before)].count("school_notice_conditions") == 1
    assert told_police(world) == [receipt]
    later(world, days=1)
    assert alarms(world) == {ALARMS[LATE]}
    world.send("police", "safeguarding_notice", notice(action="amend", notice_version=2, grading=FREE), "lifted")
    later(world)
    assert MAYA in words(read(world, "pia"))
    assert THEO in words(read(world, "cora"))
    assert LIFT not in tasks(world, "igpolice")
    assert UNREAD not in tasks(world, "fran")


def told_police(world: SmallWorld) -> list[str]:
    police, kind = world.agencies["police"], "school_notice.not_read"
    with world.hub.clear.read() as connection:
        told = partner_events.told(connection, world.hub.clear.partnership, police, kind, world.clock())
    return [event.subject for event in told]


def test_police_conditions_alarm_who_can_lift_them_at_once(world: SmallWorld) -> None:
    conditions_are_heard_of_at_once(world)


def test_conditions_that_alarm_only_when_it_is_late_are_noticed(
    world: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(school_routing, "_KEPT_BACK", frozenset())
    assert not holds(lambda: conditions_are_heard_of_at_once(world))


def a_change_of_staff(world: SmallWorld) -> None:
    """The lead who left reads nothing more, read before or not; the new one reads what waits."""
    send(world)
    (old,) = listed(world, "cora")
    cora, notices = world.accounts["cora"], world.hub.encompass.notices
    world.hub.setup.stop_person(cora, world.agencies["college"], "safeguarding_lead")
    assert raised(lambda: notices.read(cora, old)) is raised(lambda: notices.line(cora, old)) is NotFoundError
    assert raised(lambda: notices.lines(cora)) is AccessRefusedError
    world.staff("nora", "college", "safeguarding_lead")
    later(world)
    assert len(listed(world, "nora")) == 1
    new = listed(world, "nora")[0]
    assert new != old
    assert THEO in words(read(world, "nora"))
    assert raised(lambda: notices.read(cora, new)) is NotFoundError


def test_a_lead_who_left_reads_no_more_and_the_new_one_does(world: SmallWorld) -> None:
    a_change_of_staff(world)


def test_a_lead_who_left_and_still_reads_is_noticed(world: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(school_desks.SchoolDesks, "has", lambda *_: True)
    assert not holds(lambda: a_change_of_staff(world))


def test_a_desk_that_does_not_follow_its_staff_is_noticed(world: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(school_desks, "_digest", lambda _leads: "always the same")
    assert not holds(lambda: a_change_of_staff(world))


def a_suspension_ends_by_itself(world: SmallWorld) -> None:
    suspend(world, "igpolice", OE)
    before = world.entries()
    send(world)
    assert listed(world, "pia") == []
    assert alarms(world) == {ALARMS[SUSPENDED]}
    assert nothing_opened(world, before)
    resume(world)
    later(world, seconds=1)
    assert MAYA in words(read(world, "pia"))
    assert THEO in words(read(world, "cora"))
    assert alarms(world) == set()
    assert UNREAD not in tasks(world, "fran")


def nothing_opened(world: SmallWorld, before: list) -> bool:
    """Say whether the program that passes notices on asked the gate for none of them."""
    return not [one for one in since(world, before) if (one.entry.actor, one.entry.purpose) == (MATCHER, PURPOSE)]


def resume(world: SmallWorld) -> None:
    for party in PARTIES:
        give(world, party, OE)


def test_what_waits_for_a_suspended_agreement_is_passed_on_when_it_resumes(world: SmallWorld) -> None:
    a_suspension_ends_by_itself(world)


def test_what_is_not_tried_again_after_a_suspension_is_noticed(
    world: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(school_routing.SchoolRouting, "again", lambda *_: None)
    assert not holds(lambda: a_suspension_ends_by_itself(world))


def a_suspension_outlasts_the_night(world: SmallWorld) -> None:
    """The school day begins first: it failed, once, and still arrives when the agreement resumes."""
    suspend(world, "igpolice", OE)
    send(world)
    before = world.entries()
    later(world, days=1)
    assert alarms(world) == {ALARMS[FAILED]}
    assert [one.entry.outcome for one in since(world, before)].count("school_notice_failed") == 1
    resume(world)
    later(world, seconds=1)
    assert MAYA in words(read(world, "pia"))


def test_a_suspension_that_outlasts_the_night_is_a_failure(world: SmallWorld) -> None:
    a_suspension_outlasts_the_night(world)


def test_a_suspension_without_a_clock_is_noticed(world: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    code = school_watch._code
    silent = lambda one, *rest: SUSPENDED if one.desk == SUSPENDED else code(one, *rest)  # noqa: E731
    monkeypatch.setattr(school_watch, "_code", silent)
    assert not holds(lambda: a_suspension_outlasts_the_night(world))


@pytest.fixture
def unagreed(tmp_path_factory: pytest.TempPathFactory) -> SmallWorld:
    """Return a partnership with schools and no agreement about what they are told."""
    settings = Settings.in_folder(tmp_path_factory.mktemp("unagreed") / "hub")
    made = make_world(settings, Seeded("unagreed"), (*AGENCIES, *schools.SCHOOLS))
    for username, agency in schools.LEADS.items():
        made.staff(username, agency, "safeguarding_lead")
    return made


def the_officers_are_told_once(world: SmallWorld) -> None:
    before = world.entries()
    receipts = [send(world), send(world, notice(notice_ref="SN-2026-2"), "second")]
    later(world)
    for officer in ("iggy", "igpolice"):
        assert tasks(world, officer).count(UNMET) == 1, officer
    assert not [name for name in ("fran", "manager", "igmh", "sally") if UNMET in tasks(world, name)]
    assert UNREAD not in tasks(world, "fran")
    lines = world.hub.encompass.notices.waiting(world.accounts["fran"])
    assert [(one.receipt, one.alarm_words, one.overdue) for one in lines] == [
        (receipt, ALARMS[UNAGREED], False) for receipt in receipts
    ]
    outcomes = [one.entry.outcome for one in since(world, before)]
    assert outcomes.count("school_notice_unagreed") == len(receipts)
    assert nothing_opened(world, before)
    waiting = "SELECT count(*) FROM outbox WHERE kind = 'school_notices' AND done_at IS NULL"
    assert select(world, "data", waiting) == [(0,)]
    assert told_police(world) == []


def test_without_an_agreement_the_officers_are_told_once_and_nothing_waits_unseen(unagreed: SmallWorld) -> None:
    the_officers_are_told_once(unagreed)
    later(unagreed, days=3)
    assert alarms(unagreed) == {ALARMS[UNAGREED]}
    text = (unagreed.settings.policies / "agreements" / "oe-2026-04.yaml").read_text()
    unagreed.ceremony.bring_into_force(text, "oe-2026-04.yaml")
    later(unagreed)
    assert len(listed(unagreed, "pia")) == 2
    unagreed.close()


def test_a_partnership_without_an_agreement_that_is_silent_is_noticed(
    unagreed: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(school_routing, "_WHY_UNOPENED", {Agreed.SUSPENDED: SUSPENDED})
    assert not holds(lambda: the_officers_are_told_once(unagreed))
    unagreed.close()
