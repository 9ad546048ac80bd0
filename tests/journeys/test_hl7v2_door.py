"""A trust's integration engine posts HL7 v2 and reads what became of it in the ACK."""

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from connectors.hl7v2 import ack as written
from hub.store.clear.tables import referral
from tests.factories import FIXTURES, SmallWorld
from tests.journeys.senders import Sender
from tests.spec.helping import holds

FOLDER = FIXTURES / "hl7v2"
REFERRAL = (FOLDER / "child_referral.hl7").read_bytes()
PUBLIC = (FOLDER / "REF-I12-01.hl7").read_bytes()
CANARY = "Canarysurname"


@pytest.fixture
def trust(sqlite_world: SmallWorld, sqlite_app: Flask) -> Sender:
    return Sender(sqlite_world, sqlite_app, "mh")


def post(sender: Sender, body: bytes, media: str = "application/hl7-v2") -> TestResponse:
    return sender.post("/hl7v2", body, media)


def segments(answer: TestResponse) -> dict[str, list[list[str]]]:
    """Return the fields of each segment of an ACK by its name."""
    assert answer.content_type == "application/hl7-v2; charset=utf-8"
    found: dict[str, list[list[str]]] = {}
    for line in answer.text.rstrip("\r").split("\r"):
        found.setdefault(line[:3], []).append(line.split("|"))
    return found


def code(answer: TestResponse) -> str:
    return segments(answer)["MSA"][0][1]


def received(world: SmallWorld) -> int:
    with world.hub.engines.data.connect() as connection:
        return connection.scalar(select(func.count()).select_from(referral)) or 0


def test_a_referral_is_acknowledged_and_waits_at_the_front_door(world: SmallWorld, app: Flask) -> None:
    trust = Sender(world, app, "mh")
    answer = post(trust, REFERRAL)
    assert (answer.status_code, code(answer)) == (200, "AA")
    header, said = segments(answer)["MSH"][0], segments(answer)["MSA"][0]
    assert header[2:6] == ["HUB", "EXAMPLESHIRE", "EXAMPLEPAS", "EXAMPLE VALLEY NHS TRUST"]
    assert header[8] == "ACK^I12^ACK"
    assert header[9] == answer.headers["X-Receipt-Id"]
    assert said[2] == "EX-000123"
    world.hub.rounds.run_once()
    (waiting,) = world.hub.front_door.waiting(world.accounts["fran"])
    shown = str(world.hub.front_door.page(world.accounts["fran"], waiting.id))
    assert "Maya hid behind the chair | did not speak." in shown
    assert "MAYA ROSE HART" in shown


def test_sent_three_times_it_is_one_referral_with_the_same_answer(trust: Sender) -> None:
    answers = [post(trust, REFERRAL).data for _ in range(3)]
    assert len(set(answers)) == 1
    assert received(trust.world) == 1
    other = post(trust, REFERRAL.replace(b"hungry", b"thirsty").replace(b"weekends", b"night"))
    assert (other.status_code, code(other)) == (409, "AR")
    assert segments(other)["ERR"][0][3] == "205^Duplicate key identifier^HL70357"


@pytest.mark.parametrize("name", ["ADT-A04-01.hl7", "ADT-A08-01.hl7", "MDM-T01-01.hl7"])
def test_any_other_message_is_answered_ar_and_not_kept(trust: Sender, name: str) -> None:
    body = (FOLDER / name).read_bytes()
    answer = post(trust, body, "text/plain")
    assert (answer.status_code, code(answer)) == (400, "AR")
    assert segments(answer)["ERR"][0][3].startswith("200^")
    assert segments(answer)["MSA"][0][2] == body.split(b"|")[9].decode()
    assert received(trust.world) == 0


def test_the_public_referral_is_accepted_as_it_is(trust: Sender) -> None:
    # Its NHS identifiers are none of ours, so a synthetic partnership takes it.
    answer = post(trust, PUBLIC)
    assert code(answer) == "AA"
    assert [line[5] for line in segments(answer)["ERR"]] == ["security_label_not_known", "segments_not_mapped"]


def test_what_waits_for_a_person_is_answered_ae_and_kept(trust: Sender) -> None:
    answer = post(trust, REFERRAL.replace(b"|20160305|", f"|{CANARY}|".encode()))
    assert (answer.status_code, code(answer)) == (200, "AE")
    (place,) = [line[2] for line in segments(answer)["ERR"] if line[4] == "E"]
    assert place == "PID^1^7"
    assert CANARY not in answer.text
    assert received(trust.world) == 1


BROKEN = [
    b"",
    b"\x00",
    b"MSH",
    b"MSH|^~\\&|" + CANARY.encode(),
    b"FHS|^~\\&|" + CANARY.encode(),
    CANARY.encode(),
    REFERRAL.replace(b"REF^I12^REF_I12", CANARY.encode()),
    REFERRAL.replace(b"|2.5.1|", b"|" + CANARY.encode() + b"|"),
    REFERRAL.replace(b"UNICODE UTF-8", CANARY.encode()),
    REFERRAL + b"\x00" + CANARY.encode(),
    REFERRAL + REFERRAL,
    REFERRAL.decode("utf-8-sig").encode("utf-16"),
]


@pytest.mark.parametrize("body", BROKEN, ids=range(len(BROKEN)))
def test_what_cannot_be_read_is_answered_ar_without_a_value_of_it(trust: Sender, body: bytes) -> None:
    answer = post(trust, body)
    assert 400 <= answer.status_code < 500
    assert code(answer) == "AR"
    assert CANARY not in "".join("|".join(line) for line in segments(answer)["ERR"])
    assert received(trust.world) == 0


def no_value_stands_in_err(trust: Sender) -> None:
    answer = post(trust, REFERRAL.replace(b"|20160305|", f"|{CANARY}|".encode()))
    assert CANARY not in answer.text


def test_an_answer_that_quotes_the_message_is_noticed(trust: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    no_value_stands_in_err(trust)
    plain = written._error
    monkeypatch.setattr(written, "_error", lambda issue, code: f"{plain(issue, code)} {CANARY}")
    assert not holds(lambda: no_value_stands_in_err(trust))


def test_nobody_sends_without_a_token_and_only_hl7_is_taken(trust: Sender) -> None:
    stranger = trust.http.post("/hl7v2", data=REFERRAL, content_type="application/hl7-v2")
    assert (stranger.status_code, code(stranger)) == (401, "AR")
    assert stranger.headers["WWW-Authenticate"] == "Bearer"
    assert post(trust, REFERRAL, "application/json").status_code == 415
    assert trust.http.get("/hl7v2", headers=trust.headers()).status_code == 405
    large = post(trust, b" " * (trust.world.settings.max_body + 1))
    assert (large.status_code, code(large)) == (413, "AR")


def test_a_real_number_is_refused_by_a_synthetic_partnership(trust: Sender) -> None:
    answer = post(trust, REFERRAL.replace(b"9000000025", b"4010232137"))
    assert (answer.status_code, code(answer)) == (422, "AR")
    assert received(trust.world) == 0
