"""The one strict CSV reader: bytes to numbered rows, or a refusal that says where and never what."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from connectors.strict_json import has_unsafe_characters
from hub.domain.errors import RejectedMessageError
from hub.domain.referral import Issue, Limits, Severity

_TRAILER = re.compile(r"#rows=([0-9]{1,9})")


@dataclass(frozen=True, slots=True)
class Row:
    """One row below the header: its number as a spreadsheet shows it (the header is 1) and its cells as written."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows below the header, read anew at every pass: a whole return of many columns never lies in memory."""

    text: str = field(repr=False)
    count: int

    def __len__(self) -> int:
        """Return how many there are."""
        return self.count

    def __iter__(self) -> Iterator[Row]:
        """Yield them in the order of the file."""
        return islice(_lines(self.text), 1, 1 + self.count)


@dataclass(frozen=True, slots=True)
class Table:
    """A whole file, found sound to its end: header, rows, and warnings about the file itself."""

    header: tuple[str, ...]
    rows: Rows
    remarks: tuple[Issue, ...]


def read_csv(body: bytes, limits: Limits, declared_rows: int | None) -> Table:
    """Read comma-separated text in UTF-8 (a byte-order mark is fine) or, with a warning, Windows-1252.

    A cut-off file must not pass as a short one, so the sender declares the number of rows below the header: by a last
    line `#rows=N`, by `declared_rows`, or both. Cells are kept as written, also when they begin like a formula.

    Raises:
        RejectedMessageError: `message_too_large`, `empty_message`, `unknown_encoding`, `unsafe_character`,
            `malformed_csv`, `duplicate_column`, `too_many_records` or `row_count_differs`.
    """
    if len(body) > limits.max_bytes:
        raise RejectedMessageError("message_too_large")
    text, remarks = _decode(body)
    lines = _lines(text)
    first = next(lines, None)
    if first is None:
        raise RejectedMessageError("empty_message")
    header = tuple(cell.strip() for cell in first.cells)
    if len(set(header)) != len(header):
        raise RejectedMessageError("duplicate_column", where="row 1")
    count, trailer = _counted(lines, limits)
    return Table(header, Rows(text, count), remarks + _count_issues(count, {trailer, declared_rows} - {None}))


def _counted(lines: Iterator[Row], limits: Limits) -> tuple[int, int | None]:
    """Read to the end, so that a fault in the last row is met before the first is used; returns count and trailer."""
    count, last = 0, None
    for row in lines:
        count, last = count + 1, row
        if count > limits.max_records + 1:
            break
    trailer = _trailer(last)
    count -= trailer is not None
    if count > limits.max_records:
        raise RejectedMessageError("too_many_records")
    return count, trailer


def _decode(body: bytes) -> tuple[str, tuple[Issue, ...]]:
    for encoding, remarks in (
        ("utf-8-sig", ()),
        ("cp1252", (Issue(Severity.WARNING, "read_as_windows_1252", "row 1"),)),
    ):
        try:
            text = body.decode(encoding)
        except UnicodeDecodeError:
            continue
        if has_unsafe_characters(text):
            raise RejectedMessageError("unsafe_character")
        return text, remarks
    raise RejectedMessageError("unknown_encoding")


def _lines(text: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    number, fault = 0, False
    while not fault:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            fault = True
            continue
        number += 1
        if any(cells):
            yield Row(number, tuple(cells))
    # Outside the handler: the reader's own error may quote the file.
    raise RejectedMessageError("malformed_csv", where=f"line {reader.line_num}")


def _trailer(last: Row | None) -> int | None:
    found = _TRAILER.fullmatch("".join(last.cells).strip()) if last else None
    return int(found[1]) if found else None


def _count_issues(count: int, declared: set[int | None]) -> tuple[Issue, ...]:
    if not declared:
        return (Issue(Severity.WARNING, "row_count_not_declared", "row 1"),)
    if declared != {count}:
        raise RejectedMessageError("row_count_differs")
    return ()
