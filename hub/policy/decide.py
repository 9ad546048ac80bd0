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
from hub.policy.tables import GIVING, NEAR_MISSES, Tables, either, preferred

__all__ = ["decide", "strictest", "verdict"]

_BROKEN = (KeyError, TypeError, AttributeError, ValueError, OverflowError)
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
    return verdict(case, policy, True)  # noqa: FBT003


def verdict(case: Case, policy: PolicySet, whole: bool = False) -> Decision:  # noqa: FBT001, FBT002  see _decide
    """Decide one case; the list of the other rules that match only when the `whole` is wanted."""
    try:
        return _decide(case, policy, whole) if not case.fault else faulty(case.fault)
    except _BROKEN:
        return faulty(_fault(case, policy.tables))


def _decide(case: Case, policy: PolicySet, whole: bool) -> Decision:  # noqa: FBT001  a word costs time here
    t, consent = policy.tables, case.consent
    matching = (
        t.label[case.source, case.source_kind, case.category, case.sensitivity, case.handling, case.audience]
        & t.reader[case.recipient, case.recipient_kind, case.role, case.purpose]
        & t.windows[bisect_right(t.cuts, case.at)]
        & t.parts[case.parts]
        & t.related[case.relationships]
        & t.unsuspended[case.suspended]
    )
    consented, opened = t.consent[consent], t.opened[case.openings]
    if case.consented_at is not None or (t.lasting and consent in GIVING):
        consented = _consented(case, t)
    if not case.satisfied <= t.duties:
        raise ValueError("satisfied")
    if not matching:
        return t.refused[0, ()]
    gaps = matching & t.gaps
    if gaps == matching:
        return t.refused[gaps.bit_length(), ()]
    barred = matching & t.nevers
    if barred and (lifted := _lifted(case, t)):
        barred &= ~lifted
    if barred:
        return _prohibited(t, matching, barred, consented)
    permitted, dormant = matching & t.permits, matching & t.dormant
    fitting = permitted & consented & opened
    if fitting:
        return _permit(case, policy, fitting, whole)
    near = (
        permitted & opened,
        permitted & consented & t.opened_by_others,
        permitted & consented & t.holder,
        dormant & consented & opened,
    )
    return t.refused[gaps.bit_length(), tuple(compress(NEAR_MISSES, near))]


def _prohibited(t: Tables, matching: int, barred: int, consented: int) -> Decision:
    """A plain prohibition says its level; one that asks the holder leaves the level to the gaps."""
    plain = barred & t.plain
    if plain:
        return t.refused[plain.bit_length(), ()]
    asked = ("holder_decision",) if matching & t.permits & consented & t.holder else ()
    return t.refused[(matching & t.gaps).bit_length(), asked]


def _permit(case: Case, policy: PolicySet, fitting: int, whole: bool) -> Decision:  # noqa: FBT001  see _decide
    t, ready = policy.tables, fitting
    for duty, rules in t.blocking:
        if duty not in case.satisfied:
            ready &= ~rules
    if not ready:
        best = preferred(fitting)
        missing = tuple(duty for duty, rules in t.blocking if duty not in case.satisfied and rules & best)
        return Decision(Level.ATTRIBUTED, "obligation", rule=_keys(best, policy)[0], missing=missing)
    decision = t.shown[ready.bit_length(), case.purpose]
    others = fitting & ~preferred(ready) if whole else 0
    if others:
        decision = replace(decision, other_rules=_keys(others, policy))
    if case.consent == "given_with_conditions":
        decision = replace(decision, obligations=(*decision.obligations, "keep_conditions"))
    return decision


def _keys(rules: int, policy: PolicySet) -> tuple[str, ...]:
    """Return the keys of these rules, the preferred one first."""
    found = []
    while rules:
        found.append(policy.entries[rules.bit_length() - 1].key)
        rules ^= preferred(rules)
    return tuple(found)


def _lifted(case: Case, t: Tables) -> int:
    lifted = t.lifted_by_role[case.role] | t.lifted_by_kind[case.recipient_kind] | t.lifted_by_consent[case.consent]
    return either(t.lifted_by_opening, case.openings, either(t.lifted_by_relationship, case.relationships, lifted))


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
    if not case.parts:
        return "parts"
    for name in ("source", "recipient"):
        pair = getattr(case, name, None), getattr(case, f"{name}_kind", None)
        if not all(isinstance(word, str) for word in pair) or pair not in t.source:
            return name
    at = getattr(case, "at", None)
    return "consented_at" if isinstance(at, datetime) and at.tzinfo is not None else "at"
