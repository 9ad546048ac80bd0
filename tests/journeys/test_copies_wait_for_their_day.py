"""A member of the family is handed no entry that the family is to be told later, or not yet."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from hub.services import printing
from tests.factories import SmallWorld
from tests.files import png
from tests.journeys.printing_world import DANIEL, HIS, copy_for, entry, family, for_person, sally
from tests.journeys.readers import plain
from tests.journeys.test_attachments import beside, the_file
from tests.spec.helping import edit, holds, reference_of

NOT_YET = {
    "from a day on": "to_be_shared_by 2026-12-01",
    "a word that nobody knows": "later 2026-12-01",
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
    assert not holds(lambda: nothing_before_its_day(sqlite_world, sqlite_app, NOT_YET["from a day on"]))


SHARED_FROM = "to_be_shared_by 2026-12-01"


def the_day_opens_it(world: SmallWorld, app: Flask) -> None:
    """The evening before, a copy reads as without the entry; from midnight on the entry is in it."""
    world.clock.now = datetime(2026, 11, 30, 23, 50, tzinfo=UTC)
    before = rows(copy_for(sally(world, app), world, for_person(world, DANIEL)))
    entry(world, [reference_of(world, DANIEL)], summary="We think that he will leave", family_visibility=SHARED_FROM)
    assert rows(copy_for(sally(world, app), world, for_person(world, DANIEL))) == before
    world.clock.now = datetime(2026, 12, 1, 0, 1, tzinfo=UTC)
    page = plain(copy_for(sally(world, app), world, for_person(world, DANIEL)))
    assert "We think that he will leave" in page


def rows(answer: TestResponse) -> str:
    """Return the table of a copy and what follows it: everything but who made it at which minute."""
    return answer.text[answer.text.index("<table") : answer.text.index("</table>")]


def test_an_entry_shared_from_a_day_is_in_copies_once_the_day_has_come(
    sqlite_world: SmallWorld, sqlite_app: Flask
) -> None:
    family(sqlite_world)
    the_day_opens_it(sqlite_world, sqlite_app)


def test_what_is_withheld_stays_out_after_its_review_was_due(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    family(sqlite_world)
    who, visibility = [reference_of(sqlite_world, DANIEL)], "withheld risk_of_harm 2026-12-01"
    entry(sqlite_world, who, summary="We think that he will leave", family_visibility=visibility)
    sqlite_world.clock.now = datetime(2026, 12, 20, 9, tzinfo=UTC)
    page = plain(copy_for(sally(sqlite_world, sqlite_app), sqlite_world, for_person(sqlite_world, DANIEL)))
    assert HIS in page
    assert "We think that he will leave" not in page


@pytest.mark.parametrize("always", [True, False])
def test_planted_a_day_that_is_not_looked_at_is_noticed(
    always: bool,  # noqa: FBT001  a planted answer
    sqlite_world: SmallWorld,
    sqlite_app: Flask,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    family(sqlite_world)
    monkeypatch.setattr(printing.FamilyVisibility, "shared_on", lambda self, _: always or self.state == "shared")
    assert not holds(lambda: the_day_opens_it(sqlite_world, sqlite_app))


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
