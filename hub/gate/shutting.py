"""Who may say that a worker is tied to a family, or that a family is held by a restricted team."""

from hub.domain.errors import AccessRefusedError, InvalidRequestError
from hub.domain.facts import TIES, Fact, FactKind
from hub.policy.circumstances import Circumstances
from hub.policy.compile import PolicySet

_OVERSEERS = frozenset({"team_manager", "ig_officer"})


def require_may_shut(fact: Fact, who: Circumstances, policy: PolicySet) -> None:
    """Return silently when this account may record the CONFLICT or RESTRICTED fact; else raise.

    A worker declares a tie of their own and never ends it; a manager or an IG officer does both for others. Who is
    tied themselves does neither. A family is restricted by a manager or an IG officer of the local authority, and
    given back only by somebody whom the desk lets in.
    """
    if not who.persons:
        raise AccessRefusedError("no_such_family", where=fact.kind.value)
    if "conflict_of_interest" in who.shut:
        raise AccessRefusedError("no_relationship", where=fact.kind.value)
    if fact.kind is FactKind.CONFLICT:
        _require_conflict(fact, who)
    else:
        _require_restriction(fact, who, policy)


def _require_conflict(fact: Fact, who: Circumstances) -> None:
    if fact.body.get("tie") not in TIES or not fact.body.get("account"):
        raise InvalidRequestError("unknown_tie", where="tie")
    own = fact.body["account"] in {who.account, who.login}
    if own and fact.ends is None and who.may_enter:
        return
    outside = bool(who.shut) and who.viewer_role != "ig_officer"
    if own or outside or who.viewer_role not in _OVERSEERS:
        raise AccessRefusedError("role_may_not_record", where=fact.kind.value)


def _require_restriction(fact: Fact, who: Circumstances, policy: PolicySet) -> None:
    if fact.body.get("desk") not in policy.vocabulary.desks:
        raise InvalidRequestError("unknown_desk", where="desk")
    if who.viewer_role not in _OVERSEERS or who.viewer_kind != "local_authority":
        raise AccessRefusedError("role_may_not_record", where=fact.kind.value)
    if who.shut:
        raise AccessRefusedError("no_relationship", where=fact.kind.value)
