"""Who may record which fact. Refusing is the default; the opening facts say themselves who may record them.

Law: a section 47 decision counts only when an entitled person recorded it before relying on it
(R (AB and CD) v Haringey [2013] EWHC 416 (Admin)).
"""

from collections.abc import Mapping
from types import MappingProxyType

from hub.domain.errors import AccessRefusedError, InvalidRequestError
from hub.domain.facts import Fact, FactKind
from hub.policy.circumstances import Circumstances
from hub.policy.compile import PolicySet

_RECORDERS: Mapping[FactKind, frozenset[str]] = MappingProxyType(
    {
        FactKind.ALLOCATION: frozenset({"team_manager"}),
        FactKind.MEMBERSHIP: frozenset({"team_manager", "front_door_worker", "matcher", "system"}),
        FactKind.IDENTITY: frozenset({"front_door_worker", "matcher", "system"}),
        FactKind.CONSENT: frozenset(
            {
                "social_worker",
                "team_manager",
                "family_support_worker",
                "recovery_worker",
                "mh_practitioner",
                "victim_worker",
                "perpetrator_worker",
                "front_door_worker",
                "matcher",
                "system",
            }
        ),
        FactKind.COVERAGE: frozenset(
            {"social_worker", "team_manager", "front_door_worker", "duty_worker", "matcher", "system"}
        ),
        FactKind.SHIELD: frozenset({"team_manager"}),
        FactKind.SUSPENSION: frozenset({"ig_officer"}),
        FactKind.AGENCY: frozenset({"system"}),
        FactKind.ACCOUNT: frozenset({"system"}),
        FactKind.DUTY: frozenset({"system", "team_manager"}),
    }
)
_WITHOUT_RELATIONSHIP = frozenset({"system", "matcher", "ig_officer", "team_manager"})


def require_may_record(fact: Fact, who: Circumstances, policy: PolicySet) -> None:
    """Return silently when this reader's role, at this moment, may record the fact; else raise."""
    role = who.viewer_role
    if fact.kind is FactKind.OPENING:
        _require_opening(fact, who, policy)
    elif role not in _RECORDERS[fact.kind]:
        raise AccessRefusedError("role_may_not_record", where=fact.kind.value)
    if role not in _WITHOUT_RELATIONSHIP and not who.relationships:
        if fact.kind is FactKind.OPENING and fact.body.get("items"):
            return
        raise AccessRefusedError("no_relationship", where=fact.kind.value)


def _require_opening(fact: Fact, who: Circumstances, policy: PolicySet) -> None:
    opening = policy.gateways.openings.get(str(fact.body.get("opening")))
    if opening is None:
        raise InvalidRequestError("unknown_opening", where="opening")
    if who.viewer_role not in opening.recorded_by:
        raise AccessRefusedError("role_may_not_record", where=opening.id)
    if fact.body.get("agency") != who.viewer_agency:
        raise AccessRefusedError("other_agency", where=opening.id)
    named = "items" if opening.names == "items" else "children"
    if fact.ends is None and not fact.body.get(named):
        raise InvalidRequestError("nobody_named", where=named)
