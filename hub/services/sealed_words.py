"""What people write about duties, sealed in clear rows and bound to the row it was written for."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from hub.domain.errors import SealBrokenError


@dataclass(frozen=True, slots=True)
class SealedWords:
    """The pair that seals and opens; built by wiring from the hub's own secret."""

    seal: Callable[[bytes], bytes]
    unseal: Callable[[bytes], bytes]

    def close(self, about: str, words: Mapping[str, str]) -> bytes:
        """Seal words about one row, by its id."""
        return self.seal(json.dumps([about, dict(words)]).encode())

    def open(self, about: str, sealed: bytes | None) -> dict[str, str]:
        """Return the words again; nothing for nothing. SealBrokenError when they belong to another row."""
        if sealed is None:
            return {}
        said_about, words = json.loads(self.unseal(sealed))
        if said_about != about:
            raise SealBrokenError("words_moved", where=about)
        return {str(name): str(value) for name, value in words.items()}
