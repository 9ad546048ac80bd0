"""What the council's case system sends: people and plans are received as from any sender; allocations become facts.

An allocation is recorded as the account that the system names, by what the gate lets that account do: a team manager of
the local authority. INVARIANT: a line that cannot be recorded is quarantined with its words and a clock, never dropped;
a family or a worker that this account may not know of is answered as one that is not there.
INVARIANT: an allocation is known by family, worker and first day. What ended stays ended, whatever older word of it
comes again or comes late; one that was over when it was first heard of is kept as that, for the word that it overtook.
"""

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Final, cast

from hub.domain.case_updates import AllocationLine
from hub.domain.clock import Clock
from hub.domain.errors import AccessRefusedError, ConflictError, InvalidRequestError, NotFoundError
from hub.domain.ids import AccountId, AgencyId, FamilyId
from hub.domain.partial_date import LOCAL, PartialDate
from hub.domain.referral import Issue, Outcome, Parsed, Severity
from hub.services.allocations import Allocated, Allocations, NewAllocation
from hub.services.intake import Intake, Message
from hub.services.recording import Period
from hub.store.clear import accounts, cases
from hub.store.session import Transactions

CONNECTOR: Final = "case_system"
ENDED: Final = "Ended in the council's case system."
_REFUSALS = (InvalidRequestError, AccessRefusedError, NotFoundError, ConflictError)


@dataclass(frozen=True, slots=True)
class Feed:
    """One message of the case system: whose, for which named account, and what its connector made of it."""

    agency: AgencyId
    account: AccountId | None
    key: str
    body: bytes = field(repr=False)
    content_type: str
    parsed: Sequence[Parsed] = field(repr=False)
    allocations: Sequence[AllocationLine] = field(repr=False)


class CouncilFeed:
    """Receives from the case system. Built once by wiring."""

    def __init__(self, allocations: Allocations, intake: Intake, clear: Transactions, clock: Clock) -> None:
        """Take who records allocations, who receives everything else, and clear rows."""
        self._allocations, self._intake, self._clear, self._clock = allocations, intake, clear, clock

    def take(self, feed: Feed) -> dict[str, object]:
        """Return the receipt of people and plans (None without any), and what became of every allocation."""
        if not feed.parsed and not feed.allocations:
            raise InvalidRequestError("no_records", where="/", next_step="send_at_least_one_line")
        receipt = None
        if feed.parsed:
            message = Message(feed.agency, CONNECTOR, feed.key, feed.body, feed.content_type, feed.parsed)
            receipt = self._intake.receive(message)
        return {"receipt": receipt, "allocations": [self._line(feed, line) for line in feed.allocations]}

    def _line(self, feed: Feed, line: AllocationLine) -> dict[str, object]:
        """Record one allocation, or quarantine the line: each by itself, so that one bad line stops no other."""
        try:
            if line.flaw:
                raise InvalidRequestError(line.flaw)
            outcome = self._recorded(feed, line)
        except _REFUSALS as error:
            code = "unknown_family" if isinstance(error, AccessRefusedError | NotFoundError) else error.code
            return self._quarantined(feed, line, code)
        return {"pointer": line.pointer, "outcome": outcome, "code": "", "referral": ""}

    def _recorded(self, feed: Feed, line: AllocationLine) -> str:
        if feed.account is None:
            raise InvalidRequestError("no_user_named")
        family, worker = self._family(line), self._worker(line)
        period = _period(line)
        standing = [one for one in self._allocations.allocated(feed.account, family) if one.account == worker]
        same = next((one for one in standing if one.capacity == "allocated" and one.lead == line.lead), None)
        if same is not None:
            return self._ended(feed.account, family, same, period)
        ended = self._allocations.ended(family, worker, period.start)
        if period.end is not None and period.end <= self._clock():
            if ended is None:
                with suppress(InvalidRequestError):  # kept where it fits beside what stands; it changes nothing now
                    self._allocations.allocate(feed.account, family, NewAllocation(worker, period))
            return "unchanged"
        if ended is not None and not self._is_news(line, ended):
            return "unchanged"
        self._allocations.allocate(feed.account, family, NewAllocation(worker, period, lead=line.lead))
        return "recorded"

    def _is_news(self, line: AllocationLine, ended: datetime) -> bool:
        """Say whether an event was made after an allocation ended: no other begins it again, however late it comes."""
        return line.told is not None and ended < line.told <= self._clock()

    def _ended(self, by: AccountId, family: FamilyId, same: Allocated, period: Period) -> str:
        if period.end is None or (same.until is not None and same.until <= period.end):
            return "unchanged"
        self._allocations.end(by, family, same.id, period.end, ENDED)
        return "ended"

    def _family(self, line: AllocationLine) -> FamilyId:
        with self._clear.read() as connection:
            found = cases.find_reference(connection, self._clear.partnership, line.family)
        if found is None:
            raise NotFoundError
        return found.id

    def _worker(self, line: AllocationLine) -> AccountId:
        with self._clear.read() as connection:
            found = accounts.find_by_username(connection, self._clear.partnership, line.worker)
        if found is None:
            raise InvalidRequestError("unknown_worker")
        return found.id

    def _quarantined(self, feed: Feed, line: AllocationLine, code: str) -> dict[str, object]:
        """Lay a line before the front door, under the clock of what waits there; once, as long as it waits."""
        body = line.said.encode()
        stopped = Parsed(Outcome.QUARANTINED, line.pointer, None, (Issue(Severity.ERROR, code, line.pointer),))
        key = f"allocation {hashlib.sha256(body).hexdigest()} {code}"
        referral = ""
        while not self._waits(referral):  # what was settled once and cannot be recorded again waits once more
            message = Message(feed.agency, CONNECTOR, f"{key} {referral}", body, "application/json", [stopped])
            (record,) = cast("list[dict[str, object]]", self._intake.receive(message)["records"])
            referral = str(record["referral"])
        return {"pointer": line.pointer, "outcome": "quarantined", "code": code, "referral": referral}

    def _waits(self, referral: str) -> bool:
        with self._clear.read() as connection:
            found = cases.find_referral(connection, self._clear.partnership, referral)
        return found is not None and found.state == Outcome.QUARANTINED.value


def _period(line: AllocationLine) -> Period:
    """From the beginning of its first day until the end of its last, at the place where people write down days."""
    if line.start is None:
        raise InvalidRequestError("not_a_date")
    return Period(_midnight(line.start), _midnight(line.end, after=True) if line.end else None)


def _midnight(day: PartialDate, *, after: bool = False) -> datetime:
    try:
        first = day.first + timedelta(days=1) if after else day.first
        return datetime.combine(first, time(), LOCAL).astimezone(UTC)
    except OverflowError:
        raise InvalidRequestError("out_of_range") from None
