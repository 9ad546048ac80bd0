"""Reads what a council's case system sends: lines of CSV, JSON or a webhook, grouped by case."""

from collections.abc import Iterator
from itertools import chain

from connectors.case_system.reading import Line, Lines, read_lines
from connectors.case_system.translate import allocation, parsed_case
from connectors.standing_alone import stands_alone
from hub.domain.case_updates import AllocationLine
from hub.domain.referral import Issue, Limits, Outcome, Parsed, Severity

_NO_USER = "no_user_named"


class CaseSystem:
    """Connector for a council's case system; which names it uses is data (`mappings.yaml`)."""

    name = "case_system"

    def parse(self, body: bytes, limits: Limits) -> Iterator[Parsed]:
        """Return one `Parsed` per case for its people, legal status and plans, and one per allocation.

        An allocation that comes this way names no manager who makes it: it is quarantined, never dropped. The hub's
        own door for case systems asks for `cases` and `allocations` instead.

        Raises:
            RejectedMessageError: the message cannot be read, or no mapping knows its columns.
        """
        told = read_lines(body, limits)
        places = [line.place for line in told.lines if line.kind == "allocation"]
        stopped = (Parsed(Outcome.QUARANTINED, p, None, (Issue(Severity.ERROR, _NO_USER, p),)) for p in places)
        return chain(_parsed(told, limits), stopped)

    def cases(self, body: bytes, limits: Limits) -> Iterator[Parsed]:
        """Return one `Parsed` per case for its people, legal status and plans; raises as `parse` does."""
        return _parsed(read_lines(body, limits), limits)

    def allocations(self, body: bytes, limits: Limits) -> list[AllocationLine]:
        """Return the lines that say who works with which family; raises as `parse` does."""
        told = read_lines(body, limits)
        return [allocation(line, told.told) for line in told.lines if line.kind == "allocation"]

    def rows(self, body: bytes, limits: Limits) -> int:
        """Return the number of lines."""
        return len(read_lines(body, limits).lines)

    def message_key(self, body: bytes) -> str:
        """Return `batch_id`, or the id of a webhook event, or ""."""
        return read_lines(body, Limits(max_bytes=len(body))).batch_id


def _parsed(told: Lines, limits: Limits) -> Iterator[Parsed]:
    cases: dict[tuple[str, str], list[Line]] = {}
    for line in told.lines:
        if line.kind != "allocation":
            case = line.values.get("case", "")
            # A line that does not say of which case it is stands alone: nobody knows whose it is.
            cases.setdefault((case, "" if case else line.place), []).append(line)
    remarks = told.remarks
    for lines in cases.values():
        yield stands_alone(lines[0].place, parsed_case, lines, remarks, limits)
        remarks = ()
