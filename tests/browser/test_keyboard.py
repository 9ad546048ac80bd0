"""Nobody needs a mouse to reach a family's record: only Tab, Enter, Space and letters are pressed here."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.pictures import opened
from tests.browser.stage import Tour, told

MOST = 60
"""Presses of Tab until something is reached: more would be no way to work."""


@pytest.fixture(scope="module")
def tour(chromium: Browser) -> Iterator[Tour]:  # noqa: ARG001  no world is built where no browser is wanted
    with told() as tour:
        yield tour


def _to(page: Page, words: str) -> None:
    """Press Tab until what has the focus is called this, and see that the focus shows."""
    for _ in range(MOST):
        page.keyboard.press("Tab")
        name = page.evaluate(
            "(document.activeElement.labels?.[0]?.innerText || document.activeElement.innerText || '').trim()"
        )
        if name.startswith(words):
            style = page.evaluate("(s => s.outlineStyle + s.boxShadow)(getComputedStyle(document.activeElement))")
            assert style not in {"nonenone", "none"}, words
            return
    raise AssertionError(words)


def _enter(page: Page) -> None:
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_from_signing_in_to_the_record_and_out_again_with_the_keyboard_alone(chromium: Browser, tour: Tour) -> None:
    with opened(chromium, tour.address + "/sign-in", 1280) as page:
        _to(page, "Skip to main content")
        page.keyboard.press("Enter")
        _to(page, "User name")
        page.keyboard.type("sally")
        _to(page, "Password")
        page.keyboard.type(tour.story.cast.passwords["sally"])
        _enter(page)
        _to(page, "Family FS-")
        _enter(page)
        _to(page, "Why do you need this now?")
        page.keyboard.type("A call has come in")
        _to(page, "Open the record")
        _enter(page)
        expect(page.get_by_role("heading", name="Chronology")).to_be_visible()
        _to(page, "reason 1")
        _enter(page)
        assert page.url.endswith("#why-1")
        page.reload()
        _to(page, "Sign out")
        _enter(page)
        expect(page.get_by_label("Password")).to_be_visible()
