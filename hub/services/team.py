"""The services of the team's own work, as pages are handed them."""

from dataclasses import dataclass

from hub.policy.wording import Wording
from hub.services.entries import Entries
from hub.services.reading import Reading
from hub.services.remarks import Remarks
from hub.services.supervision import Supervisions
from hub.services.workbook import Workbook


@dataclass(frozen=True, slots=True)
class TeamWork:
    """Entries and what stands beside them."""

    entries: Entries
    remarks: Remarks
    reading: Reading
    wording: Wording
    workbook: Workbook
    supervisions: Supervisions
