"""A health service has the replies to its referrals pushed to the address that its administrator registered."""

import base64
import json
import uuid
from collections.abc import Iterator
from dataclasses import replace

import pytest
from fhir.resources.R4B.bundle import Bundle
from flask import Flask
from werkzeug.test import TestResponse

from connectors.client import verified
from hub.domain.errors import AccessRefusedError, InvalidRequestError
from hub.services import pushed_replies
from hub.services.pushed_replies import PushedReplies
from hub.services.signed_calls import ATTEMPTS
from hub.services.webhooks import ANY_OTHER
from hub.store.clear import reply_calls
from hub.wiring import World, build, web_app
from tests.factories import CHEAP, FIXTURES, SmallWorld
from tests.journeys.readers import Reader, plain
from tests.journeys.senders import Sender
from tests.journeys.test_fhir_door import ANOTHER, changed
from tests.simulators.listener import Listener
from tests.spec.helping import holds

OFFICIAL = (FIXTURES / "bars" / "validation_request_post.json").read_bytes()
OWN_ID = "86e3371d-1c15-4862-9552-d9560f8292ba"
CALL = "5c7f9a2e-3d7b-4a53-9d2e-0f6f3c9b7d11"
SERVICE = "https://fhir.nhs.uk/Id/dos-service-id|2222222222"
CRISIS = "https://fhir.nhs.uk/Id/dos-service-id|3333333333"
WARD = "https://fhir.nhs.uk/Id/dos-service-id|4444444444"
CLAIMED = b"http://fhir.nhs.uk/Id/dos-service-id|2222222222"


@pytest.fixture
def listener() -> Iterator[Listener]:
    found = Listener()
    yield found
    found.stop()


@pytest.fixture
def app(sqlite_world: SmallWorld) -> Flask:
    """A hub that may call this machine; Ann looks after the accounts of the mental health trust."""
    settings = replace(sqlite_world.settings, webhook_loopback=True)
    hub = build(settings, world=World(sqlite_world.clock, sqlite_world.hub.world.randomness), passwords=CHEAP)
    sqlite_world.others.append(hub)
    sqlite_world.hub = hub
    sqlite_world.staff("ann", "mh", "agency_admin")
    sqlite_world.staff("ada", "police", "agency_admin")
    return web_app(hub)


@pytest.fixture
def trust(sqlite_world: SmallWorld, app: Flask) -> Sender:
    return Sender(sqlite_world, app, "mh")


def post(sender: Sender, body: bytes = OFFICIAL) -> TestResponse:
    answer = sender.post("/fhir/$process-message", body, "application/fhir+json", X_Correlation_Id=CALL)
    assert answer.status_code == 200, answer.text
    return answer


def registered(sender: Sender, url: str, who: str = "ann", service: str = SERVICE) -> str:
    world = sender.world
    return world.hub.partners.webhooks.add_for_replies(world.accounts[who], url, service).secret


def decide(world: SmallWorld) -> None:
    """A person takes up what waits: its news is told at once."""
    world.hub.rounds.run_once()
    world.accept()


def warned(answer: TestResponse) -> list[str]:
    return [issue["diagnostics"] for issue in answer.json["issue"] if "reply_endpoint" in issue.get("diagnostics", "")]


def test_the_reply_comes_to_the_registered_address_signed_with_the_headers_of_the_standard(
    trust: Sender, listener: Listener
) -> None:
    secret, world = registered(trust, listener.url), trust.world
    assert warned(post(trust)) == []
    world.hub.rounds.run_once()
    assert listener.calls == []
    decide(world)
    world.hub.rounds.run_once()
    [(headers, body)] = listener.calls
    bundle = Bundle.model_validate(verified(headers, body, secret, world.clock()))
    header, case, _ = (entry.resource for entry in bundle.entry)
    assert (header.eventCoding.code, header.response.identifier) == ("servicerequest-response", OWN_ID)
    assert case.status == "in-progress"
    assert headers["Content-Type"] == "application/fhir+json;version=1.0.0"
    assert json.loads(base64.b64decode(headers["NHSD-Target-Identifier"])) == dict(
        zip(("system", "value"), SERVICE.split("|"), strict=True)
    )
    assert headers["X-Correlation-Id"] == CALL
    assert uuid.UUID(headers["X-Request-Id"])
    assert headers["webhook-id"] == bundle.id
    fetched = trust.http.get("/fhir/replies", query_string={"message": OWN_ID}, headers=trust.headers())
    assert fetched.json["entry"][0]["resource"]["id"] == bundle.id


def a_reply_is_sent_once(sender: Sender, listener: Listener) -> bytes:
    registered(sender, listener.url)
    post(sender)
    post(sender)
    decide(sender.world)
    for _ in range(3):
        sender.world.hub.rounds.run_once()
        post(sender)
        sender.world.clock.advance(days=2)
    assert len(listener.calls) == 1
    return listener.calls[0][1]


def test_a_reply_that_is_sent_again_with_every_news_is_noticed(
    trust: Sender, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle = reply_calls.settle
    monkeypatch.setattr(
        reply_calls, "settle", lambda *rows, **named: settle(*rows[:-1], replace(rows[-1], told=""), **named)
    )
    assert not holds(lambda: a_reply_is_sent_once(trust, listener))


def test_a_reply_is_sent_once_and_names_nobody(trust: Sender, listener: Listener) -> None:
    body = a_reply_is_sent_once(trust, listener)
    assert not [name for name in (b"Julie", b"Jones", b"3478526985", b"Brightside") if name in body]


def test_a_failed_reply_is_tried_again_as_the_same_bundle_and_given_up_loudly(
    trust: Sender, listener: Listener
) -> None:
    registered(trust, listener.url)
    post(trust)
    decide(trust.world)
    listener.status = 503
    carry(trust.world)
    carry(trust.world)
    assert len(listener.calls) == 1, "tried again at once"
    for _ in range(ATTEMPTS + 3):
        trust.world.clock.advance(hours=7)
        carry(trust.world)
    assert len(listener.calls) == ATTEMPTS
    assert len({body for _, body in listener.calls}) == 1
    assert len({headers["webhook-id"] for headers, _ in listener.calls}) == 1
    assert len({headers["X-Request-Id"] for headers, _ in listener.calls}) == ATTEMPTS
    hub, world = trust.world.hub, trust.world
    assert [read.entry.outcome for read in world.entries()].count("reply_given_up") == 1
    [task] = [line for line in hub.tasks.open_for(world.accounts["fran"]) if "by phone" in line.words]
    told = hub.tasks.page(world.accounts["fran"], task.id).about
    assert [name for name, _ in told] == ["Tell", "Receipt", "It is"]
    assert "01632" in told[0][1]
    assert told[2][1] == "accepted"
    assert "given up" in " ".join(line.words for line in hub.tasks.open_for(world.accounts["ann"]))
    fetched = trust.http.get("/fhir/replies", query_string={"message": OWN_ID}, headers=trust.headers())
    assert fetched.json["entry"][0]["resource"]["entry"][1]["resource"]["status"] == "in-progress"


def carry(world: SmallWorld) -> None:
    world.hub.partners.deliveries.run_once()
    world.hub.partners.pushed.run_once()


def test_what_died_between_call_and_record_calls_again_as_the_same_bundle(
    trust: Sender, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    registered(trust, listener.url)
    post(trust)
    decide(trust.world)
    with monkeypatch.context() as dying:
        dying.setattr(PushedReplies, "_settle", lambda *_args, **_named: (_ for _ in ()).throw(RuntimeError))
        with pytest.raises(RuntimeError):
            carry(trust.world)
    carry(trust.world)
    carry(trust.world)
    assert len(listener.calls) == 2
    assert len({headers["webhook-id"] for headers, _ in listener.calls}) == 1


def only_the_registered_address_is_called(sender: Sender, listener: Listener, claimed: Listener) -> None:
    registered(sender, listener.url, service=ANY_OTHER)
    answer = post(sender, OFFICIAL.replace(CLAIMED, claimed.url.encode()))
    [words] = warned(answer)
    assert claimed.url not in answer.text
    assert "source.endpoint" in json.dumps(answer.json["issue"])
    assert words
    decide(sender.world)
    sender.world.hub.rounds.run_once()
    assert (len(listener.calls), claimed.calls) == (1, [])


def test_the_address_that_a_message_claims_is_never_called(trust: Sender, listener: Listener) -> None:
    claimed = Listener()
    only_the_registered_address_is_called(trust, listener, claimed)
    claimed.stop()


def test_a_claimed_address_that_is_believed_is_noticed(
    trust: Sender, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    claimed = Listener()
    sent = PushedReplies._send

    def believing(self: PushedReplies, tried: object, webhook: object, *rest: object) -> bool:
        return sent(self, tried, replace(webhook, url=claimed.url), *rest)

    monkeypatch.setattr(PushedReplies, "_send", believing)
    assert not holds(lambda: only_the_registered_address_is_called(trust, listener, claimed))
    claimed.stop()


def each_service_has_its_own_replies(trust: Sender, listener: Listener) -> None:
    """Two services of one trust send; a third, which has no address of its own, is the default's."""
    crisis, rest = Listener(), Listener()
    for url, service in ((listener.url, SERVICE), (crisis.url, CRISIS), (rest.url, ANY_OTHER)):
        registered(trust, url, service=service)
    names = {}
    for number, (service, at) in enumerate(((SERVICE, listener), (CRISIS, crisis), (WARD, rest))):
        answer = post(trust, from_service(service, number))
        assert bool(warned(answer)) == (at is rest)
        names[at] = own_id(number)
        decide(trust.world)
    trust.world.clock.advance(days=4)  # over a weekend
    trust.world.hub.rounds.run_once()
    for at, name in names.items():
        said = [Bundle.model_validate_json(body).entry[0].resource for _, body in at.calls]
        assert [header.response.identifier for header in said] == [name]
    told = [json.loads(base64.b64decode(headers["NHSD-Target-Identifier"]))["value"] for headers, _ in rest.calls]
    assert told == ["4444444444"]
    crisis.stop()
    rest.stop()


def own_id(number: int) -> str:
    return OWN_ID.replace("86e3371d", f"86e3371{number}")


def from_service(service: str, number: int) -> bytes:
    """Return another referral, sent by a service."""
    case = json.loads(OFFICIAL)["entry"][1]["fullUrl"].encode()
    body = OFFICIAL.replace(CLAIMED, service.encode()).replace(OWN_ID.encode(), own_id(number).encode())
    return body.replace(b"sender1234", f"sender{number}".encode()).replace(case, case[:-1] + str(number).encode())


def test_each_service_of_a_trust_has_its_own_replies_alone(trust: Sender, listener: Listener) -> None:
    each_service_has_its_own_replies(trust, listener)


def test_replies_that_go_to_every_service_are_noticed(
    trust: Sender, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pushed_replies, "_for", lambda _service, known: known)
    assert not holds(lambda: each_service_has_its_own_replies(trust, listener))


def test_a_service_without_an_address_and_without_a_default_is_not_pushed_to_another(
    trust: Sender, listener: Listener
) -> None:
    registered(trust, listener.url, service=CRISIS)
    assert warned(post(trust))
    decide(trust.world)
    trust.world.hub.rounds.run_once()
    assert listener.calls == []
    fetched = trust.http.get("/fhir/replies", query_string={"message": OWN_ID}, headers=trust.headers())
    assert fetched.json["entry"]


def test_without_a_registered_address_nothing_is_called_and_the_reply_is_fetched(trust: Sender) -> None:
    claimed = Listener()
    answer = post(trust, OFFICIAL.replace(CLAIMED, claimed.url.encode()))
    decide(trust.world)
    trust.world.hub.rounds.run_once()
    claimed.stop()
    assert (warned(answer), claimed.calls) == ([], [])


def test_the_replies_of_one_agency_never_go_to_another(trust: Sender, listener: Listener) -> None:
    registered(trust, listener.url, "ada")
    post(trust)
    decide(trust.world)
    trust.world.hub.rounds.run_once()
    assert listener.calls == []


def test_news_and_replies_keep_to_their_own_addresses(trust: Sender, listener: Listener) -> None:
    world, news = trust.world, Listener()
    registered(trust, listener.url)
    world.hub.partners.webhooks.add(world.accounts["ann"], news.url, "")
    post(trust)
    decide(world)
    world.hub.rounds.run_once()
    news.stop()
    assert [json.loads(body)["type"] for _, body in news.calls] == ["receipt.state_changed"]
    assert [json.loads(body)["resourceType"] for _, body in listener.calls] == ["Bundle"]


def test_a_redirect_is_not_followed_and_an_ended_registration_is_not_called(trust: Sender, listener: Listener) -> None:
    world, elsewhere = trust.world, Listener()
    registered(trust, listener.url)
    listener.status, listener.location = 307, elsewhere.url
    post(trust)
    decide(world)
    carry(world)
    elsewhere.stop()
    assert (len(listener.calls), elsewhere.calls) == (1, [])
    [line] = world.hub.partners.webhooks.lines(world.accounts["ann"])
    world.hub.partners.webhooks.end(world.accounts["ann"], line.id)
    world.clock.advance(days=2)
    carry(world)
    assert len(listener.calls) == 1


@pytest.mark.parametrize("url", ["http://10.0.0.7/", "https://10.0.0.7/", "https://user@10.0.0.7/"])
def test_no_private_address_is_registered(trust: Sender, url: str) -> None:
    with pytest.raises(InvalidRequestError):
        registered(trust, url)


def test_only_the_agencys_own_administrator_registers_a_service_that_is_one(trust: Sender, listener: Listener) -> None:
    for service in ("", "2222222222", "https://fhir.nhs.uk/Id/x|a b", "javascript:x|1", f"https://{'a' * 200}|1"):
        with pytest.raises(InvalidRequestError):
            registered(trust, listener.url, service=service)
    for who in ("fran", "manager", "iggy"):
        with pytest.raises(AccessRefusedError):
            registered(trust, listener.url, who)


def test_what_its_sender_calls_a_message_lies_sealed(trust: Sender, listener: Listener) -> None:
    registered(trust, listener.url)
    post(trust, OFFICIAL.replace(OWN_ID.encode(), b"Canarysurname-2016"))
    raw = (trust.world.settings.folder / "data.db").read_bytes()
    wal = (trust.world.settings.folder / "data.db-wal").read_bytes()
    assert b"Canarysurname" not in raw + wal


def test_what_is_repaired_in_quarantine_is_no_decision_and_its_sender_still_has_the_reply(
    trust: Sender, listener: Listener
) -> None:
    world = trust.world
    registered(trust, listener.url)
    broken = json.loads(OFFICIAL)
    kinds = [one["resource"]["resourceType"] for one in broken["entry"]]
    patient = broken["entry"][kinds.index("Patient")]["resource"]
    place = f"Bundle.entry[{kinds.index('Patient')}].resource.birthDate"
    came, patient["birthDate"] = patient["birthDate"], "last Tuesday"
    post(trust, json.dumps(broken).encode())
    desk, fran = world.hub.partners.quarantined, world.accounts["fran"]
    [line] = desk.waiting(fran)
    assert desk.repair(fran, line.id, {place: came}) is None
    carry(world)
    assert listener.calls == []
    fetched = trust.http.get("/fhir/replies", query_string={"message": OWN_ID}, headers=trust.headers())
    assert fetched.json["entry"][0]["resource"]["entry"][1]["resource"]["status"] == "planned"
    decide(world)
    carry(world)
    [(_, body)] = listener.calls
    assert json.loads(body)["entry"][0]["resource"]["response"]["identifier"] == OWN_ID


def test_an_update_and_a_withdrawal_each_have_a_reply_of_their_own(trust: Sender, listener: Listener) -> None:
    world = trust.world
    registered(trust, listener.url, service=ANY_OTHER)
    post(trust, changed("new", "active", 1))
    decide(world)
    carry(world)
    post(trust, changed("update", "active", 2))
    carry(world)
    assert told(listener) == [(ANOTHER + "1", "in-progress"), (ANOTHER + "2", "in-progress")]
    carry(world)
    assert len(listener.calls) == 2


def test_a_referral_that_is_taken_back_while_it_waits_is_closed_for_every_message_about_it(
    trust: Sender, listener: Listener
) -> None:
    registered(trust, listener.url, service=ANY_OTHER)
    post(trust, changed("new", "active", 1))
    post(trust, changed("delete", "revoked", 2))
    carry(trust.world)
    assert sorted(told(listener)) == [(ANOTHER + "1", "finished"), (ANOTHER + "2", "finished")]


def told(listener: Listener) -> list[tuple[str, str]]:
    """Return (id of the message answered, state) of every reply that came."""
    bundles = [[one["resource"] for one in json.loads(body)["entry"]] for _, body in listener.calls]
    return [(header["response"]["identifier"], case["status"]) for header, case, _ in bundles]


def test_a_reply_that_may_not_be_told_yet_waits(
    trust: Sender, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    registered(trust, listener.url)
    post(trust)
    with monkeypatch.context() as program:
        # Whoever decides is the matching program: then the state is told when a person would have decided.
        program.setattr("hub.services.telling.MATCHER", trust.world.accounts["fran"])
        trust.world.hub.rounds.run_once()
        trust.world.accept()
        trust.world.clock.advance(minutes=15)
        with trust.world.hub.clear.write() as connection:
            for line in trust.world.hub.partners.webhooks.lines(trust.world.accounts["ann"]):
                [awaited] = awaited_of(trust.world)
                reply_calls.wake(connection, trust.world.hub.clear.partnership, line.id, awaited, trust.world.clock())
        carry(trust.world)
        assert listener.calls == []
        trust.world.clock.advance(days=2)
        carry(trust.world)
        assert len(listener.calls) == 1


def awaited_of(world: SmallWorld) -> list[str]:
    with world.hub.engines.data.connect() as connection:
        return [row[0] for row in connection.exec_driver_sql("select receipt_id from reply_awaited")]


def test_the_administrator_registers_the_address_on_the_page(app: Flask, listener: Listener) -> None:
    ann = Reader(app, "ann")
    assert "system|value" in plain(ann.send("/webhooks", url=listener.url, email="", target="the desk"))
    assert "whsec_" in ann.send("/webhooks", url=listener.url, email="", target=SERVICE).text
    words = ann.words("/webhooks")
    assert f"replies for {SERVICE}" in words
    assert "when a referral is decided" in words
