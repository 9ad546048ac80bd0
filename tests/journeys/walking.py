"""One person who follows every link from home, as a crawler does: which pages there are, and what each says is missing."""

import re
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import Final
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from tests.journeys.readers import Reader

_LINK: Final = re.compile(r'<a\b[^>]*\bhref="(/[^"#]*)')
_PURPOSE: Final = re.compile(r'name="purpose"[^>]*value="([^"]+)"')
_EMPTY: Final = re.compile(r'<p class="hub-empty">(.*?)</p>', re.DOTALL)
_TAGS: Final = re.compile(r"<[^>]+>")
_WANTED: Final = "protect_child"


@dataclass(frozen=True, slots=True)
class Seen:
    """One page as one person saw it: `door` is its endpoint, `missing` the sentences of its empty states."""

    username: str
    path: str
    door: str
    status: int
    missing: tuple[str, ...]
    text: str = field(repr=False, compare=False, default="")


def walk(app: Flask, username: str, password: str, most: int) -> Iterator[Seen]:
    """Sign in, follow links from home and yield each page: at most `most` of a door, as many are of one kind."""
    reader = Reader(app)
    assert reader.sign_in(username, password).status_code == 302, username
    waiting, known, visits = deque(["/"]), {"/"}, Counter[str]()
    while waiting:
        path = waiting.popleft()
        door = door_of(app, path)
        if door in {"", "static"} or visits[door] >= most:
            continue
        answer = _opened(reader, path)
        visits[door] += 1
        html = answer.mimetype == "text/html"
        text = answer.text if html else ""
        missing = tuple(" ".join(unescape(_TAGS.sub("", words)).split()) for words in _EMPTY.findall(text))
        yield Seen(username, path, door, answer.status_code, missing, text)
        for link in map(unescape, _LINK.findall(text)):
            plain = urlsplit(link)._replace(fragment="").geturl()
            if plain not in known:
                known.add(plain)
                waiting.append(plain)


def door_of(app: Flask, path: str) -> str:
    """Return the endpoint that answers a GET of this path, "" when none does."""
    try:
        found, _ = app.url_map.bind("").match(urlsplit(path).path, method="GET")
    except HTTPException:
        return ""
    return str(found)


def _opened(reader: Reader, path: str) -> TestResponse:
    """Open a page; where a reason is asked first, give one and open it again. Other redirects are followed."""
    answer = reader.get(path)
    asked = answer.headers.get("Location", "")
    if answer.status_code == 302 and urlsplit(asked).path.endswith("/reason"):
        offered = _PURPOSE.findall(reader.get(asked).text)
        purpose = _WANTED if _WANTED in offered else offered[0]
        reader.send(asked, purpose=purpose, justification="Core group on Thursday")
        answer = reader.get(path)
    return answer if answer.status_code != 302 else reader.http.get(path, follow_redirects=True)
