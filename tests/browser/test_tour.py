"""The real application in Chromium, at every stop of the tour."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.pictures import axe
from tests.browser.stage import Tour, told
from tests.browser.tour import STOPS, at


@pytest.fixture(scope="module")
def tour(chromium: Browser) -> Iterator[Tour]:  # noqa: ARG001  no world is built where no browser is wanted
    with told() as tour:
        yield tour


def test_axe_finds_nothing_and_nothing_is_too_wide_on_the_tour(chromium: Browser, tour: Tour) -> None:
    found = {}
    for stop in STOPS:
        for width in (1280, 390):
            with at(chromium, tour, stop, width) as page:
                found[stop, width] = axe(page)
                assert page.evaluate("document.documentElement.scrollWidth") <= width, stop
    assert {stop: lines for stop, lines in found.items() if lines} == {}


def test_two_readers_of_one_family_at_one_moment_see_what_each_may(chromium: Browser, tour: Tour) -> None:
    with at(chromium, tour, "social-worker", 1280) as page:
        assert page.get_by_text("Protected: never pass on.").count() > 0
    with at(chromium, tour, "perpetrator-worker", 1280) as page:
        assert page.get_by_text("Protected: never pass on.").count() == 0
        assert page.get_by_role("heading", name="Chronology").is_visible()
