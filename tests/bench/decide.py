"""One decision against the naive reference interpreter, over the generated 200 rules in 40 agreements.

The other side is `hub.policy.reference`: the signed texts read rule by rule, the yardstick of agreements 4.2. Both
sides get the same well-formed cases, and must have answered the same before anything is measured.
"""

from hub.policy.decide import decide
from hub.policy.reference import decide_naively
from tests.bench.measure import Row, medians
from tests.bench.rules import build

SEED, CASES, ROUNDS = 12, 400, 9


def decide_vs_reference() -> Row:
    """Return how many times faster the compiled tables decide."""
    policy, cases = build(SEED, cases=CASES)
    for case in cases:
        ours, naive = decide(case, policy), decide_naively(case, policy)
        if (ours.level, ours.rule) != (naive.level, naive.rule):
            raise AssertionError(f"the two sides differ: {ours} and {naive}")
    fast, slow, ratio = medians(
        lambda: [decide(case, policy) for case in cases],
        lambda: [decide_naively(case, policy) for case in cases],
        ROUNDS,
    )
    unit = "microseconds of CPU per decision"
    return Row("decide_vs_reference", fast / CASES * 1e6, slow / CASES * 1e6, unit, 1 / ratio, 10.0, "higher")
