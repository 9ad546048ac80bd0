"""A file in sealed chunks, each bound to its file, its place and how many there are.

A chunk is `nonce(12) ciphertext tag(16)` (AES-256-GCM). Chunk 0 is the heading (canonical JSON); the others are the
content in pieces of CHUNK bytes, the last padded. The key is the attachment's own and lies, in shares, in fields of its
record: who may open all of them may open the file, and destroying the record's key destroys the file.
INVARIANT: chunks put in another order, left out, added, or taken from another file do not open.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hub.domain.canonical import canonical, length_prefixed
from hub.domain.clock import Randomness
from hub.domain.errors import SealBrokenError
from hub.domain.ids import RecordId

CHUNK = 64 * 1024
_STEP = 4 * 1024
_KEY = 32


@dataclass(frozen=True, slots=True)
class FileKeys:
    """Makes and joins the shares of file keys, and seals and opens chunks. Built by wiring."""

    partnership: str
    randomness: Randomness

    def new_key(self) -> bytes:
        """Return a key for one file."""
        return self.randomness(_KEY)

    def shares(self, key: bytes, names: Sequence[str]) -> dict[str, str]:
        """Split a key into one share per name, of which every single one is needed; each says how many there are."""
        drawn = [self.randomness(_KEY) for _ in names[1:]]
        found = [reduce(_mixed, drawn, key), *drawn]
        return {name: f"{len(names)}.{share.hex()}" for name, share in zip(names, found, strict=True)}

    def seal(self, key: bytes, record: RecordId, heading: Mapping[str, object], content: bytes) -> list[bytes]:
        """Return the chunks of a file, the heading first; it gets the content's size."""
        padded = content + b"\0" * (-len(content) % _STEP)
        pieces = [canonical({**heading, "size": len(content)})]
        pieces += [padded[at : at + CHUNK] for at in range(0, len(padded), CHUNK)]
        cipher, sealed = AESGCM(key), []
        for place, piece in enumerate(pieces):
            nonce = self.randomness(12)
            sealed.append(nonce + cipher.encrypt(nonce, piece, self._place(record, place, len(pieces))))
        return sealed

    def heading(self, key: bytes, record: RecordId, chunk: bytes, count: int) -> dict[str, object]:
        """Return the heading from its chunk alone, for a listing."""
        found: dict[str, object] = json.loads(self._open(key, record, chunk, 0, count))
        return found

    def content(self, key: bytes, record: RecordId, chunks: Sequence[bytes]) -> tuple[dict[str, object], bytes]:
        """Return heading and content; SealBrokenError when a chunk is missing, moved, changed or strange."""
        pieces = [self._open(key, record, chunk, place, len(chunks)) for place, chunk in enumerate(chunks)]
        if not pieces:
            raise SealBrokenError("chunk_missing", where=record)
        heading: dict[str, object] = json.loads(pieces[0])
        return heading, b"".join(pieces[1:])[: int(str(heading["size"]))]

    def _open(self, key: bytes, record: RecordId, chunk: bytes, place: int, count: int) -> bytes:
        try:
            return AESGCM(key).decrypt(chunk[:12], chunk[12:], self._place(record, place, count))
        except (InvalidTag, ValueError):
            raise SealBrokenError("chunk_broken", where=record) from None

    def _place(self, record: RecordId, place: int, count: int) -> bytes:
        return length_prefixed(
            b"hub/file/1", self.partnership.encode(), record.encode(), str(place).encode(), str(count).encode()
        )


def joined(shares: Sequence[str]) -> bytes | None:
    """Return the key that shares make; None when one is missing: then it is not for whoever holds the others."""
    parts = [share.partition(".") for share in shares]
    if not parts or any(count != str(len(parts)) for count, _, _ in parts):
        return None
    return reduce(_mixed, [bytes.fromhex(share) for _, _, share in parts])


def _mixed(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))
