"""A member of the family is handed no entry that the family is to be told later, or not yet."""

import pytest
from flask import Flask

from hub.services import printing
from tests.factories import SmallWorld
from tests.files import png
from tests.journeys.printing_world import DANIEL, HIS, copy_for, entry, family, for_person, sally
from tests.journeys.readers import plain
from tests.journeys.test_attachments import beside, the_file
from tests.spec.helping import edit, holds, reference_of

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
    monkeypatch.setattr(printing.Prints, "told", lambda *_: None)
    assert not holds(lambda: nothing_before_its_day(sqlite_world, sqlite_app, NOT_YET["later"]))


def no_file_before_its_day(world: SmallWorld, app: Flask) -> None:
    for visibility, handed in ((NOT_YET["withheld"], False), ("shared", True)):
        record = entry(world, [reference_of(world, DANIEL)], summary="With a photograph", family_visibility=visibility)
        reader = beside(world, app, png(), record)
        file = the_file(world)
        answer = reader.send(f"{file}/copy", recipient=for_person(world, DANIEL))
        assert (answer.mimetype == "image/png") == handed
        assert handed or "The family is not to be told of this yet" in plain(answer)
        forget(world)


def forget(world: SmallWorld) -> None:
    """Leave one file at a time, so that `the_file` finds it."""
    edit(world, "data", ("DELETE FROM attachment_chunk", ()), ("DELETE FROM attachment", ()))


def test_a_file_waits_with_its_entry(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    family(sqlite_world)
    no_file_before_its_day(sqlite_world, sqlite_app)
