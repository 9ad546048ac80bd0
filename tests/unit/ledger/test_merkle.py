from itertools import pairwise

import pytest

from hub.domain.errors import LedgerBrokenError
from hub.ledger import merkle, proofs

# The eight leaves and roots of Certificate Transparency's own test data (google/certificate-transparency).
LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
SIZES = range(1, 41)


def leaves(size: int) -> list[bytes]:
    return [merkle.leaf_hash(b"%d" % number) for number in range(size)]


def recursive_root(hashes: list[bytes]) -> bytes:
    """RFC 9162 section 2.1.1, word for word."""
    if len(hashes) == 1:
        return hashes[0]
    split = max(1 << bit for bit in range(len(hashes).bit_length()) if 1 << bit < len(hashes))
    return merkle.node_hash(recursive_root(hashes[:split]), recursive_root(hashes[split:]))


def test_the_known_eight_leaf_roots_come_out() -> None:
    hashes = [merkle.leaf_hash(bytes.fromhex(leaf)) for leaf in LEAVES]
    assert [merkle.root(hashes[:size]).hex() for size in range(1, 9)] == ROOTS
    assert merkle.root([]) == merkle.EMPTY_ROOT


def test_the_growing_edge_gives_the_root_of_the_definition_and_can_be_stored() -> None:
    frontier = merkle.Frontier()
    for size, leaf in enumerate(leaves(130), start=1):
        frontier = merkle.Frontier(frontier.size, frontier.hashes)
        frontier.append(leaf)
        assert frontier.root() == recursive_root(leaves(size))


def test_an_edge_that_does_not_fit_its_size_is_refused() -> None:
    with pytest.raises(LedgerBrokenError):
        merkle.Frontier(3, [bytes(32)])


@pytest.mark.parametrize("size", SIZES)
def test_every_inclusion_proof_holds_and_only_for_its_own_leaf_place_size_and_root(size: int) -> None:
    hashes = leaves(size)
    root = merkle.root(hashes)
    for index, leaf in enumerate(hashes):
        path = proofs.inclusion_proof(hashes, index)
        proofs.verify_inclusion(leaf, index, size, path, root)
        wrong = [
            (bytes(32), index, size, path, root),
            (leaf, index, size, path, bytes(32)),
            (leaf, index, size, [*path, bytes(32)], root),
            (leaf, index + size, size, path, root),
            (leaf, -1, size, path, root),
        ]
        wrong += (
            [(leaf, index, size, path[:-1], root), (leaf, index, size, [bytes(32), *path[1:]], root)] if path else []
        )
        wrong += [(leaf, other, size, path, root) for other in range(size) if other != index]
        for claim in wrong:
            with pytest.raises(LedgerBrokenError):
                proofs.verify_inclusion(*claim)


@pytest.mark.parametrize("size", SIZES)
def test_every_consistency_proof_holds_and_no_other_history_does(size: int) -> None:
    hashes = leaves(size)
    root = merkle.root(hashes)
    for old in range(1, size + 1):
        before = merkle.root(hashes[:old])
        path = proofs.consistency_proof(hashes, old)
        proofs.verify_consistency(old, before, size, root, path)
        wrong = [
            (old, bytes(32), size, root, path),
            (old, before, size, bytes(32), path),
            (old, before, size, root, [*path, bytes(32)]),
            (0, before, size, root, path),
            (size + 1, before, size, root, path),
        ]
        wrong += [(old, before, size, root, path[:-1])] if path else []
        for claim in wrong:
            with pytest.raises(LedgerBrokenError):
                proofs.verify_consistency(*claim)


def test_a_proof_outside_the_tree_cannot_be_asked_for() -> None:
    for index in (-1, 3):
        with pytest.raises(IndexError):
            proofs.inclusion_proof(leaves(3), index)
    for old in (0, 4):
        with pytest.raises(IndexError):
            proofs.consistency_proof(leaves(3), old)


def test_the_roots_of_growing_trees_all_differ() -> None:
    roots = [merkle.root(leaves(size)) for size in SIZES]
    assert all(one != other for one, other in pairwise(roots))
    assert len(set(roots)) == len(roots)
