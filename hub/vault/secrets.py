"""The hub's own secrets (log keys, code keys, index keys): random, wrapped under the root, one per use."""

import base64
from collections.abc import Callable, Mapping, Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hub.domain.canonical import length_prefixed
from hub.domain.clock import Randomness
from hub.domain.errors import KeyUnavailableError, SealBrokenError
from hub.vault.keyring import RootKey

USES = ("fact_mac", "log_lane", "log_body", "log_signing", "blind_index", "fingerprint", "web", "reasons")
"""`blind_index` is unwrapped by the matching worker only, `log_signing` by the sequencer only."""


def new_secrets(root: RootKey, partnership: str, randomness: Randomness, uses: Sequence[str] = USES) -> dict[str, str]:
    """Return use -> wrapped 32-byte secret (base64), to be kept beside the hub's settings."""
    return {use: base64.b64encode(root.wrap(randomness(32), _context(partnership, use))).decode() for use in uses}


def open_secret(root: RootKey, partnership: str, wrapped: Mapping[str, str], use: str) -> bytes:
    """Return one secret; KeyUnavailableError when it is missing or belongs to another partnership or use."""
    blob = wrapped.get(use)
    if blob is None:
        raise KeyUnavailableError("secret_missing", where=use)
    return root.unwrap(base64.b64decode(blob), _context(partnership, use))


def reason_seal(key: bytes, randomness: Randomness) -> tuple[Callable[[bytes], bytes], Callable[[bytes], bytes]]:
    """Return the pair that seals and opens the reasons people state in a sitting (AES-256-GCM)."""
    cipher, place = AESGCM(key), b"hub/reason/1"

    def seal(plain: bytes) -> bytes:
        nonce = randomness(12)
        return nonce + cipher.encrypt(nonce, plain, place)

    def unseal(sealed: bytes) -> bytes:
        try:
            return cipher.decrypt(sealed[:12], sealed[12:], place)
        except (InvalidTag, ValueError):
            raise SealBrokenError("reason_broken") from None

    return seal, unseal


def _context(partnership: str, use: str) -> bytes:
    return length_prefixed(b"hub/secret/1", partnership.encode(), use.encode())
