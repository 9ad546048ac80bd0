"""A partner works for a week over a bad line; afterwards both sides count the same: nothing lost, nothing twice."""

from collections import Counter
from collections.abc import Mapping

import pytest
from flask import Flask
from sqlalchemy import select

from connectors.client import Answer, ClientKey, HubClient, RefusedError, UnreachableError
from hub.store.clear.tables import referral
from tests.factories import SmallWorld, notice
from tests.journeys.senders import Sender
from tests.simulators.partner import A_DAY, Dice, Outages, Partner


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


def test_after_a_week_over_a_bad_line_both_sides_count_the_same(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    line = Outages(line_to(sqlite_app), Dice("a week"))
    partner = Partner(client_of(sqlite_world, sqlite_app, "police", line), "week")
    days = 5
    partner.play(days, each=lambda: sqlite_world.clock.advance(hours=1))
    assert line.lost > days
    assert partner.hub_count() == partner.count
    kept = _stored(sqlite_world, "police")
    assert sum(kept.values()) == len(partner.count.referrals) == A_DAY.count("new") * days + 3 * days
    assert kept["quarantined"] == partner.count.outcomes["quarantined"] == days
    assert partner.count.refused == {409: days, 400: days}


def test_a_count_that_is_off_by_one_is_noticed(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    partner = Partner(client_of(sqlite_world, sqlite_app, "police"), "planted")
    partner.play(1)
    partner.count.outcomes["accepted"] += 1
    assert partner.hub_count() != partner.count


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
