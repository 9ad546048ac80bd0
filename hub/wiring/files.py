"""Builds what leaves the hub on paper, or comes to it as a file."""

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
from hub.settings import Settings
from hub.store.session import Transactions
from hub.wiring.founding import World


def build_files(
    gate: tuple[Reader, Writer, Finder, Doorkeeper],
    lives: Lives,
    calendar: Calendar,
    world: World,
    rest: tuple[Transactions, IdMaker, Settings],
) -> Files:
    """Return the services of copies and attachments."""
    reader, _, _, doorkeeper = gate
    clear, ids, settings = rest
    keys = FileKeys(clear.partnership, world.randomness)
    return Files(
        Prints(reader, doorkeeper, lives, world.clock),
        Attachments(gate, keys, world.scanner, calendar, clear, world.clock, ids, settings.max_file),
    )
