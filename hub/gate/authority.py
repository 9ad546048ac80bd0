"""Who may record which fact. Refusing is the default; the opening facts say themselves who may record them.

Law: a section 47 decision counts only when an entitled person recorded it before relying on it
(R (AB and CD) v Haringey [2013] EWHC 416 (Admin)); the enquiry is the local authority's (Children Act 1989 s47(1)).
"""

from collections.abc import Mapping
from types import MappingProxyType

from hub.domain.errors import AccessRefusedError, InvalidRequestError
from hub.domain.facts import Fact, FactKind
from hub.domain.life import PRACTITIONERS, RECORDED_BY, LifeEvent
from hub.gate.shutting import require_may_shut
from hub.policy.circumstances import Circumstances
from hub.policy.compile import PolicySet
from hub.policy.gateways import Opening
from hub.policy.periods import later
from hub.policy.procedure import PROCEDURE, require_step

_HUB = frozenset({"system", "matcher"})
_PLACING = _HUB | {"front_door_worker", "team_manager"}
_OF_MANAGING = frozenset({FactKind.ALLOCATION, FactKind.HANDOVER})
_OF_PLACING = frozenset({FactKind.MEMBERSHIP, FactKind.IDENTITY, FactKind.RECEIVED, FactKind.SHIELD})
_RECORDERS: Mapping[FactKind, frozenset[str]] = MappingProxyType(
    {
        **dict.fromkeys(_OF_MANAGING, frozenset({"team_manager"})),
        **dict.fromkeys(_OF_PLACING, _PLACING),
        FactKind.CONSENT: _PLACING | PRACTITIONERS,
        FactKind.LIFE: frozenset({"system"}).union(*RECORDED_BY.values()),
        FactKind.PIN: frozenset({"social_worker", "team_manager"}),
        FactKind.COVERAGE: _PLACING | {"social_worker", "duty_worker"},
        FactKind.ROUTE_ACCEPTED: frozenset({"ig_officer"}),
        FactKind.AGENCY: frozenset({"system"}),
        FactKind.DUTY: frozenset({"system", "team_manager"}),
    }
)
_OF_LEAD_AGENCY = _OF_PLACING | _OF_MANAGING | {FactKind.PIN, FactKind.COVERAGE, FactKind.DUTY}
_ABOUT_ENTERING = frozenset({FactKind.CONFLICT, FactKind.RESTRICTED})
_WITHOUT_RELATIONSHIP = _HUB | {"team_manager"}


def require_may_record(fact: Fact, who: Circumstances, policy: PolicySet) -> None:
    """Return silently when this account, at this moment, may record the fact; else raise AccessRefusedError."""
    if who.fault:
        raise AccessRefusedError("account_not_in_force", where=fact.kind.value)
    if fact.kind in PROCEDURE:
        return require_step(fact, who)
    if who.viewer_role in _HUB or fact.kind is FactKind.ROUTE_ACCEPTED:
        return _require_role(fact, who)
    if fact.kind in _ABOUT_ENTERING:
        return require_may_shut(fact, who, policy)
    if who.shut:
        raise AccessRefusedError("no_relationship", where=fact.kind.value)
    if fact.kind is FactKind.OPENING:
        return _require_opening(fact, who, policy)
    if fact.kind in _OF_MANAGING and _offered(fact, who):
        return None
    _require_role(fact, who)
    _require_place(fact, who)
    if fact.kind in _OF_LEAD_AGENCY and who.viewer_kind != "local_authority":
        raise AccessRefusedError("not_the_lead_agency", where=fact.kind.value)
    _require_own_client(fact, who)
    if fact.kind is FactKind.ALLOCATION and fact.ends is None:
        _require_sound_allocation(fact, who)
    return _require_relationship(fact, who)


def require_may_place(who: Circumstances) -> None:
    """Return silently when this account may place the referral that waits in the family; else raise.

    What stood of a person as sent is then said again of the person as known: no fact needs a right of its own. A
    manager, who may record who is who without a relationship, may take apart what was placed wrongly.
    """
    if who.fault:
        raise AccessRefusedError("account_not_in_force", where="placing")
    if who.viewer_role in _HUB:
        return
    if who.viewer_role not in _PLACING or who.viewer_kind != "local_authority":
        raise AccessRefusedError("role_may_not_record", where="placing")
    if who.shut or not (who.relationships or who.viewer_role in _WITHOUT_RELATIONSHIP):
        raise AccessRefusedError("no_relationship", where="placing")


def _require_place(fact: Fact, who: Circumstances) -> None:
    """A fact of a family is about a family that exists; one of a person, about a member of the family asked about."""
    if fact.chain.startswith("family:") and fact.kind is not FactKind.RECEIVED and not who.persons:
        raise AccessRefusedError("no_such_family", where=fact.kind.value)
    if fact.chain.startswith("person:") and fact.chain.removeprefix("person:") not in who.persons:
        raise AccessRefusedError("not_a_member", where=fact.kind.value)


def _require_role(fact: Fact, who: Circumstances) -> None:
    if who.viewer_role not in _RECORDERS.get(fact.kind, frozenset()):
        raise AccessRefusedError("role_may_not_record", where=fact.kind.value)


def _require_relationship(fact: Fact, who: Circumstances) -> None:
    if who.viewer_role not in _WITHOUT_RELATIONSHIP and not who.relationships:
        raise AccessRefusedError("no_relationship", where=fact.kind.value)


def _require_own_client(fact: Fact, who: Circumstances) -> None:
    """What a person said is recorded by who works with them, or by the desk that places the referral.

    What happened in their life is recorded by who works with them only, each event by the roles that may judge it.
    """
    if fact.kind not in {FactKind.CONSENT, FactKind.LIFE}:
        return
    person, life = fact.chain.removeprefix("person:"), fact.kind is FactKind.LIFE
    if (life or who.viewer_role not in _PLACING) and not who.works_with(person):
        raise AccessRefusedError("not_their_client", where=fact.kind.value)
    if life and who.viewer_role not in RECORDED_BY.get(LifeEvent(str(fact.body.get("event"))), frozenset()):
        raise AccessRefusedError("role_may_not_record", where=fact.kind.value)


def _offered(fact: Fact, who: Circumstances) -> bool:
    """Say whether this is what a manager has offered this worker: exactly that work, from exactly that colleague.

    Accepting records it; accepting and declining end the offer.
    """
    offers = [one for one in who.standing if one.kind is FactKind.HANDOVER and one.chain == fact.chain]
    mine = [one for one in offers if one.body["account"] == who.account != one.recorded_by]
    return any((fact.ends or fact.body) in (one.id, one.body["ends"], one.body["gives"]) for one in mine)


def _require_sound_allocation(fact: Fact, who: Circumstances) -> None:
    """Nobody but a manager who leads the case gives themselves sight of it, and only as one of its workers."""
    body = fact.body
    if body.get("account") == who.account and body.get("capacity") != "co_allocated":
        raise AccessRefusedError("own_allocation", where=fact.kind.value)
    _require_members(body.get("works_with"), who, "works_with")


def _require_opening(fact: Fact, who: Circumstances, policy: PolicySet) -> None:
    opening = policy.gateways.openings.get(str(fact.body.get("opening")))
    if opening is None or opening.id == "pinned":
        raise InvalidRequestError("unknown_opening", where="opening")
    if who.viewer_role not in opening.recorded_by:
        raise AccessRefusedError("role_may_not_record", where=opening.id)
    if fact.body.get("agency") != who.viewer_agency:
        raise AccessRefusedError("other_agency", where=opening.id)
    if opening.names == "people" and who.viewer_kind != "local_authority":
        raise AccessRefusedError("not_the_lead_agency", where=opening.id)
    if fact.ends is None:
        _require_named(fact, who, opening)


def _require_named(fact: Fact, who: Circumstances, opening: Opening) -> None:
    """Somebody (or something) is named; everybody named is of the family; what must be short is."""
    named = "items" if opening.names == "items" else "children"
    if not fact.body.get(named):
        raise InvalidRequestError("nobody_named", where=named)
    for key in ("children", "adults"):
        _require_members(fact.body.get(key), who, key)
    longest, until = opening.closes_after, fact.valid_until
    if longest and (until is None or until > later(fact.valid_from, longest)):
        raise InvalidRequestError(f"{opening.id}_too_long", where="until", next_step=f"at_most_{longest}")


def _require_members(named: object, who: Circumstances, where: str) -> None:
    people = {str(person) for person in named} if isinstance(named, list | tuple) else set()
    if not people <= set(who.persons):
        raise AccessRefusedError("not_a_member", where=where)
