import ast
import json
import subprocess
import sys
from base64 import b64decode, b64encode
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import Engine

from hub.domain.errors import NotFoundError
from hub.ledger import verify as verifier
from hub.ledger.book import Book
from hub.ledger.entries import leaf
from hub.ledger.export import export
from hub.ledger.merkle import leaf_hash
from hub.ledger.sequence import Sequencer
from hub.ledger.verify import UncheckableError, main, verify
from tests.unit.ledger.conftest import PARTNERSHIP, entry

Lines = list[bytes]


@pytest.fixture
def log(new_book: Callable[[], Book], engine: Engine, sequencer: Sequencer, tmp_path: Path) -> Path:
    """Nine entries of two lanes under checkpoints of sizes 4 and 9."""
    books = [new_book(), new_book()]
    for number in range(9):
        books[number % 2].append(entry(str(number)))
        if number == 3:
            sequencer.run_once()
    sequencer.run_once()
    export(engine, PARTNERSHIP, tmp_path / "out", sequencer.verifier_key)
    return tmp_path / "out"


def lines(log: Path) -> Lines:
    return (log / "entries.jsonl").read_bytes().splitlines(keepends=True)


def write(log: Path, changed: Lines) -> None:
    (log / "entries.jsonl").write_bytes(b"".join(changed))


def exact(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":"), sort_keys=True).encode()


def rewritten(line: bytes, **changes: object) -> bytes:
    """Change columns as a forger would who knows the format: everything derived is made to fit again."""
    said = json.loads(line)
    head = json.loads(b64decode(said["header"]))
    head |= {name: value for name, value in changes.items() if name in head}
    said |= {name: value for name, value in changes.items() if name in said}
    header = exact(head)
    said["header"] = b64encode(header).decode()
    said["leaf"] = leaf_hash(leaf(header, b64decode(said["ciphertext"]))).hex()
    return exact(said) + b"\n"


def test_an_untouched_log_verifies(log: Path) -> None:
    assert verify(log) == verifier.Verdict(ok=True, size=9)


@pytest.mark.parametrize("index", range(9))
def test_a_removed_entry_is_named(log: Path, index: int) -> None:
    all_lines = lines(log)
    write(log, all_lines[:index] + all_lines[index + 1 :])
    verdict = verify(log)
    assert (verdict.ok, verdict.bad_index) == (False, index)


@pytest.mark.parametrize("index", range(8))
def test_a_reordered_entry_is_named(log: Path, index: int) -> None:
    changed = lines(log)
    changed[index], changed[index + 1] = changed[index + 1], changed[index]
    write(log, changed)
    assert verify(log).bad_index == index


@pytest.mark.parametrize("size", range(9))
def test_a_truncated_log_is_named_at_its_end(log: Path, size: int) -> None:
    write(log, lines(log)[:size])
    verdict = verify(log)
    assert (verdict.ok, verdict.bad_index) == (False, size)


def test_an_added_entry_is_named(log: Path) -> None:
    all_lines = lines(log)
    write(log, [*all_lines, rewritten(all_lines[-1], index=9)])
    assert verify(log).bad_index == 9


def test_every_single_changed_byte_is_named_at_its_entry(log: Path) -> None:
    all_lines = lines(log)
    for index in (0, 5, 8):
        line = all_lines[index]
        for place in range(0, len(line), 7 if index else 1):
            changed = bytearray(line)
            changed[place] ^= 1
            write(log, [*all_lines[:index], bytes(changed), *all_lines[index + 1 :]])
            verdict = verify(log)
            assert (verdict.ok, verdict.bad_index) == (False, index), (index, place)


@pytest.mark.parametrize("index", range(9))
def test_an_edit_with_all_hashes_made_to_fit_is_bounded_by_the_signed_checkpoints(log: Path, index: int) -> None:
    changed = lines(log)
    changed[index] = rewritten(changed[index], n_records=99)
    write(log, changed)
    verdict = verify(log)
    assert not verdict.ok
    assert verdict.bad_index == (0 if index < 4 else 4)
    assert "signed at size" in verdict.problem


def test_a_removal_with_all_numbers_made_to_fit_shows_as_a_gap_in_its_lane(log: Path) -> None:
    all_lines = lines(log)
    moved = [rewritten(line, index=index) for index, line in enumerate(all_lines[4:5] + all_lines[6:], start=4)]
    write(log, all_lines[:4] + moved)
    verdict = verify(log)
    assert not verdict.ok
    assert "jumps" in verdict.problem


@pytest.mark.parametrize(
    ("column", "value"), [("lane", "another"), ("seq", 7), ("v", 2), ("sealed", sha256(b"").hexdigest())]
)
def test_a_header_that_does_not_fit_its_entry_is_named(log: Path, column: str, value: object) -> None:
    changed = lines(log)
    said = json.loads(changed[2])
    header = exact(json.loads(b64decode(said["header"])) | {column: value})
    said["header"] = b64encode(header).decode()
    said["leaf"] = leaf_hash(leaf(header, b64decode(said["ciphertext"]))).hex()
    changed[2] = exact(said) + b"\n"
    write(log, changed)
    assert verify(log).bad_index == 2


@pytest.mark.parametrize("header", [b"", b"[]", b"{}", b'{"v": 1}'])
def test_a_header_that_is_none_is_named(log: Path, header: bytes) -> None:
    changed = lines(log)
    said = json.loads(changed[3]) | {"header": b64encode(header).decode()}
    changed[3] = exact(said) + b"\n"
    write(log, changed)
    assert verify(log).bad_index == 3


def test_the_same_entry_twice_is_named(log: Path) -> None:
    changed = lines(log)
    first = json.loads(b64decode(json.loads(changed[0])["header"]))
    changed[1] = rewritten(changed[1], id=first["id"])
    write(log, changed)
    assert verify(log).bad_index == 1


def test_a_log_rewritten_whole_contradicts_a_checkpoint_kept_elsewhere(
    log: Path, book: Book, engine: Engine, sequencer: Sequencer, tmp_path: Path
) -> None:
    kept = tmp_path / "kept"
    book.append(entry("later"))
    sequencer.run_once()
    export(engine, PARTNERSHIP, tmp_path / "newer", sequencer.verifier_key)
    kept.write_bytes((tmp_path / "newer" / "checkpoint").read_bytes())
    verdict = verify(log, checkpoint=kept)
    assert (verdict.ok, verdict.bad_index) == (False, 9)
    assert verify(tmp_path / "newer", checkpoint=log / "checkpoint").ok


@pytest.mark.parametrize("name", ["checkpoint", "checkpoints.jsonl"])
def test_every_changed_byte_of_a_checkpoint_is_refused(log: Path, name: str) -> None:
    good = (log / name).read_bytes()
    for place in range(0, len(good), 3):
        changed = bytearray(good)
        changed[place] ^= 1
        (log / name).write_bytes(changed)
        assert not verify(log).ok, place


def test_a_checkpoint_by_another_key_is_refused(log: Path, tmp_path: Path) -> None:
    other = tmp_path / "other-key"
    public = bytes(32)
    key_id = sha256(b"hub.example/p-1\n\x01" + public).digest()[:4].hex()
    other.write_text("hub.example/p-1+" + key_id + "+" + b64encode(b"\x01" + public).decode())
    verdict = verify(log, key=other)
    assert (verdict.ok, verdict.size) == (False, 0)


@pytest.mark.parametrize("text", ["", "a+b", "name+00000000+AAAA", "name+zz+AAAA", "name+00+%%"])
def test_something_that_is_no_key_cannot_be_checked_with(log: Path, text: str) -> None:
    (log / "verifier-key").write_text(text)
    with pytest.raises(UncheckableError):
        verify(log)


@pytest.mark.parametrize("name", ["entries.jsonl", "checkpoint", "checkpoints.jsonl", "verifier-key"])
def test_a_missing_file_is_not_a_verdict(log: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    (log / name).unlink()
    assert main([str(log)]) == 2
    assert name in capsys.readouterr().err


def test_the_exit_status_and_the_sentence_say_the_same(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(log)]) == 0
    write(log, lines(log)[:6])
    assert main([str(log)]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "ok: 9 entries verify",
        "does not verify at entry 6: the end is missing: 9 were signed",
    ]
    (log / "checkpoint").write_text("nonsense")
    assert main([str(log)]) == 1
    assert capsys.readouterr().out == "does not verify: a checkpoint is not signed by this log\n"


def test_it_runs_alone_without_the_hub(log: Path, tmp_path: Path) -> None:
    alone = tmp_path / "alone" / "verify.py"
    alone.parent.mkdir()
    alone.write_bytes(Path(verifier.__file__).read_bytes())
    done = subprocess.run([sys.executable, str(alone), str(log)], cwd=alone.parent, capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (0, b"ok: 9 entries verify\n")


def test_it_imports_the_standard_library_and_cryptography_only() -> None:
    tree = ast.parse(Path(verifier.__file__).read_text())
    names = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    names |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    outside = {str(name).split(".")[0] for name in names} - sys.stdlib_module_names
    assert outside == {"cryptography"}


def test_a_log_without_a_checkpoint_is_not_exported(
    book: Book, engine: Engine, sequencer: Sequencer, tmp_path: Path
) -> None:
    book.append(entry())
    with pytest.raises(NotFoundError):
        export(engine, PARTNERSHIP, tmp_path / "none", sequencer.verifier_key)


def test_what_is_not_published_yet_is_not_exported(log: Path, book: Book, engine: Engine, tmp_path: Path) -> None:
    book.append(entry())
    export(engine, PARTNERSHIP, tmp_path / "again", (log / "verifier-key").read_text().strip())
    assert (tmp_path / "again" / "entries.jsonl").read_bytes() == (log / "entries.jsonl").read_bytes()
