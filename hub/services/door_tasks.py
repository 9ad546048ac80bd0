"""What the front door's work asks of others: which task, with which clock. Pure.

A task names a kind and ids, never a person or what was written.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from hub.domain.ids import AccountId, AgencyId, FamilyId
from hub.store.clear.door import Redirection
from hub.store.clear.work import Task

ACKNOWLEDGE: Final = "acknowledge_redirection"
AT_EDT: Final = "acknowledge_at_edt"
UNANSWERED: Final = "redirection_unanswered"
UNDECIDED: Final = "referral_undecided"
UNCOMPARED: Final = "newcomers_uncompared"
UNMATCHED: Final = "referral_not_compared"
KNOWN: Final = "somebody_may_be_known"
OPEN_CASE: Final = "referral_on_open_case"
UNLED: Final = "referral_on_family_without_lead"
HOLD: Final = "hold_strategy_discussion"
ATTEND: Final = "attend_strategy_discussion"
_MANAGERS: Final = frozenset({"team_manager"})
WORDS: Final[Mapping[str, tuple[str, frozenset[str]]]] = {
    ACKNOWLEDGE: ("The front door passes a referral to you: acknowledge it, or say that it is not yours", frozenset()),
    AT_EDT: (
        "The front door passes a referral to the emergency duty team: acknowledge it, or say that it is not yours",
        frozenset({"on_duty_edt"}),
    ),
    UNANSWERED: ("A referral was passed on and nobody acknowledged it: find out who has it", _MANAGERS),
    UNDECIDED: ("A referral is past its time and not decided: see that it is", _MANAGERS),
    UNCOMPARED: (
        "Somebody new in a referral that is placed waits to be compared: say who it is, under Joined people",
        _MANAGERS,
    ),
    UNMATCHED: ("A referral could not be compared with the people the hub knows: see that it is", _MANAGERS),
    UNLED: ("A referral was placed with a family that is closed or that nobody leads: read it and allocate", _MANAGERS),
    KNOWN: (
        "Somebody in a referral that is decided may be known elsewhere: see that it is said who it is",
        frozenset({"front_door_worker", "on_duty_front_door", "team_manager"}),
    ),
    HOLD: ("A strategy discussion was decided: hold it, and record who attended", _MANAGERS),
    ATTEND: (
        "You are asked to a strategy discussion: speak with children's social care today",
        frozenset({"partner_referrer", "ig_officer", "team_manager"}),
    ),
    OPEN_CASE: ("A new referral was placed with a family you lead: read it today", frozenset()),
}
"""Kind -> (its words, whose it is: roles or duties; none for everybody of the agency)."""
PAGES: Final = {ACKNOWLEDGE: "redirection", AT_EDT: "redirection", HOLD: "strategy", KNOWN: "known"}
_DESKS: Final = {"": ACKNOWLEDGE, "edt": AT_EDT}


def source_of(redirection: str) -> str:
    """Return the source of the task to acknowledge; answering takes it back."""
    return f"redirection/{redirection}"


def source_of_discussion(discussion: str) -> str:
    """Return the source of the tasks about a strategy discussion; holding it takes them back."""
    return f"strategy/{discussion}"


def discussion(
    id_: str, family: FamilyId, agency: AgencyId, clock: tuple[datetime, datetime], task: str, *, own: bool
) -> Task:
    """Ask an agency to attend, or its own managers to hold it; only these read which family it is about."""
    now, due = clock
    kind, whose = (HOLD, family) if own else (ATTEND, None)
    return Task(task, source_of_discussion(id_), kind, agency, whose, None, now, due, None, id_)


def to_acknowledge(passed: Redirection, desk: str, id_: str) -> Task | None:
    """Ask who takes part here to acknowledge; None for anybody else: the front door writes down who took it."""
    if passed.agency is None:
        return None
    kind, source = _DESKS[desk], source_of(passed.id)
    return Task(id_, source, kind, passed.agency, None, None, passed.sent_at, passed.due_at, None, passed.id)


def escalation(
    kind: str, subject: str, agency: AgencyId, now: datetime, due: datetime, since: datetime, id_: str
) -> Task:
    """Ask the managers about something that is late since an instant; late again later, it is asked again."""
    return Task(id_, f"{kind}/{subject}/{since:%Y%m%dT%H%M}", kind, agency, None, None, now, due, None, subject)


def to_lead(
    referral: str, family: FamilyId, lead: AccountId, agency: AgencyId, now: datetime, due: datetime, id_: str
) -> Task:
    """Tell the worker who leads an open family that a referral came."""
    return Task(id_, f"placed/{referral}", OPEN_CASE, agency, family, None, now, due, lead, referral)


def to_managers(referral: str, family: FamilyId, agency: AgencyId, now: datetime, due: datetime, id_: str) -> Task:
    """Tell the managers that a referral came about a family that nobody leads."""
    return Task(id_, f"placed/{referral}", UNLED, agency, family, None, now, due, None, referral)
