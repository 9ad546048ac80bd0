"""From a disclosure to a page: in order of event, in the field's words, with the why of each item. Pure.

INVARIANT: nothing is added that the disclosure does not hold; a gap is printed at its level and no further.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from hub.domain.entries import UNSAID, said
from hub.domain.facts import Fact
from hub.domain.fields import SHAPES, words_for
from hub.domain.ids import PersonId
from hub.domain.partial_date import PartialDate
from hub.gate.disclosure import Disclosure, Involved, ShownRecord, Withheld
from hub.policy.explain import explain
from hub.services import beside
from hub.services.persons import people
from hub.services.register import Register, day_words

LATE_AFTER_DAYS = 28
_POSSIBLE = {
    "consent": "Possible with consent.",
    "opening": "Possible once a section 47 enquiry, child protection plan or another opening decision is recorded.",
    "holder_decision": "Possible if the agency that holds it decides to share it.",
    "state_reason": "First write why you need it.",
    "state_purpose": "First say for what purpose.",
}
_COVERAGE = {
    "shown": "Has items in this view.",
    "not_checked": "Has not been asked, or has not looked yet.",
    "not_connected": "Does not take part in this hub.",
}


@dataclass(frozen=True, slots=True)
class Held:
    """What a page says instead of a value."""

    words: str
    contact: str


@dataclass(frozen=True, slots=True)
class FieldLine:
    """One field of an entry; `withheld` stands instead of a value."""

    words: str
    value: str
    withheld: Held | None = None


@dataclass(frozen=True, slots=True)
class RemarkLine:
    """What is said beside an entry: a disagreement with whose it is, a challenge, an answer."""

    kind_words: str
    whose: str
    words: str
    by_words: str


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One event or report of the chronology."""

    record: str
    date_iso: str
    date_words: str
    known_words: str
    late: bool
    agency: str
    kind_words: str
    about_words: str
    fields: tuple[FieldLine, ...]
    why: tuple[str, ...]
    remarks: tuple[RemarkLine, ...] = ()


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


def entries(disclosure: Disclosure, register: Register) -> tuple[EntryLine, ...]:
    """Return the chronology in order of event."""
    names = {PersonId(line.person): line.name for line in people(disclosure, register)}
    remarks = beside.beside(disclosure.records)
    return tuple(
        _entry(record, disclosure, register, names, remarks.get(beside.first_of(record), ()))
        for record in disclosure.records
        if SHAPES[record.kind].in_chronology
    )


def _entry(
    record: ShownRecord,
    disclosure: Disclosure,
    register: Register,
    names: Mapping[PersonId, str],
    remarks: Iterable[beside.Remark],
) -> EntryLine:
    occurred = PartialDate.parse(record.event_date)
    order = {name: place for place, name in enumerate(SHAPES[record.kind].fields)}
    opened = sorted(record.fields.items(), key=lambda item: order.get(item[0], 0))
    lines = [FieldLine(words_for(name), said(name, value)) for name, value in opened if name not in UNSAID]
    lines += [FieldLine(register.vocabulary.words(w.category), "", held(w, register)) for w in record.withheld]
    late = (PartialDate.of(record.recorded_at).first - occurred.first).days > LATE_AFTER_DAYS
    return EntryLine(
        record.record,
        str(occurred).rstrip("~"),
        occurred.in_words(),
        day_words(record.recorded_at),
        late,
        register.agency(record.owner),
        SHAPES[record.kind].words,
        ", ".join(sorted(names[person] for person in record.persons if person in names)),
        tuple(lines),
        why(record.labels, disclosure, register),
        tuple(remark_line(remark, names) for remark in remarks),
    )


def remark_line(remark: beside.Remark, names: Mapping[PersonId, str]) -> RemarkLine:
    """Return a remark's line; whose it is by name only where this reader may name that person."""
    whose = names.get(PersonId(remark.whose), "Somebody of the family") if remark.whose else ""
    words = beside.WORDS.get(remark.what, remark.what)
    return RemarkLine(words, whose, remark.words, f"Written down by {remark.written_by}, {remark.said_at}")


def why(labels: Iterable[int], disclosure: Disclosure, register: Register) -> tuple[str, ...]:
    """Say in the agreement's own words why fields are shown, once per rule."""
    lines: dict[str, str] = {}
    for number in labels:
        decision = disclosure.decisions[number]
        told = explain(decision, register.policy, audience="practitioner")
        if decision.rule:
            grounds = "; ".join(value for name, value in told.basis if name in ("Article 6", "Article 9"))
            lines[decision.rule] = f"{told.words} ({decision.rule}. Route: {decision.route}. {grounds})"
    return tuple(lines.values())


def held(withheld: Withheld, register: Register) -> Held:
    """Say that something is held back, what would change that, and whom to ask."""
    if withheld.reason == "integrity_fault":
        words = "Something failed its integrity check and was not opened. The log has it; tell your IG officer now."
        return Held(words, register.contact(withheld.owner))
    possible = " ".join(_POSSIBLE[code] for code in withheld.missing if code in _POSSIBLE)
    return Held(possible or "Held back under the agreement.", register.contact(withheld.owner))


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
