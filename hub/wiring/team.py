"""Builds the services of the team's own work, once."""

from pathlib import Path

from hub.domain.clock import Clock
from hub.domain.ids import IdMaker
from hub.gate.reader import Reader
from hub.gate.writer import Writer
from hub.policy.programme import load_programme
from hub.policy.wording import load_wording
from hub.policy.working_days import Calendar
from hub.services.entries import Entries
from hub.services.family_page import FamilyPages
from hub.services.lives import Lives
from hub.services.reading import Reading
from hub.services.recording import Recording
from hub.services.remarks import Remarks
from hub.services.subjects import Subjects
from hub.services.supervision import Supervisions
from hub.services.team import TeamWork
from hub.services.workbook import Workbook
from hub.store.session import Transactions


def team_work(  # noqa: PLR0913, PLR0917  what the team's work is made of
    gate: tuple[Reader, Writer],
    recording: Recording,
    pages: FamilyPages,
    lives: Lives,
    calendar: Calendar,
    clear: Transactions,
    clock: Clock,
    ids: IdMaker,
    policies: Path,
) -> TeamWork:
    """Build them on the gate's writer and what opens families."""
    writer = gate[1]
    reading, subjects = Reading(pages), Subjects(writer, clock, ids)
    remarks = Remarks(writer, pages, reading, lives, subjects, calendar, clear, clock, ids)
    entries = Entries(writer, pages, reading, lives, subjects, remarks, clear, clock, ids)
    wording = load_wording((policies / "language.yaml").read_text(), "language.yaml")
    programme = load_programme((policies / "programme.yaml").read_text(), "programme.yaml")
    workbook = Workbook(writer, pages, reading, entries, subjects, programme, clock, ids)
    supervisions = Supervisions(gate, pages, entries, remarks, subjects, recording, clear, clock, ids)
    return TeamWork(entries, remarks, reading, wording, workbook, supervisions)
