"""A chronology as a copy for somebody: court column order (number, date, event, document reference). Pure.

INVARIANT: nothing is added that the disclosure does not hold; rows are counted over what is in the copy only, so that
no number tells of a row that is not. What is held back openly is said at its level and no further.
Source of the column order: Practice Direction 27A (Family Procedure Rules 2010), bundles.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from hub.domain.entries import UNSAID, said
from hub.domain.fields import SHAPES, words_for
from hub.domain.ids import PersonId
from hub.domain.partial_date import PartialDate
from hub.gate.disclosure import Disclosure, ShownRecord
from hub.services import beside
from hub.services.entry_lines import RemarkLine, held, remark_line
from hub.services.persons import people
from hub.services.register import Register

COLUMNS = ("Number", "Date", "Event", "Document reference")
LONGEST_BLOCK = 1_200
"""Characters of one row: a longer text goes on in the next, so that a sheet can always hold a row."""
NOTHING = "Nothing that can be shown here. This is not a statement that nothing is held."
ONLY = (
    "This copy holds only what both its maker and its recipient may see. "
    "It is not a statement that nothing else is held."
)
NO_FURTHER = "It is for its recipient alone and goes no further."


@dataclass(frozen=True, slots=True)
class Row:
    """One row; `number`, `date` and `reference` are "" where a long text goes on."""

    number: str
    date: str
    event: tuple[str, ...] = field(repr=False)
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy on its way to page and PDF, which print the same words. `address` is "" unless it goes by post."""

    title: str
    head: tuple[tuple[str, str], ...]
    rows: tuple[Row, ...]
    closing: tuple[str, ...]
    watermark: str
    address: tuple[str, ...] = field(default=(), repr=False)

    def words(self) -> Iterator[str]:
        """Return every word of it, in order, without watermark and column names."""
        yield from self.address
        yield self.title
        for name, value in self.head:
            yield from (name, value)
        for row in self.rows:
            yield from (row.number, row.date, *row.event, row.reference)
        yield from self.closing


def rows_of(disclosure: Disclosure, register: Register) -> tuple[Row, ...]:
    """Return the rows in order of event."""
    names = {PersonId(line.person): line.name for line in people(disclosure, register)}
    shown = [record for record in disclosure.records if SHAPES[record.kind].in_chronology]
    remarks = beside.beside(disclosure.records)
    found: list[Row] = []
    for number, record in enumerate(shown, 1):
        about = ", ".join(sorted(names[person] for person in record.persons if person in names))
        lines = (remark_line(one, names) for one in remarks.get(beside.first_of(record), ()))
        first, *more = _blocks((*_event(record, about, register), *map(_remark, lines)))
        found.append(
            Row(str(number), PartialDate.parse(record.event_date).in_words(), first, _document(record, register))
        )
        found += [Row("", "", block) for block in more]
    return tuple(found)


def _event(record: ShownRecord, about: str, register: Register) -> Iterator[str]:
    order = {name: place for place, name in enumerate(SHAPES[record.kind].fields)}
    yield SHAPES[record.kind].words + (f". About {about}." if about else ".")
    for name, value in sorted(record.fields.items(), key=lambda item: order.get(item[0], 0)):
        if name not in UNSAID:
            yield f"{words_for(name)}: {said(name, value)}"
    for withheld in record.withheld:
        contact = held(withheld, register).contact
        yield f"{register.vocabulary.words(withheld.category)}: held back. Ask: {contact}"


def _remark(line: RemarkLine) -> str:
    """What somebody said beside an entry goes where the entry goes, and never changes its words."""
    whose = f", {line.whose}" if line.whose else ""
    return f"{line.kind_words}{whose}: {line.words} ({line.by_words})"


def _document(record: ShownRecord, register: Register) -> str:
    """Name a document by its holder and the random end of its id: the front of an id tells when it was made."""
    return f"{register.agency(record.owner)}, {record.record[-8:]}"


def _blocks(lines: Iterable[str]) -> list[tuple[str, ...]]:
    blocks: list[tuple[str, ...]] = []
    block: list[str] = []
    for line in (part for whole in lines for part in _parts(whole)):
        if block and sum(map(len, block)) + len(line) > LONGEST_BLOCK:
            blocks.append(tuple(block))
            block = []
        block.append(line)
    return [*blocks, tuple(block)]


def _parts(text: str) -> Iterator[str]:
    """Cut a text where a line or a word ends, into parts that one row can hold."""
    for line in text.splitlines():
        rest = line.strip()
        while len(rest) > LONGEST_BLOCK:
            cut = rest.rfind(" ", 1, LONGEST_BLOCK)
            cut = LONGEST_BLOCK if cut < 0 else cut
            yield rest[:cut]
            rest = rest[cut:].strip()
        if rest:
            yield rest
