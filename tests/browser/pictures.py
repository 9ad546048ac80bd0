"""Chromium for tests and for the pictures of the README: one place for how it is started."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM: Final = "/usr/bin/chromium"
_FLAGS: Final = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WANTED: Final = os.environ.get("BROWSER", "yes") != "no"
Scheme = Literal["light", "dark"]


@contextmanager
def browser() -> Iterator[Browser]:
    """Start Chromium, and end it."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=list(_FLAGS))
        try:
            yield running
        finally:
            running.close()


@contextmanager
def opened(
    running: Browser, url: str, width: int, *, scheme: Scheme = "light", cookies: Sequence[Mapping[str, Any]] = ()
) -> Iterator[Page]:
    """Open one address in a fresh context of its own."""
    context = running.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True)
    try:
        context.add_cookies([dict(cookie) for cookie in cookies])  # type: ignore[misc]  # the keys are playwright's
        page = context.new_page()
        page.goto(url)
        yield page
    finally:
        context.close()


def picture(
    url: str,
    path: Path,
    width: int,
    cookies: Sequence[Mapping[str, Any]] | None = None,
    *,
    scheme: Scheme = "light",
) -> Path:
    """Write a picture of the whole page as PNG and return where."""
    with browser() as running, opened(running, url, width, scheme=scheme, cookies=cookies or ()) as page:
        page.screenshot(path=path, full_page=True)
    return path


def axe(page: Page) -> list[str]:
    """Return what axe finds wrong (its own rules, and targets of 24 pixels), one line each; an empty list is good."""
    rules = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
    found = Axe().run(page, options=rules).response["violations"]
    return [f"{item['id']}: {node['target']} {node['failureSummary']}" for item in found for node in item["nodes"]]
