import base64
import shutil
from collections.abc import Callable
from pathlib import Path
from threading import Barrier, Thread

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Engine, insert, select

from hub.domain.errors import LedgerBrokenError
from hub.ledger import checkpoint as c2sp
from hub.ledger import merkle, proofs, tables
from hub.ledger.book import Book
from hub.ledger.checkpoint import Checkpoint
from hub.ledger.sequence import Sequencer
from tests.unit.ledger.conftest import LANE_KEY, PARTNERSHIP, SIGNING_KEY, Ticking, entry, make_engine
from tests.unit.ledger.test_book import tamper


def newest(engine: Engine, sequencer: Sequencer) -> Checkpoint:
    with engine.connect() as connection:
        query = select(tables.checkpoint.c.note).order_by(tables.checkpoint.c.size.desc()).limit(1)
        return c2sp.require_checkpoint(connection.scalars(query).one(), sequencer.verifier_key)


def leaves(engine: Engine) -> list[bytes]:
    with engine.connect() as connection:
        return list(connection.scalars(select(tables.sequenced.c.leaf_hash).order_by(tables.sequenced.c.position)))


def test_entries_of_several_lanes_get_contiguous_positions_and_a_signed_root(
    new_book: Callable[[], Book], engine: Engine, sequencer: Sequencer
) -> None:
    books = [new_book(), new_book()]
    published = []
    for _ in range(3):
        for book in books:
            book.append(entry())
        published.append(sequencer.run_once())
    assert published == [2, 2, 2]
    signed = newest(engine, sequencer)
    assert (signed.size, signed.root) == (6, merkle.root(leaves(engine)))


def test_with_nothing_new_nothing_is_signed(book: Book, engine: Engine, sequencer: Sequencer) -> None:
    assert sequencer.run_once() == 0
    book.append(entry())
    assert [sequencer.run_once(), sequencer.run_once()] == [1, 0]
    assert newest(engine, sequencer).size == 1


def test_a_new_sequencer_goes_on_where_the_last_one_stopped(
    book: Book, engine: Engine, sequencer: Sequencer, clock: Ticking
) -> None:
    for _ in range(5):
        book.append(entry())
        again = Sequencer(engine, PARTNERSHIP, LANE_KEY, SIGNING_KEY, "hub.example/p-1", clock)
        assert again.run_once() == 1
    assert newest(engine, sequencer).root == merkle.root(leaves(engine))


def test_two_sequencers_at_once_publish_every_entry_once(book: Book, engine: Engine, clock: Ticking) -> None:
    for _ in range(40):
        book.append(entry())
    pair = [Sequencer(engine, PARTNERSHIP, LANE_KEY, SIGNING_KEY, "hub.example/p-1", clock) for _ in range(2)]
    start, published = Barrier(2), []

    def run(sequencer: Sequencer) -> None:
        start.wait()
        published.append(sequencer.run_once())

    threads = [Thread(target=run, args=(sequencer,)) for sequencer in pair]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(published) == [0, 40]
    assert len(leaves(engine)) == 40


def test_a_slower_sequencer_that_saw_the_same_entries_publishes_nothing(
    book: Book, engine: Engine, sequencer: Sequencer, clock: Ticking
) -> None:
    book.append(entry())
    slower = Sequencer(engine, PARTNERSHIP, LANE_KEY, SIGNING_KEY, "hub.example/p-1", clock)
    with engine.connect() as connection:
        seen = slower._verified(connection, slower._waiting(connection))
        frontier = slower._frontier(connection)
    assert sequencer.run_once() == 1
    assert slower._publish(frontier, seen) == 0


DAMAGES = {
    "removed from the middle": "DELETE FROM staged_entry WHERE seq = 2",
    "removed at the start": "DELETE FROM staged_entry WHERE seq = 1",
    "edited header": "UPDATE staged_entry SET header = CAST(header AS TEXT) || ' ' WHERE seq = 2",
    "edited body": "UPDATE staged_entry SET ciphertext = substr(ciphertext, 2) WHERE seq = 2",
    "other chain": "UPDATE staged_entry SET previous_mac = zeroblob(32) WHERE seq = 2",
    "renumbered": "UPDATE staged_entry SET seq = seq + 10 WHERE seq >= 2",
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_lane_is_never_published(book: Book, engine: Engine, sequencer: Sequencer, damage: str) -> None:
    for _ in range(3):
        book.append(entry())
    tamper(engine, damage)
    with pytest.raises(LedgerBrokenError):
        sequencer.run_once()
    assert leaves(engine) == []


def test_a_lane_that_no_longer_continues_its_published_part_is_refused(
    book: Book, engine: Engine, sequencer: Sequencer
) -> None:
    book.append(entry())
    sequencer.run_once()
    book.append(entry())
    tamper(engine, "UPDATE staged_entry SET mac = zeroblob(32) WHERE seq = 1")
    with pytest.raises(LedgerBrokenError, match="lane_gap"):
        sequencer.run_once()


@pytest.mark.parametrize(
    "damage",
    [
        "DELETE FROM sequenced WHERE position = 2",
        "DELETE FROM checkpoint",
        "UPDATE checkpoint SET size = 2",
        "UPDATE checkpoint SET frontier = zeroblob(64)",
        "UPDATE checkpoint SET frontier = zeroblob(32)",
        "UPDATE checkpoint SET note = replace(note, 'hub.example', 'hub.other')",
    ],
)
def test_nothing_is_signed_on_top_of_a_damaged_tree(
    book: Book, engine: Engine, sequencer: Sequencer, damage: str
) -> None:
    for _ in range(3):
        book.append(entry())
    sequencer.run_once()
    book.append(entry())
    tamper(engine, damage)
    with pytest.raises(LedgerBrokenError):
        sequencer.run_once()


def test_a_rolled_back_log_contradicts_a_checkpoint_that_was_kept(
    book: Book, engine: Engine, sequencer: Sequencer, clock: Ticking, tmp_path: Path
) -> None:
    book.append(entry())
    sequencer.run_once()
    engine.dispose()
    shutil.copy(tmp_path / "ledger.db", tmp_path / "old.db")
    book.append(entry("the truth"))
    sequencer.run_once()
    kept, kept_leaves = newest(engine, sequencer), leaves(engine)
    old = make_engine(tmp_path / "old.db")
    restored = Sequencer(old, PARTNERSHIP, LANE_KEY, SIGNING_KEY, "hub.example/p-1", clock)
    other = Book(old, PARTNERSHIP, LANE_KEY, b"B" * 32, clock, lambda: "other", lambda size: b"x" * size)
    other.append(entry("another story"))
    restored.run_once()
    forked = newest(old, restored)
    proof = proofs.consistency_proof(kept_leaves, 1)
    proofs.verify_consistency(1, merkle.root(kept_leaves[:1]), 2, kept.root, proof)
    with pytest.raises(LedgerBrokenError):
        proofs.verify_consistency(1, merkle.root(kept_leaves[:1]), 2, forked.root, proof)
    old.dispose()


def test_another_partnership_in_the_same_file_is_not_touched(book: Book, engine: Engine, sequencer: Sequencer) -> None:
    with engine.begin() as connection:
        connection.execute(insert(tables.lane), {"partnership_id": "p-2", "lane": "l", "opened_at": 0})
        row = {"entry_id": "e", "header": b"", "ciphertext": b"", "previous_mac": b"", "mac": b""}
        connection.execute(insert(tables.staged_entry), {"partnership_id": "p-2", "lane": "l", "seq": 1, **row})
    book.append(entry())
    assert sequencer.run_once() == 1
    assert len(book.read(limit=9)) == 1


def test_a_note_has_the_published_form() -> None:
    note = c2sp.sign(Checkpoint("hub.example/p-1", 3, bytes(32)), SIGNING_KEY)
    lines = note.split("\n")
    assert lines[:4] == ["hub.example/p-1", "3", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", ""]
    assert lines[4].startswith("— hub.example/p-1 ")
    assert lines[5:] == [""]


def test_the_key_id_is_that_of_the_go_checksum_database() -> None:
    public = "033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"
    name, key_id, encoded = "sum.golang.org", *public.split("+", 1)
    assert c2sp.verifier_key(name, base64.b64decode(encoded)[1:]) == f"{name}+{key_id}+{encoded}"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("\n3\n", "\n4\n"),
        ("\n3\n", "\n03\n"),
        ("\n3\n", "\n 3\n"),
        ("hub.example/p-1\n3", "hub.example/p-2\n3"),
        ("AAAA", "BAAA"),
        ("\n\n—", "\nextension\n\n—"),
        ("— hub.example/p-1", "— hub.example/p-2"),
        ("\n\n", "\n"),
    ],
)
def test_a_note_that_was_changed_is_refused(old: str, new: str) -> None:
    note = c2sp.sign(Checkpoint("hub.example/p-1", 3, bytes(32)), SIGNING_KEY)
    public = c2sp.verifier_key("hub.example/p-1", bytes(32))
    with pytest.raises(LedgerBrokenError):
        c2sp.require_checkpoint(note, public)
    with pytest.raises(LedgerBrokenError):
        c2sp.require_checkpoint(note.replace(old, new, 1), _verifier())


def test_cosignatures_of_witnesses_do_no_harm() -> None:
    note = c2sp.sign(Checkpoint("hub.example/p-1", 3, bytes(32)), SIGNING_KEY)
    cosigned = note + "— witness.example AAAAAAAA\n"
    assert c2sp.require_checkpoint(cosigned, _verifier()).size == 3


def _verifier() -> str:
    public = Ed25519PrivateKey.from_private_bytes(SIGNING_KEY).public_key().public_bytes_raw()
    return c2sp.verifier_key("hub.example/p-1", public)
