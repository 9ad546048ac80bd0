"""Tells an agency that something it sent was used: by what kind of reader, on which day, for what.

Whom an agency is told of is what its agreement says: a view under a rule with the duty `notify_source` (or the one of
an emergency). The reader is never named: `lead_agency` is the local authority, whose work with children is no secret;
everybody else is `another_agency`, without a purpose, as the kind of service would tell who gets help where.
INVARIANT: no notice tells that something was placed before its receipt does.
INVARIANT: a use that may not be told leaves no gap and no count; every list ends with the same sentence.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from hub.domain.clock import Clock
from hub.domain.facts import AGENCIES_CHAIN, FactKind
from hub.domain.ids import AgencyId
from hub.domain.partial_date import LOCAL
from hub.gate.inspector import Inspector
from hub.gate.writer import Writer
from hub.ledger.entries import ReadEntry
from hub.store.clear import partner_events, releases, work
from hub.store.clear.partner_events import ITEM_USED, PartnerEvent, event_id
from hub.store.session import Transactions

SENTENCE: Final = "Some uses may not be listed here, because the law or somebody's safety does not allow it."
LEAD, OWN, OTHER = "lead_agency", "own_agency", "another_agency"
EMERGENCY: Final = "emergency"
_MARK: Final = "access_notices"
_TOLD: Final = frozenset({"notify_source", "notify_source_emergency"})


@dataclass(frozen=True, slots=True)
class Notice:
    """One use of what came in under `receipt`: on which local day, by whom as far as that is told, for what or ""."""

    receipt: str
    day: str
    reader: str
    purpose: str


class AccessNotices:
    """Derives notices from the log, once per receipt, day and kind of reader. Built once by wiring."""

    def __init__(self, inspector: Inspector, writer: Writer, clear: Transactions, clock: Clock) -> None:
        """Take what reads the log for deriving, who knows the kinds of agencies, and clear rows."""
        self._inspector, self._writer, self._clear, self._clock = inspector, writer, clear, clock

    def of(self, agency: AgencyId) -> tuple[Notice, ...]:
        """Return an agency's notices, newest first."""
        with self._clear.read() as connection:
            found = partner_events.told(connection, self._clear.partnership, agency, ITEM_USED, self._clock())
        return tuple(Notice(e.subject, e.detail["day"], e.detail["reader"], e.detail["purpose"]) for e in found)

    def run_once(self) -> int:
        """Read the log from where it was left; returns how many notices are new. They go with the place reached."""
        with self._clear.read() as connection:
            start = int(work.position(connection, self._clear.partnership, _MARK) or 0)
        entries, end = self._inspector.obligations(start)
        if end == start:
            return 0
        lead = self._lead()
        with self._clear.write() as connection:
            new = 0
            for read in entries:
                for owner, notice in self._notices(read, lead):
                    under = releases.receipts_behind(
                        connection, self._clear.partnership, owner, sorted(read.entry.subjects)
                    )
                    new += sum(
                        partner_events.post(connection, self._clear.partnership, _event(owner, one, notice, read, told))
                        for one, told in under.items()
                    )
            work.set_position(connection, self._clear.partnership, _MARK, str(end))
        return new

    def _notices(self, read: ReadEntry, lead: frozenset[str]) -> Iterator[tuple[AgencyId, dict[str, str]]]:
        entry = read.entry
        for owner in sorted({owner for word, owner in _duties(entry.obligations) if word in _TOLD and owner}):
            reader = OWN if entry.agency == owner else LEAD if entry.agency in lead else OTHER
            purpose = entry.purpose if reader != OTHER or entry.purpose == EMERGENCY else ""
            yield AgencyId(owner), {"reader": reader, "purpose": purpose}

    def _lead(self) -> frozenset[str]:
        said = self._writer.standing_facts([AGENCIES_CHAIN], self._clock())
        return frozenset(
            str(fact.body["agency"])
            for fact in said
            if fact.kind is FactKind.AGENCY and fact.body["kind"] == "local_authority"
        )


def _duties(lines: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Yield (duty, owner) of lines such as `EFS-2026-04:R3:notify_source@ID`."""
    for line in lines:
        said, _, owner = line.partition("@")
        yield said.rpartition(":")[2], owner


def _event(
    owner: AgencyId, receipt: str, notice: dict[str, str], read: ReadEntry, decided: datetime | None
) -> PartnerEvent:
    """A use is told when its day is over: the hour would tell who was at work. An emergency is told at once.

    A use before the agency could know that its message was `decided` is told as one of that day: sooner, or under its
    own day, it would tell that the message was placed before a person could have decided it.
    """
    at, urgent = read.header.at, notice["purpose"] == EMERGENCY
    used = at if urgent or decided is None else max(at, decided)
    detail = notice | {"day": used.astimezone(LOCAL).date().isoformat()}
    id_ = event_id(ITEM_USED, receipt, *(detail[name] for name in ("day", "reader", "purpose")))
    return PartnerEvent(id_, ITEM_USED, owner, receipt, at, at if urgent else _evening(used), detail)


def _evening(at: datetime) -> datetime:
    tomorrow = at.astimezone(LOCAL).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(0), LOCAL).astimezone(at.tzinfo)
