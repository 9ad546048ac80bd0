"""Ed25519 signatures over canonical bytes: agreements, rosters, house rules. Source: RFC 8032."""

import hashlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from hub.domain.clock import Randomness
from hub.domain.errors import PolicyError


def new_signing_key(randomness: Randomness) -> bytes:
    """Return a fresh private key: 32 raw bytes."""
    return randomness(32)


def public_key(private: bytes) -> bytes:
    """Return the 32 raw bytes of the public key that belongs to `private`."""
    return Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def fingerprint(public: bytes) -> str:
    """SHA-256 (hexadecimal) of the raw public key: what people read to each other when a roster begins."""
    return hashlib.sha256(public).hexdigest()


def sign(private: bytes, message: bytes) -> bytes:
    """Return the 64-byte signature over `message`."""
    return Ed25519PrivateKey.from_private_bytes(private).sign(message)


def require_signature(public: bytes, message: bytes, signature: bytes) -> None:
    """Return silently when `signature` is good; else raise PolicyError `signature_refused`."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        raise PolicyError("signature_refused", where=fingerprint(public)[:16]) from None
