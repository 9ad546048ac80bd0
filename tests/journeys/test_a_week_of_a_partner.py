"""A partner works for a week over a bad line; afterwards both sides count the same: nothing lost, nothing twice."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from flask import Flask
from sqlalchemy import select

from connectors.client import Answer, ClientKey, HubClient, RefusedError, UnreachableError
from hub.domain.receipt import Receipt
from hub.services.intake import Intake, Message
from hub.store.clear.tables import referral
from tests import forms
from tests.factories import SmallWorld, notice
from tests.journeys.senders import Sender
from tests.simulators.partner import ACTS, Agency, Dice, Outages
from tests.simulators.partner.agency import StoppedError
from tests.spec.helping import holds

SPEAKS = {
    "police": ("notice_json", "notice_xml", "notice_csv"),
    "mh": ("bars", "hl7", "mental_health"),
    "sm": ("treatment",),
    "da": (*forms.NAMES, *(f"{name}_csv" for name in forms.NAMES)),
}


def line_to(app: Flask):  # noqa: ANN201  a Transport
    http = app.test_client()

    def send(method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        path = "/" + url.split("/", 3)[3]
        answer = http.open(path, method=method, headers=dict(headers), data=body)
        return Answer(answer.status_code, answer.data)

    return send


def client_of(world: SmallWorld, app: Flask, code: str, line=None) -> HubClient:  # noqa: ANN001  a Transport
    sender = Sender(world, app, code, "EdDSA")
    key = ClientKey(sender.client_id, sender.kid, sender.private)
    waited: list[float] = []
    return HubClient(
        world.settings.base_url, key, transport=line or line_to(app), clock=world.clock, sleep=waited.append
    )


def a_week_over_a_bad_line(world: SmallWorld, app: Flask, code: str, days: int = 7) -> Agency:
    dice = Dice(f"a week of {code}")
    line = Outages(line_to(app), dice)
    agency = Agency(client_of(world, app, code, line), f"{code}-week", SPEAKS[code], dice)
    for _ in range(days):
        for act in dice.shuffled(ACTS):
            agency.play(act)
            world.clock.advance(minutes=30)
    assert agency.book.differences(agency.client) == []
    assert line.lost > days
    kept = _stored(world, code)
    assert sum(kept.values()) == len(agency.book.referrals) == agency.book.promised
    assert kept["quarantined"] == len(agency.book.waiting)
    return agency


@pytest.mark.parametrize("code", SPEAKS)
def test_after_a_week_over_a_bad_line_both_sides_count_the_same(
    sqlite_world: SmallWorld, sqlite_app: Flask, code: str
) -> None:
    agency = a_week_over_a_bad_line(sqlite_world, sqlite_app, code)
    assert agency.book.refused() == {409: 7, 400: 7}


def test_a_hub_that_loses_one_is_noticed(
    sqlite_world: SmallWorld, sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It answers the fifth message with a receipt and keeps nothing of it."""
    take, given = Intake._take, []

    def forgetful(intake: Intake, message: Message, *hashes: str) -> dict:
        given.append(message)
        if len(given) == 5:
            return Receipt(str(uuid4()), sqlite_world.clock(), message.connector, ()).plain()
        return take(intake, message, *hashes)

    monkeypatch.setattr(Intake, "_take", forgetful)
    assert not holds(lambda: a_week_over_a_bad_line(sqlite_world, sqlite_app, "police", days=1))


def test_a_hub_that_stores_one_twice_is_noticed(
    sqlite_world: SmallWorld, sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It keeps the fifth message a second time, under a key of its own."""
    receive, given = Intake.receive, []

    def twice(intake: Intake, message: Message) -> dict:
        given.append(message)
        if len(given) == 5:
            unnumbered = [replace(one, draft=replace(one.draft, message_id="")) for one in message.parsed if one.draft]
            receive(intake, replace(message, key="again", parsed=unnumbered))
        return receive(intake, message)

    monkeypatch.setattr(Intake, "receive", twice)
    assert not holds(lambda: a_week_over_a_bad_line(sqlite_world, sqlite_app, "police", days=1))


def test_a_second_run_counts_only_what_it_sent_itself(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    sender = Sender(sqlite_world, sqlite_app, "police", "EdDSA")
    key = ClientKey(sender.client_id, sender.kid, sender.private)
    client = HubClient(sqlite_world.settings.base_url, key, transport=line_to(sqlite_app), clock=sqlite_world.clock)
    client.submit("/v1/notices", notice(), key="sent before")
    for seed in ("one", "two"):
        agency = Agency(client, seed, SPEAKS["police"], Dice(seed))
        agency.begin()
        for act in ACTS:
            agency.play(act)
        assert agency.book.differences(client) == []
    agency.book.before = frozenset()
    assert [one for one in agency.book.differences(client) if "it was never sent" in one]


def public_of(private: bytes) -> bytes:
    key = load_pem_private_key(private, None)
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def test_a_client_that_is_not_let_in_is_told_so(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    sender = Sender(sqlite_world, sqlite_app, "police", "EdDSA")
    for address, private, said in (
        ("http://127.0.0.1:18765", sender.private, "the hub answered 401"),
        (sqlite_world.settings.base_url, b"no key", "the key does not sign"),
        (sqlite_world.settings.base_url, public_of(sender.private), "the key does not sign"),
    ):
        key, waited = ClientKey(sender.client_id, sender.kid, private), list[float]()
        client = HubClient(address, key, transport=line_to(sqlite_app), clock=sqlite_world.clock, sleep=waited.append)
        agency = Agency(client, "nobody", SPEAKS["police"], Dice("nobody"))
        with pytest.raises(StoppedError, match=said):
            agency.begin()
    for act in ACTS:
        client = HubClient("http://127.0.0.1:1", ClientKey("x", "y", sender.private), transport=line_to(sqlite_app))
        with pytest.raises(StoppedError, match="not let in"):
            Agency(client, "nobody", SPEAKS["police"], Dice(act)).play(act)


def test_an_answer_that_was_lost_is_asked_for_again_and_nothing_arrives_twice(
    sqlite_world: SmallWorld, sqlite_app: Flask
) -> None:
    through, lost = line_to(sqlite_app), []

    def once_deaf(method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        answer = through(method, url, headers, body)
        if url.endswith("/v1/notices") and not lost:
            lost.append(url)
            raise UnreachableError
        return answer

    client = client_of(sqlite_world, sqlite_app, "police", once_deaf)
    receipt = client.submit("/v1/notices", notice(), key="SN-1 version 1")
    assert [found["receipt"] for found in client.receipts()] == [receipt["receipt"]]
    assert sum(_stored(sqlite_world, "police").values()) == 1


def test_a_token_is_used_until_it_is_nearly_over_and_then_renewed(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    through, asked = line_to(sqlite_app), Counter()

    def counting(method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        asked[url.rpartition("/")[2]] += 1
        return through(method, url, headers, body)

    client = client_of(sqlite_world, sqlite_app, "police", counting)
    for _ in range(3):
        client.receipts()
    assert asked["token"] == 1
    sqlite_world.clock.advance(minutes=6)
    client.receipts()
    assert asked["token"] == 2


def test_a_sender_reads_what_a_person_decided(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    client = client_of(sqlite_world, sqlite_app, "police")
    receipt = client.submit("/v1/notices", notice(), key="first")
    assert client.receipt(receipt["receipt"])["records"][0]["state"] == "received"
    sqlite_world.hub.rounds.run_once()
    sqlite_world.accept()
    assert client.receipt(receipt["receipt"])["records"][0]["state"] == "accepted"


def test_a_receipt_of_another_agency_is_not_there(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    receipt = client_of(sqlite_world, sqlite_app, "police").submit("/v1/notices", notice(), key="first")
    with pytest.raises(RefusedError) as refused:
        client_of(sqlite_world, sqlite_app, "sm").receipt(receipt["receipt"])
    assert refused.value.status == 404
    assert receipt["receipt"] not in str(refused.value.problem)


def _stored(world: SmallWorld, code: str) -> Counter[str]:
    with world.hub.clear.read() as connection:
        rows = connection.execute(select(referral.c.state).where(referral.c.agency_id == world.agencies[code]))
        return Counter(row.state for row in rows)
