"""Builds the services of a team's working day."""

from pathlib import Path

from hub.domain.clock import Clock
from hub.domain.ids import IdMaker
from hub.gate.doorkeeper import Doorkeeper
from hub.gate.finder import Finder
from hub.gate.writer import Writer
from hub.policy.programme import load_casework
from hub.policy.working_days import Calendar, load_calendar
from hub.services.allocations import Allocations
from hub.services.caseload import Caseload
from hub.services.casework import Casework
from hub.services.closing import Closings
from hub.services.digest import Digest
from hub.services.duty_notes import DutyNotes
from hub.services.handovers import Handovers
from hub.services.looks import Looks
from hub.services.rota import Rota
from hub.services.sealed_words import SealedWords
from hub.services.tasks import Tasks
from hub.settings import Settings
from hub.store.session import Transactions
from hub.worker.smtp import SmtpPost


def casework(
    gate: tuple[Writer, Finder, Doorkeeper],
    tasks: Tasks,
    words: SealedWords,
    calendar: Calendar,
    settings: Settings,
    hands: tuple[Transactions, Clock, IdMaker],
) -> Casework:
    """Return them, on one gate; `hands` are clear rows, the clock and what makes ids."""
    rules = load_casework((settings.policies / "programme.yaml").read_text(), "programme.yaml")
    clear, clock, ids = hands
    allocations = Allocations(gate, *hands)
    post = SmtpPost(settings.smtp) if settings.smtp else None
    return Casework(
        allocations,
        Caseload(gate[:2], rules, calendar, clear, clock),
        Handovers(gate, allocations, words, calendar, *hands),
        Closings(gate, allocations, rules, words, *hands),
        Rota(gate, rules, *hands),
        DutyNotes(gate[1:], words, calendar, clear, clock, ids),
        Looks(clear, clock),
        Digest(post, tasks, settings.base_url, calendar, clear, clock),
    )


def bank_holidays(folder: Path) -> Calendar:
    """Read which days are working days, for deadlines."""
    return load_calendar((folder / "bank-holidays.yaml").read_text(), "bank-holidays.yaml")
