"""What the tools cost beside bare decisions: the whole space swept, a log replayed, a hundred times as many rules.

The other side of each row is `verdict`: one bare decision as design section 12 defines it.
"""

from dataclasses import replace
from datetime import timedelta
from itertools import product

from hub.policy.analyse import Analysis, analyse
from hub.policy.case import Case
from hub.policy.compile import PolicySet, SignedAgreement, compile_policy
from hub.policy.decide import verdict
from hub.policy.decision import Level
from hub.policy.replay import Logged, Replayed, replay
from hub.policy.space import case_of
from tests.bench.decide import world
from tests.bench.measure import Row, medians
from tests.bench.rules import START, build

ASKED, LOGGED, MANY = 5_760_000, 1_000_000, 4_000
AT = START + timedelta(days=500)
WORDS = {
    "parties": 100,
    "category": 12,
    "role": 8,
    "purpose": 5,
    "sensitivity": 4,
    "handling": 1,
    "audience": 1,
    "part": 1,
    "relationship": 6,
    "consent": 5,
    "opening": 1,
}
"""How many words of each axis make 5,760,000 requests; a handling code and a limit of the sender stay at none."""


def analyse_vs_decide() -> Row:
    """Return what one request of the space costs when all are swept, findings included, against one decision."""
    policy, cases = world()
    _require_counts(policy)
    swept = analyse(policy, AT, WORDS)
    if swept.sweep.requests != ASKED:
        raise AssertionError(f"the space has {swept.sweep.requests} requests")
    few = cases[:4_000]
    mine, bare, ratio = medians(
        lambda: analyse(policy, AT, WORDS), lambda: [verdict(case, policy) for case in few], rounds=9
    )
    per = len(few) / ASKED
    unit = "microseconds of CPU per request"
    return Row("analyse_vs_decide", mine / ASKED * 1e6, bare / len(few) * 1e6, unit, ratio * per, 0.3, "lower")


def _require_counts(policy: PolicySet) -> None:
    """Count a part of the space request by request: the sweep must count the same."""
    few = {name: min(2, words) for name, words in WORDS.items()} | {"parties": 100, "role": 3, "category": 3}
    found: Analysis = analyse(policy, AT, few)
    permitted = asked = 0
    for space in found.spaces:
        for chosen in product(*(axis.words for axis in space.axes)):
            named = {axis.name: one[0] for axis, one in zip(space.axes, chosen, strict=True)}
            permitted += verdict(case_of(named, policy, AT), policy).level is Level.SHOW
            asked += 1
    if (asked, permitted) != (found.sweep.requests, found.sweep.permitted):
        raise AssertionError(f"one by one {permitted} of {asked}, swept {found.sweep}")


def replay_vs_decide() -> Row:
    """Return what one logged decision costs to replay against a draft: one agreement asks for consent throughout."""
    policy, cases = world()
    draft = _stricter(policy)
    made = [Logged((case,), found.level, found.rule) for case in cases for found in [verdict(case, policy)]]
    few = replay(made, draft)
    _require_same(few, cases, policy, draft)
    logged = [made[place % len(made)] for place in range(LOGGED)]
    mine, bare, ratio = medians(
        lambda: replay(logged, draft), lambda: [verdict(one.cases[0], draft) for one in logged], rounds=3
    )
    unit = "microseconds of CPU per logged decision"
    return Row("replay_vs_decide", mine / LOGGED * 1e6, bare / LOGGED * 1e6, unit, ratio, 3.0, "lower")


def _stricter(policy: PolicySet) -> PolicySet:
    first, *rest = policy.agreements
    rules = tuple(
        replace(rule, consent=replace(rule.consent, need="given", openings=frozenset(), overrides_refusal=False))
        for rule in first.agreement.rules
    )
    changed = SignedAgreement(replace(first.agreement, rules=rules), first.signed_by)
    return compile_policy([changed, *rest], policy.gateways, policy.house_rules, policy.vocabulary)


def _require_same(found: Replayed, cases: list[Case], policy: PolicySet, draft: PolicySet) -> None:
    sides = [(verdict(case, policy).level, verdict(case, draft).level) for case in cases]
    withheld = sum(before is Level.SHOW and after is not Level.SHOW for before, after in sides)
    if (found.newly_withheld, found.decisions) != (withheld, len(cases)) or not withheld:
        raise AssertionError(f"one by one {withheld} are newly withheld, replayed {found}")


def rules_20000_vs_200() -> Row:
    """Return what a decision costs with 20,000 rules against one with 200."""
    small, cases = world()
    large, _ = build(12, agreements=MANY, cases=1)
    few = cases[:2_000]
    shown = [sum(verdict(case, policy).level is Level.SHOW for case in few) for policy in (small, large)]
    if not 0 < shown[0] < shown[1]:
        raise AssertionError(f"more rules must show more: {shown}")
    mine, bare, ratio = medians(
        lambda: [verdict(case, large) for case in few], lambda: [verdict(case, small) for case in few], rounds=15
    )
    unit = "microseconds of CPU per decision"
    return Row("rules_20000_vs_200", mine / len(few) * 1e6, bare / len(few) * 1e6, unit, ratio, 5.0, "lower")
