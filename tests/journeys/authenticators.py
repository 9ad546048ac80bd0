"""Somebody's authenticator: it is shown a key once, and then tells codes by the clock."""

import base64
import re
from html import unescape

from hub.identity import totp
from tests.factories import SmallWorld
from tests.journeys.readers import Reader

_KEY = re.compile(r'hub-secret">([^<]+)<')
_CODE = re.compile(r"<li>([0-9a-f]{5}(?:-[0-9a-f]{5}){3})</li>")


class Authenticator:
    """Holds one key."""

    def __init__(self, world: SmallWorld, page: str) -> None:
        self._clock = world.clock
        plain = "".join(unescape(_KEY.search(page).group(1)).split())
        self.secret = base64.b32decode(plain)

    def code(self, *, off: int = 0) -> str:
        return totp.code_at(self.secret, totp.step_at(self._clock()) + off)

    def wrong(self) -> str:
        """Return six digits that are not near any right code."""
        near = {self.code(off=off) for off in range(-3, 4)}
        return next(digits for digits in map(str, range(111111, 111199)) if digits not in near)


def set_up(world: SmallWorld, reader: Reader, path: str = "/account/second-factor") -> tuple[Authenticator, list[str]]:
    """Set up a second factor on its page; returns it and the recovery codes."""
    assert reader.send(path).headers["Location"] == path
    held = Authenticator(world, reader.get(path).text)
    page = reader.send(path, code=held.code())
    assert page.status_code == 200
    return held, _CODE.findall(page.text)
