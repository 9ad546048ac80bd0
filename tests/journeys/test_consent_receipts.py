"""A receipt goes to the person who spoke, by the way they chose, and never where it is not safe."""

import json
from collections.abc import Callable

import pytest
from flask import Flask

from hub.domain.consent import Asking, Capacity, Channel, Method
from hub.domain.facts import FactKind, person_chain
from hub.domain.fields import RecordKind
from hub.domain.ids import PersonId
from hub.domain.labels import Sensitivity
from hub.services import consent_receipts
from hub.services.recording import ConsentWord
from tests.factories import SmallWorld, notice
from tests.journeys.readers import Reader, plain
from tests.spec.helping import deposit, holds, named, reference_of, write_fact

GRACE, MAYA = "Grace Adeyemi-Hart", "Maya Hart"
ADDRESS = "7 Quiet Terrace, EX4 4ZZ"


def spoken(world: SmallWorld, channel: Channel = Channel.SAFE_POST, status: str = "given", about: str = GRACE) -> str:
    """Place a family, tell the hub one address of the mother, and record her answer; returns its path."""
    family = world.police_notice(without_contacts())
    world.allocate("sally", lead=True)
    grace = named(world, GRACE)
    asking = Asking(
        given_by=grace,
        capacity=Capacity.ADULT if about == GRACE else Capacity.PARENTAL_RESPONSIBILITY,
        method=Method.EASY_READ,
        notice="2026-1",
        channel=channel,
    )
    scope = {"sources": [world.agencies["da"]], "categories": ["attendance"], "purposes": ["support_family"]}
    word = ConsentWord(named(world, about), status, asking=asking, **scope)
    fact = world.hub.recording.consent(world.accounts["sally"], family, word)
    return f"/families/{family}/consent/{fact}/receipt"


def without_contacts() -> bytes:
    """Return the police notice as if nobody's address or phone were known: in it the mother's are protected."""
    said = json.loads(notice())
    for person in said["notices"][0]["people"]:
        for key in ("addresses", "phones", "school", "gp", "email"):
            person.pop(key, None)
    said["notices"][0]["households"] = []
    return json.dumps(said).encode()


def lives_at(world: SmallWorld, address: str = ADDRESS, *, protected: bool = False, agency: str = "csc") -> None:
    kind = RecordKind.PROTECTED_CONTACT if protected else RecordKind.CONTACT_POINT
    sensitivity = Sensitivity.PROTECTED if protected else Sensitivity.PERSONAL
    deposit(world, agency, kind, [reference_of(world, GRACE)], {"address": address}, sensitivity)


def sally(world: SmallWorld, app: Flask) -> Reader:
    reader = Reader(app, "sally")
    reader.open(world.family, "support_family")
    return reader


def test_a_receipt_is_made_in_person_in_words_for_a_family_under_an_entry(world: SmallWorld, app: Flask) -> None:
    path = spoken(world)
    lives_at(world)
    page = plain(sally(world, app).get(path))
    for words in (
        "Your answer Yes",
        "You spoke for yourself",
        "Appointments",
        "With pictures and easy words",
        "2026-1",
    ):
        assert words in page
    assert ADDRESS not in page
    assert not any(word in page.casefold() for word in ("perpetrator", "victim"))
    entry = next(e.entry for e in world.entries() if e.entry.recipient == person_chain(named(world, GRACE)))
    assert (entry.operation.value, entry.act, entry.outcome) == ("disclosure", "consent_receipt:hand_over", "released")


def test_the_record_has_the_fields_of_iso_27560_and_no_name_or_address(world: SmallWorld, app: Flask) -> None:
    path = spoken(world)
    lives_at(world)
    answer = sally(world, app).get(f"{path}.json")
    record = json.loads(answer.text)
    assert set(record) == {"header", "pii_processing", "party_identification", "event"}
    assert record["header"]["pii_principal_id"] == named(world, GRACE)
    assert record["event"]["event_state"] == "given"
    assert record["event"]["validity_duration"] == "until_withdrawn"
    processing = record["pii_processing"]
    assert processing["privacy_notice"] == {"version": "2026-1", "language": "en"}
    assert [purpose["purpose"] for purpose in processing["purposes"]] == ["support_family"]
    assert processing["purposes"][0]["lawful_basis"] != ["not_recorded"]
    assert processing["pii_information"][0]["special_pii_category"] is True
    assert processing["withdrawal_method"]
    assert processing["jurisdiction"] == "GB-ENG"
    assert not any(held in answer.text for held in (GRACE, ADDRESS))


def test_the_chosen_safe_way_carries_the_one_address_that_is_known(world: SmallWorld, app: Flask) -> None:
    path = spoken(world)
    lives_at(world)
    reader = sally(world, app)
    assert "by=safe_post" in reader.get(path).text
    assert ADDRESS in plain(reader.get(f"{path}?by=safe_post"))
    assert reader.get(f"{path}?by=safe_email").status_code == 409


def _shield(world: SmallWorld) -> None:
    grace = named(world, GRACE)
    write_fact(world, person_chain(grace), FactKind.SHIELD, {"person": grace, "desk": "restricted"})


UNSAFE: dict[str, Callable[[SmallWorld], None]] = {
    "protected": lambda world: lives_at(world, "1 Refuge Way", protected=True),
    "protected by an agency whose records she may not see": lambda world: lives_at(
        world, "1 Refuge Way", protected=True, agency="da"
    ),
    "shielded": _shield,
    "two addresses": lambda world: lives_at(world, "12 Shared Home Road"),
}


def stopped(world: SmallWorld, app: Flask, unsafe: Callable[[SmallWorld], None]) -> None:
    path = spoken(world)
    lives_at(world)
    unsafe(world)
    reader = sally(world, app)
    answer = reader.get(f"{path}?by=safe_post")
    assert answer.status_code == 409
    assert "Hand it over in person" in plain(answer)
    everything = answer.text + reader.get(path).text + reader.get(f"{path}.json").text
    assert not any(held in everything for held in (ADDRESS, "1 Refuge Way", "12 Shared Home Road"))
    refused = [e.entry for e in world.entries() if e.entry.act == "consent_receipt:hand_over"]
    assert "refused" in {entry.outcome for entry in refused}


@pytest.mark.parametrize("why", UNSAFE)
def test_an_address_that_may_not_be_safe_never_appears_and_stops_the_act(
    why: str, world: SmallWorld, app: Flask
) -> None:
    stopped(world, app, UNSAFE[why])


def test_planted_a_receipt_that_trusts_every_address_is_noticed(
    sqlite_world: SmallWorld, sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consent_receipts, "safe_detail", lambda *_: ADDRESS)
    assert not holds(lambda: stopped(sqlite_world, sqlite_app, UNSAFE["protected"]))


@pytest.mark.parametrize("channel", [Channel.NONE, Channel.IN_PERSON])
def test_without_a_safe_channel_it_is_handed_over_in_person(
    channel: Channel, sqlite_world: SmallWorld, sqlite_app: Flask
) -> None:
    path = spoken(sqlite_world, channel)
    lives_at(sqlite_world)
    reader = sally(sqlite_world, sqlite_app)
    assert "Hand it over in person" in reader.words(path)
    assert "Make it for the way they chose" not in reader.words(path)
    assert reader.get(f"{path}?by=safe_post").status_code == 409


def test_what_a_parent_said_for_a_child_is_for_the_parent_and_names_no_child(world: SmallWorld, app: Flask) -> None:
    path = spoken(world, about=MAYA)
    page = plain(sally(world, app).get(path))
    assert "You spoke for somebody else" in page
    assert MAYA not in page
    assert GRACE in page


@pytest.mark.parametrize("username", ["rob", "iggy", "fran", "manager"])
def test_nobody_else_makes_a_receipt(username: str, sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    path = spoken(sqlite_world)
    if username == "rob":
        sqlite_world.allocate("rob", "alleged_perpetrator")
    reader = Reader(sqlite_app, username)
    if username == "rob":
        reader.open(sqlite_world.family, "support_family")
    assert reader.get(path).status_code in {302, 404}
    absent = path.replace(path.split("/")[4], PersonId("00000000-0000-7000-8000-000000000000"))
    assert reader.get(absent).status_code == reader.get(path).status_code
