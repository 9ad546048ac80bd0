"""A health system sends what its patient said about sharing; it counts for what that service holds."""

import json

from flask import Flask

from hub.domain.facts import Fact, FactKind, family_chain, person_chain
from hub.domain.ids import PersonId
from hub.services.recording import ConsentWord
from tests.factories import FIXTURES, SmallWorld
from tests.journeys.senders import Sender

AGREED = (FIXTURES / "fhir_consent" / "agreed.json").read_bytes()
FHIR = "application/fhir+json"


def _said(world: SmallWorld) -> list[Fact]:
    members = world.hub.writer.standing_facts([family_chain(world.family)], world.clock())
    chains = {person_chain(PersonId(f.body["person"])) for f in members if f.kind is FactKind.MEMBERSHIP}
    return [f for f in world.hub.writer.standing_facts(chains, world.clock()) if f.kind is FactKind.CONSENT]


def test_a_consent_is_received_placed_and_counts_for_what_its_sender_holds(world: SmallWorld, app: Flask) -> None:
    answer = Sender(world, app, "mh").post("/fhir/Consent", AGREED, FHIR)
    assert (answer.status_code, answer.json["resourceType"]) == (200, "OperationOutcome")
    assert answer.headers["X-Receipt-Id"]
    world.hub.rounds.run_once()
    world.accept()
    (said,) = _said(world)
    assert said.body["status"] == "given"
    assert said.body["sources"] == [world.agencies["mh"]]
    assert (said.body["categories"], said.body["recipients"]) == (["attendance", "health_summary"], ["csc"])
    assert said.valid_until is not None


def test_the_same_consent_twice_gives_the_first_receipt_again(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    sender = Sender(sqlite_world, sqlite_app, "mh")
    first, second = (sender.post("/fhir/Consent", AGREED, FHIR) for _ in range(2))
    assert first.headers["X-Receipt-Id"] == second.headers["X-Receipt-Id"]


def test_a_malformed_consent_is_answered_in_the_senders_dialect_without_its_values(
    sqlite_world: SmallWorld, sqlite_app: Flask
) -> None:
    sender = Sender(sqlite_world, sqlite_app, "mh")
    for body in (b"{", b'{"resourceType": "Canary"}', json.dumps({"canary": "Canary"}).encode()):
        answer = sender.post("/fhir/Consent", body, FHIR)
        assert answer.status_code == 400
        assert answer.json["resourceType"] == "OperationOutcome"
        assert "canary" not in answer.text.casefold()
    assert sqlite_app.test_client().post("/fhir/Consent", data=AGREED, content_type=FHIR).status_code == 401


def test_a_message_does_not_undo_a_no(sqlite_world: SmallWorld) -> None:
    world = sqlite_world
    world.send("mh", "fhir_consent", AGREED)
    world.hub.rounds.run_once()
    world.accept()
    world.allocate("sally", lead=True)
    person = PersonId(_said(world)[0].chain.removeprefix("person:"))
    world.hub.recording.consent(world.accounts["sally"], world.family, ConsentWord(person, "refused"))
    again = json.loads(AGREED) | {"id": "c-1002", "dateTime": "2026-11-23T12:00:00+00:00"}
    world.clock.advance(hours=3)
    world.send("mh", "fhir_consent", json.dumps(again).encode())
    world.hub.rounds.run_once()
    world.accept()
    statuses = [fact.body["status"] for fact in _said(world)]
    assert "refused" in statuses
    assert all(f.body["reason"] == "stated_by_sender" for f in _said(world) if f.body["status"] == "given")
