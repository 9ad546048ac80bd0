"""The main journeys without a mouse: Tab, Enter, Space, an arrow inside a group of answers, and typing."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from playwright.sync_api import Page

from tests.browser.pictures import opened
from tests.browser.working_day import DANIEL, WIDE, Day
from tests.factories import PASSWORD

_MOST_TABS = 150
_STANDS_ON = """() => {
  const on = document.activeElement, style = getComputedStyle(on);
  const label = on.labels && on.labels.length ? on.labels[0] : on;
  const drawn = [style, getComputedStyle(label, '::before')];
  const outlined = one => one.outlineStyle !== 'none' && one.outlineWidth !== '0px';
  const seen = drawn.some(one => one.boxShadow !== 'none' || outlined(one));
  const group = on.closest('fieldset'), box = on.getBoundingClientRect();
  const words = node => node ? node.textContent.trim().replace(/\\s+/g, ' ') : '';
  return {words: words(label), group: words(group && group.querySelector('legend')), seen,
          there: box.bottom > 0 && box.top < innerHeight, body: on === document.body};
}"""


class Keyboard:
    """Somebody who has no mouse, and who has to see where they are."""

    def __init__(self, page: Page) -> None:
        self.page, self.keys = page, page.keyboard

    def to(self, words: str, group: str = "") -> None:
        """Press Tab until the focus is on what begins with these words (of this question)."""
        for _ in range(_MOST_TABS):
            self.keys.press("Tab")
            on = self.page.evaluate(_STANDS_ON)
            if on["body"]:
                continue
            assert on["seen"], f"no focus to be seen on {on['words']}"
            assert on["there"], f"the focus is off the screen on {on['words']}"
            if on["words"].startswith(words) and on["group"].startswith(group):
                return
        pytest.fail(f"{words} is not reached by Tab on {self.page.url}")

    def types(self, label: str, words: str, group: str = "") -> None:
        self.to(label, group)
        self.keys.type(words)

    def enters(self, words: str) -> None:
        """Follow a link or press a button."""
        self.to(words)
        self.sends()

    def sends(self) -> None:
        with self.page.expect_navigation():
            self.keys.press("Enter")

    def ticks(self, label: str, question: str) -> None:
        self.to(label, question)
        self.keys.press("Space")

    def chooses(self, label: str, question: str) -> None:
        """Come to a question's answers, and go on by arrow to the one that is meant."""
        self.to("", question)
        self.keys.press("Space")
        while not self.page.evaluate(_STANDS_ON)["words"].startswith(label):
            self.keys.press("ArrowDown")

    def dated(self, question: str, when: datetime) -> None:
        for part, value in (("Day", when.day), ("Month", when.month), ("Year", when.year)):
            self.types(part, str(value), question)

    def reads(self) -> str:
        return " ".join(self.page.locator("main").inner_text().split())


@pytest.fixture
def sally(day: Day) -> Iterator[Keyboard]:
    """Sign Sally in and open the family, by keyboard from the first page on."""
    with opened(day.chromium, day.address + "/sign-in", WIDE) as page:
        hands = Keyboard(page)
        hands.types("User name", "sally")
        hands.types("Password", PASSWORD)
        hands.enters("Sign in")
        hands.enters("Family FS-0001")
        hands.types("Why do you need this now?", "Visit this afternoon")
        hands.enters("Open the record")
        assert "Opened for: Planning and giving help" in hands.reads()
        yield hands


def test_an_entry_is_added_and_found_by_keyboard_alone(day: Day, sally: Keyboard) -> None:
    sally.enters("Add an entry")
    sally.dated("When did it happen?", day.world.clock.now)
    sally.types("What kind of event is it?", "Visit")
    sally.chooses("Professional opinion", "What kind of statement is it?")
    sally.ticks("Maya Hart", "Who is it about?")
    sally.types("What happened or was said", "Maya built a rabbit house")
    sally.chooses("Significant", "How significant is it?")
    sally.chooses("Now", "When may the family see it?")
    sally.chooses("Personal", "How sensitive is it?")
    sally.enters("Add the entry")
    assert "Maya built a rabbit house" in sally.reads()
    sally.types("Find words in what you may see", "rabbit house")
    sally.sends()
    assert "1 of 2 entries that you may see" in sally.reads()


def test_an_answer_about_sharing_is_recorded_by_keyboard_alone(sally: Keyboard) -> None:
    assert "Attends and takes part" in sally.reads()
    sally.enters("Record what a person said about sharing")
    sally.chooses(DANIEL, "Whose answer is this?")
    sally.enters("Continue")
    sally.chooses("They take back an earlier yes", "What did they say?")
    sally.enters("Record the answer")
    assert "Nothing is recorded yet." in sally.reads()
    sally.enters("They still want this: record it")
    sally.enters("Back to the family")
    assert "Attends and takes part" not in sally.reads()


def test_what_nobody_reaches_by_keyboard_is_noticed(sally: Keyboard) -> None:
    sally.page.get_by_role("link", name="Workbook").evaluate("node => { node.tabIndex = -1; }")
    with pytest.raises(pytest.fail.Exception, match="is not reached by Tab"):
        sally.to("Workbook")


def test_a_focus_that_nobody_sees_is_noticed(sally: Keyboard) -> None:
    sally.page.add_style_tag(content="a:focus { outline: none !important; box-shadow: none !important; }")
    with pytest.raises(AssertionError, match="no focus to be seen"):
        sally.to("Workbook")
