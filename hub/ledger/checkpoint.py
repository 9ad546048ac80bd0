"""Checkpoints: signed statements of the log's size and root.

Source: C2SP tlog-checkpoint and signed-note; Ed25519 (signature type 0x01), no extension lines.
"""

import base64
import binascii
import hashlib
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from hub.domain.errors import LedgerBrokenError

_ED25519 = b"\x01"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """`origin` names the log and its key; `root` is 32 raw bytes over `size` leaves."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """Return the signed text: three lines."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def verifier_key(origin: str, public: bytes) -> str:
    """Return `name+id+key`, the form in which a raw Ed25519 public key is published."""
    return f"{origin}+{_key_id(origin, public).hex()}+{base64.b64encode(_ED25519 + public).decode()}"


def sign(checkpoint: Checkpoint, private: bytes) -> str:
    """Return the signed note; `private` is a raw 32-byte Ed25519 key."""
    key = Ed25519PrivateKey.from_private_bytes(private)
    text = checkpoint.text()
    signature = _key_id(checkpoint.origin, key.public_key().public_bytes_raw()) + key.sign(text.encode())
    return f"{text}\n\N{EM DASH} {checkpoint.origin} {base64.b64encode(signature).decode()}\n"


def require_checkpoint(note: str, verifier: str) -> Checkpoint:
    """Return the checkpoint that a note states under the log's own signature; other signatures are passed over.

    Raises:
        LedgerBrokenError: the note is malformed, or does not carry a good signature of this key.
    """
    try:
        name, _, encoded = verifier.split("+", 2)
        public = base64.b64decode(encoded, validate=True)[1:]
        text, _, signatures = note.partition("\n\n")
        origin, size, root = text.split("\n")
        checkpoint = Checkpoint(origin, int(size), base64.b64decode(root, validate=True))
        start = f"\N{EM DASH} {name} "
        signed = next(line for line in signatures.split("\n") if line.startswith(start))
        blob = base64.b64decode(signed.removeprefix(start), validate=True)
        Ed25519PublicKey.from_public_bytes(public).verify(blob[4:], checkpoint.text().encode())
        if (origin, blob[:4], checkpoint.text()) == (name, _key_id(name, public), text + "\n"):
            return checkpoint
    except (ValueError, StopIteration, binascii.Error, InvalidSignature):
        pass
    raise LedgerBrokenError("checkpoint_broken")


def _key_id(name: str, public: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + public).digest()[:4]
