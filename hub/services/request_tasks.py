"""What a request for information asks of whom: which task, with which clock. Pure.

A task names a kind and ids, never a person or what was asked.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from hub.domain.ids import AccountId, AgencyId
from hub.store.clear.requests import Request
from hub.store.clear.work import Task

ANSWER, REMIND, SILENCE = "answer_request", "request_reminder", "request_unanswered"
HOLDERS: Final = frozenset({"mh_practitioner", "recovery_worker", "partner_referrer", "ig_officer", "team_manager"})
"""Who answers for an agency: who may decide for it about sharing, and is neither side of a domestic abuse service."""
_OVERSEERS: Final = frozenset({"team_manager", "ig_officer"})
WORDS: Final[Mapping[str, tuple[str, frozenset[str]]]] = {
    ANSWER: ("Another agency asks what yours holds about a family: look, and answer", HOLDERS),
    REMIND: ("A request for information is nearly due and not answered: see that it is", _OVERSEERS),
    SILENCE: ("A request for information was not answered in time: speak with the agency", frozenset({"team_manager"})),
}
"""Kind -> (its words, whose it is)."""
PAGES: Final = {ANSWER: "request", REMIND: "request"}


def to_review(decision: str, request: Request, by: AccountId, clock: tuple[datetime, datetime], id_: str) -> Task:
    """Return the review of a decision not to share; as for every such decision, it is never its maker's own."""
    (now, due), source = clock, f"not_shared/{decision}"
    return Task(id_, source, "review_not_shared", request.holder, request.family, None, now, due, by, decision)


def source_of(request: str) -> str:
    """Return the source of every task about a request; an answer takes them back."""
    return f"request/{request}"


def task(kind: str, request: Request, now: datetime, due: datetime, id_: str) -> Task:
    """Return a task about a request: of its holder, or, about the holder's silence, of who asked."""
    agency: AgencyId = request.asker if kind == SILENCE else request.holder
    family = request.family if kind == SILENCE else None
    return Task(id_, source_of(request.id), kind, agency, family, None, now, due, None, request.id)
