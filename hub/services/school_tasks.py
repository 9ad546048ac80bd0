"""What a notice for a school asks of whom: which task, with which clock. Pure.

A task names a kind and an id, never a child, a school or what happened. What is to be read is one person's task, so
that a lead who is passed over sees no task of their colleague's.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from hub.domain.ids import AccountId, AgencyId
from hub.store.clear.school_notices import SchoolNotice
from hub.store.clear.work import Task

READ, TAKEN_BACK, UNREAD = "read_school_notice", "school_notice_taken_back", "school_notice_unread"
NOBODY, NOT_TOLD, FAILED, LATE = "nobody", "not_told", "failed", "late"
ALARMS: Final[Mapping[str, str]] = {
    NOBODY: "Nobody here may read it",
    NOT_TOLD: "Nobody there gave an address to be told at",
    FAILED: "Word of it could not be delivered",
    LATE: "Not read before the school day",
}
"""What the front door is told about a notice that does not arrive: code -> words."""
LEADS: Final = "safeguarding_lead"
AT_THE_DOOR: Final = frozenset({"front_door_worker", "team_manager", "on_duty_front_door"})
WORDS: Final[Mapping[str, tuple[str, str, frozenset[str], str]]] = {
    READ: ("The police sent word about a child of yours: read it before the school day", "may", frozenset(), "school"),
    TAKEN_BACK: (
        "The police took back, or replaced, a notice that was read here: look at what you wrote down",
        "may",
        frozenset(),
        "do",
    ),
    UNREAD: (
        "A police notice for a school does not arrive: tell the police's desk, and write what came of it",
        "must",
        AT_THE_DOOR,
        "do",
    ),
}
"""Kind -> its words, whether a note is written, whose it is (none: of the account it names), the page it is done on."""


def to_read(notice: SchoolNotice, reader: AccountId, agency: AgencyId, id_: str) -> Task:
    """Ask one lead to read; whoever reads it first takes all of these back."""
    source = f"{source_of(notice.id)}/{reader}"
    return Task(id_, source, READ, agency, None, None, notice.made_at, notice.due_at, reader, notice.id)


def to_look_again(notice: SchoolNotice, agency: AgencyId, clock: tuple[datetime, datetime], id_: str) -> Task:
    """Ask who read a notice to look at what they wrote down."""
    now, due = clock
    source = f"{source_of(notice.id)}/back"
    return Task(id_, source, TAKEN_BACK, agency, None, None, now, due, notice.read_by, notice.id)


def to_the_door(notice: SchoolNotice, code: str, agency: AgencyId, clock: tuple[datetime, datetime], id_: str) -> Task:
    """Ask the front door to tell the police's desk."""
    now, due = clock
    return Task(id_, f"{source_of(notice.id)}/{code}", UNREAD, agency, None, None, now, due, None, notice.id)


def source_of(notice: str) -> str:
    """Return what the source of every task about a notice begins with."""
    return f"school/{notice}"


def sources(notice: SchoolNotice) -> list[str]:
    """Return the sources of all that was asked about a notice, until it is read or stands no more."""
    return [f"{source_of(notice.id)}/{one}" for one in (*notice.readers, *ALARMS)]
