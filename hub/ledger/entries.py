"""One entry of the access log: what is asked of the writer, the clear header, and the sealed body.

A leaf is `length_prefixed(header, ciphertext)`. The header is canonical JSON: `v` 1, `id`, `t` (microseconds since
1970, UTC), `lane`, `seq` (from 1), `key_no`, `n_records`, `records_digest` (of the sorted record ids) and `sealed`
(SHA-256 of the ciphertext). The ciphertext is `nonce(12) AES-256-GCM tag(16)` of the canonical body, padded with
spaces to multiples of 256 bytes. Leaves commit to ciphertext, so destroying the body key breaks no proof.

INVARIANT: an entry never holds content, nor what was withheld.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hub.domain.access import Operation
from hub.domain.canonical import canonical, digest_of_ids, length_prefixed
from hub.domain.clock import Randomness, from_micros, to_micros
from hub.domain.errors import LedgerBrokenError
from hub.domain.ids import EntryId, RecordId

_FORM = {"v": 1, "key_no": 1}
_PAD = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Who did what, for whom, why and under which rules; ids and codes only (DPA 2018 s62).

    `subjects` are random pseudonyms of person references. `selection` holds plain values: filter, as-of, visible label
    numbers. Of `records` only the number and the digest are written.
    """

    operation: Operation
    act: str
    actor: str
    actor_role: str = ""
    agency: str = ""
    on_behalf: str = ""
    recipient: str = ""
    purpose: str = ""
    justification: str = field(default="", repr=False)
    subjects: tuple[str, ...] = ()
    family: str = ""
    selection: Mapping[str, object] = field(default_factory=dict)
    records: tuple[RecordId, ...] = ()
    fields: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    obligations: tuple[str, ...] = ()
    policy_digest: str = ""
    watermark: str = ""
    outcome: str = ""
    detail: Mapping[str, str] = field(default_factory=dict)


_BODY = tuple(column.name for column in fields(Entry) if column.name != "records")


class Header(NamedTuple):
    """The clear part of an entry, as its leaf carries it; `t` is in microseconds since 1970, UTC."""

    id: EntryId
    t: int
    lane: str
    seq: int
    n_records: int
    records_digest: str
    sealed: str

    @property
    def at(self) -> datetime:
        """When the entry was made."""
        return from_micros(self.t)

    def encoded(self) -> bytes:
        """Return the canonical bytes."""
        return canonical(self._asdict() | _FORM)

    @classmethod
    def decode(cls, raw: bytes, ciphertext: bytes) -> "Header":
        """Read a header; LedgerBrokenError when it is not exactly what the hub writes, or seals something else."""
        try:
            said = json.loads(raw)
            header = cls(**{name: said[name] for name in cls._fields})
            if header.encoded() == raw and header.sealed == hashlib.sha256(ciphertext).hexdigest():
                return header
        except (ValueError, KeyError, TypeError):
            pass
        raise LedgerBrokenError("header_broken")


@dataclass(frozen=True, slots=True)
class ReadEntry:
    """An opened entry. `entry.records` is empty: only their number and digest were written."""

    header: Header
    entry: Entry


BROKEN = "entry_broken"


def broken(entry_id: EntryId, lane: str, seq: int, code: str) -> ReadEntry:
    """Return what stands for an entry that was changed: its place in its lane and a code, and nothing that it says."""
    said = Entry(operation=Operation.ALARM, act=BROKEN, actor="", outcome="integrity_fault", detail={"code": code})
    return ReadEntry(Header(entry_id, 0, lane, seq, 0, "", ""), said)


class EntrySeal:
    """Seals and opens entry bodies under the log body key, bound to partnership, lane, number and id."""

    def __init__(self, partnership: str, body_key: bytes, randomness: Randomness) -> None:
        """Take the 32-byte body key."""
        self._partnership = partnership
        self._cipher = AESGCM(body_key)
        self._randomness = randomness

    def seal(self, entry: Entry, place: tuple[EntryId, datetime, str, int]) -> tuple[bytes, bytes]:
        """Return (header bytes, ciphertext) of an entry with this (id, instant, lane, number)."""
        entry_id, at, lane, seq = place
        body = canonical({name: getattr(entry, name) for name in _BODY})
        body += b" " * (-len(body) % _PAD)
        nonce = self._randomness(12)
        ciphertext = nonce + self._cipher.encrypt(nonce, body, self._place(entry_id, lane, seq))
        sealed = hashlib.sha256(ciphertext).hexdigest()
        header = Header(entry_id, to_micros(at), lane, seq, len(entry.records), digest_of_ids(entry.records), sealed)
        return header.encoded(), ciphertext

    def open(self, header: bytes, ciphertext: bytes) -> ReadEntry:
        """Open an entry; LedgerBrokenError when it was changed or moved."""
        head = Header.decode(header, ciphertext)
        try:
            place = self._place(head.id, head.lane, head.seq)
            body = json.loads(self._cipher.decrypt(ciphertext[:12], ciphertext[12:], place))
        except (InvalidTag, ValueError):
            raise LedgerBrokenError("body_broken", where=head.id) from None
        body = {name: tuple(value) if isinstance(value, list) else value for name, value in body.items()}
        return ReadEntry(head, Entry(**{**body, "operation": Operation(body["operation"])}))

    def _place(self, entry_id: EntryId, lane: str, seq: int) -> bytes:
        parts = ("hub/log/1", self._partnership, lane, str(seq), entry_id)
        return length_prefixed(*(part.encode() for part in parts))


def leaf(header: bytes, ciphertext: bytes) -> bytes:
    """Return the bytes of an entry that the tree hashes."""
    return length_prefixed(header, ciphertext)
