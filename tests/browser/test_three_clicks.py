"""From signing in to the answer in at most three clicks, as a practitioner with little time would ask."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.pictures import opened
from tests.browser.stage import Tour, told

MOST = 3


@pytest.fixture(scope="module")
def tour(chromium: Browser) -> Iterator[Tour]:  # noqa: ARG001  no world is built where no browser is wanted
    with told() as tour:
        yield tour


class Clicks:
    """A reader whose clicks are counted; writing why a family is opened is no click, sending it is one."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def on(self, what: Locator) -> None:
        what.first.click()
        self.count += 1

    def to_the_family(self, purpose: str = "") -> None:
        self.on(self.page.locator("main .hub-list a, main .hub-cards a").filter(has_text="FS-"))
        if purpose:
            self.on(self.page.get_by_label(purpose))
        self.page.get_by_label("Why do you need this now?").fill("A call has come in")
        self.on(self.page.get_by_role("button", name="Open the record"))


@pytest.fixture
def clicks(chromium: Browser, tour: Tour) -> Iterator[Clicks]:
    with opened(chromium, tour.address + "/sign-in", 390) as page:
        page.get_by_label("User name").fill("sally")
        page.get_by_label("Password").fill(tour.story.cast.passwords["sally"])
        page.get_by_role("button", name="Sign in").click()
        yield Clicks(page)


def test_who_do_i_ring(clicks: Clicks) -> None:
    clicks.to_the_family()
    card = clicks.page.get_by_role("region", name="Lead practitioner")
    assert "01632 960" in card.inner_text()
    assert card.bounding_box()["y"] < 900  # on the first screen of a phone
    assert clicks.count <= MOST


def test_what_happened_last_month(clicks: Clicks) -> None:
    clicks.to_the_family()
    clicks.on(clicks.page.get_by_role("link", name="What happened in the last 31 days"))
    expect(clicks.page.get_by_role("status").filter(has_text="that you may see")).to_be_visible()
    assert clicks.count <= MOST


def test_why_can_i_not_see_this(clicks: Clicks) -> None:
    clicks.to_the_family("Planning and giving help")
    held = clicks.page.locator(".hub-gap, dd.hub-held").first
    assert "Possible" in held.inner_text()
    assert "Ask:" in held.inner_text()
    assert clicks.count <= MOST


def test_why_do_i_see_this(clicks: Clicks) -> None:
    clicks.to_the_family()
    clicks.on(clicks.page.get_by_role("link", name="reason 1"))
    reason = clicks.page.locator("#why-1")
    assert "EFS-2026-04/1:" in reason.inner_text()
    assert clicks.count <= MOST
