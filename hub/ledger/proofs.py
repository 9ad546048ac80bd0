"""Proofs that a leaf is in a tree and that one tree extends another, pure. Source: RFC 9162 sections 2.1.3 and 2.1.4.

They decide and open nothing: they are for whoever checks the log, beside `verify.py`. Hashes are 32 raw bytes of
SHA-256; sizes and indexes count leaves from 0.
"""

from collections.abc import Sequence

from hub.domain.errors import LedgerBrokenError
from hub.ledger.merkle import node_hash, root


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """Return the path of `index` in the tree over these leaf hashes, lowest first; IndexError when outside."""
    if not 0 <= index < len(leaves):
        raise IndexError(index)
    if len(leaves) == 1:
        return []
    split = _split(len(leaves))
    if index < split:
        return [*inclusion_proof(leaves[:split], index), root(leaves[split:])]
    return [*inclusion_proof(leaves[split:], index - split), root(leaves[:split])]


def verify_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], expected: bytes) -> None:
    """Return silently when `leaf` is at `index` of the tree with that size and root; else LedgerBrokenError."""
    rest = list(path)
    try:
        found = _from_leaf(leaf, index, size, rest) if 0 <= index < size else b""
    except IndexError:
        found = b""
    if found != expected or rest:
        raise LedgerBrokenError("not_included", where=str(index))


def consistency_proof(leaves: Sequence[bytes], old_size: int) -> list[bytes]:
    """Return the proof that the tree over these leaf hashes extends its first `old_size`; IndexError when outside."""
    if not 0 < old_size <= len(leaves):
        raise IndexError(old_size)
    return _subproof(leaves, old_size, whole=True)


def verify_consistency(old_size: int, old_root: bytes, size: int, new_root: bytes, path: Sequence[bytes]) -> None:
    """Return silently when the new tree extends the old one; else LedgerBrokenError (a rollback or a fork)."""
    rest = list(path)
    try:
        found = _from_old(old_size, size, rest, old_root) if 0 < old_size <= size else None
    except IndexError:
        found = None
    if found != (old_root, new_root) or rest:
        raise LedgerBrokenError("not_consistent", where=str(old_size))


def _split(size: int) -> int:
    """Return the largest power of two smaller than `size`."""
    return 1 << (size - 1).bit_length() - 1


def _from_leaf(leaf: bytes, index: int, size: int, rest: list[bytes]) -> bytes:
    if size == 1:
        return leaf
    split, sibling = _split(size), rest.pop()
    if index < split:
        return node_hash(_from_leaf(leaf, index, split, rest), sibling)
    return node_hash(sibling, _from_leaf(leaf, index - split, size - split, rest))


def _subproof(leaves: Sequence[bytes], old_size: int, *, whole: bool) -> list[bytes]:
    if old_size == len(leaves):
        return [] if whole else [root(leaves)]
    split = _split(len(leaves))
    if old_size <= split:
        return [*_subproof(leaves[:split], old_size, whole=whole), root(leaves[split:])]
    return [*_subproof(leaves[split:], old_size - split, whole=False), root(leaves[:split])]


def _from_old(old_size: int, size: int, rest: list[bytes], whole: bytes | None) -> tuple[bytes, bytes]:
    """Return (old root, new root) as the path says; `whole` is the old root while the old tree is a left part."""
    if old_size == size:
        known = whole or rest.pop()
        return known, known
    split, sibling = _split(size), rest.pop()
    if old_size <= split:
        old, new = _from_old(old_size, split, rest, whole)
        return old, node_hash(new, sibling)
    old, new = _from_old(old_size - split, size - split, rest, None)
    return node_hash(sibling, old), node_hash(sibling, new)
