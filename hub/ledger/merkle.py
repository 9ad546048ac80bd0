"""Merkle tree hashing, pure. Source: RFC 9162 section 2.1.1 (hashing as in RFC 6962). Proofs: `proofs.py`.

Hashes are 32 raw bytes of SHA-256; sizes count leaves from 0.
"""

import hashlib
from collections.abc import Iterable, Sequence

from hub.domain.errors import LedgerBrokenError

EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(leaf: bytes) -> bytes:
    """Return the hash of one entry's bytes."""
    return hashlib.sha256(b"\0" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node."""
    return hashlib.sha256(b"\1" + left + right).digest()


class Frontier:
    """The right edge of a growing tree: as many hashes as `size` has one bits, largest subtree first."""

    def __init__(self, size: int = 0, hashes: Sequence[bytes] = ()) -> None:
        """Start empty, or from a stored edge; LedgerBrokenError when the two do not fit."""
        if len(hashes) != size.bit_count():
            raise LedgerBrokenError("frontier_shape", where=str(size))
        self.size = size
        self.hashes = list(hashes)

    def append(self, leaf: bytes) -> None:
        """Add a leaf hash."""
        size, carried = self.size, leaf
        while size & 1:
            carried = node_hash(self.hashes.pop(), carried)
            size >>= 1
        self.hashes.append(carried)
        self.size += 1

    def root(self) -> bytes:
        """Return the root over all leaves so far."""
        if not self.hashes:
            return EMPTY_ROOT
        carried = self.hashes[-1]
        for left in reversed(self.hashes[:-1]):
            carried = node_hash(left, carried)
        return carried


def root(leaves: Iterable[bytes]) -> bytes:
    """Return the root over these leaf hashes."""
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    return frontier.root()
