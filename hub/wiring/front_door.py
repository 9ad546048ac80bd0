"""Builds the services of the front door."""

from pathlib import Path

from hub.domain.clock import Clock
from hub.domain.ids import IdMaker
from hub.gate.doorkeeper import Doorkeeper
from hub.gate.finder import Finder
from hub.gate.writer import Writer
from hub.policy.front_door import load_front_door
from hub.policy.working_days import Calendar
from hub.services.deciding import Deciding
from hub.services.door_watch import DoorWatch
from hub.services.feedback import Feedback
from hub.services.front_desk import FrontDesk
from hub.services.redirections import Redirections
from hub.services.sealed_words import SealedWords
from hub.store.session import Transactions


def front_desk(
    gate: tuple[Writer, Finder, Doorkeeper],
    words: SealedWords,
    calendar: Calendar,
    policies: Path,
    hands: tuple[Transactions, Clock, IdMaker],
) -> tuple[FrontDesk, DoorWatch]:
    """Return what the pages use, and what the worker runs; `hands` are clear rows, the clock and what makes ids."""
    writer, finder, doorkeeper = gate
    clear, clock, _ = hands
    rules = load_front_door((policies / "front_door.yaml").read_text(), "front_door.yaml")
    deciding = Deciding((writer, doorkeeper), rules, words, calendar, *hands)
    desk = FrontDesk(
        deciding,
        Redirections((finder, doorkeeper), deciding, words, clear, clock),
        Feedback(deciding, clear, clock),
    )
    return desk, DoorWatch((writer, doorkeeper), deciding, calendar, *hands)
