"""Birthdays, competence, capacity, orders and death change whose word counts: on the day, at midnight in London."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from hub.domain import speaking
from hub.domain.access import Act
from hub.domain.errors import AccessRefusedError
from hub.domain.facts import FactKind, person_chain
from hub.domain.fields import RecordKind
from hub.domain.ids import PersonId
from hub.domain.labels import Sensitivity
from hub.domain.life import LifeEvent
from hub.services.lives import NewEvent
from hub.services.recording import ConsentWord
from tests.factories import SmallWorld, notice, texts
from tests.spec.helping import EARS, deposit, holds, named, raised, reference_of

MAYA, GRACE = "Maya Hart", "Grace Adeyemi-Hart"
SCHOOL_NURSE = "Seen by the school nurse on Tuesdays"
BORN, TURNS = "2010-12-10", datetime(2026, 12, 10, tzinfo=UTC)
JUST = timedelta(microseconds=1)


def born(date: str, **others: str) -> bytes:
    """Return the police notice with other birth dates ("" for an unknown one)."""
    said = json.loads(notice())
    for person in said["notices"][0]["people"]:
        wanted = {MAYA: date, **others}.get(person.get("name", {}).get("full", ""))
        if wanted is not None:
            person.pop("birth_date", None)
            person.update({"birth_date": wanted} if wanted else {})
    return json.dumps(said).encode()


def placed(world: SmallWorld, date: str = BORN) -> PersonId:
    """Place a notice about a child born then, with a health note about her and her mother's yes to sharing it."""
    world.police_notice(born(date))
    world.allocate("sally", lead=True)
    world.hub.rounds.run_once()
    deposit(world, "mh", RecordKind.HEALTH_REPORT, [reference_of(world, MAYA)], {"summary": SCHOOL_NURSE})
    maya = named(world, MAYA)
    agree(world, maya)
    return maya


def corrected(world: SmallWorld, date: str) -> None:
    """Let the police send her birth date again, and the front door place it with her."""
    fields = {"name": MAYA, "birth_date": date}
    deposit(world, "police", RecordKind.PERSON, [reference_of(world, MAYA)], fields, Sensitivity.PERSONAL)
    with world.hub.clear.write() as connection:
        world.hub.placing._look_for_birthdays(connection, world.family)
    world.hub.rounds.run_once()


def agree(world: SmallWorld, person: PersonId, status: str = "given") -> None:
    world.hub.recording.consent(world.accounts["sally"], world.family, ConsentWord(person, status))


def shown(world: SmallWorld, at: datetime) -> bool:
    """Say whether the note shows as of an instant, as known now."""
    seen = world.view("sally", purpose="support_family", at=at, known=max(at, world.clock()), live=False)
    return SCHOOL_NURSE in texts(seen)


def tasks(world: SmallWorld) -> list[str]:
    return [line.words for line in world.hub.tasks.open_for(world.accounts["sally"])]


def happened(world: SmallWorld, person: PersonId, event: str, by: str = "sally", **more: object) -> str:
    new = NewEvent(
        person, LifeEvent(event), world.clock(), world.agencies["csc"], "Assessed at home, for a test", **more
    )
    return world.hub.lives.record(world.accounts[by], world.family, new)


def on_the_day(world: SmallWorld) -> None:
    placed(world)
    assert shown(world, TURNS - JUST)
    assert not shown(world, TURNS)
    assert not shown(world, TURNS + timedelta(days=1))


def test_a_parents_yes_stops_on_the_16th_birthday(world: SmallWorld) -> None:
    on_the_day(world)


def test_the_next_request_after_midnight_is_judged_by_the_birthday(world: SmallWorld) -> None:
    maya = placed(world)
    world.clock.now = TURNS - timedelta(seconds=1)
    assert SCHOOL_NURSE in texts(world.view("sally", purpose="support_family"))
    world.clock.now = TURNS
    assert SCHOOL_NURSE not in texts(world.view("sally", purpose="support_family"))
    agree(world, maya)
    assert SCHOOL_NURSE in texts(world.view("sally", purpose="support_family"))


def test_planted_a_word_that_never_lapses_is_noticed(sqlite_world: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speaking.Lives, "_parent_speaks", lambda *_: True)
    assert not holds(lambda: on_the_day(sqlite_world))


def test_an_unknown_birth_date_gives_no_day(world: SmallWorld) -> None:
    placed(world, "")
    assert shown(world, TURNS + timedelta(days=1))
    assert not tasks(world)


def test_a_birth_date_corrected_counts_from_when_it_is_known(world: SmallWorld) -> None:
    placed(world)
    world.clock.advance(days=1)
    before = world.clock()
    corrected(world, "2011-12-10")
    assert shown(world, TURNS)
    assert not shown(world, TURNS.replace(year=2027))
    then = world.view("sally", purpose="support_family", at=TURNS, known=before, live=False)
    assert SCHOOL_NURSE not in texts(then)


def test_birth_dates_are_read_once_under_an_entry_and_kept_as_a_day_only(world: SmallWorld) -> None:
    maya = placed(world)
    reads = [line.entry for line in world.entries() if line.entry.act == Act.LIFE_DERIVE.value]
    assert {entry.operation.value for entry in reads} == {"consultation", "alteration"}
    world.hub.rounds.run_once()
    assert len([1 for line in world.entries() if line.entry.act == Act.LIFE_DERIVE.value]) == len(reads)
    facts = world.hub.writer.standing_facts([person_chain(maya)], TURNS)
    assert [fact.body for fact in facts if fact.kind is FactKind.LIFE] == [{"event": "turns_16", "person": maya}]


def test_the_workers_are_reminded_five_working_days_before_and_on_the_day(world: SmallWorld) -> None:
    placed(world)
    assert not tasks(world)
    world.clock.now = TURNS - timedelta(days=7)
    world.hub.rounds.run_once()
    assert tasks(world) == ["A young person turns 16: prepare to ask them themselves about sharing"]
    world.hub.rounds.run_once()
    assert len(tasks(world)) == 1
    world.clock.now = TURNS + timedelta(minutes=1)
    world.hub.rounds.run_once()
    assert len(tasks(world)) == 2


def test_a_task_of_a_birthday_that_was_wrong_is_taken_back(world: SmallWorld) -> None:
    placed(world)
    world.clock.now = TURNS - timedelta(days=3)
    world.hub.rounds.run_once()
    assert len(tasks(world)) == 1
    corrected(world, "2011-12-10")
    assert not tasks(world)


def test_competence_ends_a_parents_yes_at_once_and_ending_it_as_wrong_restores_it(world: SmallWorld) -> None:
    maya = placed(world)
    assert shown(world, world.clock())
    happened(world, maya, "competent")
    assert not shown(world, world.clock())
    assert len(tasks(world)) == 1
    fact = world.hub.lives.recorded([maya])[0]
    wrong = NewEvent(maya, LifeEvent.COMPETENT, world.clock(), world.agencies["csc"], "Recorded for the wrong child")
    world.hub.lives.end(world.accounts["sally"], world.family, fact, wrong, wrong=True)
    assert shown(world, world.clock())
    assert not tasks(world)


def test_death_ends_consent_and_the_record_stays_confidential(world: SmallWorld) -> None:
    maya = placed(world)
    happened(world, maya, "death")
    assert not shown(world, world.clock())
    with pytest.raises(AccessRefusedError):
        world.view("rob", purpose="support_family")


def test_an_order_decides_who_may_agree(world: SmallWorld) -> None:
    maya = placed(world)
    happened(world, maya, "order", holders=[named(world, GRACE)])
    assert not shown(world, world.clock()), "nobody knows whether the earlier yes was hers"


def test_from_18_an_enquiry_opens_nothing_about_the_person_as_a_child(world: SmallWorld) -> None:
    world.police_notice(born("2008-12-10"))
    world.allocate("sally")
    world.hub.rounds.run_once()
    world.open()
    for at, seen in ((TURNS - JUST, True), (TURNS, False)):
        view = world.view("sally", at=at, known=world.clock(), live=False)
        assert (EARS in texts(view)) is seen


@pytest.mark.parametrize(
    ("username", "event", "parts"),
    [
        ("rob", "order", ()),
        ("fran", "competent", None),
        ("iggy", "death", None),
        ("sally", "competent", None),
        ("sally", "turns_16", ()),
        ("pete", "incapable", ()),
    ],
)
def test_only_who_works_with_somebody_and_may_judge_it_records_an_event(
    sqlite_world: SmallWorld, username: str, event: str, parts: tuple[str, ...] | None
) -> None:
    sqlite_world.police_notice()
    if parts is not None:
        sqlite_world.allocate(username, *parts)
    maya = named(sqlite_world, MAYA)
    assert raised(lambda: happened(sqlite_world, maya, event, username)) is not None
    assert not sqlite_world.hub.lives.recorded([maya])


def test_an_event_is_recorded_about_a_member_of_the_family_only(sqlite_world: SmallWorld) -> None:
    sqlite_world.police_notice()
    sqlite_world.allocate("sally")
    stranger = PersonId("00000000-0000-7000-8000-000000000000")
    assert raised(lambda: happened(sqlite_world, stranger, "death")) is AccessRefusedError
