"""Builds the keyed hash of what must be found again, and guessed by nobody."""

import hmac
from collections.abc import Callable


def marking(key: bytes) -> Callable[[bytes], str]:
    """Return what marks bytes under a key: HMAC-SHA256, in hexadecimal digits."""
    return lambda data: hmac.digest(key, data, "sha256").hex()
