"""A notice for a school follows the police's: amended, taken back, placed; late or undelivered, it is not silent."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from hub.domain.access import Act, Operation
from hub.domain.errors import AccessRefusedError, LedgerUnavailableError, NotFoundError
from hub.domain.facts import FactKind, family_chain
from hub.domain.fields import RecordKind
from hub.ledger.book import Book
from hub.services import school_decisions, school_desks, school_notices, school_watch
from hub.services.digest import Letter
from hub.services.school_tasks import WORDS
from hub.store.clear import partner_events
from tests.factories import SmallWorld
from tests.spec import schools
from tests.spec.helping import holds, raised, select, since, treatment, write_fact
from tests.spec.schools import MAYA, THEO, listed, notice, read, send, tasks, words

READ, BACK, UNREAD = (
    WORDS[kind][0] for kind in ("read_school_notice", "school_notice_taken_back", "school_notice_unread")
)
DUE = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)


@pytest.fixture
def world(at_school: SmallWorld) -> SmallWorld:
    return at_school


def again(action: str, version: int = 2, **changes: object) -> bytes:
    return notice(**({"action": action, "notice_version": version} | changes))


def refused(world: SmallWorld, username: str, id_: str) -> bool:
    return raised(lambda: read(world, username, id_)) is NotFoundError


def a_withdrawal_shuts_it_at_the_next_request(world: SmallWorld) -> None:
    send(world)
    id_ = listed(world, "pia")[0]
    assert MAYA in words(read(world, "pia", id_))
    world.send("police", "safeguarding_notice", again("withdraw"), "back")
    assert refused(world, "pia", id_)
    assert listed(world, "pia") == listed(world, "cora") == []
    world.hub.rounds.run_once()
    assert READ not in tasks(world, "cora")
    assert BACK in tasks(world, "pia")
    assert BACK not in tasks(world, "paul") + tasks(world, "cora")
    facts = world.hub.writer.standing_facts(chains(world), world.clock())
    assert not [fact for fact in facts if fact.kind is FactKind.OPENING]


def chains(world: SmallWorld) -> list[str]:
    return [family_chain(row[0]) for row in select(world, "data", "SELECT id FROM family")]


def test_a_withdrawn_notice_shuts_at_the_next_request(world: SmallWorld) -> None:
    a_withdrawal_shuts_it_at_the_next_request(world)


def test_a_notice_that_stays_open_after_a_withdrawal_is_noticed(
    world: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(school_notices.school_notices, "version_of", lambda *_: 1)
    monkeypatch.setattr(
        school_notices.messages,
        "standing_records",
        lambda *_: [type("R", (), {"record": r}) for r in every_record(world)],
    )
    assert not holds(lambda: a_withdrawal_shuts_it_at_the_next_request(world))


def every_record(world: SmallWorld) -> list[str]:
    return [row[0] for row in select(world, "data", "SELECT record_id FROM sent_record")]


def an_amendment_is_followed(world: SmallWorld) -> None:
    send(world)
    old = listed(world, "pia")[0]
    assert MAYA in words(read(world, "pia", old))
    body = again("amend", child_impact=[{"person": "p3", "present": "no", "child_voice": "I was asleep."}])
    world.send("police", "safeguarding_notice", body, "amended")
    assert refused(world, "pia", old)
    world.hub.rounds.run_once()
    assert BACK in tasks(world, "pia")
    (new,) = listed(world, "pia")
    assert new != old
    (child,) = read(world, "pia", new)
    assert (child.present_words, child.voice) == ("No", "I was asleep.")


def test_an_amended_notice_takes_the_place_of_the_first(world: SmallWorld) -> None:
    an_amendment_is_followed(world)


def test_an_amendment_that_is_not_followed_is_noticed(world: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.services.arrivals.Arrival.concerns_schools", property(lambda one: one.begins))
    assert not holds(lambda: an_amendment_is_followed(world))


def test_an_amendment_that_names_another_school_moves_the_notice(world: SmallWorld) -> None:
    send(world)
    old = listed(world, "pia")[0]
    body = notice(("Northbridge College", "Northbridge College"), action="amend", notice_version=2)
    world.send("police", "safeguarding_notice", body, "moved")
    world.hub.rounds.run_once()
    assert listed(world, "pia") == []
    assert refused(world, "pia", old)
    both = words(read(world, "cora"))
    assert MAYA in both
    assert THEO in both


def placed_and_still_read(world: SmallWorld) -> None:
    send(world)
    world.accept()
    send(world, notice(notice_ref="SN-2026-2"), "second")
    world.accept()
    for id_ in listed(world, "pia"):
        assert MAYA in words(read(world, "pia", id_))
    assert len(listed(world, "pia")) == 2


def test_a_notice_stays_readable_when_its_referral_is_placed_with_a_family(world: SmallWorld) -> None:
    placed_and_still_read(world)


def test_a_decision_left_behind_by_placing_is_noticed(world: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(school_decisions.SchoolDecisions, "see_that_it_stands", lambda *_: None)
    assert not holds(lambda: placed_and_still_read(world))


def tie(world: SmallWorld, *usernames: str) -> None:
    for username in usernames:
        body = {"account": world.accounts[username], "tie": "relative"}
        write_fact(world, family_chain(world.family), FactKind.CONFLICT, body)


def a_declared_tie_counts_for_what_comes(world: SmallWorld, tied: tuple[str, ...], reader: str) -> None:
    """The family is known, a lead is tied to it, and the next notice waits unplaced with a candidate."""
    send(world)
    world.accept()
    id_ = listed(world, "pia")[0]
    tie(world, *tied)
    assert refused(world, "pia", id_)
    send(world, notice(notice_ref="SN-2026-2"), "second")
    for username in tied:
        assert listed(world, username) == []
    assert MAYA in words([child for one in listed(world, reader) for child in read(world, reader, one)])


@pytest.mark.parametrize(("tied", "reader"), [(("pia",), "paul"), (("pia", "paul"), "ellen")])
def test_a_tie_declared_to_the_family_counts_at_once_and_for_what_comes(
    world: SmallWorld, tied: tuple[str, ...], reader: str
) -> None:
    a_declared_tie_counts_for_what_comes(world, tied, reader)


def test_a_tie_that_does_not_count_is_noticed(world: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(school_desks.SchoolDesks, "tied", lambda *_: frozenset())
    assert not holds(lambda: a_declared_tie_counts_for_what_comes(world, ("pia",), "paul"))


def test_a_tie_declared_later_takes_the_task_away_and_gives_it_to_a_colleague(world: SmallWorld) -> None:
    world.hub.setup.stop_person(world.accounts["paul"], world.agencies["primary"], "safeguarding_lead")
    send(world)
    world.accept()
    assert READ in tasks(world, "pia")
    tie(world, "pia")
    world.clock.advance(minutes=11)
    world.hub.rounds.run_once()
    world.hub.rounds.run_once()
    assert READ not in tasks(world, "pia")
    assert MAYA in words(read(world, "ellen"))


def test_the_gate_itself_refuses_a_lead_who_is_tied(world: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    send(world)
    world.accept()
    monkeypatch.setattr(school_desks.SchoolDesks, "tied", lambda *_: frozenset())
    tie(world, "pia")
    assert read(world, "pia") == ()


def what_is_not_read_is_heard_of(world: SmallWorld) -> None:
    receipt = send(world)
    read(world, "cora")
    assert UNREAD not in tasks(world, "fran")
    before = world.entries()
    world.clock.now = DUE
    world.hub.rounds.run_once()
    world.hub.rounds.run_once()
    assert tasks(world, "fran").count(UNREAD) == tasks(world, "manager").count(UNREAD) == 1
    (line,) = world.hub.encompass.notices.waiting(world.accounts["fran"])
    assert (line.overdue, line.alarm_words, line.receipt) == (True, "Not read before the school day", receipt)
    alarms = [one.entry for one in since(world, before) if one.entry.outcome == "school_notice_late"]
    assert [(one.agency, one.family) for one in alarms] == [(world.agencies["csc"], "")]
    with world.hub.clear.read() as connection:
        told = partner_events.told(
            connection, world.hub.clear.partnership, world.agencies["police"], "school_notice.not_read", world.clock()
        )
    assert [event.subject for event in told] == [receipt]
    read(world, "pia")
    assert UNREAD not in tasks(world, "fran")
    assert world.hub.encompass.notices.waiting(world.accounts["fran"]) == []


def test_what_is_not_read_by_its_time_alarms_the_front_door_and_tells_the_police(world: SmallWorld) -> None:
    what_is_not_read_is_heard_of(world)


def test_a_silent_clock_is_noticed(world: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(school_watch, "_code", lambda *_: "")
    assert not holds(lambda: what_is_not_read_is_heard_of(world))


def register_office(world: SmallWorld) -> None:
    world.staff("ada", "primary", "agency_admin")
    world.hub.partners.webhooks.add(world.accounts["ada"], "", "office@school.example")


@dataclass
class Letters:
    """A post that keeps what it is handed."""

    sent: list[Letter] = field(default_factory=list)

    def send(self, letter: Letter) -> None:
        self.sent.append(letter)


def a_letter_holds_a_reference_alone(world: SmallWorld) -> None:
    register_office(world)
    world.hub.partners.deliveries._post = post = Letters()
    world.clock.advance(minutes=1)
    send(world)
    world.hub.rounds.run_once()
    (letter,) = post.sent
    assert f"Reference: {listed(world, 'pia')[0]}" in letter.text
    for kept in (*schools.HAPPENED, "Maya", "Hart", "INC-24", schools.VOICE, "2016", "police"):
        assert kept not in letter.subject + letter.text


def test_an_email_says_that_something_waits_and_nothing_else(world: SmallWorld) -> None:
    a_letter_holds_a_reference_alone(world)


def test_a_notice_in_an_email_is_noticed(world: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.services.deliveries.Deliveries._letter", lambda *_: f"Reference: x {MAYA}")
    assert not holds(lambda: a_letter_holds_a_reference_alone(world))


def nobody_hears_of_a_desk_that_passes_somebody_over(world: SmallWorld) -> None:
    send(world, schools.renamed(notice(), "p2", "Pia"))
    with world.hub.clear.read() as connection:
        told = {
            agency: partner_events.told(
                connection, world.hub.clear.partnership, world.agencies[agency], "school_notice.waiting", world.clock()
            )
            for agency in ("primary", "college")
        }
    assert not told["primary"]
    assert told["college"]
    assert READ in tasks(world, "paul")
    assert READ not in tasks(world, "pia")


def test_an_address_that_is_shared_with_a_party_is_not_told(world: SmallWorld) -> None:
    nobody_hears_of_a_desk_that_passes_somebody_over(world)


def test_a_shared_address_that_is_told_is_noticed(world: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(school_desks, "len", lambda _some: 1, raising=False)
    assert not holds(lambda: nobody_hears_of_a_desk_that_passes_somebody_over(world))


def opened_under_an_entry_of_its_own(world: SmallWorld) -> None:
    send(world)
    before = world.entries()
    read(world, "pia")
    (entry,) = [one.entry for one in since(world, before) if one.entry.act == Act.SCHOOL_NOTICE_READ.value]
    assert (entry.operation, entry.purpose, entry.agency) == (
        Operation.DISCLOSURE,
        "support_pupil",
        world.agencies["primary"],
    )
    assert len(entry.selection["items"]) == 1
    assert entry.rules == ("OE-2026-04/1:S1",)


def test_reading_is_a_disclosure_under_its_own_rule_and_entry(world: SmallWorld) -> None:
    opened_under_an_entry_of_its_own(world)


def nothing_without_the_log(world: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    send(world)
    id_ = listed(world, "pia")[0]
    with monkeypatch.context() as broken:
        broken.setattr(Book, "append", lambda *_: (_ for _ in ()).throw(LedgerUnavailableError(where="lane")))
        assert raised(lambda: world.hub.encompass.notices.read(world.accounts["pia"], id_)) is LedgerUnavailableError
    assert [one.read_words for one in world.hub.encompass.notices.lines(world.accounts["pia"])] == [""]


def test_without_the_log_nothing_is_opened_and_nothing_arrived(
    world: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    nothing_without_the_log(world, monkeypatch)


def the_school_stays_with_the_notice(world: SmallWorld) -> None:
    """Maya's contact details are protected: no task, page, log line or other reader says where she goes to school."""
    send(world)
    world.clock.now = DUE
    before = world.entries()
    world.hub.rounds.run_once()
    world.accept()
    world.allocate("sally", lead=True)
    world.open()
    everything = str(world.hub.encompass.notices.waiting(world.accounts["fran"]))
    everything += " ".join(line for name in ("fran", "manager", "sally", "iggy", "otto") for line in tasks(world, name))
    everything += str([one.entry for one in since(world, before) if one.entry.outcome.startswith("school_notice")])
    assert "Northbridge" not in everything
    assert not [world.agencies[school] for school in ("primary", "college") if world.agencies[school] in everything]
    for username, purpose in (("sally", "protect_child"), ("sally", "support_pupil"), ("cora", "support_pupil")):
        with_school = [
            one
            for one in opened(world, username, purpose)
            if one.kind is RecordKind.SCHOOL_NOTICE and (username == "sally" or "school_told" in one.fields)
        ]
        assert not with_school, username


def opened(world: SmallWorld, username: str, purpose: str) -> tuple:
    try:
        return world.view(username, purpose=purpose).records
    except AccessRefusedError:
        return ()


def test_a_protected_childs_school_does_not_leak(world: SmallWorld) -> None:
    the_school_stays_with_the_notice(world)


def test_an_alarm_that_names_the_school_is_noticed(world: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    late = school_watch.SchoolWatch._raise

    def careless(watch: school_watch.SchoolWatch, one: object, code: str) -> None:
        watch._desks.authority = lambda: one.agency
        late(watch, one, code)

    monkeypatch.setattr(school_watch.SchoolWatch, "_raise", careless)
    assert not holds(lambda: the_school_stays_with_the_notice(world))


def test_the_same_message_three_times_is_one_notice(world: SmallWorld) -> None:
    for key in ("one", "one", "two"):
        send(world, key=key)
    assert len(listed(world, "pia")) == 1


def test_what_was_read_stays_read_when_other_people_read_by_now(world: SmallWorld) -> None:
    send(world)
    id_ = listed(world, "pia")[0]
    read(world, "pia", id_)
    world.staff("petra", "primary", "safeguarding_lead")
    world.staff("nora", "college", "safeguarding_lead")
    world.clock.advance(minutes=11)
    world.hub.rounds.run_once()
    world.hub.rounds.run_once()
    assert listed(world, "pia") == [id_]
    assert READ not in tasks(world, "petra")
    assert READ in tasks(world, "nora")


def test_another_agencys_amendment_concerns_no_school(world: SmallWorld) -> None:
    for version, action in ((1, "new"), (2, "amend")):
        body = treatment(referral_version=version, action=action, summary=f"Version {version}")
        world.send("sm", "adult_with_children_json", body, f"treatment {version}")
        world.hub.rounds.run_once()
    assert world.hub.encompass.notices.waiting(world.accounts["fran"]) == []
