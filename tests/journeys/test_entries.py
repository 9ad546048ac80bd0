"""A worker writes once; what is said beside it is seen with it; the page suggests words and never blocks."""

import pytest
from flask import Flask

from tests.factories import SmallWorld
from tests.journeys.readers import Reader, lead, plain
from tests.spec.helping import named

WORRY = "Grace failed to engage with the school"
OWN_WORDS = "I was in hospital that week"


@pytest.fixture
def family(sqlite_world: SmallWorld) -> str:
    sqlite_world.police_notice()
    lead(sqlite_world)
    sqlite_world.allocate("sally", lead=True)
    sqlite_world.allocate("pete", "alleged_perpetrator")
    return sqlite_world.family


def fields(world: SmallWorld, **changes: object) -> dict[str, object]:
    return {
        "occurred__month": "10",
        "occurred__year": "2026",
        "event": "visit",
        "statement": "fact_observed",
        "about": [named(world, "Grace Adeyemi-Hart")],
        "what_happened": WORRY,
        "significance": "significant",
        "family_state": "shared",
        "sensitivity": "personal",
    } | changes


def test_an_entry_is_written_once_and_stands_in_the_chronology(
    sqlite_app: Flask, sqlite_world: SmallWorld, family: str
) -> None:
    sally = Reader(sqlite_app, "sally")
    sally.open(family)
    answer = sally.send(f"/families/{family}/entries/new", **fields(sqlite_world))
    assert answer.status_code == 302, plain(answer)
    page = sally.words(f"/families/{family}")
    assert WORRY in page
    assert "October 2026" in page
    assert "Observed by the writer" in page
    assert "Significant" in page
    assert "worth another look" in page


def test_looking_at_the_wording_first_stores_nothing_and_blocks_nothing(
    sqlite_app: Flask, sqlite_world: SmallWorld, family: str
) -> None:
    sally = Reader(sqlite_app, "sally")
    sally.open(family)
    answer = sally.send(f"/families/{family}/entries/new", look="yes", **fields(sqlite_world))
    assert "failed to engage" in plain(answer)
    assert "Say what was offered" in plain(answer)
    assert WORRY not in sally.words(f"/families/{family}")


def test_a_form_that_is_not_whole_says_what_to_do(sqlite_app: Flask, sqlite_world: SmallWorld, family: str) -> None:
    sally = Reader(sqlite_app, "sally")
    sally.open(family)
    wrong = fields(sqlite_world, family_state="withheld", occurred__day="40", about=[])
    said = plain(sally.send(f"/families/{family}/entries/new", **wrong))
    assert "Choose why the family may not see it yet" in said
    assert "Enter by which day" in said
    assert "Choose at least one person" in said
    assert "Enter a date, or a month and year" in said


def test_a_disagreement_a_challenge_and_a_correction_from_the_page(
    sqlite_app: Flask, sqlite_world: SmallWorld, family: str
) -> None:
    sally, pete = Reader(sqlite_app, "sally"), Reader(sqlite_app, "pete")
    sally.open(family)
    pete.open(family)
    sally.send(f"/families/{family}/entries/new", **fields(sqlite_world))
    record = next(r.record for r in sqlite_world.view("sally").records if WORRY in r.fields.get("what_happened", ""))
    place = f"/families/{family}/entries/{record}"
    mother = named(sqlite_world, "Grace Adeyemi-Hart")
    assert sally.send(f"{place}/disagreement", person=mother, words=OWN_WORDS).status_code == 302
    assert OWN_WORDS in sally.words(f"/families/{family}")
    assert pete.get(place).status_code == 404
    assert OWN_WORDS not in pete.words(f"/families/{family}")
    changed = fields(sqlite_world, what_happened="Grace was ill and rang the school", correction_reason="She told me")
    assert sally.send(f"{place}/correct", **changed).status_code == 302
    page = sally.words(f"/families/{family}")
    assert WORRY not in page
    assert "Grace was ill and rang the school" in page
    assert OWN_WORDS in page
    assert "First recorded" in page
    assert sally.get(place).status_code == 404
