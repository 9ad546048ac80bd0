"""Builds the services of a team's working day."""

from hub.domain.clock import Clock
from hub.domain.ids import IdMaker
from hub.gate.doorkeeper import Doorkeeper
from hub.gate.finder import Finder
from hub.gate.writer import Writer
from hub.policy.programme import load_casework
from hub.policy.working_days import Calendar
from hub.services.allocations import Allocations
from hub.services.caseload import Caseload
from hub.services.casework import Casework
from hub.services.closing import Closings
from hub.services.duty_notes import DutyNotes
from hub.services.handovers import Handovers
from hub.services.looks import Looks
from hub.services.rota import Rota
from hub.services.sealed_words import SealedWords
from hub.settings import Settings
from hub.store.session import Transactions


def casework(
    gate: tuple[Writer, Finder, Doorkeeper],
    words: SealedWords,
    settings: Settings,
    calendar: Calendar,
    clear: Transactions,
    clock: Clock,
    ids: IdMaker,
) -> Casework:
    """Return them, on one gate."""
    rules = load_casework((settings.policies / "programme.yaml").read_text(), "programme.yaml")
    allocations = Allocations(gate, clear, clock, ids)
    return Casework(
        allocations,
        Caseload(gate[:2], rules, calendar, clear, clock),
        Handovers(gate, allocations, words, calendar, clear, clock, ids),
        Closings(gate, allocations, rules, words, clear, clock, ids),
        Rota(gate, rules, clear, clock, ids),
        DutyNotes(gate[1:], words, calendar, clear, clock, ids),
        Looks(clear, clock),
    )
