"""What a recorded decision relied on: ticked from what its recorder sees, and kept with that decision."""

from collections.abc import Sequence
from typing import Final

from hub.domain.ids import FamilyId, RecordId
from hub.services.chronology import Asked
from hub.services.entry_lines import EntryLine
from hub.services.family_page import Stated
from hub.services.recording import Relied
from hub.web.served import caller, served

OFFERED: Final = 60
"""The newest entries that are offered: what an older decision relied on was pinned by that one."""


def choices(family: FamilyId, stated: Stated) -> dict[str, str]:
    """Return the newest entries this reader sees, newest first: record -> its day, kind, agency and people."""
    found: list[EntryLine] = []
    cursor, more = "", True
    while more:
        page = served().pages.page(caller().account, family, stated, Asked(after=cursor)).chronology
        found = [*found, *page.entries][-OFFERED:]
        cursor, more = page.cursor, bool(page.cursor)
    return {line.record: _words(line) for line in reversed(found)}


def relied(code: str, items: Sequence[str], stated: Stated) -> Relied | None:
    """Return what a decision relied on, in the purpose it was seen for; None when nothing was ticked."""
    if not items:
        return None
    agency = served().pages.agency_of(caller().account)
    return Relied(code, agency, [RecordId(item) for item in items], stated.purpose)


def _words(line: EntryLine) -> str:
    about = f", about {line.about_words}" if line.about_words else ""
    return f"{line.date_words}: {line.kind_words}, {line.agency}{about}"
