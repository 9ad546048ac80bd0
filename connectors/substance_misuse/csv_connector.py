"""The form as CSV: one row per child, the adult repeated; rows of one adult share `referral_ref`."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any

from connectors.strict_csv import Row, Table, read_csv
from connectors.substance_misuse.columns import CHILD_COLUMNS, COLUMNS, REQUIRED, WHOLE_NUMBERS, Path
from connectors.substance_misuse.relocate import relocated
from connectors.substance_misuse.translate import parsed_referral
from hub.domain.errors import RejectedMessageError
from hub.domain.referral import Issue, Limits, Outcome, Parsed, Severity

_BRITISH_DATE = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4})", re.ASCII)
_REFERENCE = "referral_ref"


class AdultWithChildrenCsv:
    """Connector for the adult-with-children form as CSV; columns are found by name, in any order."""

    name = "adult_with_children_csv"

    def __init__(self, declared_rows: int | None = None) -> None:
        """Take the number of rows below the header when it was declared beside the file (else `#rows=N`)."""
        self._declared_rows = declared_rows

    def parse(self, body: bytes, limits: Limits) -> Iterator[Parsed]:
        """Return one `Parsed` per adult, in order of first row; pointers read `row 3 col child_name`.

        Raises:
            RejectedMessageError: the file cannot be read, misses a column, or holds another number of rows.
        """
        table = read_csv(body, limits, self._declared_rows)
        for column in REQUIRED:
            if column not in table.header:
                raise RejectedMessageError("missing_column", where=column)
        return _parsed(table, limits)

    def rows(self, body: bytes, limits: Limits) -> int:
        """Return the number of rows below the header."""
        return len(read_csv(body, limits, self._declared_rows).rows)

    def message_key(self, body: bytes) -> str:
        """Return "": a file has no id of its own, its records have (`referral_ref` and version)."""
        del body
        return ""


def _parsed(table: Table, limits: Limits) -> Iterator[Parsed]:
    remarks = table.remarks + _strange_columns(table.header)
    for rows in _groups(table):
        yield _referral(table.header, rows, limits, remarks)
        remarks = ()


def _groups(table: Table) -> list[list[Row]]:
    position = table.header.index(_REFERENCE)
    groups: dict[tuple[str, int], list[Row]] = {}
    for row in table.rows:
        reference = row.cells[position].strip() if position < len(row.cells) else ""
        # A row without a reference stands alone: nobody knows whose it is.
        groups.setdefault((reference, 0 if reference else row.number), []).append(row)
    return list(groups.values())


def _strange_columns(header: tuple[str, ...]) -> tuple[Issue, ...]:
    strange = len(set(header) - COLUMNS.keys() - CHILD_COLUMNS.keys())
    return (Issue(Severity.WARNING, "unknown_keys", f"row 1 count={strange}"),) if strange else ()


def _referral(header: tuple[str, ...], rows: list[Row], limits: Limits, remarks: tuple[Issue, ...]) -> Parsed:
    first = f"row {rows[0].number}"
    if bad := tuple(_row_issues(header, rows)):
        return Parsed(Outcome.QUARANTINED, first, None, remarks + bad)
    referral, places = _nested(header, rows)
    parsed = relocated(parsed_referral(referral, "", limits, ()), places, first)
    return replace(parsed, issues=remarks + parsed.issues)


def _row_issues(header: tuple[str, ...], rows: list[Row]) -> Iterator[Issue]:
    for row in rows:
        if len(row.cells) != len(header):
            yield Issue(Severity.ERROR, "wrong_number_of_cells", f"row {row.number}")
            continue
        for column, cell, told in zip(header, row.cells, rows[0].cells, strict=False):
            # The adult is repeated on every row; two stories of one adult need a person to choose.
            if column in COLUMNS and cell.strip() != told.strip():
                yield Issue(Severity.ERROR, "rows_disagree", f"row {row.number} col {column}")


def _nested(header: tuple[str, ...], rows: list[Row]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the record as the JSON form has it, and {JSON pointer: row and column}."""
    referral: dict[str, Any] = {"action": "new", "client": {"id": "adult"}, "report": {}, "consent": {}, "children": []}
    places = _fill(referral, header, rows[0], COLUMNS, "")
    for row in rows:
        child: dict[str, Any] = {}
        number = len(referral["children"])
        found = _fill(child, header, row, CHILD_COLUMNS, f"/children/{number}")
        if child:
            referral["children"].append({"id": f"child {number + 1}", **child})
            places |= found
    return referral, places


def _fill(
    target: dict[str, Any], header: tuple[str, ...], row: Row, columns: Mapping[str, Path], base: str
) -> dict[str, str]:
    places = {}
    for column, cell in zip(header, row.cells, strict=True):
        if column in columns:
            path = columns[column]
            places["/".join([base, *map(str, path)])] = f"row {row.number} col {column}"
            if cell.strip():
                _put(target, path, _typed(column, cell))
    return places


def _put(target: dict[str, Any], path: Path, value: object) -> None:
    # Each column has at most one item per list, so a number in a path is always the first.
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


def _typed(column: str, cell: str) -> object:
    text = cell.strip()
    if column in WHOLE_NUMBERS and re.fullmatch("[0-9]{1,9}", text, re.ASCII):
        return int(text)
    british = _BRITISH_DATE.fullmatch(text)
    return f"{british[3]}-{british[2]}-{british[1]}" if british else cell
