"""Seals a bundle to the partnership it is for: HPKE (RFC 9180) for one content key, AES-256-GCM for the parts.

HPKE is DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM, base mode; its `info` names both partnerships' keys and
the number of parts. The content key is drawn for one bundle, so a part's nonce is its place; each part is bound to its
place and to how many there are. Part 0 is the signed document, the others are pieces of its files.
INVARIANT: parts put in another order, left out, added, changed or taken from another bundle do not open.
"""

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from hub.domain.canonical import length_prefixed
from hub.domain.clock import Randomness
from hub.domain.errors import RejectedMessageError
from hub.services.transfer_keys import OwnKeys, PublicKeys

BUNDLE: Final = "hub-transfer/2"
PIECE: Final = 64 * 1024
"""Bytes of a file in one part."""
_SUITE: Final = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_KEY: Final = 32
_NAMES: Final = ("format", "sender", "recipient", "key", "parts")


@dataclass(frozen=True, slots=True)
class Envelope:
    """A sealed bundle as it lies in its file; `sender` and `recipient` are fingerprints of keys."""

    sender: str
    recipient: str
    key: bytes = field(repr=False)
    parts: Sequence[bytes] = field(repr=False)

    @classmethod
    def read(cls, body: bytes) -> "Envelope":
        """Read the file; RejectedMessageError when it is another one."""
        said = strict_object(body)
        if said.get("format") != BUNDLE or set(said) != set(_NAMES) or not isinstance(said["parts"], list):
            raise RejectedMessageError("another_format", where="/format")
        try:
            sealed = [base64.b64decode(one, validate=True) for one in (said["key"], *said["parts"])]
        except (binascii.Error, ValueError, TypeError):
            raise RejectedMessageError("bundle_changed", where="/parts") from None
        return cls(str(said["sender"]), str(said["recipient"]), sealed[0], sealed[1:])

    def opened(self, own: OwnKeys) -> list[bytes]:
        """Return the parts; RejectedMessageError when it is for another's key, or not as it was sealed."""
        pair = own.of(self.recipient)
        if pair is None:
            raise RejectedMessageError("another_recipient", where="/recipient", next_step="ask_for_one_to_your_key")
        count = len(self.parts)
        try:
            key = _SUITE.decrypt(self.key, pair.opening, info=_info(self.sender, self.recipient, count))
            cipher = AESGCM(key)
            return [cipher.decrypt(_nonce(n), part, _place(n, count)) for n, part in enumerate(self.parts)]
        except (InvalidTag, ValueError):
            raise RejectedMessageError("bundle_changed", where="/parts") from None


def seal(parts: Sequence[bytes], sender: PublicKeys, recipient: PublicKeys, randomness: Randomness) -> bytes:
    """Return the file that only `recipient` opens."""
    count, key = len(parts), randomness(_KEY)
    info = _info(sender.fingerprint, recipient.fingerprint, count)
    cipher = AESGCM(key)
    said = {
        "format": BUNDLE,
        "sender": sender.fingerprint,
        "recipient": recipient.fingerprint,
        "key": _text(_SUITE.encrypt(key, X25519PublicKey.from_public_bytes(recipient.opening), info=info)),
        "parts": [_text(cipher.encrypt(_nonce(n), part, _place(n, count))) for n, part in enumerate(parts)],
    }
    return (json.dumps(said, indent=1) + "\n").encode()


def in_pieces(content: bytes) -> list[bytes]:
    """Return a file's content in bounded parts."""
    return [content[at : at + PIECE] for at in range(0, len(content), PIECE)]


def strict_object(body: bytes) -> dict[str, Any]:
    """Read a JSON object that names nothing twice; RejectedMessageError when it is none."""
    try:
        said = json.loads(body.decode(), object_pairs_hook=_once)
    except (ValueError, RecursionError):
        raise RejectedMessageError("malformed_json", where="/") from None
    if not isinstance(said, dict):
        raise RejectedMessageError("another_format", where="/format")
    return said


def signed_document(kind: str, body: bytes) -> Mapping[str, Any]:
    """Read the outer shape of a signed file; RejectedMessageError when it is another kind."""
    said = strict_object(body)
    if said.get("format") != kind or not isinstance(said.get("document"), dict):
        raise RejectedMessageError("another_format", where="/format")
    return said


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("duplicate")
    return found


def _info(sender: str, recipient: str, count: int) -> bytes:
    return length_prefixed(BUNDLE.encode(), sender.encode(), recipient.encode(), str(count).encode())


def _place(place: int, count: int) -> bytes:
    return length_prefixed(b"hub-transfer/2/part", str(place).encode(), str(count).encode())


def _nonce(place: int) -> bytes:
    return place.to_bytes(12)


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
