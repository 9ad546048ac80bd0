"""One entry of the chronology as a page prints it: its fields, why each is shown, and who disagrees with it. Pure.

INVARIANT: nothing is added that the disclosure does not hold; what is held back keeps its place and its level.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from hub.domain.clock import from_micros
from hub.domain.entries import STATEMENTS, UNSAID, said
from hub.domain.fields import SHAPES, STATEMENT_OF, tells_of_strength, words_for
from hub.domain.ids import AgencyId, PersonId
from hub.domain.partial_date import PartialDate, Precision
from hub.gate.disclosure import Disclosure, ShownRecord, Withheld
from hub.policy.explain import explain
from hub.policy.in_words import onward_words
from hub.services import beside
from hub.services.persons import people
from hub.services.register import Register

LATE_AFTER_DAYS = 28
_FIELDS = {
    kind: tuple(
        (name, words_for(name), STATEMENTS.get(STATEMENT_OF.get(name, ""), ""))
        for name in shape.fields
        if name not in UNSAID
    )
    for kind, shape in SHAPES.items()
}
"""Kind -> (field, its words, its kind of statement), in the order a page prints them."""
_POSSIBLE = {
    "consent": "Possible with consent.",
    "opening": "Possible once a section 47 enquiry, child protection plan or another opening decision is recorded.",
    "holder_decision": "Possible if the agency that holds it decides to share it.",
    "state_reason": "First write why you need it.",
    "state_purpose": "First say for what purpose.",
}


@dataclass(frozen=True, slots=True)
class Held:
    """What a page says instead of a value."""

    words: str
    contact: str


class FieldLine(NamedTuple):
    """One field of an entry; `withheld` stands instead of a value; `statement` says what kind of saying it is.

    A tuple: a page makes thousands.
    """

    words: str
    value: str
    withheld: Held | None = None
    statement: str = ""


@dataclass(frozen=True, slots=True)
class RemarkLine:
    """What is said beside an entry: a disagreement with whose it is, a challenge, an answer."""

    kind_words: str
    whose: str
    words: str
    by_words: str


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One event or report of the chronology.

    `why` are the reasons it is shown, `reasons` their numbers on the page. `day` is the first day its date can mean,
    `exact` whether it names a day; `incident` is the sender's reference to what happened, "" without one; `remarks`
    are what is said beside it, which never changes its words.
    """

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
    reasons: tuple[int, ...]
    owner: AgencyId
    persons: frozenset[PersonId]
    day: date
    exact: bool
    incident: str
    strength: bool
    remarks: tuple[RemarkLine, ...] = ()


def entries(disclosure: Disclosure, register: Register) -> tuple[EntryLine, ...]:
    """Return the chronology in order of event; what is said beside an entry stands with it."""
    return LineWriter(disclosure, register).lines(disclosure.records)


class LineWriter:
    """Writes records of one disclosure as lines, working out once what many of them share."""

    def __init__(self, disclosure: Disclosure, register: Register) -> None:
        """Take what was shown, and names and words."""
        self._disclosure, self._register = disclosure, register
        self.names = {PersonId(line.person): line.name for line in people(disclosure, register)}
        self.reasons: dict[str, int] = {}
        self._why: dict[tuple[int, ...], tuple[tuple[str, ...], tuple[int, ...]]] = {}
        self._about: dict[frozenset[PersonId], str] = {}
        self._days: dict[int, tuple[date, str]] = {}

    def lines(self, records: Iterable[ShownRecord]) -> tuple[EntryLine, ...]:
        """Return those of the records that stand in the chronology, in the order given."""
        remarks = beside.beside(self._disclosure.records)
        return tuple(
            self._line(record, remarks.get(beside.first_of(record), ()))
            for record in records
            if SHAPES[record.kind].in_chronology
        )

    def _line(self, record: ShownRecord, remarks: Iterable[beside.Remark]) -> EntryLine:
        occurred = PartialDate.parse(record.event_date)
        known, known_words = self._known(record.recorded)
        reasons, numbers = self._reasons(record.labels)
        return EntryLine(
            record.record,
            str(occurred).rstrip("~"),
            occurred.in_words(),
            known_words,
            (known - occurred.first).days > LATE_AFTER_DAYS,
            self._register.agency(record.owner),
            SHAPES[record.kind].words,
            self._about_words(record.persons),
            self._fields(record),
            reasons,
            numbers,
            record.owner,
            record.persons,
            occurred.first,
            occurred.precision is Precision.DAY and not occurred.approximate,
            record.fields.get("incident_reference", ""),
            tells_of_strength(record.fields),
            tuple(remark_line(one, self.names) for one in remarks),
        )

    def _reasons(self, labels: tuple[int, ...]) -> tuple[tuple[str, ...], tuple[int, ...]]:
        """Return why the fields under these labels are shown, and the number each reason has on this page."""
        if labels not in self._why:
            said = why(labels, self._disclosure, self._register)
            self._why[labels] = said, tuple(self.reasons.setdefault(one, len(self.reasons) + 1) for one in said)
        return self._why[labels]

    def _known(self, recorded: int) -> tuple[date, str]:
        """Return the day the hub learned of a record, and how it is written."""
        if recorded not in self._days:
            day = PartialDate.of(from_micros(recorded))
            self._days[recorded] = day.first, day.in_words()
        return self._days[recorded]

    def _about_words(self, persons: frozenset[PersonId]) -> str:
        if persons not in self._about:
            names = sorted(self.names[person] for person in persons if person in self.names)
            self._about[persons] = ", ".join(names)
        return self._about[persons]

    def _fields(self, record: ShownRecord) -> tuple[FieldLine, ...]:
        """Return the open fields in the order they are declared, then what is held back inside the record."""
        opened = record.fields
        lines = [
            FieldLine(words, said(name, opened[name]), None, statement)
            for name, words, statement in _FIELDS[record.kind]
            if name in opened
        ]
        words = self._register.vocabulary.words
        lines += [FieldLine(words(w.category), "", held(w, self._register)) for w in record.withheld]
        return tuple(lines)


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
        entry = register.policy.entry(decision.rule)
        if decision.rule:
            grounds = "; ".join(value for name, value in told.basis if name in ("Article 6", "Article 9"))
            further = onward_words(entry.agreement) if entry and entry.agreement else ""
            words = f"{told.words} {further}" if further else told.words
            lines[decision.rule] = f"{words} ({decision.rule}. Route: {decision.route}. {grounds})"
    return tuple(lines.values())


def held(withheld: Withheld, register: Register) -> Held:
    """Say that something is held back, what would change that, and whom to ask."""
    if withheld.reason == "integrity_fault":
        words = "Something failed its integrity check and was not opened. The log has it; tell your IG officer now."
        return Held(words, register.contact(withheld.owner))
    possible = " ".join(_POSSIBLE[code] for code in withheld.missing if code in _POSSIBLE)
    return Held(possible or "Held back under the agreement.", register.contact(withheld.owner))
