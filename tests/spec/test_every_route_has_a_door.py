"""Every page and every API route is named with the act it performs; without a door it does not open."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from hub.domain.access import Act
from hub.store.clear.tables import metadata, person_merge, referral
from hub.store.sealed.tables import GATED
from hub.web.doors import DOORS
from hub.wiring import web_app
from tests.factories import SmallWorld
from tests.journeys.readers import Reader
from tests.spec.helping import holds

MAY_CHANGE = {"sign_in", "sign_in_throttle", "schema_version", "last_look"}
"""Sittings note when they were last seen, readers when they last opened a family.
The access log is in another database."""
PUBLIC = {"agencies.notice_schema", "agencies.notice_xml_schema", "fhir.metadata", "fhir.message_definition"}
"""What anybody may read: how to send."""
_IDS = (
    "receipt",
    "referral",
    "receipt",
    "opening",
    "task",
    "event",
    "access",
    "decision",
    "holder",
    "entry",
    "challenge",
    "supervision",
    "notice",
    "fact",
    "file",
    "account",
    "redirection",
    "receipt",
    "request",
    "discussion",
)
MAY_CHANGE = {"sign_in", "sign_in_throttle", "schema_version", "last_look"}
"""Sittings note when they were last seen, families when last looked at. The access log is in another database."""


@pytest.fixture
def app(case: SmallWorld) -> Flask:
    return web_app(case.hub)


def every_route_has_a_door(app: Flask) -> None:
    doors = app.extensions["hub_doors"]
    routes = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert routes == set(doors)
    assert all(isinstance(act, Act) for act in doors.values())
    assert app.extensions["hub_open"] <= set(doors)


def test_every_route_has_a_door_and_every_door_a_route(app: Flask) -> None:
    every_route_has_a_door(app)
    assert set(DOORS) < set(app.extensions["hub_doors"])


def without_a_door(app: Flask) -> None:
    app.add_url_rule("/back-door", "back.door", lambda: "everything")


def test_a_route_without_a_door_is_noticed_and_does_not_open(app: Flask) -> None:
    without_a_door(app)
    assert not holds(lambda: every_route_has_a_door(app))
    for username in ("", "sally", "iggy"):
        answer = Reader(app, username).get("/back-door")
        assert answer.status_code == 403
        assert "everything" not in answer.text


def test_a_door_that_is_not_open_asks_who_is_there(app: Flask, case: SmallWorld) -> None:
    nobody = Reader(app)
    for path in read_paths(app, case):
        endpoint = app.url_map.bind("localhost").match(path.partition("?")[0])[0]
        answer = nobody.get(path)
        if endpoint in DOORS and endpoint not in app.extensions["hub_open"]:
            assert (answer.status_code, answer.headers.get("Location")) == (302, "/sign-in"), path
        elif endpoint.startswith(("agencies.", "fhir.")) and endpoint not in PUBLIC:
            assert answer.status_code == 401, path


def read_paths(app: Flask, world: SmallWorld) -> Iterator[str]:
    """Return the address of every route that can be read, about the family and the referrals that exist."""
    with world.hub.engines.data.connect() as connection:
        received = connection.scalar(select(referral.c.id))
        joined = connection.scalar(select(person_merge.c.id))
    values = dict.fromkeys(_IDS, received) | {
        "family": world.family,
        "category": "attendance",
        "name": "school",
        "code": "EFS-2026-04",
        "number": 1,
        "person": world.people("alleged_perpetrator")[0],
        "merge": joined,
    }
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if "GET" in rule.methods and rule.endpoint != "static":
            yield adapter.build(rule.endpoint, {name: values[name] for name in rule.arguments})


def contents(world: SmallWorld) -> dict[str, list[tuple]]:
    tables = [table for table in metadata.sorted_tables if table.name not in MAY_CHANGE]
    assert {table.name for table in tables} > GATED
    with world.hub.engines.gate.connect() as connection:
        return {table.name: sorted(map(tuple, connection.execute(select(table))), key=repr) for table in tables}


def reading_changes_nothing(app: Flask, world: SmallWorld) -> None:
    readers = [Reader(app, username) for username in ("sally", "fran", "iggy")]
    readers[0].open(world.family)
    before = contents(world)
    for reader in readers:
        for path in read_paths(app, world):
            assert reader.get(path).status_code < 500, path
    assert contents(world) == before


def test_opening_a_page_changes_nothing_but_the_log_and_the_sitting(app: Flask, case: SmallWorld) -> None:
    reading_changes_nothing(app, case)


def test_a_page_that_changes_something_when_opened_is_noticed(app: Flask, case: SmallWorld) -> None:
    def careless() -> str:
        case.hub.recording.cover(case.accounts["sally"], case.family, case.agencies["da"], "not_checked")
        return "seen"

    app.add_url_rule("/seen", "careless.seen", careless)
    app.extensions["hub_doors"]["careless.seen"] = Act.COVERAGE_RECORD
    assert not holds(lambda: reading_changes_nothing(app, case))
