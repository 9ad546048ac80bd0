"""Merkle tree hashing and proofs, pure. Source: RFC 9162 sections 2.1.1 to 2.1.5 (hashing as in RFC 6962).

Hashes are 32 raw bytes of SHA-256; sizes and indexes count leaves from 0.
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


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """Return the path of `index` in the tree over these leaf hashes, lowest first; IndexError when outside."""
    if not 0 <= index < len(leaves):
        raise IndexError(index)
    path: list[bytes] = []
    low, high = 0, len(leaves)
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            path.append(root(leaves[middle:high]))
            high = middle
        else:
            path.append(root(leaves[low:middle]))
            low = middle
    return path[::-1]


def verify_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], expected: bytes) -> None:
    """Return silently when `leaf` is at `index` of the tree with that size and root; else LedgerBrokenError."""
    node, last, carried = index, size - 1, leaf
    if not 0 <= index < size:
        raise LedgerBrokenError("not_included", where=str(index))
    for sibling in path:
        if not last:
            raise LedgerBrokenError("not_included", where=str(index))
        if node & 1 or node == last:
            carried = node_hash(sibling, carried)
            node, last = _climb(node, last)
        else:
            carried = node_hash(carried, sibling)
        node, last = node >> 1, last >> 1
    if last or carried != expected:
        raise LedgerBrokenError("not_included", where=str(index))


def consistency_proof(leaves: Sequence[bytes], old_size: int) -> list[bytes]:
    """Return the proof that the tree over these leaf hashes extends its first `old_size`; IndexError when outside."""
    if not 0 < old_size <= len(leaves):
        raise IndexError(old_size)
    path: list[bytes] = []
    low, high, whole = 0, len(leaves), True
    while high != old_size:
        middle = low + _split(high - low)
        if old_size <= middle:
            path.append(root(leaves[middle:high]))
            high = middle
        else:
            path.append(root(leaves[low:middle]))
            low, whole = middle, False
    if not whole:
        path.append(root(leaves[low:high]))
    return path[::-1]


def verify_consistency(old_size: int, old_root: bytes, size: int, new_root: bytes, path: Sequence[bytes]) -> None:
    """Return silently when the new tree extends the old one; else LedgerBrokenError (a rollback or a fork)."""
    proof = list(path) if old_size.bit_count() != 1 else [old_root, *path]
    if old_size == size:
        proof = [] if path else [old_root]
    if not 0 < old_size <= size or not proof:
        raise LedgerBrokenError("not_consistent", where=str(old_size))
    node, last = _climb(old_size - 1, size - 1, from_leaf=True)
    old = new = proof[0]
    for sibling in proof[1:]:
        if not last:
            raise LedgerBrokenError("not_consistent", where=str(old_size))
        if node & 1 or node == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            node, last = _climb(node, last)
        else:
            new = node_hash(new, sibling)
        node, last = node >> 1, last >> 1
    if (old, new) != (old_root, new_root) or (last and old_size != size):
        raise LedgerBrokenError("not_consistent", where=str(old_size))


def _split(size: int) -> int:
    return 1 << (size - 1).bit_length() - 1


def _climb(node: int, last: int, *, from_leaf: bool = False) -> tuple[int, int]:
    """Skip levels at which there is no sibling (RFC 9162 section 2.1.3.2 step 4.b.ii, section 2.1.4.2 step 4)."""
    while (node & 1) if from_leaf else (node and not node & 1):
        node, last = node >> 1, last >> 1
    return node, last
