"""What is answered: a level, the relied-on rule, and each ground of the decision in a field of its own."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum


class Level(StrEnum):
    """How much shows; `rank` grows with strictness."""

    SHOW = "show"
    ATTRIBUTED = "attributed"
    COUNT = "count"
    HIDE = "hide"

    @property
    def rank(self) -> int:
        """Return 0 for SHOW up to 3 for HIDE."""
        return _RANKS[self]


_RANKS = {level: rank for rank, level in enumerate(Level)}


@dataclass(frozen=True, slots=True)
class Decision:
    """One verdict with its grounds (design section 5): route, Art 6, Art 9, Art 10, confidence, Art 8, bars.

    `reason` is permitted, prohibited, no_rule, obligation or fault. `rule` is `EFS-2026-04/3:R2a` or "".
    `missing` holds near misses: consent, opening, holder_decision, or the blocking obligation to satisfy.
    """

    level: Level
    reason: str
    rule: str = ""
    other_rules: tuple[str, ...] = ()
    route: str = ""
    art6: str = ""
    art9: str = ""
    art10: str = ""
    confidentiality: str = ""
    article8: str = ""
    bars: tuple[str, ...] = ()
    opening: str = ""
    consent: str = ""
    obligations: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    fault: str = ""


def faulty(fault: str) -> Decision:
    """Return the answer to a case that cannot be trusted or understood: hidden, and somebody is told."""
    return Decision(Level.HIDE, "fault", fault=fault)


def strictest(decisions: Iterable[Decision]) -> Decision:
    """Return the verdict on a set of subjects: the strictest of its members; an empty set is a fault.

    Shape: when all show, the obligations of every member's relied-on rule count and the other rules are listed.
    """
    found = sorted(decisions, key=_strictness, reverse=True)
    if not found:
        return faulty("no_subject")
    first, rest = found[0], found[1:]
    if first.level is Level.SHOW:
        others = {rule for d in found for rule in (d.rule, *d.other_rules)} - {first.rule}
        duties = dict.fromkeys(duty for d in found for duty in d.obligations)
        return replace(first, other_rules=tuple(sorted(others)), obligations=tuple(duties))
    refused = [d for d in rest if d.level is not Level.SHOW]
    if any(not d.missing for d in (first, *refused)):
        return replace(first, missing=())
    return replace(first, missing=tuple(dict.fromkeys(code for d in (first, *refused) for code in d.missing)))


def _strictness(decision: Decision) -> tuple[int, bool, bool, str]:
    return decision.level.rank, decision.reason == "fault", not decision.missing, decision.rule
