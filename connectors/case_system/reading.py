"""Bytes to lines: CSV rows, a JSON message of lines, or one event of a webhook (type, timestamp, data)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from connectors.case_system.mapping import GENERIC, CaseMapping, mapping_named, mapping_of
from connectors.schema_fields import read_instant
from connectors.strict_csv import Table, read_csv
from connectors.strict_json import read_json
from hub.domain.errors import RejectedMessageError
from hub.domain.referral import Issue, Limits, Severity

_KEYS: Final = ("mapping", "batch_id", "lines", "type", "timestamp", "id", "data")


@dataclass(frozen=True, slots=True)
class Line:
    """One line: what it is (or "" when nobody knows), our names with their values, and its place."""

    kind: str
    values: Mapping[str, str]
    place: str
    columns: str
    mapping: CaseMapping
    fault: str = ""

    def at(self, name: str) -> str:
        """Return the place of a value, called as the sender calls it."""
        return f"{self.place}{self.columns}{self.mapping.theirs(name)}"


@dataclass(frozen=True, slots=True)
class Lines:
    """A whole message."""

    lines: list[Line]
    remarks: tuple[Issue, ...]
    batch_id: str = ""
    told: datetime | None = None
    """When the event was made; None where nothing says so."""


def read_lines(body: bytes, limits: Limits) -> Lines:
    """Return the lines of a message; RejectedMessageError when it cannot be read at all."""
    if body.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{":
        return _json(body, limits)
    table = read_csv(body, limits, None)
    mapping = mapping_of(table.header)
    strange = mapping.unread(table.header)
    unknown = (Issue(Severity.WARNING, "unknown_keys", f"row 1 count={strange}"),) if strange else ()
    return Lines(list(_rows(table, mapping)), table.remarks + unknown)


def _rows(table: Table, mapping: CaseMapping) -> Iterator[Line]:
    for row in table.rows:
        fits = len(row.cells) == len(table.header)
        kind, values = mapping.line(dict(zip(table.header, row.cells, strict=False)))
        yield Line(kind, values, f"row {row.number}", " col ", mapping, "" if fits else "wrong_number_of_cells")


def _json(body: bytes, limits: Limits) -> Lines:
    said = read_json(body, limits, _KEYS)
    if not isinstance(said, dict):
        raise RejectedMessageError("wrong_type", where="/")
    name = said.get("mapping", GENERIC)
    mapping = mapping_named(name if isinstance(name, str) else "")
    if "data" in said:  # a webhook says what it is in its type, and holds one line
        told = [{mapping.kind_column: _word(said.get("type")), **_object(said["data"], "/data")}]
        places, batch = ["/data"], _word(said.get("id"))
    else:
        lines = said.get("lines")
        if not isinstance(lines, list) or not lines:
            raise RejectedMessageError("required", where="/lines")
        if len(lines) > limits.max_records:
            raise RejectedMessageError("too_many_records", where="/lines")
        places, batch = [f"/lines/{number}" for number in range(len(lines))], _word(said.get("batch_id"))
        told = [_object(one, place) for one, place in zip(lines, places, strict=True)]
    found = [Line(*mapping.line(one), place, "/", mapping) for one, place in zip(told, places, strict=True)]
    strange = [(mapping.unread(one), place) for one, place in zip(told, places, strict=True)]
    issues = (Issue(Severity.WARNING, "unknown_keys", f"{place} count={n}") for n, place in strange if n)
    return Lines(found, tuple(issues), batch, read_instant(_word(said.get("timestamp"))))


def _object(value: object, place: str) -> dict[str, str]:
    """Return a flat object of texts and numbers; a list or an object inside is not a value of a line."""
    if not isinstance(value, dict):
        raise RejectedMessageError("wrong_type", where=place)
    flat = {key: one for key, one in value.items() if isinstance(one, str | int) and not isinstance(one, bool)}
    if any(not isinstance(one, str | int | None) for one in value.values()):
        raise RejectedMessageError("wrong_type", where=place)
    return {key: str(one) for key, one in flat.items()}


def _word(value: object) -> str:
    return value if isinstance(value, str) else ""
