"""A drop folder: data files, each with a manifest beside it; what was taken lies in `done`, what was not in `refused`.

A sender writes the data first and the manifest last, so that nothing half-written is ever looked at.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from connectors.strict_json import read_json
from hub.domain.errors import ConflictError, RejectedMessageError
from hub.domain.referral import Limits

SUFFIX: Final = ".manifest.json"
DONE, REFUSED = "done", "refused"
_KEYS: Final = ("file", "rows", "sha256", "signature")
_MANIFEST: Final = Limits(max_bytes=20_000, max_depth=2)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One manifest; the data file that it speaks of lies beside it."""

    manifest: Path

    @property
    def name(self) -> str:
        """The data file's name, as the manifest's own name says it."""
        return self.manifest.name.removesuffix(SUFFIX)

    @property
    def data(self) -> Path:
        """The data file."""
        return self.manifest.with_name(self.name)

    def read(self, limits: Limits) -> tuple[bytes, str]:
        """Return the data and the signature, once the manifest and the file say the same.

        Raises:
            RejectedMessageError: `manifest_unreadable`, `manifest_differs`, `file_missing` or `message_too_large`.
        """
        said = self._said()
        if said["file"] != self.name:
            raise RejectedMessageError("manifest_differs", where="file", next_step="name the file beside it")
        if self.data.is_symlink() or not self.data.is_file():
            raise RejectedMessageError("file_missing", where="file", next_step="write the data first")
        if self.data.stat().st_size > limits.max_bytes:
            raise RejectedMessageError("message_too_large", where="file", next_step="send it in several files")
        body = self.data.read_bytes()
        if hashlib.sha256(body).hexdigest() != said["sha256"]:
            raise RejectedMessageError("batch_differs", where="sha256", next_step="sign the file as it is sent")
        return body, str(said["signature"])

    def _said(self) -> dict[str, object]:
        if self.manifest.is_symlink() or self.manifest.stat().st_size > _MANIFEST.max_bytes:
            raise RejectedMessageError("manifest_unreadable", where="manifest")
        said = read_json(self.manifest.read_bytes(), _MANIFEST, _KEYS)
        if not isinstance(said, dict) or said.keys() != set(_KEYS):
            raise RejectedMessageError("manifest_unreadable", where="manifest", next_step=f"say {', '.join(_KEYS)}")
        return said

    def put_away(self, where: str, receipt: Mapping[str, object]) -> Path:
        """Write the receipt, then move manifest and data; returns the receipt's place.

        Whatever stops in between is no harm: the batch is received again, and gives the same receipts.
        """
        content = self.data if self.data.is_file() and not self.data.is_symlink() else self.manifest
        mark = hashlib.sha256(content.read_bytes()).hexdigest()[:12]
        folder = self.manifest.parent / where
        folder.mkdir(mode=0o700, exist_ok=True)
        written = folder / f"{mark}-{self.name}.receipt.json"
        written.write_text(json.dumps(receipt, indent=1) + "\n")
        for file in (self.manifest, self.data):
            if file.is_file() or file.is_symlink():
                file.rename(folder / f"{mark}-{file.name}")
        return written


@contextmanager
def alone_in(path: Path) -> Iterator[None]:
    """Let one import work on a folder at a time: a timer may start the next before a long file is through.

    Raises:
        ConflictError: `import_running`.
    """
    folder = os.open(path if path.is_dir() else path.parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise ConflictError("import_running", where=str(path), next_step="wait until it is through") from None
    finally:
        os.close(folder)


def waiting_in(path: Path) -> Iterator[Waiting]:
    """Yield what waits: every manifest of a folder by name, or the one that is named or belongs to the named file."""
    if path.is_dir():
        for manifest in sorted(path.glob(f"*{SUFFIX}")):
            yield Waiting(manifest)
    else:
        yield Waiting(path if path.name.endswith(SUFFIX) else path.with_name(path.name + SUFFIX))


def without_manifest(path: Path) -> list[str]:
    """Return the names of data files that nobody has signed for, or whose manifest is still to come."""
    files = [file for file in path.iterdir() if file.is_file()] if path.is_dir() else []
    signed = {file.name.removesuffix(SUFFIX) for file in files if file.name.endswith(SUFFIX)}
    return sorted(f.name for f in files if not f.name.endswith(SUFFIX) and f.name not in signed)
