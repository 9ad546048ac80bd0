"""The timeline as a plot: a lane for each agency, time from left to right, and the same as rows of a table. Pure.

Places are shares of the width in percent and heights in pixels, so that words keep their size on a narrow screen.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from typing import Final

from hub.domain.ids import AgencyId
from hub.services.entry_lines import EntryLine

MOST_PERIODS: Final = 18
LANE, TOP, AXIS = 46, 4, 24
"""Heights in pixels: a lane with its name above it, the space over the first, the axis below the last."""
_LEFT, _RIGHT = 2.5, 97.5
_TICKS: Final = 3
_MONTHS: Final = {"month": 1, "quarter": 3, "year": 12}
_DAYS: Final = {"day": 1, "week": 7}


@dataclass(frozen=True, slots=True)
class Mark:
    """The entries of one agency in one period: where, how many, and whether a strength is among them."""

    x: str
    count: int
    strength: bool
    words: str


@dataclass(frozen=True, slots=True)
class Lane:
    """One agency, `y` pixels from the top."""

    agency: str
    y: int
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Tick:
    """A date below the lanes; `anchor` keeps the first and last inside the picture."""

    x: str
    words: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Cell:
    """What one agency has in one period of the table; `query` narrows the chronology to it."""

    agency: str
    words: str
    query: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Row:
    """One period of the table, with something in it."""

    words: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Plot:
    """Everything the picture and its table say; `height` in pixels."""

    words: str
    unit: str
    height: int
    lanes: tuple[Lane, ...]
    ticks: tuple[Tick, ...]
    rows: tuple[Row, ...]
    agencies: tuple[str, ...]


def plot(entries: Sequence[EntryLine]) -> Plot | None:
    """Return the plot of these entries; None without any."""
    if not entries:
        return None
    days = [entry.day for entry in entries]
    unit, periods = _periods(min(days), max(days))
    owners = dict(sorted({entry.owner: entry.agency for entry in entries}.items(), key=lambda item: item[1]))
    held: dict[tuple[str, date], list[EntryLine]] = {}
    for entry in entries:
        held.setdefault((entry.owner, start_of(unit, entry.day)), []).append(entry)
    place = {start: _share(number, len(periods)) for number, start in enumerate(periods)}
    lanes = tuple(
        Lane(name, TOP + number * LANE, tuple(_marks(owner, unit, place, held)))
        for number, (owner, name) in enumerate(owners.items())
    )
    words = f"{_counted(len(entries))} from {_words('day', min(days))} to {_words('day', max(days))}"
    return Plot(
        words,
        unit,
        TOP + len(lanes) * LANE + AXIS,
        lanes,
        tuple(_ticks(unit, periods, place)),
        tuple(_rows(unit, periods, owners, held)),
        tuple(owners.values()),
    )


def start_of(unit: str, day: date) -> date:
    """Return the first day of the period that holds a day; a week begins on Monday."""
    if unit == "day":
        return day
    if unit == "week":
        return day - timedelta(days=day.weekday())
    months = _MONTHS[unit]
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def next_start(unit: str, start: date) -> date:
    """Return the first day after a period."""
    if unit in _DAYS:
        return start + timedelta(days=_DAYS[unit])
    months = start.year * 12 + start.month - 1 + _MONTHS[unit]
    return date(months // 12, months % 12 + 1, 1)


def _periods(first: date, last: date) -> tuple[str, list[date]]:
    """Return the finest unit with few enough periods, and when each begins."""
    for unit in (*_DAYS, *_MONTHS):
        found = list(islice(_starts(unit, first, last), MOST_PERIODS + 1))
        if len(found) <= MOST_PERIODS:
            return unit, found
    return "year", list(_starts("year", first, last))


def _starts(unit: str, first: date, last: date) -> Iterator[date]:
    start = start_of(unit, first)
    while start <= last:
        yield start
        start = next_start(unit, start)


def _share(number: int, count: int) -> str:
    """Return the middle of a period as a share of the width."""
    return f"{_LEFT + (_RIGHT - _LEFT) * (number + 0.5) / count:.1f}%"


def _marks(
    owner: str, unit: str, place: Mapping[date, str], held: Mapping[tuple[str, date], list[EntryLine]]
) -> Iterator[Mark]:
    for start, x in place.items():
        some = held.get((owner, start))
        if some:
            yield Mark(x, len(some), _strong(some), f"{_words(unit, start)}: {_said(some)}")


def _rows(
    unit: str,
    periods: Sequence[date],
    owners: Mapping[AgencyId, str],
    held: Mapping[tuple[str, date], list[EntryLine]],
) -> Iterator[Row]:
    for start in periods:
        if any((owner, start) in held for owner in owners):
            last = next_start(unit, start) - timedelta(days=1)
            days = {"from": start.isoformat(), "until": last.isoformat()}
            cells = ((name, held.get((owner, start), ()), {"agency": owner, **days}) for owner, name in owners.items())
            yield Row(_words(unit, start), tuple(Cell(n, _said(s) if s else "", query) for n, s, query in cells))


def _ticks(unit: str, periods: Sequence[date], place: Mapping[date, str]) -> Iterator[Tick]:
    """Name the first and last period and some between, few enough for a narrow screen."""
    last = len(periods) - 1
    wanted = (
        sorted({round(last * step / (_TICKS - 1)) for step in range(_TICKS)}) if last >= _TICKS else range(last + 1)
    )
    for number in wanted:
        anchor = "start" if number == 0 else "end" if number == last else "middle"
        yield Tick(place[periods[number]], _short(unit, periods[number]), anchor)


def _said(entries: Sequence[EntryLine]) -> str:
    strengths = sum(entry.strength for entry in entries)
    told = f", {strengths} with a strength" if strengths else ""
    return _counted(len(entries)) + told


def _strong(entries: Iterable[EntryLine]) -> bool:
    return any(entry.strength for entry in entries)


def _counted(count: int) -> str:
    return f"{count} {'entry' if count == 1 else 'entries'}"


def _words(unit: str, start: date) -> str:
    shapes = {
        "day": f"{start.day} {start:%B %Y}",
        "week": f"week of {start.day} {start:%B %Y}",
        "month": f"{start:%B %Y}",
        "quarter": f"{start:%B} to {date(start.year, min(start.month + 2, 12), 1):%B %Y}",
        "year": f"{start:%Y}",
    }
    return shapes[unit]


def _short(unit: str, start: date) -> str:
    return f"{start:%Y}" if unit == "year" else f"{start:%b %Y}" if unit in _MONTHS else f"{start.day} {start:%b %Y}"
