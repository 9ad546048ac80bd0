"""An answered request is stated on the family's coverage: its holder looked.

The answer leaves a job in its own transaction, so that the statement is made even where the machine stops between the
two: the answering process tries at once, and the worker whatever still waits.
"""

from typing import Final

import structlog

from hub.domain.clock import Clock
from hub.domain.errors import HubError
from hub.services.intake import SYSTEM
from hub.services.recording import Recording
from hub.services.requests import Requests
from hub.store.clear import requests, work
from hub.store.session import Transactions

log = structlog.get_logger("hub.requests")
CHECKED: Final = "checked"
"""The kind of the job; its subject is the request."""


class Covering:
    """States that holders looked. Built once by wiring."""

    def __init__(self, asking: Requests, recording: Recording, clear: Transactions, clock: Clock) -> None:
        """Take the requests, what records coverage, and clear rows."""
        self._asking, self._recording, self._clear, self._clock = asking, recording, clear, clock

    def run_once(self) -> int:
        """Make every statement that waits; returns how many."""
        with self._clear.read() as connection:
            jobs = work.waiting_jobs(connection, self._clear.partnership, CHECKED)
        return sum(self._tried(job, request) for job, request in jobs)

    def _tried(self, job: str, request: str) -> bool:
        """Do one job; a failure is logged by code, leaves the job waiting, and does not stop the next."""
        try:
            with self._clear.read() as connection:
                found = requests.find_request(connection, self._clear.partnership, request)
            if found is not None:
                self._recording.cover(SYSTEM, self._asking.family_now(found), found.holder, "checked")
            with self._clear.write() as connection:
                work.job_done(connection, self._clear.partnership, job, self._clock())
        except HubError as error:
            log.error("coverage_failed", job=job, code=error.code)  # noqa: TRY400  a trace could carry values
            return False
        return True
