"""What a notice for a school asks of whom: which task, with which clock. Pure.

A task names a kind and an id, never a child, a school or what happened. What is to be read is one person's task, so
that a lead who is passed over sees no task of their colleague's.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from hub.domain.ids import AccountId, AgencyId
from hub.services.register import moment_words
from hub.store.clear import cases, school_notices
from hub.store.clear.school_notices import SchoolNotice
from hub.store.clear.work import Task

READ, TAKEN_BACK, UNREAD = "read_school_notice", "school_notice_taken_back", "school_notice_unread"
LIFT, UNMET = "school_notice_kept_back", "school_notices_unmet"
NOBODY, NOT_TOLD, FAILED, LATE = "nobody", "not_told", "failed", "late"
CONDITIONS, SUSPENDED, UNAGREED = "conditions", "suspended", "unagreed"
ALARMS: Final[Mapping[str, str]] = {
    UNAGREED: "Not passed on: no agreement about it is in force",
    SUSPENDED: "The agreement about it is suspended: it waits until that resumes",
    CONDITIONS: "The conditions of the police keep it from the school",
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
    LIFT: (
        "Your conditions keep a notice from a school: lift them by an amendment, or tell the school yourselves",
        "must",
        frozenset({"ig_officer", "partner_referrer"}),
        "do",
    ),
    UNMET: (
        "What the police send for schools is not passed on, as no agreement lets it be: see to one, or who tells",
        "must",
        frozenset({"ig_officer"}),
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


def to_lift(notice: SchoolNotice, police: AgencyId, now: datetime, id_: str) -> Task:
    """Ask the police, who alone can, to lift what keeps a notice from its school; its clock goes on."""
    source = f"{source_of(notice.id)}/{CONDITIONS}"
    return Task(id_, source, LIFT, police, None, None, now, notice.due_at, None, notice.id)


def to_agree(agency: AgencyId, clock: tuple[datetime, datetime], id_: str) -> Task:
    """Tell an agency's officers, once, that no agreement lets notices be passed on."""
    now, due = clock
    return Task(id_, "school/unmet", UNMET, agency, None, None, now, due)


def about(connection: Connection, partnership: str, task: Task) -> tuple[tuple[str, str], ...]:
    """Return (name, words) of the message behind a task that asks for a notice to be told; nothing for any other."""
    if task.kind not in {UNREAD, LIFT} or task.subject is None:
        return ()
    notice = school_notices.find(connection, partnership, task.subject)
    sent = cases.find_referral(connection, partnership, notice.referral) if notice else None
    if notice is None or sent is None:
        return ()
    said = (("Receipt", f"{sent.receipt}, received {moment_words(sent.received_at)}"),)
    return (*said, ("Why", ALARMS.get(notice.alarm, "")), ("The school is to know by", moment_words(notice.due_at)))


def source_of(notice: str) -> str:
    """Return what the source of every task about a notice begins with."""
    return f"school/{notice}"


def sources(notice: SchoolNotice) -> list[str]:
    """Return the sources of all that was asked about a notice, until it is read or stands no more."""
    return [f"{source_of(notice.id)}/{one}" for one in (*notice.readers, *ALARMS)]
