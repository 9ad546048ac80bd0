"""The census goes out to a named officer: what they may see of each child, under an entry of its own, and no more."""

import pytest
from flask import Flask
from lxml import etree

from hub.domain.access import Operation
from hub.domain.fields import RecordKind
from hub.domain.labels import Sensitivity
from hub.gate.view import Ruling
from tests.factories import FIXTURES, SmallWorld
from tests.journeys.senders import Sender
from tests.spec.helping import deposit, holds, since

CENSUS = (FIXTURES / "cin_census" / "synthetic_2026.xml").read_bytes()
SAID = {"purpose": "protect_child", "reason": "the yearly return"}


def received(world: SmallWorld) -> None:
    """Take in the census of one child and place it as a family of which Sally is the lead."""
    first = CENSUS.partition(b"<ChildIdentifiers>\n        <LAchildID>EX0000042")[0].rpartition(b"<Child>")[0]
    receipt = world.send("csc", "cin_census", first + b"</Children></Message>")
    assert [one["outcome"] for one in receipt["records"]] == ["accepted"]
    world.hub.rounds.run_once()
    world.accept()
    world.allocate("sally", lead=True)


def export(world: SmallWorld, sender: Sender, user: str) -> tuple[int, bytes]:
    path = f"/v1/families/{world.family}/cin-census"
    answer = sender.http.post(path, json=SAID, headers=sender.headers(user))
    return answer.status_code, answer.data


def test_an_officer_gets_what_the_council_said_and_what_the_hub_decided(world: SmallWorld, app: Flask) -> None:
    received(world)
    world.open("child_protection_plan")
    before, council = world.entries(), Sender(world, app, "csc")
    status, body = export(world, council, "sally")
    assert status == 200
    root = etree.fromstring(body)
    told = {tag: [e.text for e in root.iter(tag)] for tag in ("LAchildID", "ReferralSource", "CINPlanStartDate")}
    assert told == {"LAchildID": ["EX0000041"], "ReferralSource": ["6"], "CINPlanStartDate": ["2025-12-16"]}
    assert [e.text for e in root.iter("AssessmentFactors")] == ["1B", "3B"]
    assert [e.text for e in root.iter("CPPstartDate")] == ["2026-11-23"]
    (entry,) = [e.entry for e in since(world, before) if e.entry.act == "census:export"]
    assert (entry.operation, entry.actor, entry.purpose) == (
        Operation.EXPORT,
        world.accounts["sally"],
        "protect_child",
    )


def test_a_system_alone_and_a_stranger_get_nothing(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    received(sqlite_world)
    council, police = Sender(sqlite_world, sqlite_app, "csc"), Sender(sqlite_world, sqlite_app, "police")
    answers = [export(sqlite_world, council, ""), export(sqlite_world, police, "otto")]
    assert [status for status, _ in answers] == [404, 404]
    assert answers[0][1] == answers[1][1]


def what_is_held_back_leaves_no_trace(world: SmallWorld, app: Flask) -> None:
    received(world)
    council = Sender(world, app, "csc")
    before = export(world, council, "sally")
    shown = world.view("sally")
    about = [subject for label in shown.labels.values() for subject in label.subjects][:1]
    fields = {"factors": "AssessmentActualStartDate 2026-01-01, AssessmentFactors 4B"}
    deposit(world, "da", RecordKind.COUNCIL_RECORD, about, fields, Sensitivity.PROTECTED)
    assert export(world, council, "sally") == before
    assert b"4B" not in before[1]


def test_what_is_held_back_leaves_no_trace(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    what_is_held_back_leaves_no_trace(sqlite_world, sqlite_app)


def test_an_export_of_every_label_is_noticed(
    sqlite_world: SmallWorld, sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Ruling, "visible", lambda ruling: list(ruling.decisions))
    assert not holds(lambda: what_is_held_back_leaves_no_trace(sqlite_world, sqlite_app))
