"""Reads the return: one row per intervention or TOP form, collapsed to one record per agency, client and episode.

INVARIANT: its CONSENT is consent to a statistical return. It never becomes a permission in the hub, and where it is N
nothing but the row's place leaves the sealed original: no person, no report.
INVARIANT: answers to the TOP's crime section are never taken out of the original.
"""

from collections.abc import Iterator, Mapping, Sequence

from connectors.ndtms.translate import ACCEPTED_CONSENT, REFUSED_CONSENT, Collapsed, episode_draft
from connectors.ndtms.versions import IDENTITY, Version, versions
from connectors.protected_values import conclude
from connectors.standing_alone import stands_alone
from connectors.strict_csv import Row, Table, read_csv
from hub.domain.errors import RejectedMessageError
from hub.domain.referral import Issue, Limits, Outcome, Parsed, Severity

_KEY = ("AGNCY", "CLIENTID", "EPISODID")
_REQUIRED = (*_KEY, "CONSENT")


class NdtmsCsv:
    """Connector for the NDTMS CSV return, versions K, N and P, for linkage only."""

    name = "ndtms_csv"

    def parse(self, body: bytes, limits: Limits) -> Iterator[Parsed]:
        """Return one `Parsed` per episode, as soon as its last row is read; pointers read `row 3 col DOB`.

        Raises:
            RejectedMessageError: the file cannot be read, or misses a column of its key.
        """
        table = read_csv(body, limits, None)
        header = _header(table)
        version = versions().of(header)
        return _parsed(table, header, version, limits, table.remarks + tuple(_remarks(header, version)))

    def rows(self, body: bytes, limits: Limits) -> int:
        """Return the number of rows below the header."""
        return len(read_csv(body, limits, None).rows)

    def message_key(self, body: bytes) -> str:
        """Return "": a monthly return sends everything again; its episodes have keys, the file has none."""
        del body
        return ""


def _header(table: Table) -> tuple[str, ...]:
    header = tuple(column.upper() for column in table.header)
    if len(set(header)) != len(header):
        raise RejectedMessageError("duplicate_column", where="row 1")
    for column in _REQUIRED:
        if column not in header:
            raise RejectedMessageError("missing_column", where=column)
    return header


def _remarks(header: Sequence[str], version: Version) -> Iterator[Issue]:
    never = versions().never_shown & set(header)
    unknown = set(header) - IDENTITY - never - version.columns.keys()
    if unknown:
        yield Issue(Severity.WARNING, "unknown_keys", f"row 1 count={len(unknown)}")
    if never:
        yield Issue(Severity.WARNING, "kept_in_original_only", f"row 1 count={len(never)}")


def _parsed(
    table: Table, header: tuple[str, ...], version: Version, limits: Limits, remarks: tuple[Issue, ...]
) -> Iterator[Parsed]:
    """Two passes, so that only episodes whose rows are still to come lie in memory."""
    last = {_key(header, row): row.number for row in table.rows}
    waiting: dict[tuple[str, ...], list[Row]] = {}
    for row in table.rows:
        key = _key(header, row)
        waiting.setdefault(key, []).append(row)
        if last[key] == row.number:
            rows = waiting.pop(key)
            yield stands_alone(f"row {rows[0].number}", _episode, header, rows, version, limits, remarks)
            remarks = ()


def _key(header: tuple[str, ...], row: Row) -> tuple[str, ...]:
    cells = dict(zip(header, row.cells, strict=False))
    key = tuple(cells.get(column, "").strip() for column in _KEY)
    # A row that does not say whose it is stands alone; a client without consent has no episode, and is one.
    return key if all(key[:2]) and len(row.cells) == len(header) else (str(row.number),)


def _episode(
    header: tuple[str, ...], rows: list[Row], version: Version, limits: Limits, remarks: tuple[Issue, ...]
) -> Parsed:
    first = f"row {rows[0].number}"
    if bad := tuple(_shape_issues(header, rows, limits)):
        return Parsed(Outcome.QUARANTINED, first, None, remarks + bad)
    told = [_values(header, row) for row in rows]
    found = Collapsed(tuple(row.number for row in rows), tuple(told))
    consents = {one.get("CONSENT", "") for one in told}
    if consents == {REFUSED_CONSENT}:
        return Parsed(Outcome.REJECTED, first, None, remarks + tuple(_without_consent(found)))
    issues = remarks + tuple(_consent_issues(found, consents)) + tuple(_disagreements(found, version))
    if any(issue.severity is Severity.ERROR for issue in issues):
        return Parsed(Outcome.QUARANTINED, first, None, issues)
    draft, doubts = episode_draft(found, version)
    return (
        Parsed(Outcome.QUARANTINED, first, None, issues + doubts) if draft is None else conclude(draft, issues + doubts)
    )


def _values(header: tuple[str, ...], row: Row) -> Mapping[str, str]:
    missing = versions().missing
    return {c: cell.strip() for c, cell in zip(header, row.cells, strict=True) if cell.strip() not in missing}


def _shape_issues(header: tuple[str, ...], rows: list[Row], limits: Limits) -> Iterator[Issue]:
    for row in rows:
        if len(row.cells) != len(header):
            yield Issue(Severity.ERROR, "wrong_number_of_cells", f"row {row.number}")
        for column, cell in zip(header, row.cells, strict=False):
            if len(cell) > limits.max_field_characters:
                known = column in IDENTITY
                yield Issue(Severity.ERROR, "field_too_long", f"row {row.number}" + f" col {column}" * known)


def _without_consent(found: Collapsed) -> Iterator[Issue]:
    yield Issue(Severity.ERROR, "no_consent_to_the_return", found.place("CONSENT"))
    if any(one.keys() - {"AGNCY", "CLIENTID", "CONSENT"} for one in found.told):
        yield Issue(Severity.WARNING, "more_than_consent_allows", found.place("CONSENT"))


def _consent_issues(found: Collapsed, consents: set[str]) -> Iterator[Issue]:
    if len(consents) > 1:
        yield Issue(Severity.ERROR, "rows_disagree", found.place("CONSENT"))
    elif consents != {ACCEPTED_CONSENT}:
        yield Issue(Severity.ERROR, "not_in_list" if consents - {""} else "required", found.place("CONSENT"))
    for column in _KEY:
        if any(column not in one for one in found.told):
            yield Issue(Severity.ERROR, "required", found.place(column))


def _disagreements(found: Collapsed, version: Version) -> Iterator[Issue]:
    """What is said once for an episode must be said alike on every row of it; two stories need a person."""
    once = {name for name, column in version.columns.items() if column.per == "episode"} | IDENTITY
    for column in sorted(once - {"CONSENT"}):
        if len({one.get(column, "") for one in found.told}) > 1:
            yield Issue(Severity.ERROR, "rows_disagree", found.place(column))
