"""From a disclosure to a page: workers, coverage, decisions and gaps, in the field's words. Pure.

INVARIANT: nothing is added that the disclosure does not hold; a gap is printed at its level and no further.
"""

from dataclasses import dataclass
from datetime import timedelta

from hub.domain.facts import Fact
from hub.domain.partial_date import PartialDate
from hub.gate.disclosure import Disclosure, Involved
from hub.services.entry_lines import held
from hub.services.register import Register, day_words

_COVERAGE = {
    "shown": "Has items in this view.",
    "not_checked": "Has not been asked, or has not looked yet.",
    "not_connected": "Does not take part in this hub.",
}


@dataclass(frozen=True, slots=True)
class WorkerLine:
    """One involved worker."""

    name: str
    role_words: str
    agency: str
    phone: str
    since_words: str


@dataclass(frozen=True, slots=True)
class CoverageLine:
    """One agency on the coverage strip."""

    agency: str
    state: str
    words: str
    contact: str


@dataclass(frozen=True, slots=True)
class GapLine:
    """What an agency holds beyond what is shown; `count` only where the agreement says count.

    `ask` is (agency, category) where the holder can be asked to decide.
    """

    agency: str
    words: str
    contact: str
    count: int | None
    ask: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class OpeningLine:
    """One standing decision that can override confidence."""

    id: str
    words: str
    since_words: str
    review_words: str
    ends_words: str
    can_end: bool


def gaps(disclosure: Disclosure, register: Register) -> tuple[GapLine, ...]:
    """Return what is held beyond the page, once per agency and category."""
    lines = []
    for gap in disclosure.gaps:
        said = held(gap.withheld, register)
        category = register.vocabulary.words(gap.withheld.category) if gap.withheld.category else "An item"
        agency = register.agency(gap.withheld.owner)
        asks = (gap.withheld.owner, gap.withheld.category) if "holder_decision" in gap.withheld.missing else None
        lines.append(GapLine(agency, f"{category}. {said.words}", said.contact, gap.count, asks))
    return tuple(lines)


def coverage(disclosure: Disclosure, register: Register) -> tuple[CoverageLine, ...]:
    """Return the coverage strip by agency name."""
    lines = [
        CoverageLine(
            register.agency(line.agency), line.state, _COVERAGE.get(line.state, ""), register.contact(line.agency)
        )
        for line in disclosure.coverage
    ]
    return tuple(sorted(lines, key=lambda line: line.agency))


def worker(line: Involved, register: Register) -> WorkerLine:
    """Return an involved worker's line."""
    account = register.accounts.get(line.account)
    return WorkerLine(
        account.name if account else "A worker",
        register.vocabulary.words(line.role),
        register.agency(line.agency),
        account.phone if account else "",
        day_words(line.since),
    )


def opening(fact: Fact, register: Register, *, can_end: bool) -> OpeningLine:
    """Return a standing decision's line; without a review date of its own, the gateways in force give it."""
    code = str(fact.body["opening"])
    found = register.policy.gateways.openings.get(code)
    begun = PartialDate.of(fact.valid_from).first
    latest = str(begun + timedelta(days=found.review_days if found else 1))
    review = min(str(fact.body.get("review") or latest), latest)
    return OpeningLine(
        fact.id,
        register.vocabulary.words(code),
        day_words(fact.valid_from),
        PartialDate.parse(review).in_words(),
        "" if fact.valid_until is None else day_words(fact.valid_until),
        can_end,
    )
