"""Where a version stands and who may take which next step, in words. Pure: the gate decides again when it is taken."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from hub.domain.facts import Fact, FactKind
from hub.domain.ids import AccountId
from hub.policy.procedure import OFFICER, SIGNERS, Progress, body_of


class State(StrEnum):
    """The states of a version; `OTHER_DOCUMENTS`: its prohibitions stand and it permits nothing."""

    PROPOSED = "Proposed"
    SIGNING = "Being signed"
    WAITING = "Signed, not in force"
    COMING = "Signed by all"
    IN_FORCE = "In force"
    SUSPENDED = "Suspended"
    OTHER_DOCUMENTS = "Permits nothing"
    SUPERSEDED = "Superseded"
    ENDED = "Ended"
    WITHDRAWN = "Withdrawn"


OVER = frozenset({State.SUPERSEDED, State.ENDED, State.WITHDRAWN})


@dataclass(frozen=True, slots=True)
class Standing:
    """One version: what was proposed, how far it is, and what decides its state at an instant."""

    key: str
    progress: Progress
    said: Mapping[str, Any]
    house_lacks: tuple[str, ...]
    same_documents: bool
    superseded_at: datetime | None
    now: datetime

    @property
    def starts(self) -> datetime | None:
        """From when it is in force; None for the house rules."""
        return _instant(self.said["starts"])

    @property
    def ends(self) -> datetime | None:
        """Until when; None for the house rules."""
        return _instant(self.said["ends"])

    @property
    def state(self) -> State:
        """Where it stands now."""
        if self.progress.withdrawn is not None:
            return State.WITHDRAWN
        if self.progress.published is None:
            return self._before()
        return self._over() or self._standing()

    def _over(self) -> State | None:
        if self.ends is not None and self.now >= self.ends:
            return State.ENDED
        return State.SUPERSEDED if self.superseded_at is not None and self.now >= self.superseded_at else None

    def _standing(self) -> State:
        if self.progress.suspensions:
            return State.SUSPENDED
        if not self.same_documents or self.house_lacks:
            return State.OTHER_DOCUMENTS
        return State.COMING if self.starts is not None and self.now < self.starts else State.IN_FORCE

    def _before(self) -> State:
        if self.progress.checked is None:
            return State.PROPOSED
        return State.SIGNING if self.progress.unsigned else State.WAITING

    @property
    def review_overdue(self) -> bool:
        """Whether it goes on although its review is due: said loudly, stops nothing."""
        review = self.said["review"]
        if not review or self.progress.published is None or self.state in OVER:
            return False
        return self.now.date() > date.fromisoformat(review)

    @property
    def missing(self) -> tuple[str, ...]:
        """The parties whose signature is waited for: to bring it into force, or to resume it."""
        if self.state is State.SUSPENDED:
            return self.progress.unresumed
        return self.progress.unsigned if self.state in {State.PROPOSED, State.SIGNING} else ()

    def steps(self, account: AccountId, party: str, role: str) -> tuple[str, ...]:
        """Return what this person may do next: check, sign, publish, suspend, resume, withdraw."""
        if party not in self.progress.parties or role not in SIGNERS:
            return ()
        officer, state, found = role == OFFICER, self.state, list[str]()
        if officer and state is State.PROPOSED and self._may_check(account, party):
            found.append("check")
        if state is State.SIGNING and party in self.missing and self.same_documents:
            found.append("sign")
        if state is State.SUSPENDED and party in self.missing and self.same_documents:
            found.append("resume")
        if officer and state is State.WAITING and self.same_documents and not self.house_lacks:
            found.append("publish")
        if officer and self._may_suspend(party):
            found.append("suspend")
        if officer and self.progress.published is None and self.progress.withdrawn is None:
            found.append("withdraw")
        return tuple(found)

    def _may_check(self, account: AccountId, party: str) -> bool:
        author = self.progress.proposed
        return author is not None and body_of(author)["party"] == party and author.recorded_by != account

    def _may_suspend(self, party: str) -> bool:
        mine = any(body_of(one)["party"] == party for one in self.progress.suspensions)
        return (
            self.progress.published is not None
            and self.state not in OVER
            and self.said["kind"] != "house_rules"
            and not mine
        )


def superseded_at(said: Mapping[str, Any], facts: Iterable[Fact]) -> datetime | None:
    """Return when a later published version takes over, if there is one; the house rules have no date of their own."""
    later = [
        _instant(body_of(fact)["starts"]) or fact.recorded_at
        for fact in facts
        if fact.kind is FactKind.PUBLISHED
        and body_of(fact)["agreement"] == said["agreement"]
        and int(body_of(fact)["version"]) > int(said["version"])
    ]
    return min(later, default=None)


def listed(names: Mapping[str, str], codes: Sequence[str]) -> str:
    """Write parties by name."""
    return ", ".join(names.get(code, code) for code in codes)


def _instant(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
