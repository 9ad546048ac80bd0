"""Every page in Chromium: nothing axe can find, nothing wider than the screen, everything printed.

Each page's picture is kept where `PAGE_PICTURES` names a folder, to be looked at; else in the run's own folder.
"""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.pages import NAMES
from tests.browser.pictures import Scheme, axe, opened


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_is_too_wide(
    chromium: Browser, address: str, tmp_path: Path, scheme: Scheme, width: int
) -> None:
    found, folder = {}, Path(os.environ.get("PAGE_PICTURES") or tmp_path)
    with opened(chromium, f"{address}/show/rich/home", width, scheme=scheme) as page:
        for name in NAMES:
            page.goto(f"{address}/show/rich/{name}")
            found[name] = axe(page)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, name
            if scheme == "light":
                picture = page.screenshot(path=folder / f"page-{name}-{width}.png", full_page=True)
                assert int.from_bytes(picture[16:20], "big") == width, name  # the width in a PNG's own header
    assert {name: lines for name, lines in found.items() if lines} == {}


@pytest.mark.parametrize("name", ["opening", "consent", "allocation", "sign_in"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_a_form_that_was_refused(
    chromium: Browser, address: str, scheme: Scheme, name: str
) -> None:
    with opened(chromium, f"{address}/show/hostile/{name}", 390, scheme=scheme) as page:
        assert axe(page) == []


def test_axe_would_find_something(chromium: Browser, address: str) -> None:
    with opened(chromium, f"{address}/show/rich/family", 1280) as page:
        page.eval_on_selector(".hub-entry h3", "node => { node.style.color = '#ccc'; }")
        assert "color-contrast" in "".join(axe(page))


def test_print_shows_the_reasons_and_for_whom(chromium: Browser, address: str) -> None:
    with opened(chromium, f"{address}/show/rich/find", 1280) as page:
        assert not page.get_by_text("Opening fact: section 47 enquiry").is_visible()
        page.emulate_media(media="print")
        assert page.get_by_text("Opening fact: section 47 enquiry").is_visible()
        assert not page.get_by_text("Sign out").is_visible()
        page.goto(f"{address}/show/rich/family")
        assert page.get_by_text("Shown to Ruth Okafor, Social worker, Northbridge Council").is_visible()


def test_pages_work_under_their_own_policy(chromium: Browser, address: str) -> None:
    refused: list[str] = []
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.on("console", lambda message: refused.append(message.text))
    page.goto(f"{address}/show/rich/find")
    page.locator("summary").first.click()
    assert page.get_by_text("Opening fact: section 47 enquiry").is_visible()
    context.close()
    assert refused == []
