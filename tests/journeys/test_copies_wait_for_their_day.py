"""A member of the family is handed no entry that the family is to be told later, or not yet."""

import pytest
from flask import Flask

from hub.services import printing
from tests.factories import SmallWorld
from tests.journeys.printing_world import DANIEL, HIS, copy_for, entry, family, for_person, sally
from tests.journeys.readers import plain
from tests.spec.helping import holds, reference_of

NOT_YET = {
    "later": "later 2026-12-01",
    "withheld": "withheld risk_of_harm 2026-12-20",
    "nothing said": "",
}


def nothing_before_its_day(world: SmallWorld, app: Flask, visibility: str) -> None:
    who = [reference_of(world, DANIEL)]
    entry(world, who, summary="We think that he will leave", family_visibility=visibility)
    reader = sally(world, app)
    assert "We think that he will leave" in reader.words(f"/families/{world.family}")
    page = plain(copy_for(reader, world, for_person(world, DANIEL)))
    assert HIS in page
    assert "We think that he will leave" not in page
    assert "We think that he will leave" in plain(copy_for(reader, world, f"worker:{world.accounts['sally']}"))


@pytest.mark.parametrize("state", NOT_YET)
def test_the_family_gets_no_entry_before_it_is_to_be_told(
    state: str, sqlite_world: SmallWorld, sqlite_app: Flask
) -> None:
    family(sqlite_world)
    nothing_before_its_day(sqlite_world, sqlite_app, NOT_YET[state])


def test_planted_a_copy_of_what_the_family_is_not_told_yet_is_noticed(
    sqlite_world: SmallWorld, sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    family(sqlite_world)
    monkeypatch.setattr(printing.Prints, "_told", lambda *_: None)
    assert not holds(lambda: nothing_before_its_day(sqlite_world, sqlite_app, NOT_YET["later"]))
