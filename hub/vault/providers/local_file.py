"""The root key in a local file: for development and small sites that keep keys on a disk of their own."""

import os
import stat
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hub.domain.clock import Randomness
from hub.domain.errors import KeyUnavailableError, SettingsError

_SIZE = 32
_SOURCE_TREE = Path(__file__).resolve().parents[3]


class LocalFileRoot:
    """A 32-byte root key in a file that only its owner may read, outside the source tree."""

    def __init__(self, path: Path, randomness: Randomness) -> None:
        """Read the key.

        Raises:
            SettingsError: others may read the file, it lies in the source tree, is missing or of a wrong size.
        """
        self._path = _outside_source(path)
        self._randomness = randomness
        self._cipher = AESGCM(_read(self._path))

    @classmethod
    def create(cls, path: Path, randomness: Randomness) -> "LocalFileRoot":
        """Write a fresh key (mode 0600) and return it; an existing file is never overwritten (SettingsError)."""
        try:
            handle = os.open(_outside_source(path), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError:
            raise SettingsError("root_key_not_created", where=str(path)) from None
        with os.fdopen(handle, "wb") as file:
            file.write(randomness(_SIZE))
            file.flush()
            os.fsync(file.fileno())
        return cls(path, randomness)

    def wrap(self, key: bytes, context: bytes) -> bytes:
        """Return `nonce(12) ciphertext tag(16)` of `key`, bound to `context`."""
        nonce = self._randomness(12)
        return nonce + self._cipher.encrypt(nonce, key, context)

    def unwrap(self, blob: bytes, context: bytes) -> bytes:
        """Turn `wrap` around; KeyUnavailableError when the blob was changed or belongs to another context."""
        try:
            return self._cipher.decrypt(blob[:12], blob[12:], context)
        except (InvalidTag, ValueError):
            raise KeyUnavailableError("root_key_does_not_open") from None

    def describe(self) -> str:
        """Say where the root key lives, for `hub doctor`."""
        return f"local file {self._path}"


def _outside_source(path: Path) -> Path:
    resolved = path.resolve()
    if resolved.is_relative_to(_SOURCE_TREE):
        raise SettingsError("root_key_in_source_tree", where=str(path), next_step="keep the key file elsewhere")
    return resolved


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            key = file.read(_SIZE + 1)
    except OSError:
        raise SettingsError("root_key_missing", where=str(path)) from None
    if stat.S_IMODE(mode) & 0o077:
        raise SettingsError("root_key_readable_by_others", where=str(path), next_step=f"chmod 600 {path}")
    if len(key) != _SIZE:
        raise SettingsError("root_key_wrong_size", where=str(path))
    return key
