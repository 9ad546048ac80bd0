"""Builds the services of the front door, and of what agencies ask each other."""

from pathlib import Path

from hub.domain.clock import Clock
from hub.domain.ids import IdMaker
from hub.gate.doorkeeper import Doorkeeper
from hub.gate.finder import Finder
from hub.gate.policybook import PolicyBook
from hub.gate.reader import Reader
from hub.gate.writer import Writer
from hub.policy.front_door import load_front_door
from hub.policy.requests import load_requests
from hub.policy.signals import load_signals
from hub.policy.working_days import Calendar
from hub.services.answering import Answering
from hub.services.covering import Covering
from hub.services.deciding import Deciding
from hub.services.door_watch import DoorWatch
from hub.services.family_page import FamilyPages
from hub.services.feedback import Feedback
from hub.services.front_desk import FrontDesk
from hub.services.recording import Recording
from hub.services.redirections import Redirections
from hub.services.request_watch import RequestWatch
from hub.services.requests import Requests
from hub.services.sealed_words import SealedWords
from hub.services.strategy import Strategy
from hub.services.subjects import Subjects
from hub.store.session import Transactions


def front_desk(
    gate: tuple[Reader, Writer, Finder, Doorkeeper, PolicyBook],
    pages: FamilyPages,
    recording: Recording,
    words: SealedWords,
    calendar: Calendar,
    policies: Path,
    hands: tuple[Transactions, Clock, IdMaker],
) -> tuple[FrontDesk, tuple[DoorWatch, RequestWatch]]:
    """Return what the pages use, and what the worker runs; `hands` are clear rows, the clock and what makes ids."""
    reader, writer, finder, doorkeeper, policy = gate
    clear, clock, ids = hands
    rules = load_front_door((policies / "front_door.yaml").read_text(), "front_door.yaml")
    asking = load_requests((policies / "requests.yaml").read_text(), "requests.yaml")
    deciding = Deciding((writer, finder, doorkeeper), rules, words, calendar, *hands)
    requests = Requests(
        (reader, writer, finder, doorkeeper), pages, Subjects(writer, clock, ids), asking, words, calendar, *hands
    )
    covering = Covering(requests, recording, clear, clock)
    desk = FrontDesk(
        deciding,
        Redirections((finder, doorkeeper), deciding, words, clear, clock),
        Feedback(deciding, clear, clock),
        requests,
        Answering((writer, finder, doorkeeper, policy), requests, covering, words, calendar, *hands),
        Strategy((writer, doorkeeper), pages, recording, rules, words, calendar, *hands),
        load_signals((policies / "signals.yaml").read_text(), "signals.yaml"),
    )
    watches = (
        DoorWatch((writer, doorkeeper), deciding, calendar, *hands),
        RequestWatch(doorkeeper, asking, calendar, *hands, covering),
    )
    return desk, watches
