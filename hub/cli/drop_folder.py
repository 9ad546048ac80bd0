"""A drop folder: data files, each with a manifest beside it; what was taken lies in `done`, what was not in `refused`.

A sender writes the data first and the manifest last, so that nothing half-written is ever looked at. Whoever may write
here is not trusted with anything else of this machine: every name is opened relative to the open folder, no link is
followed, no pipe waited for, what is read is what was opened, and nothing that exists is written into.
"""

import errno
import fcntl
import hashlib
import json
import os
import re
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from io import BufferedReader
from pathlib import Path
from typing import Final

from connectors.strict_json import read_json
from hub.domain.errors import ConflictError, InvalidRequestError, RejectedMessageError
from hub.domain.referral import Limits

SUFFIX: Final = ".manifest.json"
DONE, REFUSED = "done", "refused"
_KEYS: Final = ("file", "rows", "sha256", "signature")
_MANIFEST: Final = Limits(max_bytes=20_000, max_depth=2)
_READ: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_WRITE: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_SAFE: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9 ._()+-]{0,119}")
_OTHERS_MAY_WRITE: Final = stat.S_IWGRP | stat.S_IWOTH


def shown(name: str) -> str:
    """Return a file's name as it is printed and put away: itself when it is short and plain, else a digest of it."""
    return name if _SAFE.fullmatch(name) else f"name-{hashlib.sha256(os.fsencode(name)).hexdigest()[:12]}"


@dataclass(frozen=True, slots=True)
class Waiting:
    """One manifest and the data file beside it, in the folder that is open as `folder` and lies at `path`."""

    folder: int
    path: Path
    name: str
    _seen: dict[str, tuple[int, int, int]] = field(default_factory=dict)

    @property
    def shown(self) -> str:
        """The data file's name as it may be printed."""
        return shown(self.name)

    def read(self, limits: Limits) -> tuple[bytes, str]:
        """Return the data and the signature, once the manifest and the file say the same.

        Raises:
            RejectedMessageError: `manifest_unreadable`, `manifest_differs`, `file_missing` or `message_too_large`.
        """
        said = self._said()
        if said["file"] != self.name:
            raise RejectedMessageError("manifest_differs", where="file", next_step="name the file beside it")
        body = self._bytes(self.name, limits.max_bytes)
        if body is None:
            raise RejectedMessageError("file_missing", where="file", next_step="write the data first")
        if len(body) > limits.max_bytes:
            raise RejectedMessageError("message_too_large", where="file", next_step="send it in several files")
        if hashlib.sha256(body).hexdigest() != said["sha256"]:
            raise RejectedMessageError("batch_differs", where="sha256", next_step="sign the file as it is sent")
        return body, str(said["signature"])

    def _said(self) -> dict[str, object]:
        told = self._bytes(self.name + SUFFIX, _MANIFEST.max_bytes)
        if told is None or len(told) > _MANIFEST.max_bytes:
            raise RejectedMessageError("manifest_unreadable", where="manifest")
        said = read_json(told, _MANIFEST, _KEYS)
        if not isinstance(said, dict) or said.keys() != set(_KEYS):
            raise RejectedMessageError("manifest_unreadable", where="manifest", next_step=f"say {', '.join(_KEYS)}")
        return said

    def _bytes(self, name: str, at_most: int) -> bytes | None:
        """Return a regular file's bytes, at most one more than allowed; None when there is no such file to be read."""
        file = _opened(self.folder, name)
        if file is None:
            return None
        with file:
            self._seen[name] = _state(os.fstat(file.fileno()))
            return file.read(at_most + 1)

    def put_away(self, where: str, receipt: Mapping[str, object]) -> Path:
        """Write the receipt, then move manifest and data; returns the receipt's place.

        Whatever stops in between is no harm: the batch is received again, and gives the same receipts. A file that was
        written anew since it was read stays, for the next run.

        Raises:
            OSError: `where` is not a folder of our own, or the receipt could not be written. Nothing was moved.
        """
        prefix = f"{self._mark()}-{self.shown}"
        target = _own_folder(self.folder, where)
        try:
            _write(target, f"{prefix}.receipt.json", json.dumps(receipt, indent=1) + "\n")
            for name, ending in ((self.name + SUFFIX, SUFFIX), (self.name, "")):
                if self._is_as_read(name):
                    os.rename(name, prefix + ending, src_dir_fd=self.folder, dst_dir_fd=target)
        finally:
            os.close(target)
        return self.path / where / f"{prefix}.receipt.json"

    def _mark(self) -> str:
        file = _opened(self.folder, self.name) or _opened(self.folder, self.name + SUFFIX)
        if file is None:
            return "unreadable"
        with file:
            return hashlib.file_digest(file, "sha256").hexdigest()[:12]

    def _is_as_read(self, name: str) -> bool:
        try:
            now = os.stat(name, dir_fd=self.folder, follow_symlinks=False)
        except FileNotFoundError:
            return False
        return not stat.S_ISDIR(now.st_mode) and self._seen.get(name, _state(now)) == _state(now)


def _opened(folder: int, name: str) -> BufferedReader | None:
    """Open a regular file of a folder for reading; None for a link, pipe, folder, or what is not there or not ours."""
    try:
        number = os.open(name, _READ, dir_fd=folder)
    except OSError:
        return None
    file = os.fdopen(number, "rb") if stat.S_ISREG(os.fstat(number).st_mode) else None
    if file is None:
        os.close(number)
    return file


def _state(found: os.stat_result) -> tuple[int, int, int]:
    return found.st_ino, found.st_size, found.st_mtime_ns


def _own_folder(folder: int, name: str) -> int:
    """Open, or make, a folder that nobody else may write into; else OSError."""
    with suppress(FileExistsError):
        os.mkdir(name, 0o700, dir_fd=folder)
    number = os.open(name, _READ | os.O_DIRECTORY, dir_fd=folder)
    found = os.fstat(number)
    if found.st_uid != os.geteuid() or found.st_mode & _OTHERS_MAY_WRITE:
        os.close(number)
        raise PermissionError(errno.EPERM, "not a folder of our own")
    return number


def _write(folder: int, name: str, text: str) -> None:
    """Write a new file in the place of whatever bore its name."""
    with suppress(FileNotFoundError):
        os.unlink(name, dir_fd=folder)
    with os.fdopen(os.open(name, _WRITE, 0o600, dir_fd=folder), "w") as file:
        file.write(text)


@contextmanager
def alone_in(path: Path) -> Iterator[int]:
    """Open a folder, or a file's, and let one import work on it at a time: a timer may start the next before it ends.

    Raises:
        ConflictError: `import_running`.
        InvalidRequestError: `folder_unreadable`.
    """
    try:
        folder = os.open(path if path.is_dir() else path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError:
        next_step = "let the hub's user read it"
        raise InvalidRequestError("folder_unreadable", where=str(path), next_step=next_step) from None
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield folder
    except BlockingIOError:
        raise ConflictError("import_running", where=str(path), next_step="wait until it is through") from None
    finally:
        os.close(folder)


def waiting_in(folder: int, path: Path) -> Iterator[Waiting]:
    """Yield what waits: every manifest of a folder by name, or the one that is named or belongs to the named file.

    Raises:
        InvalidRequestError: `manifest_missing`, for the named one.
    """
    if path.is_dir():
        for name in sorted(os.listdir(folder)):
            if name.endswith(SUFFIX):
                yield Waiting(folder, path, name.removesuffix(SUFFIX))
        return
    waiting = Waiting(folder, path.parent, path.name.removesuffix(SUFFIX))
    if not os.path.lexists(path.with_name(waiting.name + SUFFIX)):
        following = f"lay {waiting.shown}{SUFFIX} beside it"
        raise InvalidRequestError("manifest_missing", where=waiting.shown, next_step=following)
    yield waiting


def without_manifest(path: Path) -> list[str]:
    """Return the names of data files that nobody has signed for, or whose manifest is still to come, as shown."""
    names = {file.name for file in path.iterdir() if file.is_file()} if path.is_dir() else set()
    return sorted(shown(name) for name in names if not name.endswith(SUFFIX) and name + SUFFIX not in names)
