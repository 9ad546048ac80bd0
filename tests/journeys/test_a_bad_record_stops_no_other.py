"""One record that cannot be read, or that meets a defect of ours, stops no other record and is never lost."""

import base64
import json
from copy import deepcopy
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from structlog.testing import capture_logs

from connectors.safeguarding_notice import connector as notices
from connectors.safeguarding_notice import csv_connector, xml_connector
from hub.domain.access import Act
from hub.domain.fields import RecordKind
from hub.services import intake, receiving
from hub.services.family_page import Stated
from hub.services.view_kinds import Look
from hub.store.clear.tables import referral
from tests.factories import FIXTURES, SmallWorld, notice
from tests.journeys.senders import Sender
from tests.notices import as_csv, as_xml
from tests.spec.helping import holds

BAD = "S-1"
"""The notice that something is wrong with; it is the second of three."""
CANARY = "Canarysurname"
FORMS = {"application/json": json.dumps, "application/xml": as_xml, "text/csv": as_csv}


def batch(**changes: object) -> dict[str, Any]:
    """Return three notices; `changes` are made in the event of the second."""
    said = json.loads(notice())
    said["notices"] = [deepcopy(said["notices"][0]) | {"notice_ref": f"S-{number}"} for number in range(3)]
    said["notices"][1]["event"] |= changes
    said["notices"][1]["people"][0]["name"] |= {"full": CANARY, "family": CANARY}
    return said


def written(media: str, said: dict[str, Any]) -> bytes:
    body = FORMS[media](said)
    return body if isinstance(body, bytes) else body.encode()


def outcomes(answer: Any) -> list[str]:  # noqa: ANN401  werkzeug's own response
    assert answer.status_code == 200, answer.text
    return [record["outcome"] for record in answer.json["records"]]


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
@pytest.mark.parametrize("media", FORMS)
def test_a_date_out_of_all_time_stops_its_own_notice_alone(
    sqlite_world: SmallWorld, sqlite_app: Flask, media: str, moment: str
) -> None:
    answer = Sender(sqlite_world, sqlite_app, "police").post(
        "/v1/notices", written(media, batch(occurred_from=moment)), media
    )
    assert outcomes(answer) == ["accepted", "quarantined", "accepted"]
    (issue,) = (one for one in answer.json["records"][1]["issues"] if one["severity"] == "error")
    assert issue["code"] == "not_a_date"
    assert "occurred_from" in issue["location"]


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
@pytest.mark.parametrize("place", ["timestamp", "authoredOn"])
def test_a_health_message_of_no_time_at_all_is_kept(
    sqlite_world: SmallWorld, sqlite_app: Flask, place: str, moment: str
) -> None:
    bundle = json.loads((FIXTURES / "bars" / "mother_referral.json").read_text())
    target = (
        bundle
        if place == "timestamp"
        else next(
            entry["resource"] for entry in bundle["entry"] if entry["resource"]["resourceType"] == "ServiceRequest"
        )
    )
    target[place] = moment
    sender = Sender(sqlite_world, sqlite_app, "mh")
    answer = sender.post("/fhir/$process-message", json.dumps(bundle).encode(), "application/fhir+json")
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("moment", ["00010101000000+1400", "99991231235959-1400"])
def test_an_hl7_message_of_no_time_at_all_is_kept(sqlite_world: SmallWorld, sqlite_app: Flask, moment: str) -> None:
    message = f"MSH|^~\\&|A|B|C|D|{moment}||REF^I12^REF_I12|X1|P|2.5\rPID|||1||Doe^Jane||20200101\r"
    answer = Sender(sqlite_world, sqlite_app, "mh").post("/hl7v2", message.encode(), "application/hl7-v2")
    assert answer.status_code == 200, answer.text
    assert "MSA|A" in answer.text


def original(world: SmallWorld, id_: str) -> str:
    """Return what is kept of a referral as it came, as the duty worker opens it."""
    with world.hub.engines.data.connect() as connection:
        family = connection.scalar(select(referral.c.family_id).where(referral.c.id == id_))
    look = Look(Act.QUARANTINE_REPAIR, frozenset({RecordKind.ORIGINAL}))
    shown = world.hub.pages.disclose(world.accounts["fran"], family, Stated("front_door", "looking"), look=look)
    return "".join(base64.b64decode(one.fields["content"]).decode() for one in shown.records)


def plant(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let our own translation break on one notice, with its words in the error."""
    right = notices.notice_draft

    def broken(said: Any, pointer: str) -> object:  # noqa: ANN401  a notice
        if said["notice_ref"] == BAD:
            raise ZeroDivisionError(CANARY)
        return right(said, pointer)

    monkeypatch.setattr(notices, "notice_draft", broken)


def a_defect_in_one_record_stops_no_other(world: SmallWorld, app: Flask, media: str) -> None:
    with capture_logs() as logged:
        answer = Sender(world, app, "police").post("/v1/notices", written(media, batch()), media)
    assert outcomes(answer) == ["accepted", "quarantined", "accepted"]
    bad = answer.json["records"][1]
    assert [(one["code"], one["location"]) for one in bad["issues"]] == [("not_understood", bad["pointer"])]
    assert [line["kind"] for line in logged if line["event"] == "unexpected"] == ["ZeroDivisionError"]
    assert CANARY not in repr(logged) + answer.text
    world.hub.rounds.run_once()
    fran = world.accounts["fran"]
    assert len(world.hub.front_door.waiting(fran)) == 3
    (waits,) = world.hub.partners.quarantined.waiting(fran)
    page = world.hub.partners.quarantined.page(fran, waits.id)
    assert CANARY in str(page.understood), "its original is not there to be looked at"


@pytest.mark.parametrize("media", FORMS)
def test_a_defect_in_one_record_stops_no_other(
    sqlite_world: SmallWorld, sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch, media: str
) -> None:
    plant(monkeypatch)
    a_defect_in_one_record_stops_no_other(sqlite_world, sqlite_app, media)
    (waits,) = sqlite_world.hub.partners.quarantined.waiting(sqlite_world.accounts["fran"])
    page = sqlite_world.hub.partners.quarantined.page(sqlite_world.accounts["fran"], waits.id)
    assert [flaw.words for flaw in page.flaws if flaw.stops] == ["Not understood"]


@pytest.mark.parametrize(("where", "media"), [(xml_connector, "application/xml"), (csv_connector, "text/csv")])
def test_a_reader_whose_records_do_not_stand_alone_is_noticed(
    sqlite_world: SmallWorld, sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch, where: object, media: str
) -> None:
    plant(monkeypatch)
    monkeypatch.setattr(where, "stands_alone", lambda _pointer, read, *said: read(*said))
    assert not holds(lambda: a_defect_in_one_record_stops_no_other(sqlite_world, sqlite_app, media))


def test_what_a_shipped_connector_broke_off_waits_whole(
    sqlite_world: SmallWorld, sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(monkeypatch)
    monkeypatch.setattr(csv_connector, "stands_alone", lambda _pointer, read, *said: read(*said))
    answer = Sender(sqlite_world, sqlite_app, "police").post("/v1/notices", written("text/csv", batch()), "text/csv")
    assert outcomes(answer) == ["accepted", "quarantined"]
    assert answer.json["records"][1]["pointer"] == receiving.REST
    (waits,) = sqlite_world.hub.partners.quarantined.waiting(sqlite_world.accounts["fran"])
    assert CANARY in original(sqlite_world, waits.id), "it is lost"


def test_a_defect_on_the_way_in_keeps_its_record_alone(
    sqlite_world: SmallWorld, sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = intake.compose

    def broken(draft: Any, *more: Any) -> object:  # noqa: ANN401  a draft and what compose takes
        if draft.message_id == BAD:
            raise ZeroDivisionError(CANARY)
        return right(draft, *more)

    monkeypatch.setattr(intake, "compose", broken)
    a_defect_in_one_record_stops_no_other(sqlite_world, sqlite_app, "application/json")
