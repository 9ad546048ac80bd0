"""The clock of what could not be read: an arrival starts it, the worker turns it into a task of the front door.

A bounced referral that nobody sees is the harm. What its sender graded high waits for a quarter of an hour, what may be
anything for half of one. The grade is the sender's: it makes a record be looked at sooner and is otherwise not used.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final, Protocol

from hub.domain.clock import Clock
from hub.domain.facts import AGENCIES_CHAIN, FactKind
from hub.domain.ids import AgencyId, IdMaker
from hub.gate.writer import Writer
from hub.services.partner_tasks import REPAIR
from hub.store.clear import cases, work
from hub.store.session import Transactions

JOB, JOB_HIGH = "quarantined", "quarantined_high"
WITHIN: Final[Mapping[str, timedelta]] = MappingProxyType({JOB_HIGH: timedelta(minutes=15), JOB: timedelta(minutes=30)})


class Salvage(Protocol):
    """Takes a message apart; handed in by wiring."""

    def apart(self, body: bytes, pointers: Collection[str]) -> Mapping[str, bytes]:
        """Return the records at these pointers as messages of their own, as far as they can be taken apart."""
        ...

    def says_high(self, body: bytes) -> bool:
        """Say whether its sender graded it high."""
        ...


def job_for(salvage: Salvage, alone: bytes) -> str:
    """Return the kind of job that an arrival in quarantine, taken by itself, leaves for the worker."""
    return JOB_HIGH if salvage.says_high(alone) else JOB


class QuarantineClock:
    """Makes the tasks. Built by wiring for the worker; the watch over deadlines raises the alarm."""

    def __init__(self, writer: Writer, clear: Transactions, clock: Clock, ids: IdMaker) -> None:
        """Take who knows the lead agency, and clear rows."""
        self._writer, self._clear, self._clock, self._ids = writer, clear, clock, ids

    def run_once(self) -> int:
        """Turn each arrival into one task of the lead agency; returns how many."""
        return sum(self._make(job, kind, referral) for kind in WITHIN for job, referral in self._waiting(kind))

    def _waiting(self, kind: str) -> list[tuple[str, str]]:
        with self._clear.read() as connection:
            return list(work.waiting_jobs(connection, self._clear.partnership, kind))

    def _make(self, job: str, kind: str, referral_id: str) -> bool:
        partnership, now, lead = self._clear.partnership, self._clock(), lead_agency(self._writer, self._clock())
        if lead is None:  # it waits until there is somebody to tell
            return False
        with self._clear.write() as connection:
            referral = cases.find_referral(connection, partnership, referral_id)
            if referral is not None and referral.state == "quarantined":
                at, due = referral.received_at, referral.received_at + WITHIN[kind]
                source = source_of(referral_id)
                task = work.Task(self._ids.new(), source, REPAIR, lead, None, None, at, due, subject=referral_id)
                work.add_task(connection, partnership, task)
            work.job_done(connection, partnership, job, now)
        return True


def lead_agency(writer: Writer, now: datetime) -> AgencyId | None:
    """Return the agency whose front door it is; None while there is none."""
    said = writer.standing_facts([AGENCIES_CHAIN], now)
    lead = (f for f in said if f.kind is FactKind.AGENCY and f.body["kind"] == "local_authority")
    return next((AgencyId(str(fact.body["agency"])) for fact in lead), None)


def source_of(referral: str) -> str:
    """Return the source of a referral's task, by which it is finished."""
    return f"quarantine/{referral}"
