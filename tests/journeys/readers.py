"""A person at a browser: signs in, opens pages, fills in forms with the token the page gave out."""

import re
from html import unescape

from flask import Flask
from werkzeug.test import TestResponse

from hub.services.recording import Period
from tests.factories import PASSWORD, SmallWorld

_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]*)"')
_TEXT = re.compile(r"<[^>]+>")


class Reader:
    """One person with one cookie jar."""

    def __init__(self, app: Flask, username: str = "") -> None:
        self.http = app.test_client()
        if username:
            assert self.sign_in(username).status_code == 302

    def sign_in(self, username: str, password: str = PASSWORD) -> TestResponse:
        return self.send("/sign-in", username=username, password=password)

    def get(self, path: str) -> TestResponse:
        return self.http.get(path)

    def send(self, path: str, **fields: object) -> TestResponse:
        """Open a page and send its form back, filled in."""
        return self.http.post(path, data={"csrf_token": self.token(path), **_flat(fields)})

    def token(self, path: str) -> str:
        found = _TOKEN.search(self.http.get(path).text)
        return unescape(found.group(1)) if found else ""

    def words(self, path: str) -> str:
        """Return what a page prints, on one line, without markup."""
        return plain(self.get(path))

    def open(self, family: str, purpose: str = "protect_child", reason: str = "Visit tomorrow") -> str:
        """Say for what and why, and return what the family page then prints."""
        answer = self.send(f"/families/{family}/reason", purpose=purpose, justification=reason)
        assert answer.status_code == 302, plain(answer)
        return self.words(f"/families/{family}")


def plain(answer: TestResponse) -> str:
    return " ".join(unescape(_TEXT.sub(" ", answer.text)).split())


def bare(answer: TestResponse) -> str:
    """Return a page without its form token, which differs every time."""
    return _TOKEN.sub("", answer.text)


def day(name: str, date: object) -> dict[str, int]:
    return {f"{name}-day": date.day, f"{name}-month": date.month, f"{name}-year": date.year}


USUAL = {
    "channel": "none",
    "kind": "confidentiality_agreement",
    "method": "spoken",
    "interpreter": "none",
    "advocate": "no",
    "capacity": "adult",
}
"""What the page about sharing fills in by itself."""


def answer(reader: Reader, family: str, person: str, status: str, **fields: object) -> TestResponse:
    """Send the page about one person's answer as it is filled in, with some of it changed."""
    return reader.send(f"/families/{family}/consent/{person}", **({**USUAL, "status": status} | fields))


def _flat(fields: dict[str, object]) -> dict[str, object]:
    return {name.replace("__", "-"): value for name, value in fields.items()}


def lead(world: SmallWorld) -> None:
    """Let the manager join the family's work: jointly, as nobody may allocate a family to themselves alone."""
    manager = world.accounts["manager"]
    period = Period(world.clock())
    world.hub.recording.allocate(manager, world.family, manager, period, capacity="co_allocated")
