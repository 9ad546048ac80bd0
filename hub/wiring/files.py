"""Builds what leaves the hub on paper, or comes to it as a file."""

from typing import Protocol

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
from hub.services.message_files import MessageFiles
from hub.services.printing import Prints
from hub.settings import Settings
from hub.store.session import Transactions
from hub.wiring.founding import World


class Gate(Protocol):
    """The parts of the gate that files pass."""

    @property
    def reader(self) -> Reader: ...  # noqa: D102  a part, by its name
    @property
    def writer(self) -> Writer: ...  # noqa: D102
    @property
    def finder(self) -> Finder: ...  # noqa: D102
    @property
    def doorkeeper(self) -> Doorkeeper: ...  # noqa: D102


def message_files(calendar: Calendar, world: World, partnership: str, ids: IdMaker, settings: Settings) -> MessageFiles:
    """Return what takes in files that come inside messages."""
    return MessageFiles(FileKeys(partnership, world.randomness), world.scanner, calendar, ids, settings.max_file)


def build_files(
    gate: Gate, lives: Lives, calendar: Calendar, world: World, clear: Transactions, ids: IdMaker, settings: Settings
) -> Files:
    """Return the services of copies and attachments."""
    parts = gate.reader, gate.writer, gate.finder, gate.doorkeeper
    keys = FileKeys(clear.partnership, world.randomness)
    return Files(
        Prints(gate.reader, gate.doorkeeper, lives, world.clock),
        Attachments(parts, keys, world.scanner, calendar, clear, world.clock, ids, settings.max_file),
    )
