"""A signatory's own key: made, kept and used on their machine, by `hub policy key` and `hub policy sign`.

The hub never holds one. Ed25519 (RFC 8032); the file is PKCS #8 in PEM, encrypted when there is a passphrase.
"""

import hashlib

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from hub.domain.clock import Randomness
from hub.domain.errors import PolicyError

_RAW = 32


def fingerprint(public: bytes) -> str:
    """SHA-256 (hexadecimal) of the raw public key: what people read to each other."""
    return hashlib.sha256(public).hexdigest()


def public_bytes(said: str) -> bytes:
    """Read a public key, 64 hexadecimal digits or PEM; ValueError when it is neither."""
    text = said.strip()
    if not text.startswith("-----BEGIN"):
        raw = bytes.fromhex(text)
        if len(raw) != _RAW:
            raise ValueError("length")
        return raw
    key = serialization.load_pem_public_key(text.encode())
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError("kind")  # noqa: TRY004  a wrong text, not a wrong type of ours
    return key.public_bytes_raw()


class SigningKey:
    """One private key, in the hands of its signatory."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        """Take the key."""
        self._key = key

    @classmethod
    def make(cls, randomness: Randomness) -> "SigningKey":
        """Make a fresh key."""
        return cls(Ed25519PrivateKey.from_private_bytes(randomness(_RAW)))

    @classmethod
    def read(cls, pem: bytes, passphrase: str = "") -> "SigningKey":
        """Read a key file; PolicyError `key_unreadable` when it is none, or the passphrase is wrong."""
        try:
            key = serialization.load_pem_private_key(pem, passphrase.encode() or None)
        except (ValueError, TypeError):
            raise PolicyError(
                "key_unreadable", next_step="the key file of hub policy key, and its passphrase"
            ) from None
        if not isinstance(key, Ed25519PrivateKey):
            raise PolicyError("key_unreadable", next_step="an Ed25519 key")
        return cls(key)

    def pem(self, passphrase: str = "") -> bytes:
        """Return the key file, encrypted when there is a passphrase."""
        best: serialization.KeySerializationEncryption = serialization.NoEncryption()
        if passphrase:
            best = serialization.BestAvailableEncryption(passphrase.encode())
        return self._key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, best)

    @property
    def public(self) -> bytes:
        """The 32 raw bytes of the public half."""
        return self._key.public_key().public_bytes_raw()

    @property
    def key_id(self) -> str:
        """The fingerprint."""
        return fingerprint(self.public)

    def sign(self, message: bytes) -> bytes:
        """Return the 64-byte signature over a message."""
        return self._key.sign(message)
