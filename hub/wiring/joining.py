"""Builds the services of who is who."""

from typing import Protocol

from hub.domain.clock import Clock
from hub.domain.ids import IdMaker
from hub.gate.doorkeeper import Doorkeeper
from hub.gate.finder import Finder
from hub.gate.writer import Writer
from hub.policy.signals import SignalRules
from hub.policy.working_days import Calendar
from hub.services.both_sides import BothSides
from hub.services.candidates import Candidates
from hub.services.family_page import FamilyPages
from hub.services.joining import Joining
from hub.services.merging import Merging
from hub.services.newcomer_watch import NewcomerWatch
from hub.services.newcomers import Newcomers
from hub.services.placing import Placing
from hub.services.protected_matches import ProtectedMatches
from hub.services.sealed_words import SealedWords
from hub.store.session import Transactions


class Gate(Protocol):
    """The parts of the gate that joining passes."""

    @property
    def writer(self) -> Writer: ...  # noqa: D102  a part, by its name
    @property
    def finder(self) -> Finder: ...  # noqa: D102
    @property
    def doorkeeper(self) -> Doorkeeper: ...  # noqa: D102


def joining(
    gate: Gate,
    pages: FamilyPages,
    placing: Placing,
    rules: SignalRules,
    words: SealedWords,
    calendar: Calendar,
    hands: tuple[Transactions, Clock, IdMaker],
) -> Joining:
    """Return them, on one gate; `hands` are clear rows, the clock and what makes ids."""
    clear, clock, ids = hands
    seen = gate.finder, gate.doorkeeper
    merging = Merging((gate.writer, *seen), words, clear, clock, ids)
    newcomers = Newcomers(pages, (gate.writer, *seen), placing, merging, clear)
    return Joining(
        Candidates(pages, seen, placing, merging, words, clear, ids),
        merging,
        ProtectedMatches(pages, seen, placing, BothSides(gate.finder, placing, rules, clear, clock), clear),
        newcomers,
        NewcomerWatch(newcomers, (gate.writer, gate.doorkeeper), calendar, *hands),
    )
