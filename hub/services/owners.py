"""Who owns a family: its lead practitioner, as dated facts say. Pure.

INVARIANT: a lead whose account was stopped leads nothing: the family stands without an owner, and its manager reads so.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from hub.domain.facts import Fact, FactKind, in_force
from hub.domain.ids import AccountId

PRACTITIONERS = frozenset(
    {
        "social_worker",
        "team_manager",
        "family_support_worker",
        "psychologist",
        "recovery_worker",
        "mh_practitioner",
        "victim_worker",
        "perpetrator_worker",
    }
)
"""The roles that work with families, and so are allocated to them."""


def allocations(facts: Iterable[Fact], at: datetime) -> list[Fact]:
    """Return the allocations that stand or are still to come, the lead first, then in order of their beginning."""
    found = [f for f in facts if f.kind is FactKind.ALLOCATION and (f.valid_until is None or at < f.valid_until)]
    return sorted(found, key=lambda fact: (not leads(fact), fact.valid_from, fact.number))


def leads(fact: Fact) -> bool:
    """Say whether an allocation names the lead practitioner."""
    return fact.kind is FactKind.ALLOCATION and fact.body.get("lead") == "yes"


def worker_of(fact: Fact) -> AccountId:
    """Return whom an allocation (or an offer of one) is about."""
    return AccountId(str(fact.body.get("account")))


def active(staff: Iterable[Fact]) -> dict[AccountId, tuple[str, str]]:
    """Return account -> (role, agency) of those whose account is in force; the newest fact of each counts."""
    newest = {worker_of(f): f for f in sorted(staff, key=lambda f: f.number) if f.kind is FactKind.ACCOUNT}
    return {
        account: (str(fact.body.get("role")), str(fact.body.get("agency")))
        for account, fact in newest.items()
        if fact.body.get("active") == "yes"
    }


def without_owner_since(facts: Sequence[Fact], staff: Sequence[Fact], at: datetime) -> datetime | None:
    """Return since when nobody leads a family; None while somebody does.

    Shape: the family's and its workers' dated facts. Nobody ever led: since it was accepted. ValueError when the facts
    hold neither: then there is no family.
    """
    stopped = {worker_of(f): f.valid_from for f in sorted(staff, key=lambda f: f.number) if f.kind is FactKind.ACCOUNT}
    working = active(staff)
    named = [fact for fact in facts if leads(fact) and fact.valid_from <= at]
    if any(in_force(fact, at) and worker_of(fact) in working for fact in named):
        return None
    over = [_over(fact, stopped, at) for fact in named]
    accepted = [f.valid_until for f in facts if f.kind is FactKind.RECEIVED and f.valid_until and f.valid_until <= at]
    members = [fact.recorded_at for fact in facts if fact.kind is FactKind.MEMBERSHIP]
    return max([*over, *accepted], default=min(members))


def _over(fact: Fact, stopped: Mapping[AccountId, datetime], at: datetime) -> datetime:
    """Return when a lead ended, or when the account that still leads was stopped."""
    end = fact.valid_until if fact.valid_until and fact.valid_until <= at else stopped.get(worker_of(fact))
    return end or fact.valid_from
