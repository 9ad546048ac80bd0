"""The form as CSV: one row per child, the adult repeated; rows of one adult share `referral_ref`."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from connectors.relocate import relocated
from connectors.row_groups import fill, groups, iso_date, row_issues, strange_columns
from connectors.standing_alone import stands_alone
from connectors.strict_csv import Row, Table, read_csv
from connectors.substance_misuse.columns import CHILD_COLUMNS, COLUMNS, REQUIRED, WHOLE_NUMBERS
from connectors.substance_misuse.translate import parsed_referral
from hub.domain.errors import RejectedMessageError
from hub.domain.referral import Issue, Limits, Outcome, Parsed

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
    remarks = table.remarks + strange_columns(table.header, COLUMNS | CHILD_COLUMNS)
    for rows in groups(table, _REFERENCE):
        yield stands_alone(f"row {rows[0].number}", _referral, table.header, rows, limits, remarks)
        remarks = ()


def _referral(header: tuple[str, ...], rows: list[Row], limits: Limits, remarks: tuple[Issue, ...]) -> Parsed:
    first = f"row {rows[0].number}"
    if bad := tuple(row_issues(header, rows, COLUMNS)):
        return Parsed(Outcome.QUARANTINED, first, None, remarks + bad)
    referral, places = _nested(header, rows)
    parsed = relocated(parsed_referral(referral, "", limits, ()), places, first)
    return replace(parsed, issues=remarks + parsed.issues)


def _nested(header: tuple[str, ...], rows: list[Row]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the record as the JSON form has it, and {JSON pointer: row and column}."""
    referral: dict[str, Any] = {"action": "new", "client": {"id": "adult"}, "report": {}, "consent": {}, "children": []}
    places = fill(referral, header, rows[0], COLUMNS, _typed)
    for row in rows:
        child: dict[str, Any] = {}
        number = len(referral["children"])
        found = fill(child, header, row, CHILD_COLUMNS, _typed, f"/children/{number}")
        if child:
            referral["children"].append({"id": f"child {number + 1}", **child})
            places |= found
    return referral, places


def _typed(column: str, cell: str) -> object:
    text = cell.strip()
    if column in WHOLE_NUMBERS and re.fullmatch("[0-9]{1,9}", text, re.ASCII):
        return int(text)
    return iso_date(cell)
