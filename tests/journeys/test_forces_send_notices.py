"""A force sends the same notice as JSON, XML or CSV: one numbering, one family, one amendment."""

import json

from flask import Flask

from tests.factories import FIXTURES, SmallWorld, notice
from tests.journeys.senders import Sender
from tests.notices import as_csv, as_xml

FOLDER = FIXTURES / "safeguarding_notice"


def sent(police: Sender, body: bytes, media: str) -> dict:
    answer = police.post("/v1/notices", body, media)
    assert answer.status_code == 200, answer.text
    return answer.json


def test_xml_and_csv_are_taken_like_json(world: SmallWorld, app: Flask) -> None:
    police = Sender(world, app, "police")
    first = sent(police, (FOLDER / "domestic_abuse.xml").read_bytes(), "application/xml")
    assert first["records"][0]["outcome"] == "accepted"
    assert first["format"] == "safeguarding_notice_xml"
    again = sent(police, (FOLDER / "domestic_abuse.csv").read_bytes(), "text/csv")
    assert again["records"][0]["referral"] == first["records"][0]["referral"]
    assert "already_received" in {issue["code"] for issue in again["records"][0]["issues"]}


def test_what_was_sent_as_json_can_be_amended_as_xml_and_withdrawn_as_csv(world: SmallWorld, app: Flask) -> None:
    police = Sender(world, app, "police")
    first = sent(police, notice(), "application/json")["records"][0]["referral"]
    batch = json.loads(notice(action="amend", notice_version=2, unit="Another unit")) | {"batch_id": "B-2"}
    amended = sent(police, as_xml(batch), "text/xml")["records"][0]
    assert (amended["outcome"], amended["referral"]) == ("accepted", first)
    batch = json.loads(notice(action="withdraw", notice_version=3)) | {"batch_id": "B-3"}
    withdrawn = sent(police, as_csv(batch), "text/csv")["records"][0]
    assert (withdrawn["outcome"], withdrawn["referral"]) == ("accepted", first)


def test_the_xsd_is_published(world: SmallWorld, app: Flask) -> None:
    answer = Sender(world, app, "police").http.get("/v1/schemas/safeguarding-notice.xsd")
    assert answer.status_code == 200
    assert answer.mimetype == "application/xml"
    assert b'name="safeguarding_notices"' in answer.data


def test_an_xml_message_that_declares_a_doctype_is_refused_by_name(world: SmallWorld, app: Flask) -> None:
    police = Sender(world, app, "police")
    answer = police.post("/v1/notices", b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', "text/xml")
    assert answer.status_code == 400
    assert "doctype_refused" in answer.text
