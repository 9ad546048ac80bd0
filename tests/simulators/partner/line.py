"""The line between a partner and the hub, and chance that can be repeated from its seed."""

import hashlib
from collections.abc import Mapping, Sequence

from connectors.client import Answer, Transport, UnreachableError


class Dice:
    """Chance that can be repeated from its seed."""

    def __init__(self, seed: str) -> None:
        self._seed, self._thrown = seed, 0

    def below(self, limit: int) -> int:
        self._thrown += 1
        return int.from_bytes(hashlib.sha256(f"{self._seed}/{self._thrown}".encode()).digest()[:8]) % limit

    def shuffled(self, things: Sequence[str]) -> list[str]:
        """Return the same things in another order."""
        left, found = list(things), []
        while left:
            found.append(left.pop(self.below(len(left))))
        return found


class Outages:
    """A line that drops some calls before they arrive, and some after they arrived, when only the answer is lost."""

    def __init__(self, line: Transport, dice: Dice, one_in: int = 6) -> None:
        self._line, self._dice, self._one_in = line, dice, one_in
        self.lost = 0

    def __call__(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        chance = self._dice.below(self._one_in * 2)
        if chance == 0:
            self.lost += 1
            raise UnreachableError
        answer = self._line(method, url, headers, body)
        if chance == 1:
            self.lost += 1
            raise UnreachableError
        return answer
