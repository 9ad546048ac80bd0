"""One small application and one Chromium for the browser tests of a worker."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.pages import served
from tests.browser.pictures import WANTED, browser


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """Address of the small application that shows every template."""
    with served() as url:
        yield url


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Chromium, unless the browser tests were switched off."""
    if not WANTED:
        pytest.skip("BROWSER=no")
    with browser() as running:
        yield running
