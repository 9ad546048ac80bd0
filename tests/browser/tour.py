"""Walk through the real application as its readers do. As a program it writes a picture of every stop:
`python -m tests.browser.tour FOLDER`; the two pictures of the README: `python -m tests.browser.tour --readme`; and
those of docs/tour.md, in the filled partnership: `python -m tests.browser.tour --docs`.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, Page

from tests.browser.palette import shrink
from tests.browser.pictures import browser, opened
from tests.browser.stage import Tour, told

STOPS: Final = {
    "sign-in": ("", "/sign-in"),
    "social-worker": ("sally", "/families/{family}"),
    "perpetrator-worker": ("pete", "/families/{family}"),
    "recovery-worker": ("rob", "/families/{family}"),
    "narrowed": ("sally", "/families/{family}?kind=police_notice&known=2026-11-23"),
    "genogram": ("sally", "/families/{family}/genogram"),
    "find": ("sally", "/families/{family}/find"),
    "reason": ("sally", "/families/{family}/reason"),
    "home": ("sally", "/"),
    "consent": ("sally", "/families/{family}/consent"),
    "opening": ("manager", "/families/{family}/decision"),
    "allocation": ("manager", "/families/{family}/allocation"),
    "front-door": ("fran", "/front-door"),
    "referral": ("fran", ""),
    "log": ("iggy", "/log"),
    "receipts": ("pcdesk", "/receipts"),
    "tasks": ("sally", "/tasks"),
    "nothing": ("sally", "/nothing"),
}
PICTURES: Final = Path(__file__).parents[2] / "docs" / "pictures"
_README: Final = {"social-worker": "family-social-worker.png", "perpetrator-worker": "family-perpetrator-worker.png"}
_PLAN, _ENQUIRY, _KIN, _REFUSED = "plan", "enquiry", "kinship", "refused"
DOCS: Final = {
    "home": ("manager", "", "/", ""),
    "family": ("sally", _PLAN, "", ""),
    "timeline": ("sally", _PLAN, "", "#chronology"),
    "her-worker": ("vera", _ENQUIRY, "", "#chronology"),
    "his-worker": ("pete", _ENQUIRY, "", "#chronology"),
    "genogram": ("sam", _KIN, "/genogram", ""),
    "workbook": ("rob", _PLAN, "/workbook", ""),
    "room": ("sally", _PLAN, "/supervision", ""),
    "front-door": ("fran", "", "/front-door", ""),
    "queue": ("manager", "", "/queue", ""),
    "log": ("iggy", "", "/log", ""),
}
"""Picture -> (who, which of the other families, what follows its address or the whole address, place on the page)."""
_SCREEN: Final = (960, 720)


@contextmanager
def at(running: Browser, tour: Tour, stop: str, width: int) -> Iterator[Page]:
    """Stand at one stop: signed in, with the reason given where a page asks for one."""
    username, path = STOPS[stop]
    cookies = tour.cookies(username) if username else []
    with opened(running, tour.address + "/sign-in", width, cookies=cookies) as page:
        if "{family}" in path and stop != "allocation":
            _say_why(page, f"{tour.address}/families/{tour.story.family}/reason")
        if stop == "referral":
            page.goto(tour.address + "/front-door")
            page.locator(".hub-list a").first.click()
        else:
            page.goto(tour.address + path.format(family=tour.story.family))
        yield page


def _picture(running: Browser, tour: Tour, stop: str) -> None:
    """Write one screen of one stop of docs/tour.md, as somebody at a desk sees it."""
    username, family, path, place = DOCS[stop]
    width, height = _SCREEN
    with opened(running, tour.address + "/sign-in", width, cookies=tour.cookies(username)) as page:
        page.set_viewport_size({"width": width, "height": height})
        if family:
            path = f"/families/{tour.families[family]}{path}"
            _say_why(page, f"{tour.address}/families/{tour.families[family]}/reason")
        page.goto(tour.address + path + place)
        if stop == "room":
            page.get_by_role("link", name="Shared screen").first.click()
        target = PICTURES / f"tour-{stop}.png"
        page.screenshot(path=target)
    shrink(target)


def _say_why(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_label("Why do you need this now?").fill("Child protection plan: core group on Thursday")
    page.get_by_role("button", name="Open the record").click()


def main(target: str) -> None:
    """Write the pictures of every stop into a folder, the two of the README, or those of the tour in words."""
    with told(whole=target == "--docs") as tour, browser() as running:
        if target == "--docs":
            for stop in DOCS:
                _picture(running, tour, stop)
            return
        if target == "--readme":
            PICTURES.mkdir(parents=True, exist_ok=True)
            for stop, name in _README.items():
                with at(running, tour, stop, 1000) as page:
                    page.screenshot(path=PICTURES / name, full_page=True)
                shrink(PICTURES / name)
            return
        Path(target).mkdir(parents=True, exist_ok=True)
        for stop in STOPS:
            for width in (1280, 390):
                with at(running, tour, stop, width) as page:
                    page.screenshot(path=Path(target) / f"{stop}-{width}.png", full_page=True)


if __name__ == "__main__":
    main(sys.argv[1])
