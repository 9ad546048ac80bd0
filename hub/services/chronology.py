"""The chronology a reader asked for: narrowed, as known on a day, accounts of one day side by side. Pure.

INVARIANT: a filter takes away from what was disclosed to this reader and looks at nothing else; what can be chosen
comes from the same records. A choice that is not offered finds nothing, whether or not it names something hidden.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from hub.domain.clock import from_micros
from hub.domain.entries import STATEMENTS
from hub.domain.errors import InvalidRequestError
from hub.domain.fields import SHAPES, RecordKind, statements_in
from hub.domain.ids import AgencyId, PersonId
from hub.domain.partial_date import PartialDate, Precision
from hub.gate.disclosure import Disclosure, ShownRecord
from hub.services.entry_lines import EntryLine, LineWriter
from hub.services.lanes import Plot, plot
from hub.services.register import Register

SIGNIFICANCE: Final = "significance"
_CHOSEN: Final = ("agency", "person", "kind", "statement", "significance")
_DAYS: Final = ("from", "until", "known")
_LONGEST: Final = 60


@dataclass(frozen=True, slots=True)
class Asked:
    """What a reader narrows the chronology to; an empty text or None leaves a part out. Days include themselves.

    `after` is where the page before ended, as it gave it out.
    """

    agency: str = ""
    person: str = ""
    kind: str = ""
    statement: str = ""
    significance: str = ""
    since: date | None = None
    until: date | None = None
    known: date | None = None
    after: str = ""

    @classmethod
    def read(cls, sent: Mapping[str, str]) -> "Asked":
        """Read the query of a page; InvalidRequestError for a day that is none."""
        since, until, known = (_day(name, sent.get(name, "")) for name in _DAYS)
        agency, person, kind, statement, significance = (sent.get(name, "") for name in _CHOSEN)
        return cls(agency, person, kind, statement, significance, since, until, known, sent.get("after", ""))

    def query(self) -> dict[str, str]:
        """Return the same as the query of a page: codes, random ids and days, never a name."""
        texts = {name: getattr(self, name) for name in _CHOSEN}
        days = zip(_DAYS, (self.since, self.until, self.known), strict=True)
        texts |= {name: day.isoformat() for name, day in days if day is not None}
        return {name: text for name, text in texts.items() if text}

    @property
    def whole(self) -> bool:
        """Say whether the whole chronology has to be looked through, not one page of it."""
        return replace(self, after="") != Asked()

    def takes(self, record: ShownRecord) -> bool:
        """Say whether a record is asked for."""
        return (
            self.agency in ("", record.owner)
            and self.kind in ("", record.kind.value)
            and (not self.person or self.person in record.persons)
            and self.significance in ("", record.fields.get(SIGNIFICANCE, ""))
            and (not self.statement or self.statement in statements_in(record.fields))
            and self._in_time(record)
        )

    def _in_time(self, record: ShownRecord) -> bool:
        if self.since is None and self.until is None:
            return True
        first = PartialDate.parse(record.event_date).first
        return (self.since is None or self.since <= first) and (self.until is None or first <= self.until)


@dataclass(frozen=True, slots=True)
class Choice:
    """One value that can be chosen, and its words."""

    value: str
    words: str


@dataclass(frozen=True, slots=True)
class Column:
    """What one agency says of a day."""

    agency: str
    entries: tuple[EntryLine, ...]


@dataclass(frozen=True, slots=True)
class Moment:
    """One place in the chronology: one entry, or several agencies' accounts of one day, each in its own column.

    `year` is given for the first of each year, to lead there.
    """

    date_iso: str
    date_words: str
    columns: tuple[Column, ...]
    year: str = ""


@dataclass(frozen=True, slots=True)
class Chronology:
    """The entries as asked for, and why they are shown; `seen` are those this reader may see, `found` those that match.

    `more_unseen` says that even more could have been looked through.
    """

    moments: tuple[Moment, ...]
    entries: tuple[EntryLine, ...]
    reasons: tuple[str, ...]
    plot: Plot | None
    choices: Mapping[str, tuple[Choice, ...]]
    asked: Asked
    found: int
    seen: int
    cursor: str
    more_unseen: bool


def as_known(disclosure: Disclosure, day: date | None) -> Disclosure:
    """Keep the records that the hub had by the end of a day, among those that may be seen today.

    The right to see is today's; only the knowledge is of that day. Whoever was named in nothing by then is left out.
    """
    if day is None:
        return disclosure
    kept = tuple(r for r in disclosure.records if PartialDate.of(from_micros(r.recorded)).first <= day)
    named = {person for record in kept if record.kind is RecordKind.PERSON for person in record.persons}
    persons = {person: parts for person, parts in disclosure.persons.items() if person in named}
    return replace(disclosure, records=kept, persons=persons)


def chronology(disclosure: Disclosure, register: Register, asked: Asked, limit: int) -> Chronology:
    """Return the chronology for a page of at most `limit` entries."""
    events = [record for record in disclosure.records if SHAPES[record.kind].in_chronology]
    writer = LineWriter(disclosure, register)
    chosen = [record for record in events if asked.takes(record)] if asked.whole else events
    page = chosen
    following = disclosure.cursor
    if asked.whole:
        page = [record for record in chosen if not asked.after or _place(record) > _read(asked.after)]
        following = "{}.{}".format(*_place(page[limit - 1])) if len(page) > limit else ""
        page = page[:limit]
    lines = writer.lines(page)
    return Chronology(
        tuple(moments(lines)),
        lines,
        tuple(writer.reasons),
        plot(lines),
        choices(events, register, writer.names),
        asked,
        len(chosen),
        len(events),
        following,
        more_unseen=asked.whole and bool(disclosure.cursor),
    )


def choices(
    events: Sequence[ShownRecord], register: Register, names: Mapping[PersonId, str]
) -> dict[str, tuple[Choice, ...]]:
    """Return what can be chosen: nothing that is not in these records."""
    stated = {statement for record in events for statement in statements_in(record.fields)}
    judged = {record.fields.get(SIGNIFICANCE, "")[:_LONGEST] for record in events} - {""}
    persons = {person for record in events for person in record.persons}
    return {
        "agency": _sorted(lambda id_: register.agency(AgencyId(id_)), {record.owner for record in events}),
        "person": _sorted(lambda id_: names[PersonId(id_)], {str(person) for person in persons if person in names}),
        "kind": _sorted(lambda kind: SHAPES[RecordKind(kind)].words, {record.kind.value for record in events}),
        "statement": _sorted(STATEMENTS.__getitem__, stated),
        "significance": _sorted(lambda text: text.replace("_", " ").capitalize(), judged),
    }


def moments(entries: Iterable[EntryLine]) -> Iterator[Moment]:
    """Group what several agencies wrote of one day about the same people or incident; never join their words."""
    by_day: dict[date, list[EntryLine]] = {}
    for entry in entries:
        by_day.setdefault(entry.day, []).append(entry)
    year = 0
    for day, some in by_day.items():
        for group in _together(some):
            yield _moment(group, "" if day.year == year else str(day.year))
            year = day.year


def _together(entries: Sequence[EntryLine]) -> Iterator[tuple[EntryLine, ...]]:
    """Split a day's entries: accounts of several agencies that meet in a person or incident, all others alone."""
    groups: list[list[EntryLine]] = []
    for entry in entries:
        met = [group for group in groups if any(_meet(entry, other) for other in group)] if entry.exact else []
        groups = [group for group in groups if group not in met]
        groups.append([*(other for group in met for other in group), entry])
    for group in groups:
        if len({entry.owner for entry in group}) > 1:
            yield tuple(group)
        else:
            yield from ((entry,) for entry in group)


def _meet(one: EntryLine, other: EntryLine) -> bool:
    same_people = not one.persons.isdisjoint(other.persons)
    return other.exact and (same_people or (bool(one.incident) and one.incident == other.incident))


def _moment(group: Sequence[EntryLine], year: str) -> Moment:
    columns: dict[AgencyId, list[EntryLine]] = {}
    for entry in group:
        columns.setdefault(entry.owner, []).append(entry)
    stacked = tuple(Column(some[0].agency, tuple(some)) for some in columns.values())
    return Moment(group[0].date_iso, group[0].date_words, stacked, year)


def _sorted(words: Callable[[str], str], values: Iterable[str]) -> tuple[Choice, ...]:
    return tuple(sorted((Choice(value, words(value)) for value in values), key=lambda one: (one.words, one.value)))


def _place(record: ShownRecord) -> tuple[int, str]:
    return PartialDate.parse(record.event_date).first.toordinal(), record.record


def _read(cursor: str) -> tuple[int, str]:
    day, _, record = cursor.partition(".")
    return int(day), record


def _day(name: str, text: str) -> date | None:
    if not text:
        return None
    found = PartialDate.parse(text)
    if found.precision is not Precision.DAY or found.approximate:
        raise InvalidRequestError("not_a_date", where=name)
    return found.first
