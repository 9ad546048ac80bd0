"""The same notices as CSV: one row per subject; what belongs to the notice stands on its first row or on each.

A column is named by its place: `event.reference`, `narratives.1.text`, `person.addresses.1.postcode`. What speaks of
the row's subject begins with `person.`, `role.1.`, `relationship.1.`, `household.1`, `child_impact.` or `consent.`.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final

from connectors.places import placed
from connectors.safeguarding_notice.connector import parsed_notice
from connectors.safeguarding_notice.csv_columns import Column, batch_tree, columns, gathered, place_in, planted
from connectors.safeguarding_notice.schema import BatchSchema
from connectors.schema_reading import check
from connectors.standing_alone import stands_alone
from connectors.strict_csv import Row, Table, read_csv
from hub.domain.errors import RejectedMessageError
from hub.domain.referral import Issue, Limits, Outcome, Parsed, Severity

REQUIRED: Final = ("version", "batch_id", "notice_ref", "notice_version", "action", "person.id")
_KEY: Final = ("notice_ref", "notice_version", "action")


class SafeguardingNoticeCsv:
    """Connector for our published police format (CSV, version 1.0)."""

    name = "safeguarding_notice_csv"

    def parse(self, body: bytes, limits: Limits) -> Iterator[Parsed]:
        """Return one `Parsed` per notice, in order of first row; places read `row 3 col person.name.full`.

        Raises:
            RejectedMessageError: the file cannot be read, misses a column, holds another number of rows than it says,
                or its rows disagree about the message.
        """
        table = read_csv(body, limits, None)
        for column in REQUIRED:
            if column not in table.header:
                raise RejectedMessageError("missing_column", where=column)
        found = columns(table.header)
        whole = [row for row in table.rows if len(row.cells) == len(table.header)]
        remarks = (*table.remarks, *_strange(found), *_batch_issues(whole, found, limits))
        return _parsed(table, found, remarks, limits)

    def message_key(self, body: bytes) -> str:
        """Return "": `batch_id` names a parcel. What is in it has numbers of its own, and is known again by those."""
        del body
        return ""


def _strange(found: Sequence[Column | None]) -> tuple[Issue, ...]:
    strange = found.count(None)
    return (Issue(Severity.WARNING, "unknown_keys", f"row 1 count={strange}"),) if strange else ()


def _batch_issues(rows: Sequence[Row], found: Sequence[Column | None], limits: Limits) -> tuple[Issue, ...]:
    tree, issues = batch_tree(rows, found)
    cells: dict[str, str] = {}
    outer = check(BatchSchema(exclude=("notices",)), gathered(tree, "", cells), "", limits)
    for issue in (*issues, *outer):
        if issue.severity is Severity.ERROR:
            raise RejectedMessageError(issue.code, where=place_in(cells, issue.location, issue.location))
    return outer


def _parsed(
    table: Table, found: Sequence[Column | None], remarks: tuple[Issue, ...], limits: Limits
) -> Iterator[Parsed]:
    for rows in _groups(table):
        yield stands_alone(f"row {rows[0].number}", _notice, table, rows, found, remarks, limits)
        remarks = ()


def _groups(table: Table) -> list[list[Row]]:
    """Put the rows of one notice together, one of another length too; a row without a reference stands alone."""
    positions = [table.header.index(name) for name in _KEY]
    groups: dict[tuple[object, ...], list[Row]] = {}
    for row in table.rows:
        key = tuple(row.cells[position].strip() for position in positions if position < len(row.cells))
        groups.setdefault(key if key and key[0] else (row.number,), []).append(row)
    return list(groups.values())


def _notice(
    table: Table, rows: list[Row], found: Sequence[Column | None], remarks: tuple[Issue, ...], limits: Limits
) -> Parsed:
    first = f"row {rows[0].number}"
    if any(len(row.cells) != len(table.header) for row in rows):
        wrong = Issue(Severity.ERROR, "wrong_number_of_cells", first)
        return Parsed(Outcome.QUARANTINED, first, None, (*remarks, wrong))
    tree, issues = planted(rows, found)
    cells: dict[str, str] = {}
    notice = gathered(tree, "", cells)
    parsed = placed(parsed_notice(notice, "", limits, ()), partial(place_in, cells, first))
    if issues:
        return Parsed(Outcome.QUARANTINED, first, None, (*remarks, *issues, *parsed.issues))
    return Parsed(parsed.outcome, first, parsed.draft, remarks + parsed.issues)
