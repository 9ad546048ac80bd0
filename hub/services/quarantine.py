"""What stops a file on its way in, and the word for the task that follows: kept sealed, with a clock, never lost."""

from collections.abc import Callable
from typing import Final

QUARANTINE: Final = "check_stopped_file"
WITHIN: Final = "P1D"
REFUSED: Final = "refused"
"""Key of a file's heading: why it is kept as it was sent and never handed out."""
Scanner = Callable[[bytes], str]
"""Looks at a file: "" when nothing was found, else a code. Whatever it raises counts as a finding."""


def not_scanned(_content: bytes) -> str:
    """Find nothing: the scanner of a hub that has none, which `hub doctor` says."""
    return ""


def finding(scanner: Scanner, content: bytes) -> str:
    """Return what the scanner says; a scanner that breaks has not said that a file is clean."""
    try:
        return scanner(content)
    except Exception:  # noqa: BLE001  a scanner is somebody else's program: however it fails, the file waits
        return "scanner_failed"
