"""Lanes: every worker process writes a chain of its own, so an entry missing before sequencing shows as a gap."""

import hmac
from dataclasses import dataclass, field

from sqlalchemy import RowMapping

from hub.domain.canonical import length_prefixed
from hub.domain.errors import LedgerBrokenError
from hub.ledger.entries import Header, leaf
from hub.ledger.merkle import leaf_hash

START = bytes(32)
"""What the first entry of a lane takes as its predecessor's code."""


@dataclass(frozen=True, slots=True)
class LaneMac:
    """Makes and checks the code (HMAC-SHA-256) that chains the entries of a lane."""

    partnership: str
    key: bytes = field(repr=False)

    def mac(self, lane: str, seq: int, previous: bytes, leaf_hash_: bytes) -> bytes:
        """Return the 32-byte code of entry `seq` (from 1) of a lane."""
        parts = (b"hub/lane/1", self.partnership.encode(), lane.encode(), b"%d" % seq, previous, leaf_hash_)
        return hmac.digest(self.key, length_prefixed(*parts), "sha256")

    def require(self, row: RowMapping) -> tuple[Header, bytes]:
        """Return (header, leaf hash) of a staged row that is exactly as its worker wrote it.

        Raises:
            LedgerBrokenError: any column was changed, or the row was written by somebody without the lane key.
        """
        where = f"{row['lane']}/{row['seq']}"
        header = Header.decode(row["header"], row["ciphertext"])
        hashed = leaf_hash(leaf(row["header"], row["ciphertext"]))
        genuine = hmac.compare_digest(self.mac(row["lane"], row["seq"], row["previous_mac"], hashed), row["mac"])
        if not genuine or (header.id, header.lane, header.seq) != (row["entry_id"], row["lane"], row["seq"]):
            raise LedgerBrokenError("lane_broken", where=where)
        return header, hashed
