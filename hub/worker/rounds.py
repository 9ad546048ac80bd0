"""One round of the worker, and the loop that repeats it."""

from collections.abc import Callable
from dataclasses import dataclass

import structlog
from sqlalchemy.exc import SQLAlchemyError

from hub.domain.errors import HubError
from hub.gate.audit import Audit
from hub.gate.upkeep import Upkeep
from hub.ledger.sequence import Sequencer
from hub.services.ageing import Ageing
from hub.services.appointments import Appointments
from hub.services.digest import Digest
from hub.services.door_watch import DoorWatch
from hub.services.matching import Matching
from hub.services.newcomer_watch import NewcomerWatch
from hub.services.obligations import Obligations
from hub.services.opening_watch import OpeningWatch
from hub.services.partnering import Partnering
from hub.services.released_counts import ReleasedCounts
from hub.services.request_watch import RequestWatch
from hub.services.school_watch import SchoolWatch
from hub.services.sessions import Sessions

log = structlog.get_logger("hub.worker")


@dataclass(frozen=True, slots=True)
class Rounds:
    """The jobs of the worker process."""

    sequencer: Sequencer
    matching: Matching
    ageing: Ageing
    openings: OpeningWatch
    obligations: Obligations
    released: ReleasedCounts
    audit: Audit
    upkeep: Upkeep
    sessions: Sessions
    digest: Digest
    appointments: Appointments
    partners: Partnering
    door: DoorWatch
    requests: RequestWatch
    schools: SchoolWatch
    newcomers: NewcomerWatch

    def run_once(self) -> int:
        """Do everything that waits; returns how many pieces of work were done.

        One job's failure is logged by code and does not stop the others; the work stays and is tried again.
        """
        return sum(self._tried(name, job) for name, job in self._jobs())

    def publish(self) -> int:
        """Give every entry that waits its place, lane by lane: the audit compares with a log that has no gaps."""
        return sum(iter(self.sequencer.run_once, 0))

    def _jobs(self) -> list[tuple[str, Callable[[], int]]]:
        return [
            ("facts", self.upkeep.heal),
            ("matching", self.matching.run_once),
            ("ageing", self.ageing.run_once),
            ("openings", self.openings.run_once),
            ("sequencer", self.publish),
            ("obligations", self.obligations.run_once),
            ("deadlines", self.obligations.watch),
            ("released", self.released.run_once),
            ("audit", self.audit.run_once),
            ("keys", self.upkeep.sweep),
            ("assertions", self.sessions.sweep),
            ("digest", self.digest.run_once),
            ("accounts", self.appointments.stop_unconfirmed),
            ("quarantined", self.partners.quarantine_clock.run_once),
            ("notices", self.partners.notices.run_once),
            ("webhooks", self.partners.deliveries.run_once),
            ("replies", self.partners.pushed.run_once),
            ("front_door", self.door.run_once),
            ("requests", self.requests.run_once),
            ("schools", self.schools.run_once),
            ("newcomers", self.newcomers.run_once),
        ]

    def _tried(self, name: str, job: Callable[[], int]) -> int:
        try:
            return job()
        except SQLAlchemyError:
            log.error("job_failed", job=name, code="database")  # noqa: TRY400  a trace could carry values
            return 0
        except HubError as error:
            log.error(  # noqa: TRY400  a trace could carry values; the code says enough
                "job_failed", job=name, code=error.code, where=error.where
            )
            return 0

    def run_until(self, stopped: Callable[[float], bool], *, pause: float = 0.25) -> None:
        """Repeat until `stopped(seconds)`, which waits that long, says so."""
        while not stopped(pause):
            self.run_once()
