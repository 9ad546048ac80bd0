"""Sealing: one AES-256-GCM ciphertext per field, bound to the place where it lies.

A sealed set is what one (record, label) holds: `length(2)` and the field names (JSON array, sorted), then per field
`length(4)` of its envelope, then the envelopes: `version(1) algorithm(1) key number(4) nonce(12) ciphertext tag(16)`.
Integers are big-endian. Associated data of a field: the place's prefix, `count(2)` of fields, the name.

INVARIANT: no plain text without a grant that covers the record and the label.
INVARIANT: a ciphertext moved to another partnership, table, record, owner, field, label, revision or set does not open.
Source: NIST SP 800-38D (GCM); padding as in ISO/IEC 7816-4.
"""

import json
import struct
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hub.domain.access import Grant
from hub.domain.canonical import canonical, length_prefixed
from hub.domain.clock import Randomness
from hub.domain.errors import GrantMissingError, SealBrokenError
from hub.domain.ids import AgencyId, RecordId

_VERSION, _AES_256_GCM = 1, 1
_HEADER = struct.Struct(">BBI")
_COUNT = struct.Struct(">H")
_PAD = b"\x80"
_SMALL, _STEP, _LARGE_STEP = 256, 32, 256


RecordCipher = AESGCM
"""A record's key made ready, which costs more than opening a field."""


class Place(NamedTuple):
    """Where a sealed set lies; every part is authenticated with every field. A tuple: a page makes thousands.

    `key_number` is the owner's KEK version when the record's key was made; it stays when the key is rewrapped.
    `frame` is what of the record's clear outline must not change either.
    """

    partnership: str
    synthetic: bool
    table: str
    record: RecordId
    owner: AgencyId
    key_number: int
    schema: int
    revision: int
    label_digest: str
    frame: str = ""

    def prefix(self) -> bytes:
        """Return the associated data that all fields of this set share; build it once per set."""
        common = _common(self.partnership, self.synthetic, self.table, self.owner, self.schema, self.label_digest)
        return common + _own(self.record, self.key_number, self.revision) + framed(self.frame)


class Sealer:
    """Seals fields under a record's key with nonces from the randomness it was given."""

    def __init__(self, randomness: Randomness) -> None:
        """Take the source of nonces (96 bits each)."""
        self._randomness = randomness

    def seal_set(self, key: bytes, place: Place, fields: Mapping[str, str]) -> bytes:
        """Return the packed set; `key` is the record's 32-byte key. An empty set is refused with ValueError.

        Plain text is padded to multiples of 32 bytes up to 256, then of 256, so that lengths tell little.
        """
        if not fields:
            raise ValueError("nothing to seal")
        cipher, header, prefix = AESGCM(key), _header(place.key_number), place.prefix()
        names = canonical(sorted(fields))
        shape = _shape(names)
        envelopes = []
        for name, suffix in shape.fields:
            nonce = self._randomness(12)
            envelopes.append(header + nonce + cipher.encrypt(nonce, _padded(fields[name].encode()), prefix + suffix))
        lengths = shape.lengths.pack(*map(len, envelopes))
        return b"".join((_COUNT.pack(len(names)), names, lengths, *envelopes))


class Opener:
    """Opens sets of one table under one grant; a page opens thousands, so what they share is made once."""

    def __init__(self, partnership: str, synthetic: bool, table: str, grant: Grant) -> None:  # noqa: FBT001  part of a place
        """Take what every place has in common, and the grant that must cover each set."""
        self._where = (partnership, synthetic, table)
        self._covers = grant.covers

    def open(  # noqa: PLR0913, PLR0917  the parts of a place, unpacked: making one for each set costs more than it says
        self,
        cipher: RecordCipher,
        record: RecordId,
        owner: AgencyId,
        key_number: int,
        schema: int,
        revision: int,
        label_digest: str,
        frame: bytes,
        packed: bytes,
    ) -> dict[str, str]:
        """Open every field of a sealed set, in the order of their names; `frame` is as `framed` returns it.

        Raises:
            GrantMissingError: the grant does not cover this record and label; nothing was decrypted.
            SealBrokenError: the set was changed, or does not belong at this place.
        """
        if not self._covers(record, label_digest):
            raise GrantMissingError("set_not_covered", where=record)
        common = _common(*self._where, owner, schema, label_digest)
        prefix = common + _own(record, key_number, revision) + frame
        try:
            return _opened(cipher, _header(key_number), prefix, packed)
        except (InvalidTag, ValueError, TypeError, struct.error):
            raise SealBrokenError(where=record) from None


def _opened(cipher: RecordCipher, header: bytes, prefix: bytes, packed: bytes) -> dict[str, str]:
    decrypt, opened = cipher.decrypt, {}
    (end,) = _COUNT.unpack_from(packed)
    fields, lengths = _shape(packed[2 : end + 2])
    start = end + 2 + lengths.size
    for (name, suffix), length in zip(fields, lengths.unpack_from(packed, end + 2), strict=False):
        if not packed.startswith(header, start):
            raise ValueError("header")
        nonce, body, end = start + 6, start + 18, start + length
        plain = decrypt(packed[nonce:body], packed[body:end], prefix + suffix)
        opened[name] = plain[: plain.rindex(_PAD)].decode()
        start = end
    if start != len(packed):
        raise ValueError("length")
    return opened


def framed(frame: str) -> bytes:
    """Return a clear outline as the last part of the associated data of its record's fields."""
    return f"{len(frame)}:{frame}".encode() if frame else b""


def _own(record: str, key_number: int, revision: int) -> bytes:
    return f"{len(record)}:{record}{key_number}.{revision};".encode()


class _Shape(NamedTuple):
    fields: tuple[tuple[str, bytes], ...]
    lengths: struct.Struct


@lru_cache(maxsize=1024)
def _shape(names: bytes) -> _Shape:
    """Read a set's names; each comes with its own end of the associated data."""
    said = [str(name) for name in json.loads(names)]
    if not said or canonical(sorted(set(said))) != names:
        raise ValueError("names")
    count = _COUNT.pack(len(said))
    return _Shape(tuple((name, count + name.encode()) for name in said), struct.Struct(f">{len(said)}I"))


@lru_cache(maxsize=64)
def _header(key_number: int) -> bytes:
    return _HEADER.pack(_VERSION, _AES_256_GCM, key_number)


def _padded(plain: bytes) -> bytes:
    step = _STEP if len(plain) < _SMALL else _LARGE_STEP
    return plain + _PAD + b"\0" * (-(len(plain) + 1) % step)


@lru_cache(maxsize=1024)
def _common(*parts: object) -> bytes:
    return length_prefixed(b"hub/seal/1", *(str(part).encode() for part in parts))
