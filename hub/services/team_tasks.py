"""What follows from the team's own work, each with a clock: words shown to the family later, challenges, actions."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from types import MappingProxyType
from typing import Final

from hub.domain.entries import LATER, SHARED, FamilyVisibility
from hub.domain.ids import AccountId, AgencyId, FamilyId, RecordId
from hub.domain.partial_date import LOCAL
from hub.store.clear import work

SHARE, REVIEW, CHALLENGE, ACTION = "share_with_family", "review_withheld", "answer_challenge", "supervision_action"
WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        SHARE: "Show the family an entry you wrote, and write how they took it",
        REVIEW: "Review whether an entry is still kept from the family",
        CHALLENGE: "Answer a professional challenge to an entry of your agency",
        ACTION: "Do what was agreed in group supervision; the words are in the family's record",
    }
)
PAGES: Final[Mapping[str, str]] = MappingProxyType({CHALLENGE: "challenge", SHARE: "visibility", REVIEW: "visibility"})
"""Kind of task -> the page of its own that it is done on."""
VISIBILITY: Final = (SHARE, REVIEW)
"""What is only done by saying anew when the family may see the entry: nothing stays withheld without a next review."""
_END_OF_WORK: Final = time(17)


def end_of(day: date) -> datetime:
    """Return when work ends on a local day."""
    return datetime.combine(day, _END_OF_WORK, LOCAL)


def owed_for(
    visibility: FamilyVisibility,
    record: RecordId,
    agency: AgencyId,
    family: FamilyId,
    account: AccountId,
    at: datetime,
    new_id: Callable[[], str],
) -> list[work.Task]:
    """Return the clock of an entry that the family does not see yet; none for one that is shared."""
    if visibility.state == SHARED or visibility.day is None:
        return []
    kind = SHARE if visibility.state == LATER else REVIEW
    due = end_of(visibility.day)
    return [work.Task(new_id(), record, kind, agency, family, record, at, due, account, record)]
