"""Chunks of a file open only in their place, in their number, in their file, with every share of the key."""

import os
from collections.abc import Callable

import pytest

from hub.domain.canonical import length_prefixed
from hub.domain.errors import SealBrokenError
from hub.domain.ids import RecordId
from hub.services import file_chunks
from hub.services.file_chunks import CHUNK, FileKeys, joined

FILE, OTHER = RecordId("file-one"), RecordId("file-two")
CONTENT = os.urandom(2 * CHUNK + 100)
KEYS = FileKeys("partnership", os.urandom)
KEY = KEYS.new_key()


def sealed() -> list[bytes]:
    return KEYS.seal(KEY, FILE, {"title": "Bruise"}, CONTENT)


def test_a_file_comes_back_as_it_was_and_its_length_shows_in_steps_only() -> None:
    chunks = sealed()
    assert len(chunks) == 4
    heading, content = KEYS.content(KEY, FILE, chunks)
    assert (heading["title"], content) == ("Bruise", CONTENT)
    assert KEYS.heading(KEY, FILE, chunks[0], 4)["size"] == len(CONTENT)
    assert len(chunks[-1]) == 4096 + 28


CHANGES: dict[str, Callable[[list[bytes]], list[bytes]]] = {
    "reordered": lambda c: [c[0], c[2], c[1], c[3]],
    "the last dropped": lambda c: c[:-1],
    "one in the middle dropped": lambda c: [c[0], c[1], c[3]],
    "one twice": lambda c: [*c, c[3]],
    "one of another file": lambda c: [*c[:3], KEYS.seal(KEY, OTHER, {}, CONTENT)[3]],
    "one of another count": lambda c: [*c[:2], KEYS.seal(KEY, FILE, {}, CONTENT[:CHUNK])[1], c[3]],
    "a bit": lambda c: [c[0], c[1][:50] + bytes([c[1][50] ^ 1]) + c[1][51:], *c[2:]],
    "all": lambda _c: [],
}


def does_not_open(change: str) -> None:
    with pytest.raises(SealBrokenError):
        KEYS.content(KEY, FILE, CHANGES[change](sealed()))


@pytest.mark.parametrize("change", CHANGES)
def test_chunks_that_were_changed_do_not_open(change: str) -> None:
    does_not_open(change)


PLANTED = {
    "reordered": lambda _s, record, _place, count: length_prefixed(record.encode(), str(count).encode()),
    "the last dropped": lambda _s, record, place, _count: length_prefixed(record.encode(), str(place).encode()),
    "one of another file": lambda _s, _record, place, count: length_prefixed(str(place).encode(), str(count).encode()),
}


@pytest.mark.parametrize("change", PLANTED)
def test_planted_a_binding_without_place_count_or_file_is_noticed(change: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_chunks.FileKeys, "_place", PLANTED[change])
    with pytest.raises(pytest.fail.Exception):
        does_not_open(change)


def test_every_share_is_needed_and_one_alone_says_nothing() -> None:
    shares = KEYS.shares(KEY, ["a", "b", "c"])
    assert joined(list(shares.values())) == KEY
    assert joined([shares["a"], shares["b"]]) is None
    assert joined([]) is None
    assert all(bytes.fromhex(share.partition(".")[2]) != KEY for share in shares.values())
    assert joined(list(KEYS.shares(KEY, ["a"]).values())) == KEY


def test_no_chunk_holds_its_content_in_clear() -> None:
    chunks = KEYS.seal(KEY, FILE, {"title": "Bruise on the arm"}, b"words that nobody may read" * 9)
    assert b"words that" not in b"".join(chunks)
    assert b"Bruise" not in b"".join(chunks)
