"""Whether the agreements let notices be passed on to schools at this moment, and if not, why. Pure."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from hub.domain.facts import Fact, FactKind
from hub.policy.compile import PolicySet
from hub.policy.tables import Entry
from hub.policy.terms import Rule

_CATEGORY, _PROGRAM = "school_notice", "matcher"


class Agreed(StrEnum):
    """In force; suspended, so that it is waited for; or none that could be waited for."""

    YES = "yes"
    SUSPENDED = "suspended"
    NO = "no"


def agreed(policy: PolicySet, facts: Iterable[Fact], now: datetime) -> Agreed:
    """Say how it stands; `facts` are those of the agreements' chain that stand."""
    found = [one for one in policy.entries if _passes_on(one, policy, now)]
    stopped = {str(fact.body["agreement"]) for fact in facts if fact.kind is FactKind.SUSPENSION}
    if any(one.agreement and stopped.isdisjoint({one.agreement.id, one.agreement.key}) for one in found):
        return Agreed.YES
    return Agreed.SUSPENDED if found else Agreed.NO


def _passes_on(entry: Entry, policy: PolicySet, now: datetime) -> bool:
    """Say whether it is a rule, in its time, by which the program may read whom a notice is for."""
    rule, starts, ends = entry.rule, entry.starts, entry.ends
    if not isinstance(rule, Rule) or rule.route in policy.unaccepted or starts is None or ends is None:
        return False
    return starts <= now < ends and _CATEGORY in rule.when.categories and _PROGRAM in rule.when.roles
