"""Builds what passes police notices on to schools."""

from typing import Protocol

from hub.domain.clock import Clock
from hub.domain.ids import IdMaker
from hub.gate.doorkeeper import Doorkeeper
from hub.gate.policybook import PolicyBook
from hub.gate.reader import Reader
from hub.gate.writer import Writer
from hub.policy.encompass import load_encompass
from hub.policy.working_days import Calendar
from hub.services.encompass import Encompass
from hub.services.school_decisions import SchoolDecisions
from hub.services.school_desks import SchoolDesks
from hub.services.school_notices import SchoolNotices
from hub.services.school_routing import SchoolRouting
from hub.services.school_watch import SchoolWatch
from hub.settings import Settings
from hub.store.session import Transactions


class Gate(Protocol):
    """The parts of the gate that are needed here."""

    @property
    def reader(self) -> Reader: ...  # noqa: D102  a part, by its name
    @property
    def writer(self) -> Writer: ...  # noqa: D102
    @property
    def doorkeeper(self) -> Doorkeeper: ...  # noqa: D102


def encompass(
    gate: Gate, policy: PolicyBook, calendar: Calendar, settings: Settings, hands: tuple[Transactions, Clock, IdMaker]
) -> Encompass:
    """Return the services; `hands` are clear rows, the clock and what makes ids."""
    clear, clock, ids = hands
    rules = load_encompass((settings.policies / "encompass.yaml").read_text(), "encompass.yaml")
    desks, decisions = SchoolDesks(gate.writer, clear, clock), SchoolDecisions(gate.writer, clock, ids)
    routing = SchoolRouting((gate.reader, policy), desks, decisions, (rules, calendar), *hands)
    return Encompass(
        SchoolNotices((gate.reader, gate.doorkeeper), desks, decisions, clear, clock),
        SchoolWatch((routing, desks), gate.doorkeeper, calendar, *hands, by_email=settings.smtp is not None),
    )
