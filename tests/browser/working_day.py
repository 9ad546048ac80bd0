"""A team at work on one family, served on loopback, and its people at their browsers.

Every page that somebody comes to is looked at: nothing for axe, nothing wider than a phone, at most one script. With
`DAY_PICTURES` set to a folder a picture of each is left there, at 1280 and at 390 pixels.
"""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, Locator, Page, Response

from hub.domain.fields import RecordKind
from hub.domain.labels import Sensitivity
from hub.services.recording import Period
from hub.settings import Settings
from hub.wiring import web_app
from tests.browser.pictures import axe
from tests.browser.serving import served
from tests.factories import PASSWORD, Seeded, SmallWorld, make_world
from tests.journeys.readers import lead
from tests.spec.helping import deposit, reference_of, treatment

WIDE, PHONE = 1280, 390
GRACE, DANIEL, MAYA = "Grace Adeyemi-Hart", "Daniel Hart", "Maya Hart"
REFUGE: Final = {"address": "Rowan House, Undisclosed Lane, ZZ99 1AA", "phone": "07700 900999"}
LOCATING: Final = (*REFUGE.values(), "Rowan House", "Undisclosed Lane", "ZZ99 1AA")
NIGHT: Final = datetime(2026, 11, 24, 2, tzinfo=UTC)
_ID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
_TOKEN: Final = re.compile(r'name="csrf_token"[^>]*value="[^"]*"')
_looked: set[str] = set()
_PICTURES: Final = os.environ.get("DAY_PICTURES", "")


def team(folder: Path) -> SmallWorld:
    """Found a world and close it: one family, everybody's worker, a refuge, an enquiry, people for the night."""
    world = make_world(Settings.in_folder(folder), Seeded("a working day"))
    world.police_notice()
    world.send("sm", "adult_with_children_json", treatment())
    world.hub.rounds.run_once()
    world.accept()
    lead(world)
    world.allocate("sally", lead=True)
    for username, part in (("rob", "alleged_perpetrator"), ("pete", "alleged_perpetrator"), ("nina", "victim")):
        world.allocate(username, part)
    world.allocate("vera", "victim")
    about = [reference_of(world, GRACE)]
    deposit(world, "da", RecordKind.PROTECTED_CONTACT, about, REFUGE, Sensitivity.PROTECTED)
    for username, role in (("sam", "social_worker"), ("edith", "duty_worker"), ("mona", "team_manager")):
        world.staff(username, "csc", role)
    start = datetime(2026, 11, 23, 17, tzinfo=UTC)
    night = Period(start, start + timedelta(hours=15))
    for username, desk in (("edith", "edt"), ("mona", "on_call_manager")):
        world.hub.casework.rota.put(world.accounts["manager"], world.accounts[username], desk, night)
    world.close()
    return world


@dataclass
class Day:
    """The team's world, served; whoever comes gets a browser of their own."""

    address: str
    world: SmallWorld
    chromium: Browser

    @property
    def family(self) -> str:
        """Path of the family's page."""
        return f"/families/{self.world.family}"

    @property
    def reference(self) -> str:
        return self.world.hub.pages.reference(self.world.family)

    @contextmanager
    def at_work(self, username: str, width: int = WIDE) -> Iterator["Person"]:
        """Let somebody sign in as they do every morning."""
        context = self.chromium.new_context(viewport={"width": width, "height": 900}, bypass_csp=True)
        try:
            context.set_default_timeout(5_000)
            person = Person(self, context.new_page(), width, username)
            person.go("/sign-in")
            person.write("User name", username)
            person.write("Password", PASSWORD)
            person.press("Sign in")
            yield person
        finally:
            context.close()


@contextmanager
def serving(world: SmallWorld, chromium: Browser) -> Iterator[Day]:
    with served(web_app(world.hub)) as address:
        yield Day(address, world, chromium)


@dataclass
class Person:
    """Somebody at a browser, who does what a person does: follows links by their words, fills in, sends, reads."""

    day: Day
    page: Page
    width: int
    name: str

    def go(self, path: str, status: int = 200) -> None:
        """Open an address of one's own accord."""
        answer = self.page.goto(self.day.address + path)
        assert answer is not None
        assert answer.status == status, (path, answer.status)
        self.look()

    def asks(self, path: str) -> tuple[int, str]:
        """Return what an address answers to this sitting, without its form token, and without looking at it."""
        answer = self.page.request.get(self.day.address + path)
        return answer.status, _TOKEN.sub("", answer.text())

    def follow(self, words: str) -> None:
        """Follow a link."""
        self._leave(self.page.get_by_role("link", name=words).first.click)

    def press(self, words: str) -> None:
        """Press a button."""
        self._leave(self.page.get_by_role("button", name=words, exact=True).first.click)

    def write(self, label: str, words: str) -> None:
        self.page.get_by_label(label, exact=True).first.fill(words)

    def choose(self, label: str, question: str = "") -> None:
        """Choose one answer, of this question where several have the same."""
        self._asked(question).get_by_label(label).first.check()

    def pick(self, label: str, option: str) -> None:
        """Pick from a list what contains these words."""
        box = self.page.get_by_label(label, exact=True)
        box.select_option(label=next(o for o in box.locator("option").all_inner_texts() if option in o))

    def dated(self, question: str, when: datetime) -> None:
        for part, value in (("Day", when.day), ("Month", when.month), ("Year", when.year)):
            self._asked(question).get_by_label(part, exact=True).fill(str(value))

    def say_why(self, reason: str, purpose: str = "") -> None:
        """Say for what and why a family is opened."""
        if purpose:
            self.choose(purpose)
        self.write("Why do you need this now?", reason)
        self.press("Open the record")

    def reads(self) -> str:
        """Return every word of the page, in boxes that are closed as well."""
        return " ".join(self.page.locator("body").evaluate("node => node.textContent").split())

    def sees(self, *words: str) -> None:
        missing = [one for one in words if one not in self.reads()]
        assert not missing, (missing, self.page.url, self.reads()[:1500])

    def sees_nothing_of(self, *words: str) -> None:
        """Neither in the words nor anywhere in what the browser was sent."""
        sent = self.page.content()
        found = [one for one in words if one in self.reads() or one in sent]
        assert not found, (found, self.page.url)

    def look(self) -> None:
        """Find nothing wrong with a page; one that has the same parts as one before is not looked at again."""
        page, scripts = self.page, self.page.locator("script[src]").count()
        assert scripts <= 1, (page.url, scripts)
        path = _ID.sub("ID", page.url.removeprefix(self.day.address).partition("?")[0])
        kind = " ".join([page.title(), *page.locator("h2, h3, legend").all_inner_texts()])
        if kind in _looked:
            return
        _looked.add(kind)
        page.set_viewport_size({"width": PHONE, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE, page.url
        if _PICTURES:
            self._picture(path)
        page.set_viewport_size({"width": self.width, "height": 900})
        assert axe(page) == [], page.url

    def _asked(self, question: str) -> Page | Locator:
        return self.page.get_by_role("group", name=question).first if question else self.page

    def _leave(self, act: Callable[[], None]) -> None:
        with self.page.expect_response(_document) as waiting:
            act()
        assert waiting.value.status < 400, (waiting.value.status, waiting.value.url, self.reads()[:1500])
        self.page.wait_for_load_state()
        self.look()

    def _picture(self, path: str) -> None:
        name = re.sub(r"[^A-Za-z0-9]+", "-", f"{len(_looked):03}-{self.name}{path}").strip("-")
        for width in (PHONE, WIDE):
            self.page.set_viewport_size({"width": width, "height": 900})
            self.page.screenshot(path=Path(_PICTURES) / f"{name}-{width}.png", full_page=True)


def _document(answer: Response) -> bool:
    return answer.request.resource_type == "document" and not 300 <= answer.status < 400
