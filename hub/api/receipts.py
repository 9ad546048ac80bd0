"""What a stored receipt says, for answers in the sender's own dialect."""

from collections.abc import Mapping, Sequence
from typing import cast

from hub.domain.referral import Issue, Severity


def records_of(receipt: Mapping[str, object]) -> Sequence[Mapping[str, object]]:
    """Return what became of each record."""
    return cast("Sequence[Mapping[str, object]]", receipt["records"])


def outcomes_of(receipt: Mapping[str, object]) -> list[str]:
    """Return the outcome of each record, in message order."""
    return [str(record["outcome"]) for record in records_of(receipt)]


def issues_of(receipt: Mapping[str, object]) -> list[Issue]:
    """Return every remark on every record."""
    found = [issue for record in records_of(receipt) for issue in cast("Sequence[Mapping[str, str]]", record["issues"])]
    return [Issue(Severity(issue["severity"]), issue["code"], issue["location"]) for issue in found]
