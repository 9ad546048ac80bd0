"""Decisions that open: when one ends at the latest, what may take over from it, when its recorder is warned. Pure.

Semantics: a decision opens only as a dated human record with an end of its own (agreements 4.2 step 7); it never lapses
unseen, and what follows takes over without a gap (design section 5).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from hub.domain.facts import Fact
from hub.domain.ids import AccountId, AgencyId, FamilyId
from hub.domain.life import day_begins
from hub.domain.partial_date import PartialDate
from hub.policy.gateways import Opening
from hub.policy.periods import later
from hub.store.clear.work import Task

WorkingDays = Callable[[date, int], date]
ENDS_SOON: Final = "opening_ends_soon"
REVIEW_SOON: Final = "opening_review_soon"
WORDS: Final = {
    ENDS_SOON: "A decision that opens information is about to end: renew it, record what follows, or let it end",
    REVIEW_SOON: "A decision that opens information is due for review: write what came of it",
}


def latest_end(gateways: Mapping[str, Opening], code: str, start: datetime) -> datetime | None:
    """Return when a decision begun at `start` ends at the latest; None for one without such an end (a pin)."""
    found = gateways.get(code)
    return later(start, found.closes_after) if found and found.closes_after else None


def may_follow(gateways: Mapping[str, Opening], fact: Fact) -> frozenset[str]:
    """Return the codes that may take over from a standing decision: those it names, and itself renewed."""
    code = str(fact.body["opening"])
    return gateways[code].followed_by | {code} if code in gateways else frozenset()


def source_of(fact: str) -> str:
    """Return the source that the warnings about a decision carry; what ends or follows it takes them back."""
    return f"opening:{fact}"


@dataclass(frozen=True, slots=True)
class Watched:
    """One decision on one day: `recorder` is who recorded it, or None when they no longer work with the family."""

    family: FamilyId
    fact: Fact
    recorder: AccountId | None
    now: datetime


def warnings(watched: Watched, opening: Opening, days: WorkingDays, new_id: Callable[[], str]) -> Iterator[Task]:
    """Yield what its recorder is told today; the same decision gives the same (source, kind), so none doubles."""
    fact, today = watched.fact, PartialDate.of(watched.now).first
    asked = [(REVIEW_SOON, _day(str(fact.body.get("review") or ""))), (ENDS_SOON, _last_day(fact.valid_until))]
    for kind, day in asked:
        if day is not None and days(day, -opening.warn_working_days) <= today:
            agency = AgencyId(str(fact.body["agency"]))
            due = day_begins(day)
            yield Task(
                new_id(), source_of(fact.id), kind, agency, watched.family, None, watched.now, due, watched.recorder
            )


def _day(text: str) -> date | None:
    return PartialDate.parse(text).first if text else None


def _last_day(until: datetime | None) -> date | None:
    return None if until is None else PartialDate.of(until).first
