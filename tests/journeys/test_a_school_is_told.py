"""A school's lead signs in, reads what the police sent before the school day, and the front door sees what was not."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from hub.settings import Settings
from hub.wiring import web_app
from tests.factories import SmallWorld
from tests.journeys.readers import Reader, bare, plain
from tests.journeys.test_who_may_open_what import NOWHERE
from tests.spec import schools


@pytest.fixture
def world(tmp_path: Path) -> Iterator[SmallWorld]:
    made = schools.make(Settings.in_folder(tmp_path / "hub"))
    yield made
    made.close()


@pytest.fixture
def app(world: SmallWorld) -> Flask:
    return web_app(world.hub)


def test_a_lead_reads_a_notice_and_the_front_door_sees_it_go(world: SmallWorld, app: Flask) -> None:
    pia, fran = Reader(app, "pia"), Reader(app, "fran")
    assert pia.get("/").headers["Location"] == "/school-notices"
    assert "No notice waits for you" in pia.words("/school-notices")
    assert "was read there" in fran.words("/front-door/school-notices")
    schools.send(world)
    assert "Notice from Exampleshire Constabulary" in pia.words("/school-notices")
    assert "The police sent word about a child of yours" in pia.words("/tasks")
    path = f"/school-notices/{schools.listed(world, 'pia')[0]}"
    before = pia.words(path)
    assert "Opening it records that it arrived" in before
    assert schools.MAYA not in before
    assert fran.words("/front-door/school-notices").count("to be read by 24 November 2026, 08:30") == 2
    told = plain(pia.send(path))
    for said in (schools.MAYA, "5 March 2016", "INC-24-55012", schools.VOICE, "Telling you is the police's duty"):
        assert said in told
    for kept in (*schools.HAPPENED, schools.THEO):
        assert kept not in told
    assert schools.MAYA in pia.words(path)
    assert "read 23 November 2026" in pia.words("/school-notices")
    assert "The police sent word" not in pia.words("/tasks")
    assert fran.words("/front-door/school-notices").count("to be read by") == 1
    assert "Northbridge" not in fran.words("/front-door/school-notices")


def test_a_notice_that_is_not_ones_own_is_like_none(world: SmallWorld, app: Flask) -> None:
    schools.send(world)
    id_ = schools.listed(world, "pia")[0]
    for username in ("cora", "ellen", "fran", "sally", "otto", "iggy", "manager", "igprimary"):
        reader = Reader(app, username)
        reader.get("/tasks")  # the first page after signing in says that opening is logged
        mine, nowhere = reader.get(f"/school-notices/{id_}"), reader.get(f"/school-notices/{NOWHERE}")
        assert mine.status_code == nowhere.status_code == 404, username
        assert bare(mine).replace(id_, "") == bare(nowhere).replace(NOWHERE, ""), username


def test_a_notice_that_cannot_be_shown_says_whom_to_ask_and_is_not_read(world: SmallWorld, app: Flask) -> None:
    schools.send(world)
    world.hub.signing.suspend(world.accounts["igpolice"], "OE-2026-04/1", "fault", "Under review")
    pia, path = Reader(app, "pia"), f"/school-notices/{schools.listed(world, 'pia')[0]}"
    answer = plain(pia.send(path))
    assert "cannot be shown at this moment, and is not recorded as read" in answer
    assert "Imran Malik" in answer
    assert schools.MAYA not in answer
    assert "read by 24 November" in pia.words("/school-notices")
