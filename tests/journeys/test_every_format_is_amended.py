"""Whatever a sender sends again in a later version is taken, and stands in the place of what it said before."""

import json
import re
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import func, select

from hub.store.clear import messages
from hub.store.clear.tables import referral
from hub.store.clear.team_tables import correction
from tests.bad_input import changed_at
from tests.factories import FIXTURES, SmallWorld
from tests.forms import FORMS, batch
from tests.forms import referral as filled
from tests.journeys.senders import Sender
from tests.spec.helping import holds


def fixture(path: str) -> bytes:
    return (FIXTURES / path).read_bytes()


def formats() -> Iterator[tuple[str, str, str, bytes, bytes]]:
    """Yield door, media type, sender, and two versions of one referral, of every format."""
    said = fixture("safeguarding_notice/domestic_abuse.json")
    again = changed_at(changed_at(said, "notices/0/action", "amend"), "notices/0/notice_version", 2)
    yield "/v1/notices", "application/json", "police", said, again
    said = fixture("substance_misuse/adult_with_children.json")
    again = changed_at(changed_at(said, "referrals/0/action", "amend"), "referrals/0/referral_version", 2)
    yield "/v1/referrals", "application/json", "sm", said, again
    said = fixture("bars/mother_referral.json")
    again = changed_at(changed_at(said, "id", "second"), "timestamp", "2026-11-23T09:00:00+00:00")
    coding = [{"system": "https://fhir.nhs.uk/CodeSystem/message-reason-bars", "code": "update"}]
    again = changed_at(again, "entry/0/resource/reason", {"coding": coding})
    yield "/fhir/$process-message", "application/fhir+json", "mh", said, again
    said = fixture("hl7v2/child_referral.hl7")
    again = (
        said.replace(b"REF^I12", b"REF^I13")
        .replace(b"EX-000123", b"EX-000124")
        .replace(b"20240312100000", b"20240312110000")
    )
    yield "/hl7v2", "application/hl7-v2", "mh", said, again
    said, again = fixture("cin_census/CIN_Census_2021.xml"), fixture("cin_census/CIN_Census_2024.xml")
    again = re.sub(rb"(<Child>.*?</Child>).*(?=</Children>)", rb"\1", again, flags=re.DOTALL)
    yield "/v1/messages/cin_census", "application/xml", "csc", said, again
    people = [
        line for line in json.loads(fixture("case_system/monday.json"))["lines"] if line["record"] != "allocation"
    ]
    said = changed_at(fixture("case_system/monday.json"), "lines", people)
    again = changed_at(changed_at(said, "lines/2/status", "Care order"), "batch_id", "tuesday")
    yield "/v1/council/updates", "application/json", "csc", said, again
    for name in ("marac", "gp"):
        later = filled(FORMS[name], action="amend", referral_version=2)
        yield f"/v1/forms/{name}", "application/json", "mh", batch(FORMS[name]), batch(FORMS[name], later)


FORMATS = list(formats())


@pytest.mark.parametrize("sent", FORMATS, ids=[one[0] for one in FORMATS])
def test_a_later_version_stands_in_the_place_of_the_earlier_one(
    sqlite_world: SmallWorld, sqlite_app: Flask, sent: tuple[str, str, str, bytes, bytes]
) -> None:
    stands_in_its_place(sqlite_world, sqlite_app, sent)


def test_an_amendment_that_changes_nothing_is_noticed(
    sqlite_world: SmallWorld, sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "set_aside", lambda *_: None)
    assert not holds(lambda: stands_in_its_place(sqlite_world, sqlite_app, FORMATS[0]))


def test_an_entry_without_room_to_say_what_it_amends_is_taken_all_the_same(
    sqlite_world: SmallWorld, sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.services.composing.VERSIONS", ("a_field_that_no_record_has",))
    stands_in_its_place(sqlite_world, sqlite_app, FORMATS[0])


def stands_in_its_place(world: SmallWorld, app: Flask, sent: tuple[str, str, str, bytes, bytes]) -> None:
    path, media, code, said, again = sent
    sender = Sender(world, app, code)
    assert sender.post(path, said, media).status_code == 200
    before = stored(world)
    answer = sender.post(path, again, media, Idempotency_Key="the second")
    assert answer.status_code == 200, answer.text
    after = stored(world)
    assert after["referral"] == before["referral"] == 1
    assert after["correction"] > before["correction"] == 0


def stored(world: SmallWorld) -> dict[str, int]:
    with world.hub.clear.read() as connection:
        return {
            table.name: connection.scalar(select(func.count()).select_from(table)) or 0
            for table in (referral, correction)
        }
