import json
from datetime import timedelta

import pytest
from flask import Flask

from connectors.mending import Mending
from hub.domain.errors import AccessRefusedError, ConflictError, NotFoundError
from hub.services.quarantined import Quarantined
from hub.store.clear import work
from hub.wiring import web_app
from tests.factories import FIXTURES, SmallWorld, notice
from tests.journeys.readers import Reader

TREATMENT_CSV = (FIXTURES / "substance_misuse" / "adult_with_children.csv").read_bytes()
WHEN = "/notices/0/event/occurred_from"


def batch(*notices: bytes) -> bytes:
    said = json.loads(notices[0])
    said["notices"] = [json.loads(one)["notices"][0] for one in notices]
    for number, one in enumerate(said["notices"]):
        one["notice_ref"] = f"SN-{number}"
    return json.dumps(said).encode()


def bad(**changes: object) -> bytes:
    event = json.loads(notice())["notices"][0]["event"]
    return notice(event=event | {"occurred_from": "last Tuesday"}, **changes)


def desk(world: SmallWorld) -> Quarantined:
    return world.hub.partners.quarantined


def state_told(world: SmallWorld, receipt: dict) -> str:
    return world.hub.desk.feedback.receipt(world.agencies["police"], receipt["receipt"])["records"][0]["state"]


def waiting(world: SmallWorld) -> list[str]:
    return [line.id for line in desk(world).waiting(world.accounts["fran"])]


def test_what_could_not_be_read_is_shown_with_place_and_value_and_let_through_without_typing_it_again(
    world: SmallWorld,
) -> None:
    receipt = world.send("police", "safeguarding_notice", bad())
    assert state_told(world, receipt) == "quarantined"
    [referral] = waiting(world)
    page = desk(world).page(world.accounts["fran"], referral)
    [flaw] = [flaw for flaw in page.flaws if flaw.stops]
    assert (flaw.place, flaw.value, flaw.fixable) == (WHEN, "last Tuesday", True)
    assert ("/notices/0/people/0/name/full", "Grace Adeyemi-Hart") in page.understood
    assert desk(world).repair(world.accounts["fran"], referral, {WHEN: "2024-03-05"}) is None
    assert waiting(world) == []
    assert state_told(world, receipt) == "received"
    world.hub.rounds.run_once()
    world.accept()
    world.clock.advance(days=1)
    assert state_told(world, receipt) == "accepted"


def test_the_repaired_record_is_the_one_that_came_with_the_correction_in_it(world: SmallWorld) -> None:
    world.send("police", "safeguarding_notice", bad())
    [referral] = waiting(world)
    desk(world).repair(world.accounts["fran"], referral, {WHEN: "2024-03-05"})
    world.hub.rounds.run_once()
    [line] = world.hub.front_door.waiting(world.accounts["fran"])
    page = world.hub.front_door.page(world.accounts["fran"], line.id)
    assert {person.name for person in page.people} >= {"Grace Adeyemi-Hart", "Daniel Hart"}
    assert page.entries


def test_a_correction_that_is_no_better_changes_nothing(world: SmallWorld) -> None:
    world.send("police", "safeguarding_notice", bad())
    [referral] = waiting(world)
    left = desk(world).repair(world.accounts["fran"], referral, {WHEN: "whenever"})
    assert left is not None
    assert [flaw.place for flaw in left.flaws if flaw.stops] == [WHEN]
    assert waiting(world) == [referral]
    assert desk(world).page(world.accounts["fran"], referral).flaws[0].value == "last Tuesday"


def test_one_bad_record_of_a_batch_is_repaired_after_the_others_were_placed_and_shows_nothing_of_them(
    sqlite_world: SmallWorld,
) -> None:
    first = json.loads(notice())["notices"][0]
    others = [person | {"name": {"full": f"Other{n} Neighbour"}} for n, person in enumerate(first["people"])]
    sqlite_world.send("police", "safeguarding_notice", batch(notice(people=others), bad(), notice()))
    [referral] = waiting(sqlite_world)
    sqlite_world.hub.rounds.run_once()
    fran = sqlite_world.accounts["fran"]
    for line in sqlite_world.hub.front_door.waiting(fran):
        if line.state_words != "Quarantined":
            sqlite_world.hub.front_door.decide(fran, line.id, None)
    page = desk(sqlite_world).page(fran, referral)
    assert "Neighbour" not in repr([page.understood, page.flaws]) + " ".join(v for _, v in page.understood)
    assert desk(sqlite_world).repair(fran, referral, {WHEN: "2024-03-05"}) is None


def test_a_row_of_a_file_is_repaired_where_it_stands(sqlite_world: SmallWorld) -> None:
    wrong = TREATMENT_CSV.replace(b"2016-03-05", b"2016-99-05")
    sqlite_world.send("sm", "adult_with_children_csv", wrong)
    [referral] = waiting(sqlite_world)
    page = desk(sqlite_world).page(sqlite_world.accounts["fran"], referral)
    [flaw] = [flaw for flaw in page.flaws if flaw.stops]
    assert flaw.place.endswith("col child_birth_date") or "birth" in flaw.place
    assert flaw.value == "2016-99-05"
    assert desk(sqlite_world).repair(sqlite_world.accounts["fran"], referral, {flaw.place: "2016-03-05"}) is None


def test_two_who_repair_at_once_make_one_referral(sqlite_world: SmallWorld) -> None:
    sqlite_world.send("police", "safeguarding_notice", bad())
    [referral] = waiting(sqlite_world)
    fran = sqlite_world.accounts["fran"]
    slow = desk(sqlite_world)._open(fran, referral)
    assert desk(sqlite_world).repair(fran, referral, {WHEN: "2024-03-05"}) is None
    late = desk(sqlite_world)._with(slow, {WHEN: "2024-03-06"})
    with pytest.raises(ConflictError):
        desk(sqlite_world)._release(fran, late.referral, *desk(sqlite_world)._received(late))
    assert len(sqlite_world.hub.front_door.waiting(fran)) == 1


def test_a_crash_between_letting_through_and_closing_is_made_good_by_trying_again(
    sqlite_world: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    sqlite_world.send("police", "safeguarding_notice", bad())
    [referral] = waiting(sqlite_world)
    fran = sqlite_world.accounts["fran"]
    with monkeypatch.context() as dying:
        dying.setattr(Quarantined, "_release", lambda *_: (_ for _ in ()).throw(RuntimeError))
        with pytest.raises(RuntimeError):
            desk(sqlite_world).repair(fran, referral, {WHEN: "2024-03-05"})
    assert waiting(sqlite_world) == [referral]
    assert desk(sqlite_world).repair(fran, referral, {WHEN: "2024-03-07"}) is None
    assert len(sqlite_world.hub.front_door.waiting(fran)) == 1


def test_only_the_front_door_reads_and_repairs(sqlite_world: SmallWorld) -> None:
    sqlite_world.send("police", "safeguarding_notice", bad())
    [referral] = waiting(sqlite_world)
    for username in ("sally", "manager", "otto", "iggy", "rob", "vera", "pete"):
        who = sqlite_world.accounts[username]
        for act in (desk(sqlite_world).waiting, lambda by: desk(sqlite_world).page(by, referral)):
            with pytest.raises((AccessRefusedError, NotFoundError)):
                act(who)


def test_the_look_and_the_repair_are_in_the_log(sqlite_world: SmallWorld) -> None:
    sqlite_world.send("police", "safeguarding_notice", bad())
    [referral] = waiting(sqlite_world)
    desk(sqlite_world).repair(sqlite_world.accounts["fran"], referral, {WHEN: "2024-03-05"})
    acts = [read.entry.act for read in sqlite_world.entries()]
    assert {"quarantine:list", "quarantine:repair", "referral:submit"} <= set(acts)


def test_what_its_sender_graded_high_is_due_sooner_and_an_alarm_follows(sqlite_world: SmallWorld) -> None:
    risk = json.loads(notice())["notices"][0]["risk"]
    sqlite_world.send("police", "safeguarding_notice", bad(notice_ref="A", risk=risk | {"grade": "standard"}), "a")
    sqlite_world.send("police", "safeguarding_notice", bad(notice_ref="B", risk=risk | {"grade": "high"}), "b")
    sqlite_world.hub.rounds.run_once()
    with sqlite_world.hub.clear.read() as connection:
        tasks = work.open_tasks(connection, sqlite_world.hub.clear.partnership, sqlite_world.agencies["csc"])
    due = sorted(task.due_at - task.created_at for task in tasks if task.kind == "repair_quarantined")
    assert due == [timedelta(minutes=15), timedelta(minutes=30)]
    sqlite_world.clock.advance(minutes=16)
    sqlite_world.hub.rounds.run_once()
    alarms = [read.entry for read in sqlite_world.entries() if read.entry.outcome == "deadline_passed"]
    assert len(alarms) == 1
    assert desk(sqlite_world).waiting(sqlite_world.accounts["fran"])[0].overdue


def test_the_page_repairs_and_the_task_is_done(sqlite_world: SmallWorld) -> None:
    app: Flask = web_app(sqlite_world.hub)
    sqlite_world.send("police", "safeguarding_notice", bad())
    sqlite_world.hub.rounds.run_once()
    fran = Reader(app, "fran")
    assert "waits in quarantine" in fran.words("/tasks")
    [referral] = waiting(sqlite_world)
    path = f"/front-door/quarantine/{referral}"
    words = fran.words(path)
    assert "Grace Adeyemi-Hart" in words
    assert "last Tuesday" in fran.get(path).text
    field = next(part for part in fran.get(path).text.split('name="') if part.startswith("place_")).partition('"')[0]
    again = fran.send(path, **{field: "nonsense"})
    assert (again.status_code, "correct it" in again.text) == (200, True)
    assert fran.send(path, **{field: "2024-03-05"}).status_code == 302
    assert "waits in quarantine" not in fran.words("/tasks")
    assert "Everything that came in could be read" in fran.words("/front-door/quarantine")


def test_a_record_that_cannot_be_taken_out_of_its_batch_has_its_clock_too(
    sqlite_world: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken_out = Mending.apart
    monkeypatch.setattr(Mending, "apart", lambda *asked: dict(list(taken_out(*asked).items())[:1]))
    sqlite_world.send("police", "safeguarding_notice", batch(bad(), notice(), bad()))
    sqlite_world.hub.rounds.run_once()
    with sqlite_world.hub.clear.read() as connection:
        tasks = work.open_tasks(connection, sqlite_world.hub.clear.partnership, sqlite_world.agencies["csc"])
    asked = {task.subject for task in tasks if task.kind == "repair_quarantined"}
    assert asked == set(waiting(sqlite_world))
    assert len(asked) == 2
