"""Every page, with much to show, with nothing to show, and with markup where words should be."""

import hashlib
import re
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import jinja2
import pytest
from flask import Flask

import hub.web
from tests.browser.contexts import RICH
from tests.browser.pages import HOSTILE, NAMES, application
from tests.browser.variants import EMPTY

KINDS = ("rich", "empty", "hostile")
WEB = Path(hub.web.__path__[0])
STATIC = WEB / "static"
VOID = {"meta", "link", "input", "br", "img", "hr"}


@dataclass
class Seen(HTMLParser):
    tags: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    depth: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    titles: int = 0

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        self.titles += tag == "title" and "svg" not in self.depth
        if tag not in VOID:
            self.depth.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.depth.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def all(self, *names: str) -> list[dict[str, str]]:
        return [attrs for tag, attrs in self.tags if tag in names]


@cache
def small_application() -> Flask:
    return application()


@cache
def page(kind: str, name: str) -> str:
    answer = small_application().test_client().get(f"/show/{kind}/{name}")
    assert answer.status_code == 200
    return answer.text


def read(html: str) -> Seen:
    seen = Seen()
    seen.feed(html)
    seen.close()
    return seen


@pytest.fixture(params=[(kind, name) for kind in KINDS for name in NAMES], ids="-".join)
def seen(request: pytest.FixtureRequest) -> Seen:
    return read(page(*request.param))


def test_every_template_is_tried() -> None:
    assert {path.stem for path in (WEB / "templates").glob("[a-z]*.html")} - {"base"} == set(NAMES)


def test_tags_close_and_ids_are_unique(seen: Seen) -> None:
    ids = [attrs["id"] for _, attrs in seen.tags if "id" in attrs]
    assert seen.depth == []
    assert len(ids) == len(set(ids))


def test_nothing_runs_and_nothing_is_styled_inline(seen: Seen) -> None:
    assert not seen.all("script", "style", "iframe", "object")
    for _, attrs in seen.tags:
        assert "style" not in attrs
        assert not [name for name in attrs if name.startswith("on")]
        assert not attrs.get("href", "").startswith(("http:", "https:", "//", "javascript:"))


def test_one_main_heading_and_a_title(seen: Seen) -> None:
    assert len(seen.all("h1")) == 1
    assert seen.titles == 1


def test_every_control_has_a_label(seen: Seen) -> None:
    labelled = {attrs["for"] for attrs in seen.all("label")}
    for attrs in seen.all("input", "select", "textarea"):
        if attrs.get("type") != "hidden":
            assert attrs["id"] in labelled


def test_every_post_carries_a_token(seen: Seen) -> None:
    tokens = [attrs for attrs in seen.all("input") if attrs.get("name") == "csrf_token"]
    assert len(tokens) == len([attrs for attrs in seen.all("form") if attrs["method"] == "post"])
    assert all(attrs["value"] for attrs in tokens)


def test_links_within_a_page_lead_somewhere(seen: Seen) -> None:
    ids = {attrs["id"] for _, attrs in seen.tags if "id" in attrs}
    inner = {attrs["href"][1:] for attrs in seen.all("a") if attrs["href"].startswith("#")}
    assert inner <= ids


def test_described_by_names_what_is_there(seen: Seen) -> None:
    ids = {attrs["id"] for _, attrs in seen.tags if "id" in attrs}
    for _, attrs in seen.tags:
        named = attrs.get("aria-describedby", "").split() + attrs.get("aria-labelledby", "").split()
        assert set(named) <= ids


@pytest.mark.parametrize("name", NAMES)
def test_markup_in_words_stays_words(name: str) -> None:
    html = page("hostile", name)
    seen = read(html)
    values = [value for _, attrs in seen.tags for value in attrs.values()]
    assert "<script" not in html
    assert HOSTILE in "".join([*seen.text, *values])


@pytest.mark.parametrize("name", [name for name in NAMES if EMPTY[name] != RICH[name] and name != "problem"])
def test_an_empty_page_says_so_and_what_to_do_next(name: str) -> None:
    assert "hub-empty" in page("empty", name)


def test_absence_is_never_claimed() -> None:
    sentence = "Nothing that can be shown here. This is not a statement that nothing is held. Ask: NHS safeguarding"
    assert sentence in page("rich", "family")
    assert "No candidates to show" in page("empty", "referral")


def test_the_lead_stands_first_and_gaps_last() -> None:
    html = page("rich", "family")
    order = [html.index(f'id="{name}"') for name in ("lead", "involved", "coverage", "openings", "chronology", "gaps")]
    assert order == sorted(order)


def test_a_misspelt_name_is_an_error() -> None:
    app = small_application()
    with app.test_request_context(), pytest.raises(jinja2.UndefinedError):
        app.jinja_env.from_string("{{ no_such_name }}").render()


def test_vendored_files_are_what_was_checked() -> None:
    for row in (STATIC / "HASHES").read_text().splitlines():
        digest, name = row.split()
        assert hashlib.sha256((STATIC / name).read_bytes()).hexdigest() == digest


def test_styles_ask_for_nothing_from_elsewhere() -> None:
    css = "".join(path.read_text() for path in STATIC.glob("*.css"))
    assert not re.findall(r"url\(|@import|@font-face|GDS Transport|/assets", css)
    assert '--govuk-frontend-version:"6.3.0"' in css
