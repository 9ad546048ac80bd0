"""What passes between the hub and a council's case system, in our words."""

from dataclasses import dataclass, field
from datetime import datetime

from hub.domain.partial_date import PartialDate


@dataclass(frozen=True, slots=True)
class AllocationLine:
    """Who works with a family, as the case system says it.

    `family` is the hub's own case number and `worker` the user name at the hub; `flaw` (a code) says that the line
    itself cannot be read, and `said` is the line as it came, for whoever has to mend it. `told` is when the event that
    says it was made, in UTC; None where the message does not say.
    """

    pointer: str
    family: str
    worker: str
    lead: bool
    start: PartialDate | None
    end: PartialDate | None
    flaw: str = ""
    said: str = field(default="", repr=False)
    told: datetime | None = None


@dataclass(frozen=True, slots=True)
class OutItem:
    """One record that goes to the case system: where it came from, what it says, and where it is read in the hub."""

    receipt: str
    family: str
    record: str
    kind: str
    date: str
    recorded: str
    agency: str
    title: str
    text: str = field(repr=False)
    link: str
