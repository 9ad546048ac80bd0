"""What goes back to the council's case system: entries, workbook chapters and group supervision, by a named officer.

INVARIANT: it holds what the officer and the council may both see, opened under an entry that names the council as its
recipient; what is held back is absent.
"""

from dataclasses import dataclass
from typing import Final

from hub.domain.access import Act, Operation
from hub.domain.case_updates import OutItem
from hub.domain.clock import Clock, stamp
from hub.domain.errors import ConflictError
from hub.domain.fields import SHAPES, RecordKind, words_for
from hub.domain.ids import AccountId, AgencyId, EntryId, FamilyId
from hub.gate.disclosure import ShownRecord
from hub.gate.doorkeeper import Doorkeeper
from hub.gate.reader import Reader
from hub.gate.view import View
from hub.services.family_page import FamilyPages, Stated

WRITTEN: Final = (
    RecordKind.TEAM_ENTRY,
    RecordKind.SERVICE_ENTRY,
    RecordKind.MI_SESSION,
    RecordKind.PROGRAMME_MODULE,
    RecordKind.GROUP_SUPERVISION,
)
"""What a team writes here and its council wants to keep with the case."""
TAKERS: Final = frozenset({"social_worker", "team_manager"})
_MOST: Final = 10_000
_FRAME: Final = frozenset({"writer", "supervision", "first_entry", "corrects", "family_visibility"})
"""Ids and settings of the hub: they say nothing to a reader elsewhere."""


@dataclass(frozen=True, slots=True)
class Taking:
    """Who takes it (the account the case system names), for which agency, by which of its systems."""

    account: AccountId
    agency: AgencyId
    client: str


class CaseRecord:
    """Hands the team's writing to the case system. Built once by wiring."""

    def __init__(self, reader: Reader, doorkeeper: Doorkeeper, pages: FamilyPages, clock: Clock, base_url: str) -> None:
        """Take the gate, who knows a family's case number, and the address that links begin with."""
        self._reader, self._doorkeeper, self._pages = reader, doorkeeper, pages
        self._clock, self._base_url = clock, base_url.rstrip("/")

    def export(self, taking: Taking, family: FamilyId, stated: Stated) -> list[OutItem]:
        """Return everything that goes out, oldest first; its receipt is the number of the log entry it left under.

        Raises:
            AccessRefusedError: nobody allowed this officer anything here.
            ConflictError: `too_long_for_one_copy`.
        """
        now = self._clock()
        met = {"state_purpose"} | ({"state_reason"} if stated.reason.strip() else set())
        view = View(
            Act.CASE_RECORD_EXPORT,
            taking.account,
            family,
            stated.purpose,
            frozenset(WRITTEN),
            at=now,
            known=now,
            justification=f"{stated.reason} (taken by {taking.client})",
            satisfied=frozenset(met),
            recipient=taking.agency,
            operation=Operation.EXPORT,
            limit=_MOST,
        )
        seen = self._reader.disclose(view)
        if seen.cursor:
            raise ConflictError("too_long_for_one_copy", where=family, next_step="ask the operator")
        reference, register = self._pages.reference(family), self._pages.register()
        link = f"{self._base_url}/families/{family}"
        ordered = sorted(seen.records, key=lambda record: (record.event_date, record.recorded))
        return [_item(record, seen.entry, reference, register.agency(record.owner), link) for record in ordered]

    def confirm(self, taking: Taking, receipt: EntryId, count: int) -> None:
        """Enter that the case system says it has stored what left under this receipt.

        Raises:
            AccessRefusedError: whoever confirms does not take records into a case system.
        """
        self._doorkeeper.let_in(
            taking.account,
            Act.CASE_RECORD_CONFIRM,
            TAKERS,
            recipient=taking.agency,
            selection={"receipt": receipt, "records": count, "system": taking.client},
        )


def _item(record: ShownRecord, entry: EntryId, reference: str, agency: str, link: str) -> OutItem:
    text = "\n".join(f"{words_for(name)}: {value}" for name, value in record.fields.items() if name not in _FRAME)
    return OutItem(
        receipt=str(entry),
        family=reference,
        record=record.record,
        kind=record.kind.value,
        date=record.event_date,
        recorded=stamp(record.recorded_at),
        agency=agency,
        title=SHAPES[record.kind].words,
        text=text,
        link=link,
    )
