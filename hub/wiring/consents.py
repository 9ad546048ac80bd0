"""Builds what stands around a word about sharing."""

from typing import Protocol

from hub.domain.clock import Clock
from hub.domain.ids import IdMaker
from hub.gate.doorkeeper import Doorkeeper
from hub.gate.finder import Finder
from hub.gate.inspector import Inspector
from hub.gate.policybook import PolicyBook
from hub.gate.reader import Reader
from hub.gate.writer import Writer
from hub.services.about_consent import AboutConsent
from hub.services.asking import Weighing
from hub.services.consent_out import ConsentOut
from hub.services.lives import Lives
from hub.services.released_counts import ReleasedCounts
from hub.services.taking_back import TakingBack
from hub.store.session import Transactions


class Gate(Protocol):
    """The parts of the gate that these services stand on."""

    @property
    def reader(self) -> Reader:
        """Discloses."""
        ...

    @property
    def finder(self) -> Finder:
        """Finds."""
        ...

    @property
    def writer(self) -> Writer:
        """Records."""
        ...

    @property
    def inspector(self) -> Inspector:
        """Reads the log."""
        ...

    @property
    def doorkeeper(self) -> Doorkeeper:
        """Enters who was let in."""
        ...


def about_consent(
    gate: Gate,
    policy: PolicyBook,
    lives: Lives,
    clear: Transactions,
    clock: Clock,
    ids: IdMaker,
) -> AboutConsent:
    """Return the services, on the parts of the gate."""
    return AboutConsent(
        weighing=Weighing(gate.reader, gate.writer, policy, clock),
        taking_back=TakingBack(gate.reader, gate.writer, clear, clock, ids),
        out=ConsentOut((gate.reader, gate.finder, gate.writer, gate.doorkeeper), lives, clock),
        released=ReleasedCounts(gate.inspector, clear),
    )
