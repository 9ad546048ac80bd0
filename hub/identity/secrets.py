"""Opaque secrets: 256 random bits given out once, kept as a SHA-256 only."""

import base64
import hashlib

from hub.domain.clock import Randomness


def new_secret(randomness: Randomness) -> str:
    """Return 256 bits as URL-safe text (43 characters)."""
    return base64.urlsafe_b64encode(randomness(32)).rstrip(b"=").decode()


def hashed(secret: str) -> str:
    """Return what is stored of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()
