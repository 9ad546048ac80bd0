"""The keys with which two partnerships hand families over: one pair signs, one pair opens, and people compare both.

A partnership's own pair comes from secrets of their own (`transfer_signing`, `transfer_opening`), numbered: the newest
signs and is given out, earlier ones still open what was sealed to them.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from hub.domain.canonical import canonical, length_prefixed
from hub.domain.errors import InvalidRequestError, KeyUnavailableError

LINE: Final = "hub-transfer-key/2"


@dataclass(frozen=True, slots=True)
class PublicKeys:
    """What a partnership gives to others: Ed25519 and X25519 public keys, raw."""

    signing: bytes
    opening: bytes

    @classmethod
    def read(cls, line: str) -> "PublicKeys":
        """Read the line of `hub transfer key`; InvalidRequestError when it is none."""
        try:
            kind, signing, opening = line.split()
            found = cls(bytes.fromhex(signing), bytes.fromhex(opening))
            Ed25519PublicKey.from_public_bytes(found.signing)
            X25519PublicKey.from_public_bytes(found.opening)
        except ValueError:
            raise InvalidRequestError("not_a_key", where="key", next_step="the line of `hub transfer key`") from None
        if kind != LINE:
            raise InvalidRequestError("not_a_key", where="key", next_step="the line of `hub transfer key`")
        return found

    @property
    def line(self) -> str:
        """What the other side types in."""
        return f"{LINE} {self.signing.hex()} {self.opening.hex()}"

    @property
    def fingerprint(self) -> str:
        """SHA-256 (hexadecimal) over both keys: what people read to each other."""
        return hashlib.sha256(length_prefixed(LINE.encode(), self.signing, self.opening)).hexdigest()


@dataclass(frozen=True, slots=True)
class KeyPair:
    """One numbered pair of a partnership's own."""

    signing: Ed25519PrivateKey = field(repr=False)
    opening: X25519PrivateKey = field(repr=False)

    @classmethod
    def from_secrets(cls, signing: bytes, opening: bytes) -> "KeyPair":
        """Take two secrets of 32 random bytes."""
        return cls(Ed25519PrivateKey.from_private_bytes(signing), X25519PrivateKey.from_private_bytes(opening))

    @property
    def public(self) -> PublicKeys:
        """What others are given."""
        return PublicKeys(self.signing.public_key().public_bytes_raw(), self.opening.public_key().public_bytes_raw())

    def signed(self, kind: str, document: object) -> bytes:
        """Return a file: the document and a signature over its canonical bytes, with the kind of file before them."""
        signature = self.signing.sign(signed_bytes(kind, document)).hex()
        said = {"format": kind, "document": document, "signature": signature}
        return (json.dumps(said, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


@dataclass(frozen=True, slots=True)
class OwnKeys:
    """A partnership's own pairs, the newest first; none before the first `hub transfer rotate` of an older hub."""

    pairs: Sequence[KeyPair]

    @property
    def newest(self) -> KeyPair:
        """The pair that signs; KeyUnavailableError when there is none yet."""
        if not self.pairs:
            raise KeyUnavailableError("transfer_keys_missing", next_step="hub transfer rotate")
        return self.pairs[0]

    def of(self, fingerprint: str) -> KeyPair | None:
        """Return the pair with this fingerprint, an earlier one too."""
        return next((pair for pair in self.pairs if pair.public.fingerprint == fingerprint), None)


def signed_bytes(kind: str, document: object) -> bytes:
    """Return what is signed."""
    return kind.encode() + b"\n" + canonical(document)
