"""CSV where several rows make one record: what they share is repeated, and each row adds one person. Pure.

Rows of one record share a reference; two stories of what should be the same are quarantined, because only a person can
choose between them.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from typing import Any

from connectors.strict_csv import Row, Table
from hub.domain.referral import Issue, Severity

Path = tuple[str | int, ...]
Typed = Callable[[str, str], object]
"""(column, cell) -> the value as the JSON format has it."""

_BRITISH_DATE = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4})", re.ASCII)


def groups(table: Table, reference: str) -> list[list[Row]]:
    """Return the rows of each record, in order of first row."""
    position = table.header.index(reference)
    found: dict[tuple[str, int], list[Row]] = {}
    for row in table.rows:
        said = row.cells[position].strip() if position < len(row.cells) else ""
        # A row without a reference stands alone: nobody knows whose it is.
        found.setdefault((said, 0 if said else row.number), []).append(row)
    return list(found.values())


def strange_columns(header: tuple[str, ...], known: Mapping[str, Path]) -> tuple[Issue, ...]:
    """Return a warning with the number of columns that this format does not have, never their names."""
    strange = len(set(header) - known.keys())
    return (Issue(Severity.WARNING, "unknown_keys", f"row 1 count={strange}"),) if strange else ()


def row_issues(header: tuple[str, ...], rows: list[Row], shared: Mapping[str, Path]) -> Iterator[Issue]:
    """Yield an error for each row of another length, and each cell that should repeat the first row and does not."""
    for row in rows:
        if len(row.cells) != len(header):
            yield Issue(Severity.ERROR, "wrong_number_of_cells", f"row {row.number}")
            continue
        for column, cell, told in zip(header, row.cells, rows[0].cells, strict=False):
            if column in shared and cell.strip() != told.strip():
                yield Issue(Severity.ERROR, "rows_disagree", f"row {row.number} col {column}")


def fill(
    target: dict[str, Any], header: tuple[str, ...], row: Row, columns: Mapping[str, Path], typed: Typed, base: str = ""
) -> dict[str, str]:
    """Put the cells of a row where the JSON format has them; returns {JSON pointer: row and column}."""
    places = {}
    for column, cell in zip(header, row.cells, strict=True):
        if column in columns:
            path = columns[column]
            places["/".join([base, *map(str, path)])] = f"row {row.number} col {column}"
            if cell.strip():
                put(target, path, typed(column, cell))
    return places


def put(target: dict[str, Any], path: Path, value: object) -> None:
    """Put a value at a place, making what leads there; a number in a path is always the first of its list."""
    place: Any = target
    for step, following in pairwise(path):
        if isinstance(step, str):
            place = place.setdefault(step, [] if isinstance(following, int) else {})
        else:
            place.extend([{}] if not place else [])
            place = place[step]
    if isinstance(place, list):
        place.append(value)
    else:
        place[path[-1]] = value


def iso_date(cell: str) -> str:
    """Return a day written as 05/03/2016 as 2016-03-05, and anything else as it is."""
    british = _BRITISH_DATE.fullmatch(cell.strip())
    return f"{british[3]}-{british[2]}-{british[1]}" if british else cell
