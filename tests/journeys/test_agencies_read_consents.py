"""An agency's system reads a word about sharing for a named user who works with the person, and for nobody else."""

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from hub.domain.consent import Asking, Capacity
from hub.domain.ids import FactId
from hub.services import consent_out
from hub.services.recording import ConsentWord
from tests.factories import SmallWorld
from tests.journeys.senders import Sender
from tests.spec.helping import holds, named, treatment

DANIEL, GRACE, MAYA = "Daniel Hart", "Grace Adeyemi-Hart", "Maya Hart"
NOWHERE = "00000000-0000-7000-8000-000000000000"


def agreed(world: SmallWorld, *categories: str, name: str = DANIEL, **more: object) -> FactId:
    """Place a family with a recovery worker, and record a yes about what the recovery service holds."""
    if not world.family:
        world.police_notice()
        world.send("sm", "adult_with_children_json", treatment())
        world.hub.rounds.run_once()
        world.accept()
        world.allocate("sally", lead=True)
        world.allocate("rob", "alleged_perpetrator")
    person = named(world, name)
    flow = {"sources": [world.agencies["sm"]], "recipients": [world.agencies["csc"], world.agencies["mh"]]}
    asking = Asking(given_by=person, notice="2026-2")
    word = ConsentWord(
        person, "given", categories or ("attendance", "risk_view"), **({"asking": asking, **flow} | more)
    )
    return world.hub.recording.consent(world.accounts["sally"], world.family, word)


def ask(sender: Sender, event: str, user: str = "") -> TestResponse:
    why = {"X-Purpose": "support_family", "X-Reason": "to keep our record right"}
    return sender.http.get(f"/fhir/Consent/{event}", headers=sender.headers(user) | why)


def test_a_holder_reads_what_it_may_pass_on_and_to_whom(world: SmallWorld, app: Flask) -> None:
    event = agreed(world)
    answer = ask(Sender(world, app, "sm"), event, "rob")
    assert (answer.status_code, answer.content_type) == (200, "application/fhir+json")
    consent = answer.json
    assert (consent["status"], consent["provision"]["type"]) == ("active", "permit")
    assert [coding["code"] for coding in consent["provision"]["class"]] == ["attendance", "risk_view"]
    assert {a["reference"]["identifier"]["value"] for a in consent["provision"]["actor"]} == {"csc", "mh"}
    assert "modifierExtension" not in consent
    assert consent["contained"][0]["name"][0]["text"] == DANIEL
    entries = [e.entry for e in world.entries() if e.entry.act == "consent:read"]
    handed = next(entry for entry in entries if entry.operation.value == "disclosure")
    assert (handed.recipient, handed.outcome) == (world.agencies["sm"], "released")
    assert handed.justification == "to keep our record right"


def test_a_recipient_reads_what_concerns_it_and_cannot_take_it_for_its_own_holding(
    sqlite_world: SmallWorld, sqlite_app: Flask
) -> None:
    event = agreed(sqlite_world)
    consent = ask(Sender(sqlite_world, sqlite_app, "csc"), event, "sally").json
    assert [a["reference"]["identifier"]["value"] for a in consent["provision"]["actor"]] == ["csc"]
    assert consent["modifierExtension"] == [{"url": "urn:hub:consent-held-by", "valueString": "sm"}]


def only_who_it_concerns_reads_it(world: SmallWorld, app: Flask) -> None:
    event = agreed(world)
    world.allocate("pete", "alleged_perpetrator")
    world.staff("susan", "csc", "social_worker")
    for code, user in (("sm", ""), ("csc", "susan"), ("csc", "iggy"), ("da", "pete")):
        sender = Sender(world, app, code)
        answer, absent = ask(sender, event, user), ask(sender, NOWHERE, user)
        assert (answer.status_code, answer.data) == (404, absent.data), (code, user)
    assert app.test_client().get(f"/fhir/Consent/{event}").status_code == 401
    about_her = agreed(world, name=GRACE)
    assert ask(Sender(world, app, "sm"), about_her, "rob").status_code == 404


def test_only_who_it_concerns_reads_it(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    only_who_it_concerns_reads_it(sqlite_world, sqlite_app)


def what_was_taken_back_is_left_out(world: SmallWorld, app: Flask) -> None:
    event, daniel = agreed(world), named(world, DANIEL)
    sally, sender = world.accounts["sally"], Sender(world, app, "sm")
    no = ConsentWord(daniel, "withdrawn", ["risk_view"])
    world.hub.recording.consent(sally, world.family, no)
    consent = ask(sender, event, "rob").json
    assert [coding["code"] for coding in consent["provision"]["class"]] == ["attendance"]
    world.hub.recording.consent(sally, world.family, ConsentWord(daniel, "refused"))
    consent = ask(sender, event, "rob").json
    assert (consent["status"], consent["provision"]["type"]) == ("inactive", "deny")


def test_what_was_taken_back_is_left_out_at_the_next_request(world: SmallWorld, app: Flask) -> None:
    what_was_taken_back_is_left_out(world, app)


def test_planted_a_word_that_is_never_looked_up_again_is_noticed(
    sqlite_world: SmallWorld, sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consent_out, "_stands", lambda *_: True)
    assert not holds(lambda: what_was_taken_back_is_left_out(sqlite_world, sqlite_app))


def test_a_parents_word_names_no_parent_and_is_no_word_of_the_childs(
    sqlite_world: SmallWorld, sqlite_app: Flask
) -> None:
    agreed(sqlite_world)
    grace = named(sqlite_world, GRACE)
    asking = Asking(given_by=grace, capacity=Capacity.PARENTAL_RESPONSIBILITY)
    event = agreed(sqlite_world, name=MAYA, asking=asking)
    answer = ask(Sender(sqlite_world, sqlite_app, "csc"), event, "sally")
    assert answer.json["performer"] == [
        {"identifier": {"system": "urn:hub:consent-capacity", "value": "parental_responsibility"}}
    ]
    assert grace not in answer.text
