"""People who follow every link from home, as a crawler does: which pages there are, and what each says is missing."""

import re
from collections import Counter, deque
from dataclasses import dataclass, field
from html import unescape
from http import HTTPStatus
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
_TRUNK: Final = "families.family"


@dataclass(frozen=True, slots=True)
class Seen:
    """One page as one person saw it: `door` is its endpoint, `missing` the sentences of its empty states."""

    username: str
    path: str
    door: str
    status: int
    missing: tuple[str, ...]
    text: str = field(repr=False, compare=False, default="")


class Walk:
    """Everybody's walk through one hub; `lacking` are the sentences that every page of a door has said so far."""

    def __init__(self, app: Flask, usual: int, most: int) -> None:
        """Open `usual` pages of a door for each person, and up to `most` of one where something is still lacking.

        Every family's page is opened as often: the others hang from it.
        """
        self._app, self._usual, self._most = app, usual, most
        self.seen: list[Seen] = []
        self.lacking: dict[str, set[str]] = {}

    def of(self, username: str, password: str, *starts: str) -> None:
        """Sign in, begin at home (and `starts`), and follow the links."""
        reader = Reader(self._app)
        assert reader.sign_in(username, password).status_code == 302, username
        waiting, known, visits = deque(["/", *starts]), {"/", *starts}, Counter[str]()
        while waiting:
            path = waiting.popleft()
            door = door_of(self._app, path)
            limit = self._most if door == _TRUNK or self.lacking.get(door) else self._usual
            if door in {"", "static"} or visits[door] >= limit:
                continue
            visits[door] += 1
            page = self._look(reader, username, path, door)
            for link in map(unescape, _LINK.findall(page.text)):
                plain = urlsplit(link)._replace(fragment="").geturl()
                if plain not in known:
                    known.add(plain)
                    waiting.append(plain)

    def _look(self, reader: Reader, username: str, path: str, door: str) -> Seen:
        answer = _opened(reader, path)
        text = answer.text if answer.mimetype == "text/html" else ""
        missing = tuple(" ".join(unescape(_TAGS.sub("", words)).split()) for words in _EMPTY.findall(text))
        page = Seen(username, path, door, answer.status_code, missing, text)
        self.seen.append(page)
        if answer.status_code == HTTPStatus.OK:
            self.lacking.setdefault(door, set(missing)).intersection_update(missing)
        return page

    def nowhere(self) -> list[tuple[str, str, str]]:
        """Return the links that led nowhere: (who, door, path)."""
        return [(one.username, one.door, one.path) for one in self.seen if one.status != HTTPStatus.OK]


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
