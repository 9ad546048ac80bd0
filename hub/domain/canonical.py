"""One canonical form for everything that is hashed, signed or authenticated.

RFC 8785-like subset: keys sorted, UTF-8 in NFC, no floats, no surplus white space, no duplicate keys.
Whoever verifies hashes the bytes it was given and never re-serialises.
"""

import hashlib
import json
import unicodedata
from collections.abc import Iterable, Mapping

_PLAIN = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True)
"""Made once: a chronology and a batch make thousands of canonical forms."""


def canonical(value: object) -> bytes:
    """Return the canonical bytes of a plain value; floats and unknown types are refused with TypeError."""
    return _PLAIN.encode(_normal(value)).encode()


def digest(value: object) -> str:
    """SHA-256 of the canonical form, in hexadecimal (64 characters)."""
    return hashlib.sha256(canonical(value)).hexdigest()


def digest_of_ids(ids: Iterable[str]) -> str:
    """SHA-256 (hexadecimal) of ids, sorted, one a line: what the log commits to and keys are released for."""
    return hashlib.sha256("\n".join(sorted(ids)).encode()).hexdigest()


def length_prefixed(*parts: bytes) -> bytes:
    """Join parts so that no two different lists of parts give the same bytes (4-byte big-endian lengths)."""
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def _normal(value: object) -> object:
    if isinstance(value, str):  # first, because most values are: an entry names thousands of records
        return _normal_text(value)
    match value:
        case None | bool() | int():
            return value
        case Mapping():
            return {_normal_text(key): _normal(item) for key, item in value.items()}
        case frozenset() | set():
            return sorted(_normal(item) for item in value)  # type: ignore[type-var]
        case list() | tuple():
            return [_normal(item) for item in value]
    raise TypeError(type(value).__name__)


def _normal_text(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFC", text)
