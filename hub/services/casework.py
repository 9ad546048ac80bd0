"""What a team's working day is made of, handed to pages as one."""

from dataclasses import dataclass

from hub.services.allocations import Allocations
from hub.services.caseload import Caseload
from hub.services.closing import Closings
from hub.services.digest import Digest
from hub.services.duty_notes import DutyNotes
from hub.services.handovers import Handovers
from hub.services.looks import Looks
from hub.services.rota import Rota


@dataclass(frozen=True, slots=True)
class Casework:
    """The services of this area, built once by wiring."""

    allocations: Allocations
    caseload: Caseload
    handovers: Handovers
    closings: Closings
    rota: Rota
    duty_notes: DutyNotes
    looks: Looks
    digest: Digest
