"""Verify an exported log without the hub: the standard library and `cryptography` only, none of the hub's code.

    python verify.py EXPORT [--checkpoint FILE] [--key FILE]

Checks every entry's form, its hash, the lanes' numbers and every signed checkpoint, and names the first entry that
is edited, removed, reordered or missing from the end. Give `--key` and a `--checkpoint` that you kept yourself: those
inside the export only show that it agrees with itself.

Exit status: 0 it verifies, 1 it does not, 2 it could not be checked.
Source: RFC 9162 section 2.1 (hashing), C2SP tlog-checkpoint and signed-note.
"""

import argparse
import base64
import hashlib
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

_COLUMNS = {"index", "lane", "seq", "leaf", "header", "ciphertext"}
_KEY_LENGTH = 33  # one byte of algorithm, 32 of Ed25519
_HEADER = {"v", "id", "t", "lane", "seq", "key_no", "n_records", "records_digest", "sealed"}


@dataclass(frozen=True)
class Verdict:
    """The answer. `size` entries verified; when not `ok`, `bad_index` is the first that may be wrong (from 0)."""

    ok: bool
    size: int
    bad_index: int | None = None
    problem: str = ""


class BadEntryError(Exception):
    """An entry is not what it should be; the argument says how."""


class UncheckableError(Exception):
    """The export, a key or a checkpoint cannot be read; the argument says which."""


@dataclass
class _Log:
    """What was read so far: the right edge of the tree and the last number of each lane."""

    size: int = 0
    edge: list[bytes] = field(default_factory=list)
    lanes: dict[str, int] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)

    def add(self, line: bytes) -> None:
        entry, header, ciphertext = _entry(line)
        if entry["index"] != self.size:
            raise BadEntryError(f"entry {entry['index']} stands here: one is missing, or the order was changed")
        hashed = _leaf_hash(header, ciphertext)
        said = _header(header, ciphertext)
        if hashed.hex() != entry["leaf"]:
            raise BadEntryError("the entry does not have the hash that was published")
        if (said["lane"], said["seq"]) != (entry["lane"], entry["seq"]):
            raise BadEntryError("the entry belongs elsewhere")
        if said["seq"] != self.lanes.get(said["lane"], 0) + 1:
            raise BadEntryError(f"lane {said['lane']} jumps to {said['seq']}")
        if said["id"] in self.seen:
            raise BadEntryError("the entry occurs twice")
        self.seen.add(said["id"])
        self.lanes[said["lane"]] = said["seq"]
        self._grow(hashed)

    def _grow(self, hashed: bytes) -> None:
        rest = self.size
        while rest & 1:
            hashed = hashlib.sha256(b"\1" + self.edge.pop() + hashed).digest()
            rest >>= 1
        self.edge.append(hashed)
        self.size += 1

    def root(self) -> bytes:
        if not self.edge:
            return hashlib.sha256(b"").digest()
        root = self.edge[-1]
        for left in reversed(self.edge[:-1]):
            root = hashlib.sha256(b"\1" + left + root).digest()
        return root


def verify(folder: Path, *, checkpoint: Path | None = None, key: Path | None = None) -> Verdict:
    """Recompute an export against its checkpoints, and against one that was kept elsewhere when given.

    Raises:
        UncheckableError: a file is missing, or the key is not a verifier key.
    """
    name, public = _verifier(_read(key or folder / "verifier-key").decode(errors="replace"))
    history = _read(folder / "checkpoints.jsonl").splitlines()
    kept = [_read(path) for path in (folder / "checkpoint", checkpoint) if path]
    try:
        notes = [json.loads(line) for line in history] + [note.decode() for note in kept]
        signed = [_checkpoint(note, name, public) for note in notes]
    except (ValueError, TypeError, AttributeError, StopIteration, InvalidSignature):
        return Verdict(ok=False, size=0, bad_index=None, problem="a checkpoint is not signed by this log")
    entries = _read(folder / "entries.jsonl")
    if not entries.endswith(b"\n"):
        return Verdict(
            ok=False, size=0, bad_index=entries.count(b"\n"), problem="the file ends in the middle of an entry"
        )
    return _walk(entries.split(b"\n")[:-1], signed)


def _walk(lines: list[bytes], signed: list[tuple[int, bytes]]) -> Verdict:
    log, good = _Log(), 0
    newest = max(size for size, _ in signed)
    roots: dict[int, set[bytes]] = {}
    for size, root in signed:
        roots.setdefault(size, set()).add(root)
    while True:
        if log.size in roots:
            if roots[log.size] != {log.root()}:
                return Verdict(ok=False, size=good, bad_index=good, problem=f"not what was signed at size {log.size}")
            good = log.size
        if log.size == len(lines):
            break
        if log.size >= newest:
            return Verdict(ok=False, size=good, bad_index=log.size, problem="no checkpoint covers this entry")
        try:
            log.add(lines[log.size])
        except BadEntryError as bad:
            return Verdict(ok=False, size=good, bad_index=log.size, problem=str(bad))
    if good < newest:
        return Verdict(ok=False, size=good, bad_index=len(lines), problem=f"the end is missing: {newest} were signed")
    return Verdict(ok=True, size=good)


def _entry(line: bytes) -> tuple[dict[str, Any], bytes, bytes]:
    try:
        entry = json.loads(line)
        header, ciphertext = _unbase64(entry["header"]), _unbase64(entry["ciphertext"])
    except (ValueError, KeyError, TypeError):
        raise BadEntryError("the entry cannot be read") from None
    if entry.keys() != _COLUMNS or _exact(entry) != line:
        raise BadEntryError("the entry is not in its exact form")
    return entry, header, ciphertext


def _header(header: bytes, ciphertext: bytes) -> dict[str, Any]:
    try:
        said = json.loads(header)
    except ValueError:
        raise BadEntryError("the header cannot be read") from None
    if not isinstance(said, dict) or said.keys() != _HEADER or _exact(said) != header or said["v"] != 1:
        raise BadEntryError("the header is not in its exact form")
    if said["sealed"] != hashlib.sha256(ciphertext).hexdigest():
        raise BadEntryError("the header does not belong to this body")
    return said


def _leaf_hash(header: bytes, ciphertext: bytes) -> bytes:
    leaf = b"".join(len(part).to_bytes(4, "big") + part for part in (header, ciphertext))
    return hashlib.sha256(b"\0" + leaf).digest()


def _checkpoint(note: str, name: str, public: bytes) -> tuple[int, bytes]:
    text, _, signatures = note.partition("\n\n")
    origin, size, root = text.split("\n")
    start = f"\N{EM DASH} {name} "
    blob = _unbase64(next(line for line in signatures.split("\n") if line.startswith(start)).removeprefix(start))
    if origin != name or blob[:4] != _key_id(name, public) or not note.endswith("\n"):
        raise ValueError(origin)
    Ed25519PublicKey.from_public_bytes(public).verify(blob[4:], f"{text}\n".encode())
    return int(size), _unbase64(root)


def _verifier(text: str) -> tuple[str, bytes]:
    try:
        name, key_id, encoded = text.strip().split("+", 2)
        key = _unbase64(encoded)
        if key[:1] == b"\x01" and len(key) == _KEY_LENGTH and bytes.fromhex(key_id) == _key_id(name, key[1:]):
            return name, key[1:]
    except ValueError:
        pass
    raise UncheckableError("this is not a verifier key")


def _key_id(name: str, public: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n\x01" + public).digest()[:4]


def _unbase64(text: str) -> bytes:
    raw = base64.b64decode(text, validate=True)
    if base64.b64encode(raw).decode() != text:
        raise ValueError("base64")
    return raw


def _exact(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as fault:
        raise UncheckableError(f"{path}: {fault.strerror}") from None


def main(arguments: Sequence[str] | None = None) -> int:
    """Check an export named on the command line; return the exit status (0 yes, 1 no, 2 could not)."""
    parser = argparse.ArgumentParser(description="Verify an exported access log.")
    parser.add_argument("export", type=Path, help="the folder that was exported")
    parser.add_argument("--checkpoint", type=Path, help="a signed checkpoint that you kept yourself")
    parser.add_argument("--key", type=Path, help="the log's verifier key that you kept yourself")
    given = parser.parse_args(arguments)
    try:
        verdict = verify(given.export, checkpoint=given.checkpoint, key=given.key)
    except UncheckableError as fault:
        sys.stderr.write(f"could not check: {fault}\n")
        return 2
    if verdict.ok:
        sys.stdout.write(f"ok: {verdict.size} entries verify\n")
        return 0
    where = "" if verdict.bad_index is None else f" at entry {verdict.bad_index}"
    sys.stdout.write(f"does not verify{where}: {verdict.problem}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
