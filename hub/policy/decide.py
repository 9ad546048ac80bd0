"""The decision, as a total function: one case and one policy set in, one decision out, always.

INVARIANT: prohibitions first; whatever is missing or unknown is a fault, and a fault hides.
"""

from bisect import bisect_right
from dataclasses import replace
from datetime import datetime
from itertools import compress

from hub.policy.case import Case
from hub.policy.compile import PolicySet
from hub.policy.decision import Decision, Level, faulty, strictest
from hub.policy.periods import later
from hub.policy.tables import GIVING, NEAR_MISSES, Tables

__all__ = ["decide", "strictest"]

_SCALARS = ("role", "purpose", "category", "sensitivity", "handling", "audience", "consent")
_SETS = {
    "parts": "part",
    "relationships": "relationship",
    "openings": "opening",
    "suspended": "suspension",
    "satisfied": "duties",
}


def decide(case: Case, policy: PolicySet) -> Decision:
    """Decide one case. Never raises: a value outside its closed list gives HIDE with `fault` naming the dimension.

    Order (agreements 4.2): faults, prohibitions, permissions by preference, blocking obligations, gaps.
    """
    try:
        return _decide(case, policy) if not case.fault else faulty(case.fault)
    except (KeyError, TypeError, AttributeError, ValueError, OverflowError):
        return faulty(_fault(case, policy.tables))


def _decide(case: Case, policy: PolicySet) -> Decision:
    t = policy.tables
    if not case.parts:
        return faulty("parts")
    part, related, also, opened = t.any_part, t.any_relationship, t.any_also, t.any_opening
    for word in case.parts:
        part |= t.part[word]
    for word in case.relationships:
        related |= t.relationship[word]
        also |= t.also[word]
    for word in case.openings:
        opened |= t.opening[word]
    suspended = 0
    for word in case.suspended:
        suspended |= t.suspension[word]
    matching = (
        t.source[case.source, case.source_kind]
        & t.recipient[case.recipient, case.recipient_kind]
        & t.category[case.category]
        & t.role[case.role]
        & t.purpose[case.purpose]
        & t.sensitivity[case.sensitivity]
        & t.handling[case.handling]
        & t.audience[case.audience]
        & t.windows[bisect_right(t.cuts, case.at)]
        & part
        & related
        & also
        & ~suspended
    )
    consented = _consented(case, t)
    if not t.duties.issuperset(case.satisfied):
        return faulty("satisfied")
    if matching & t.nevers:
        barred = matching & t.nevers & ~_lifted(case, t)
        if barred:
            return _prohibited(t, matching, barred, consented)
    permitted = matching & t.permits
    fitting = permitted & consented & opened
    if fitting:
        return _permit(case, policy, fitting)
    near = (
        permitted & opened,
        permitted & consented & t.opened_by_others,
        permitted & consented & t.holder,
        matching & t.dormant & consented & opened,
    )
    return t.refused[_lowest(matching & t.gaps), tuple(compress(NEAR_MISSES, near))]


def _prohibited(t: Tables, matching: int, barred: int, consented: int) -> Decision:
    """A plain prohibition says its level; one that asks the holder leaves the level to the gaps."""
    plain = barred & ~t.asking
    if plain:
        return t.refused[_lowest(plain), ()]
    asked = ("holder_decision",) if matching & t.permits & consented & t.holder else ()
    return t.refused[_lowest(matching & t.gaps), asked]


def _permit(case: Case, policy: PolicySet, fitting: int) -> Decision:
    t, blocked = policy.tables, 0
    unmet = [(duty, rules) for duty, rules in t.blocking if duty not in case.satisfied]
    for _, rules in unmet:
        blocked |= rules
    ready = fitting & ~blocked
    if not ready:
        best = _lowest(fitting)
        missing = tuple(duty for duty, rules in unmet if rules >> best & 1)
        return Decision(Level.ATTRIBUTED, "obligation", rule=policy.entries[best].key, missing=missing)
    best = _lowest(ready)
    decision = t.shown[best, case.purpose]
    others = fitting & ~(1 << best)
    if others:
        keys = tuple(entry.key for place, entry in enumerate(policy.entries) if others >> place & 1)
        decision = replace(decision, other_rules=keys)
    if case.consent == "given_with_conditions":
        decision = replace(decision, obligations=(*decision.obligations, "keep_conditions"))
    return decision


def _lifted(case: Case, t: Tables) -> int:
    lifted = t.lifted_by_role[case.role] | t.lifted_by_kind[case.recipient_kind] | t.lifted_by_consent[case.consent]
    for word in case.openings:
        lifted |= t.lifted_by_opening[word]
    for word in case.relationships:
        lifted |= t.lifted_by_relationship[word]
    return lifted


def _consented(case: Case, t: Tables) -> int:
    """Return the rules that this consent fits; one that is too old for a rule, or of no known age, does not."""
    fits, given = t.consent[case.consent], case.consented_at
    if given is not None and given > case.at:
        raise ValueError("consented_at")
    if case.consent in GIVING:
        for period, rules in t.lasting:
            if given is None or case.at >= later(given, period):
                fits &= ~rules
    return fits


def _lowest(rules: int) -> int:
    """Return the place of the lowest bit: the preferred rule; -1 when there is none."""
    return (rules & -rules).bit_length() - 1


def _fault(case: Case, t: Tables) -> str:
    """Name the first dimension whose value is missing or unknown; never the value."""
    for name in _SCALARS:
        value = getattr(case, name, None)
        if not isinstance(value, str) or value not in getattr(t, name):
            return name
    for name, table in _SETS.items():
        values = getattr(case, name, None)
        if not isinstance(values, frozenset) or not values <= set(getattr(t, table)):
            return name
    for name in ("source", "recipient"):
        pair = getattr(case, name, None), getattr(case, f"{name}_kind", None)
        if not all(isinstance(word, str) for word in pair) or pair not in t.source:
            return name
    at = getattr(case, "at", None)
    return "consented_at" if isinstance(at, datetime) and at.tzinfo is not None else "at"
