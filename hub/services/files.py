"""The services behind what leaves the hub on paper or comes to it as a file."""

from dataclasses import dataclass

from hub.services.attachments import Attachments
from hub.services.printing import Prints


@dataclass(frozen=True, slots=True)
class Files:
    """Handed in by wiring (hub/wiring/files.py)."""

    prints: Prints
    attachments: Attachments
