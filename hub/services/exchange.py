"""What comes in and goes out in bulk: signed batches, the census, the council's case system."""

from dataclasses import dataclass

from hub.services.case_record import CaseRecord
from hub.services.census import Census
from hub.services.council_feed import CouncilFeed
from hub.services.file_drop import FileDrop


@dataclass(frozen=True, slots=True)
class Exchange:
    """The services of bulk exchange."""

    file_drop: FileDrop
    census: Census
    council_feed: CouncilFeed
    case_record: CaseRecord
