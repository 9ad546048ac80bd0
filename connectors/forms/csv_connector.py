"""A form as CSV: one row per person, what is said of the whole referral repeated; rows share `referral_ref`."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from connectors.forms.columns import (
    EVENTS,
    REFERENCE,
    REQUIRED,
    SEVERAL,
    WHOLE_NUMBERS,
    all_columns,
    event_columns,
    person_columns,
    several,
    shared_columns,
)
from connectors.forms.translate import parsed_referral
from connectors.relocate import relocated
from connectors.row_groups import fill, groups, iso_date, row_issues, strange_columns
from connectors.standing_alone import stands_alone
from connectors.strict_csv import Row, Table, read_csv
from hub.domain.errors import RejectedMessageError
from hub.domain.form import Form
from hub.domain.referral import Issue, Limits, Outcome, Parsed


class FormCsv:
    """Connector for one form as CSV; columns are found by name, in any order."""

    def __init__(self, form: Form, declared_rows: int | None = None) -> None:
        """Take the form, and the number of rows below the header when it was declared beside the file."""
        self._form, self._declared_rows = form, declared_rows
        self.name = f"form_{form.name}_csv"
        self._people, self._several = person_columns(form), several(form)
        self._events = [event_columns(number) for number in range(1, EVENTS + 1)]
        self._shared = shared_columns(form)
        self._repeated = {name: path for name, path in all_columns(form).items() if name not in self._people}

    def parse(self, body: bytes, limits: Limits) -> Iterator[Parsed]:
        """Return one `Parsed` per referral, in order of first row; pointers read `row 3 col person_name`.

        Raises:
            RejectedMessageError: the file cannot be read, misses a column, or holds another number of rows.
        """
        table = read_csv(body, limits, self._declared_rows)
        for column in REQUIRED:
            if column not in table.header:
                raise RejectedMessageError("missing_column", where=column)
        return self._parsed(table, limits)

    def message_key(self, body: bytes) -> str:
        """Return "": a file has no id of its own, its records have (`referral_ref` and version)."""
        del body
        return ""

    def _parsed(self, table: Table, limits: Limits) -> Iterator[Parsed]:
        remarks = table.remarks + strange_columns(table.header, all_columns(self._form))
        for rows in groups(table, REFERENCE):
            yield stands_alone(f"row {rows[0].number}", self._referral, table.header, rows, limits, remarks)
            remarks = ()

    def _referral(self, header: tuple[str, ...], rows: list[Row], limits: Limits, remarks: tuple[Issue, ...]) -> Parsed:
        first = f"row {rows[0].number}"
        if bad := tuple(row_issues(header, rows, self._repeated)):
            return Parsed(Outcome.QUARANTINED, first, None, remarks + bad)
        referral, places = self._nested(header, rows)
        parsed = relocated(parsed_referral(self._form, referral, "", limits, ()), places, first)
        return replace(parsed, issues=remarks + parsed.issues)

    def _nested(self, header: tuple[str, ...], rows: list[Row]) -> tuple[dict[str, Any], dict[str, str]]:
        """Return the record as the JSON format has it, and {JSON pointer: row and column}."""
        referral: dict[str, Any] = {"action": "new", "referrer": {}, "answers": {}, "events": [], "people": []}
        places = fill(referral, header, rows[0], self._shared, self._typed)
        for columns in self._events:
            places |= self._add(referral["events"], header, rows[0], columns, "/events", {})
        for number, row in enumerate(rows, start=1):
            places |= self._add(referral["people"], header, row, self._people, "/people", {"id": f"person {number}"})
        return referral, places

    def _add(
        self,
        items: list[dict[str, Any]],
        header: tuple[str, ...],
        row: Row,
        columns: Mapping[str, tuple[str | int, ...]],
        base: str,
        first: dict[str, Any],
    ) -> dict[str, str]:
        item: dict[str, Any] = {}
        places = fill(item, header, row, columns, self._typed, f"{base}/{len(items)}")
        if not item:
            return {}
        items.append(first | item)
        return places

    def _typed(self, column: str, cell: str) -> object:
        text = cell.strip()
        if column in WHOLE_NUMBERS and re.fullmatch("[0-9]{1,9}", text, re.ASCII):
            return int(text)
        if column in self._several:
            return [part.strip() for part in text.split(SEVERAL) if part.strip()]
        return iso_date(cell)
