"""The hub's own application on the small world, on each database in turn; no part of it is replaced."""

import pytest
from flask import Flask

from hub.wiring import web_app
from tests.factories import SmallWorld


@pytest.fixture
def app(world: SmallWorld) -> Flask:
    return web_app(world.hub)


@pytest.fixture
def sqlite_app(sqlite_world: SmallWorld) -> Flask:
    return web_app(sqlite_world.hub)
