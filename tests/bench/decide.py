"""One decision against three other engines, over the generated 200 rules in 40 agreements.

A decision is verdict, level and relied-on rule (design section 12). Each other side is given the same well-formed
cases, prepared in its own form before anything is measured, and must have answered the same before that.
"""

from collections.abc import Callable
from functools import cache

from hub.policy.case import Case
from hub.policy.cedar import CedarOracle
from hub.policy.compile import PolicySet
from hub.policy.decide import decide, verdict
from hub.policy.decision import Level
from hub.policy.reference import decide_naively
from tests.bench.casbin_side import CasbinSide
from tests.bench.measure import Row, medians
from tests.bench.rules import build

SEED, CASES, ROUNDS = 12, 4_000, 9


@cache
def world() -> tuple[PolicySet, list[Case]]:
    """Return the generated set and the cases that every row decides."""
    return build(SEED, cases=CASES)


def decide_vs_reference() -> Row:
    """Return how many times faster the compiled tables decide than `hub.policy.reference`, read rule by rule."""
    policy, cases = world()
    few = cases[:400]
    for case in few:
        ours, naive = decide(case, policy), decide_naively(case, policy)
        if (ours.level, ours.reason, ours.rule) != (naive.level, naive.reason, naive.rule):
            raise AssertionError(f"the two sides differ: {ours} and {naive}")
    return _row("decide_vs_reference", few, lambda case: decide_naively(case, policy), few, 12.0)


def decide_vs_cedarpy() -> Row:
    """Return how many times faster they decide than cedarpy with parsed PolicySet and Entities handles."""
    policy, cases = world()
    oracle, few = CedarOracle(policy), cases[:200]
    for case in few:
        _require_same(case, policy, oracle.verdict(case).allowed)
    asked = [oracle.request(case) for case in few]
    return _row("decide_vs_cedarpy", cases, oracle.answer, asked, 300.0)


def decide_vs_casbin() -> Row:
    """Return how many times faster they decide than pycasbin's enforcer."""
    policy, cases = world()
    side, few = CasbinSide(policy), cases[:100]
    asked = [side.request(case) for case in few]
    for case, request in zip(few, asked, strict=True):
        _require_same(case, policy, side.allowed(request))
    return _row("decide_vs_casbin", cases, side.allowed, asked, 500.0)


def _require_same(case: Case, policy: PolicySet, allowed: bool | None) -> None:  # noqa: FBT001  an answer, not a flag
    if allowed is not (decide(case, policy).level is Level.SHOW):
        raise AssertionError(f"the two sides differ on {case}")


def _row(name: str, mine: list[Case], theirs: Callable[[object], object], asked: list[object], bound: float) -> Row:
    """Measure both sides in turn, per decision: ours on more cases, because one decision is too short to time."""
    policy, _ = world()
    fast, slow, ratio = medians(
        lambda: [verdict(case, policy) for case in mine],
        lambda: [theirs(one) for one in asked],
        ROUNDS,
    )
    per = len(mine) / len(asked)
    unit = "microseconds of CPU per decision"
    return Row(name, fast / len(mine) * 1e6, slow / len(asked) * 1e6, unit, per / ratio, bound, "higher")
