"""The council's case system: nothing is typed twice, no line is lost, and it gets back what its officer may see."""

import csv
import io

import pytest
from flask import Flask

from hub.domain.access import Operation
from hub.domain.fields import RecordKind
from hub.domain.labels import Sensitivity
from hub.gate.view import Ruling
from hub.services.allocations import Allocations
from hub.services.council_feed import CouncilFeed
from tests.factories import SmallWorld, texts
from tests.journeys.senders import Sender
from tests.simulators.case_system import CaseSystem
from tests.spec.helping import deposit, edit, holds, reference_of, since

CHILD = {"CASE_NO": "C-77", "PERSON_NO": "P-1", "FORENAMES": "Imogen", "SURNAME": "Vale", "DOB": "2018-04-02"}
MOTHER = {"CASE_NO": "C-77", "PERSON_NO": "P-2", "FORENAMES": "Rhoda", "SURNAME": "Vale", "DOB": "1991-10-09"}


def known(system: CaseSystem) -> None:
    """Let the case system know of one family, with a legal status and a plan."""
    system.knows("PER", **CHILD, RELATIONSHIP="SUBJECT")
    system.knows("PER", **MOTHER, RELATIONSHIP="MOTHER")
    system.knows("LEGAL", CASE_NO="C-77", PERSON_NO="P-1", LEGAL_STATUS="Supervision order", START_DATE="2026-10-01")
    system.knows(
        "PLAN", CASE_NO="C-77", PERSON_NO="P-1", PLAN_TYPE="CIN", START_DATE="2026-10-05", END_DATE="2027-04-05"
    )


def reference(world: SmallWorld) -> str:
    return world.hub.pages.reference(world.family)


def allocated(world: SmallWorld) -> list[tuple[str, bool]]:
    found = world.hub.casework.allocations.allocated(world.accounts["manager"], world.family)
    names = {account: name for name, account in world.accounts.items()}
    return sorted((names[one.account], one.lead) for one in found if one.until is None)


def told(world: SmallWorld) -> str:
    return texts(world.view("sally"))


def test_people_legal_status_and_plan_dates_are_not_typed_twice(world: SmallWorld, app: Flask) -> None:
    system = CaseSystem(world, app)
    known(system)
    answer = system.send_csv()
    assert answer.status_code == 200, answer.text
    assert [one["outcome"] for one in answer.json["receipt"]["records"]] == ["accepted"]
    assert system.send_csv().json == answer.json
    world.hub.rounds.run_once()
    world.accept()
    system.knows(
        "ALLOC",
        CASE_NO="C-77",
        HUB_FAMILY=reference(world),
        WORKER_LOGIN="sally",
        KEY_WORKER="Y",
        START_DATE="2026-11-23",
    )
    answer = system.send_json("monday")
    assert [one["outcome"] for one in answer.json["allocations"]] == ["recorded"]
    assert allocated(world) == [("sally", True)]
    seen = told(world)
    for words in ("Imogen Vale", "Rhoda Vale", "Supervision order, from 2026-10-01", "child_in_need", "2027-04-05"):
        assert words.replace("child_in_need", "child in need plan") in seen


def test_an_allocation_is_recorded_once_ended_once_and_entered(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    world, system = sqlite_world, CaseSystem(sqlite_world, sqlite_app)
    world.police_notice()
    before = world.entries()
    line = {"HUB_FAMILY": reference(world), "WORKER_LOGIN": "rob", "START_DATE": "2026-11-23"}
    assert outcomes(system.call_webhook("e1", "ALLOC", CASE_NO="C-1", **line)) == [("recorded", "")]
    assert outcomes(system.call_webhook("e2", "ALLOC", CASE_NO="C-1", **line)) == [("unchanged", "")]
    assert allocated(world) == [("rob", False)]
    entry = next(
        e.entry
        for e in since(world, before)
        if e.entry.act == "allocation:record" and e.entry.operation is Operation.ALTERATION
    )
    assert entry.actor == world.accounts["manager"]
    world.clock.advance(days=3)
    ended = line | {"END_DATE": "2026-11-24"}
    assert outcomes(system.call_webhook("e3", "ALLOC", CASE_NO="C-1", **ended)) == [("ended", "")]
    assert outcomes(system.call_webhook("e4", "ALLOC", CASE_NO="C-1", **ended)) == [("unchanged", "")]
    assert allocated(world) == []


def what_ended_stays_ended(world: SmallWorld, app: Flask) -> None:
    """Send an allocation, its end, and the allocation again: as a replay, and from a system that lost its place."""
    system, line = CaseSystem(world, app), {"CASE_NO": "C-1", "WORKER_LOGIN": "rob", "START_DATE": "2026-11-23"}
    world.police_notice()
    line["HUB_FAMILY"] = reference(world)
    assert outcomes(system.call_webhook("e1", "ALLOC", **line)) == [("recorded", "")]
    assert outcomes(system.call_webhook("e2", "ALLOC", **line, END_DATE="2026-11-24")) == [("ended", "")]
    world.clock.advance(days=3)
    for number in ("e1", "e1", "e1", "another id"):
        assert outcomes(system.call_webhook(number, "ALLOC", **line)) == [("unchanged", "")]
    assert outcomes(system.call_webhook("from the future", "ALLOC", at="9999-01-01T00:00:00Z", **line)) == [
        ("unchanged", "")
    ]
    system.knows("ALLOC", **line)
    assert outcomes(system.send_csv()) == [("unchanged", "")]
    assert allocated(world) == []


def test_what_ended_stays_ended(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    what_ended_stays_ended(sqlite_world, sqlite_app)


def test_a_feed_that_begins_again_what_ended_is_noticed(
    sqlite_world: SmallWorld, sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Allocations, "ended", lambda *_: None)
    assert not holds(lambda: what_ended_stays_ended(sqlite_world, sqlite_app))


def test_an_end_that_overtook_its_beginning_holds(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    world, system = sqlite_world, CaseSystem(sqlite_world, sqlite_app)
    world.police_notice()
    line = {"CASE_NO": "C-1", "HUB_FAMILY": reference(world), "WORKER_LOGIN": "rob", "START_DATE": "2026-11-20"}
    for lead in ("Y", "N"):
        said = line | {"KEY_WORKER": lead, "WORKER_LOGIN": "rob" if lead == "Y" else "nina"}
        assert outcomes(system.call_webhook(f"end {lead}", "ALLOC", **said, END_DATE="2026-11-21")) == [
            ("unchanged", "")
        ]
        assert outcomes(system.call_webhook(f"begin {lead}", "ALLOC", **said)) == [("unchanged", "")]
    assert allocated(world) == []


def test_a_later_word_or_another_first_day_begins_again(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    world, system = sqlite_world, CaseSystem(sqlite_world, sqlite_app)
    world.police_notice()
    line = {"CASE_NO": "C-1", "HUB_FAMILY": reference(world), "WORKER_LOGIN": "rob", "START_DATE": "2026-11-23"}
    system.call_webhook("e1", "ALLOC", **line)
    system.call_webhook("e2", "ALLOC", **line, END_DATE="2026-11-24")
    world.clock.advance(days=4)
    later = system.call_webhook("e3", "ALLOC", at="2026-11-26T09:00:00Z", **line)
    assert outcomes(later) == [("recorded", "")]
    other = line | {"WORKER_LOGIN": "nina", "START_DATE": "2026-11-25"}
    assert outcomes(system.call_webhook("e4", "ALLOC", **other)) == [("recorded", "")]
    assert sorted(allocated(world)) == [("nina", False), ("rob", False)]


def outcomes(answer: object) -> list[tuple[str, str]]:
    assert answer.status_code == 200, answer.text
    return [(one["outcome"], one["code"]) for one in answer.json["allocations"]]


def a_line_that_cannot_be_recorded_waits_at_the_front_door(world: SmallWorld, app: Flask) -> None:
    world.police_notice()
    world.allocate("sally", lead=True)
    system, here = (
        CaseSystem(world, app),
        {"CASE_NO": "C-1", "HUB_FAMILY": reference(world), "START_DATE": "2026-11-23"},
    )
    system.knows("ALLOC", **here, WORKER_LOGIN="nobody.known")
    system.knows("ALLOC", **here | {"HUB_FAMILY": "FS-9999"}, WORKER_LOGIN="rob")
    system.knows("ALLOC", **here, WORKER_LOGIN="nina", KEY_WORKER="Y")
    system.knows("ALLOC", **here | {"START_DATE": "soon"}, WORKER_LOGIN="nina")
    system.knows("ALLOC", **here, WORKER_LOGIN="nina", KEY_WORKER="N")
    answer = system.send_csv()
    assert outcomes(answer) == [
        ("quarantined", "unknown_worker"),
        ("quarantined", "unknown_family"),
        ("quarantined", "lead_stands"),
        ("quarantined", "not_a_date"),
        ("recorded", ""),
    ]
    waiting = {line.id for line in world.hub.front_door.waiting(world.accounts["fran"])}
    stopped = [one["referral"] for one in answer.json["allocations"] if one["outcome"] == "quarantined"]
    assert len(set(stopped)) == 4
    assert set(stopped) <= waiting
    assert outcomes(system.send_csv())[:4] == outcomes(answer)[:4]
    assert {line.id for line in world.hub.front_door.waiting(world.accounts["fran"])} == waiting


def test_a_line_that_cannot_be_recorded_waits_at_the_front_door(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    a_line_that_cannot_be_recorded_waits_at_the_front_door(sqlite_world, sqlite_app)


def test_a_feed_that_drops_a_line_is_noticed(
    sqlite_world: SmallWorld, sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dropped(_feed: object, _said: object, line: object, code: str) -> dict[str, object]:
        return {"pointer": line.pointer, "outcome": "quarantined", "code": code, "referral": line.pointer}

    monkeypatch.setattr(CouncilFeed, "_quarantined", dropped)
    assert not holds(lambda: a_line_that_cannot_be_recorded_waits_at_the_front_door(sqlite_world, sqlite_app))


def test_a_line_that_was_settled_and_cannot_be_recorded_again_waits_again(
    sqlite_world: SmallWorld, sqlite_app: Flask
) -> None:
    world, system = sqlite_world, CaseSystem(sqlite_world, sqlite_app)
    world.police_notice()
    system.knows("ALLOC", CASE_NO="C-1", HUB_FAMILY="FS-9999", WORKER_LOGIN="rob", START_DATE="2026-11-23")
    (first,) = system.send_csv().json["allocations"]
    edit(world, "data", ("UPDATE referral SET state = 'settled' WHERE id = ?", (first["referral"],)))
    (again,) = system.send_csv().json["allocations"]
    assert again["referral"] != first["referral"]
    assert system.send_csv().json["allocations"] == [again]


@pytest.mark.parametrize("user", ["", "sally", "iggy"])
def test_only_a_named_manager_allocates(sqlite_world: SmallWorld, sqlite_app: Flask, user: str) -> None:
    world, system = sqlite_world, CaseSystem(sqlite_world, sqlite_app)
    world.police_notice()
    system.knows("ALLOC", CASE_NO="C-1", HUB_FAMILY=reference(world), WORKER_LOGIN="rob", START_DATE="2026-11-23")
    code = "unknown_family" if user else "no_user_named"
    assert outcomes(system.send_csv(user)) == [("quarantined", code)]
    assert allocated(world) == []


def test_another_agencys_system_cannot_name_the_councils_manager(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    police = Sender(sqlite_world, sqlite_app, "police")
    assert police.ask(police.signed(act={"sub": "manager"})).status_code == 401


def written(world: SmallWorld) -> None:
    """Let the team's family hold an entry of the team, and one that is not for its social worker."""
    world.police_notice()
    world.allocate("sally", lead=True)
    about = [reference_of(world, "Maya Hart")]
    deposit(world, "csc", RecordKind.TEAM_ENTRY, about, {"what_happened": "=A visit went well", "event_kind": "visit"})


def test_what_the_team_wrote_goes_back_with_receipt_and_link(world: SmallWorld, app: Flask) -> None:
    written(world)
    before, system = world.entries(), CaseSystem(world, app)
    answer = system.take(world.family, "sally")
    assert answer.status_code == 200, answer.text
    (note,) = system.held.notes.values()
    assert "A visit went well" in note["NOTE_TEXT"]
    assert note["HUB_LINK"] == f"{world.settings.base_url}/families/{world.family}"
    assert note["HUB_FAMILY"] == reference(world)
    made = {e.entry.act: e for e in since(world, before)}
    left = made["case_record:export"]
    assert (left.entry.operation, left.entry.recipient) == (Operation.EXPORT, world.agencies["csc"])
    assert system.held.receipts == [left.header.id]
    assert made["case_record:confirm"].entry.selection["receipt"] == left.header.id
    rows = list(csv.DictReader(io.StringIO(system.take(world.family, "sally", "text/csv").text)))
    assert rows[0]["NOTE_TEXT"].startswith(("What happened: =A", "Kind of event"))
    assert rows[-1]["HUB_RECEIPT"] == "#rows=1"


def test_entries_chapters_and_group_supervision_go_back(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    written(sqlite_world)
    about = [reference_of(sqlite_world, "Maya Hart")]
    for kind, fields in (
        (RecordKind.MI_SESSION, {"goal": "Mornings without shouting", "chapter": "motivation"}),
        (RecordKind.GROUP_SUPERVISION, {"decision": "Stay with the plan", "actions": "Sally visits on Monday"}),
        (RecordKind.CONTACT_POINT, {"address": "1 Elsewhere Road"}),
    ):
        deposit(sqlite_world, "csc", kind, about, fields, Sensitivity.PERSONAL)
    system = CaseSystem(sqlite_world, sqlite_app)
    taken = system.take(sqlite_world.family, "sally")
    assert {note["NOTE_TYPE"] for note in system.held.notes.values()} == {
        "team_entry",
        "mi_session",
        "group_supervision",
    }
    assert "Mornings without shouting" in taken.text
    assert "Stay with the plan" in taken.text
    assert "Elsewhere Road" not in taken.text


def what_is_held_back_does_not_go_out(world: SmallWorld, app: Flask) -> None:
    written(world)
    system = CaseSystem(world, app)
    before = [note["HUB_RECORD"] for note in system.take(world.family, "sally").json["records"]]
    about = [reference_of(world, "Maya Hart")]
    deposit(
        world, "da", RecordKind.SERVICE_ENTRY, about, {"what_happened": "Not for the council"}, Sensitivity.PROTECTED
    )
    again = system.take(world.family, "sally")
    assert [note["HUB_RECORD"] for note in again.json["records"]] == before
    assert "Not for the council" not in again.text


def test_what_is_held_back_does_not_go_out(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    what_is_held_back_does_not_go_out(sqlite_world, sqlite_app)


def test_an_export_of_every_label_is_noticed(
    sqlite_world: SmallWorld, sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Ruling, "visible", lambda ruling: list(ruling.decisions))
    assert not holds(lambda: what_is_held_back_does_not_go_out(sqlite_world, sqlite_app))


def test_a_system_alone_takes_nothing_and_confirms_nothing(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    written(sqlite_world)
    system = CaseSystem(sqlite_world, sqlite_app)
    assert system.take(sqlite_world.family, "").status_code == 404
    assert system.take(sqlite_world.family, "iggy").status_code in {404, 422}
    path = f"/v1/council/receipts/{sqlite_world.entries()[0].header.id}"
    for user in ("", "iggy"):
        answer = system.sender.http.post(path, json={"records": 1}, headers=system.sender.headers(user))
        assert answer.status_code == 404
