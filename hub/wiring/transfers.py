"""The keys with which families are handed over: secrets of their own, numbered, beside the others in `hub.json`."""

import json
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Final

from hub.domain.clock import Randomness
from hub.services.transfer_keys import KeyPair, OwnKeys, PublicKeys
from hub.vault.providers.local_file import LocalFileRoot
from hub.vault.secrets import new_secrets, open_secret

USES: Final = ("transfer_signing", "transfer_opening")
_MARK: Final = "."


def numbered(number: int) -> tuple[str, ...]:
    """Return the names of one numbered pair of secrets."""
    return tuple(f"{use}{_MARK}{number}" for use in USES)


def own_keys(names: Iterable[str], secret: Callable[[str], bytes]) -> OwnKeys:
    """Return the pairs among named secrets, the newest first."""
    found = sorted(_numbers(names), reverse=True)
    return OwnKeys([KeyPair.from_secrets(*(secret(use) for use in numbered(number))) for number in found])


def rotate(config: Path, root_key: Path, randomness: Randomness) -> PublicKeys:
    """Add the next pair to `hub.json`; every process signs with it once it is started again.

    Earlier pairs stay, to open what was sealed to them. A hub founded before there were such secrets gets its first.
    """
    said = json.loads(config.read_text())
    kept: dict[str, str] = said["secrets"]
    number, root = max(_numbers(kept), default=0) + 1, LocalFileRoot(root_key, randomness)
    kept |= _made(root, said["partnership"], randomness, number)
    new = config.with_suffix(".new")
    new.touch(mode=0o600)
    with new.open("w") as file:
        file.write(json.dumps(said, indent=1))
        file.flush()
        os.fsync(file.fileno())
    new.replace(config)
    return own_keys(numbered(number), lambda use: open_secret(root, said["partnership"], kept, use)).newest.public


def first(root: LocalFileRoot, partnership: str, randomness: Randomness) -> Mapping[str, str]:
    """Return the first pair of a new partnership, wrapped."""
    return _made(root, partnership, randomness, 1)


def _made(root: LocalFileRoot, partnership: str, randomness: Randomness, number: int) -> dict[str, str]:
    return new_secrets(root, partnership, randomness, numbered(number))


def _numbers(names: Iterable[str]) -> set[int]:
    """Return the numbers of which both secrets are there."""
    found = {name for name in names if name.startswith(USES)}
    numbers = {int(name.rpartition(_MARK)[2]) for name in found}
    return {number for number in numbers if set(numbered(number)) <= found}
