"""Builds what leaves the hub on paper, or comes to it as a file."""

from hub.domain.clock import Clock
from hub.gate.doorkeeper import Doorkeeper
from hub.gate.reader import Reader
from hub.gate.writer import Writer
from hub.services.files import Files
from hub.services.lives import Lives
from hub.services.printing import Prints


def build_files(reader: Reader, doorkeeper: Doorkeeper, writer: Writer, lives: Lives, clock: Clock) -> Files:
    """Return the services of prints and attachments."""
    return Files(Prints(reader, doorkeeper, writer, lives, clock))
