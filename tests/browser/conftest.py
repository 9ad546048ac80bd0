"""One small application and one Chromium for the browser tests of a worker."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from hub.settings import Settings
from tests.browser.pages import application
from tests.browser.pictures import WANTED, browser
from tests.browser.serving import served
from tests.browser.working_day import Day, serving, team
from tests.factories import Seeded, SmallWorld, reopened


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """Address of the small application that shows every template."""
    with served(application()) as url:
        yield url


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Chromium, unless the browser tests were switched off."""
    if not WANTED:
        pytest.skip("BROWSER=no")
    with browser() as running:
        yield running


@pytest.fixture(scope="session")
def team_made_once(tmp_path_factory: pytest.TempPathFactory) -> SmallWorld:
    """Return a closed world with a whole team on one family."""
    return team(tmp_path_factory.mktemp("team") / "hub")


@pytest.fixture
def day(chromium: Browser, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Day]:
    """Begin a working day of the team, which nothing of another day has touched."""
    made: SmallWorld = request.getfixturevalue("team_made_once")  # not built where no browser is wanted
    world = reopened(made, Settings.in_folder(tmp_path / "hub"), Seeded("today"))
    with serving(world, chromium) as day:
        yield day
    world.close()
