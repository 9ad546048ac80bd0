"""Builds what leaves the hub on paper, or comes to it as a file."""

from hub.domain.clock import Clock
from hub.domain.ids import IdMaker
from hub.gate.doorkeeper import Doorkeeper
from hub.gate.finder import Finder
from hub.gate.reader import Reader
from hub.gate.writer import Writer
from hub.policy.working_days import Calendar
from hub.services.attachments import Attachments
from hub.services.file_chunks import FileKeys
from hub.services.files import Files
from hub.services.lives import Lives
from hub.services.printing import Prints
from hub.services.quarantine import Scanner
from hub.store.session import Transactions


def build_files(
    gate: tuple[Reader, Writer, Finder, Doorkeeper],
    lives: Lives,
    keys: FileKeys,
    scanner: Scanner,
    calendar: Calendar,
    rest: tuple[Transactions, Clock, IdMaker, int],
) -> Files:
    """Return the services of copies and attachments."""
    reader, writer, _, doorkeeper = gate
    clear, clock, ids, most = rest
    return Files(
        Prints(reader, doorkeeper, writer, lives, clock),
        Attachments(gate, keys, scanner, calendar, clear, clock, ids, most),
    )
