"""Time-based one-time codes (RFC 6238 over RFC 4226): HMAC-SHA-1, six digits, a step of 30 seconds."""

import base64
import hmac
from datetime import datetime
from typing import Final
from urllib.parse import quote, urlencode

from hub.domain.clock import Randomness, to_micros

STEP_SECONDS: Final = 30
DIGITS: Final = 6
DRIFT: Final = 1
"""Steps before and after the present one whose code is taken, for clocks that differ (RFC 6238 section 5.2)."""
_SECRET_BYTES: Final = 20


def new_totp_secret(randomness: Randomness) -> bytes:
    """Return 160 random bits, the length of the hash (RFC 4226 section 4, R6)."""
    return randomness(_SECRET_BYTES)


def step_at(instant: datetime) -> int:
    """Return the number of whole steps since 1970."""
    return to_micros(instant) // (STEP_SECONDS * 1_000_000)


def code_at(secret: bytes, step: int, *, digits: int = DIGITS) -> str:
    """Return the code of one step (RFC 4226 section 5.3: dynamic truncation)."""
    digest = hmac.digest(secret, step.to_bytes(8, "big"), "sha1")
    start = digest[-1] & 0x0F
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFF_FFFF
    return str(number % 10**digits).zfill(digits)


def matching_step(secret: bytes, code: str, now: datetime, last: int) -> int | None:
    """Return the step whose code this is, later than `last`, or None; every candidate costs the same."""
    typed = "".join(code.split()).encode()
    near = range(step_at(now) - DRIFT, step_at(now) + DRIFT + 1)
    same = [step for step in near if hmac.compare_digest(code_at(secret, step).encode(), typed)]
    return max((step for step in same if step > last), default=None)


def as_text(secret: bytes) -> str:
    """Return the secret in base32, in groups of four, as a person types it."""
    plain = base64.b32encode(secret).decode().rstrip("=")
    return " ".join(plain[at : at + 4] for at in range(0, len(plain), 4))


def otpauth(secret: bytes, issuer: str, username: str) -> str:
    """Return the link that an authenticator opens (Key Uri Format)."""
    label = quote(f"{issuer}:{username}")
    plain = base64.b32encode(secret).decode().rstrip("=")
    return f"otpauth://totp/{label}?{urlencode({'secret': plain, 'issuer': issuer})}"
