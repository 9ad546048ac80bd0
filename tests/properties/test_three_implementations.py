"""Compiled tables, naive reference and Cedar decide alike: worked cases, 20,000 requests, every boundary instant."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice, product
from types import SimpleNamespace

import pytest

from hub.policy.case import Case
from hub.policy.cedar import CedarOracle
from hub.policy.compile import PolicySet
from hub.policy.decide import decide
from hub.policy.decision import Level
from hub.policy.reference import decide_naively
from hub.policy.terms import Agreement
from hub.policy.worked_cases import cases_of
from tests.properties.rich_rules import instants, rich
from tests.properties.test_state_machine import POLICY

REQUESTS, SETS = 20_000, 4
"""How many requests are compared, over how many generated sets."""


def disagreements(policy: PolicySet, cases: list[Case]) -> list[tuple[Case, object]]:
    """Return the cases on which the three differ; levels, reasons and rules with the reference, shown with Cedar."""
    oracle, found = CedarOracle(policy), []
    for case in cases:
        ours, naive, cedar = decide(case, policy), decide_naively(case, policy), oracle.allows(case)
        same = (ours.level, ours.reason, ours.rule) == (naive.level, naive.reason, naive.rule)
        if not same or cedar is not (ours.level is Level.SHOW):
            found.append((case, (ours, naive, cedar)))
    return found


def counted(policy: PolicySet, cases: list[Case]) -> dict[str, int]:
    outcomes = [decide(case, policy) for case in cases]
    return {name: sum(one.reason == name for one in outcomes) for name in ("permitted", "prohibited", "no_rule")}


@pytest.mark.parametrize("seed", range(SETS))
def test_they_agree_on_twenty_thousand_requests(seed: int) -> None:
    policy, cases = rich(seed, agreements=12, cases=REQUESTS // SETS)
    assert disagreements(policy, cases) == []
    assert min(counted(policy, cases).values()) > len(cases) // 50, "requests must meet rules, and prohibitions"


def test_they_agree_on_every_instant_at_which_something_starts_ends_or_is_superseded() -> None:
    policy, cases = rich(50, agreements=8, cases=60)
    shown = [case for case in cases if decide(case, policy).level is Level.SHOW][:6]
    moved = [
        replace(case, at=at, consented_at=min(at, case.consented_at)) for case, at in product(shown, instants(policy))
    ]
    assert disagreements(policy, moved) == []
    assert 0 < counted(policy, moved)["permitted"] < len(moved)


def test_they_agree_on_the_agreements_that_ship_at_every_boundary() -> None:
    policy = POLICY
    cases = [case for signed in policy.agreements for case in islice(worked(policy, signed.agreement), 8)]
    moved = [replace(case, at=at, consented_at=None) for case, at in product(cases, instants(policy))]
    assert disagreements(policy, moved) == []


def worked(policy: PolicySet, agreement: Agreement) -> Iterator[Case]:
    for case in agreement.worked_cases:
        yield from cases_of(agreement, case, policy)


@pytest.mark.parametrize(
    "defect", ["nevers", "any_opening", "lasting", "any_also", "dormant", "plain", "lifted_by_consent"]
)
def test_a_planted_defect_in_the_tables_is_found(defect: str) -> None:
    policy, cases = rich(7, agreements=12, cases=4_000)
    tables = policy.tables
    broken = {
        "nevers": 0,
        "any_opening": -1,
        "lasting": (),
        "any_also": -1,
        "dormant": tables.dormant,
        "plain": tables.nevers,
        "lifted_by_consent": dict.fromkeys(tables.lifted_by_consent, -1),
    }
    permits = {"permits": tables.permits | tables.dormant} if defect == "dormant" else {}
    wrong = replace(policy, tables=replace(tables, **{defect: broken[defect]}, **permits))
    assert disagreements(wrong, cases)


def test_an_answer_of_cedar_that_carries_an_error_is_a_disagreement(monkeypatch: pytest.MonkeyPatch) -> None:
    policy, cases = rich(3, agreements=4, cases=40)
    shown = next(case for case in cases if decide(case, policy).level is Level.SHOW)
    answer = CedarOracle(policy).answer(CedarOracle(policy).request(shown))
    faulty = SimpleNamespace(
        decision=answer.decision, diagnostics=SimpleNamespace(errors=["policy 3: no such attribute"])
    )
    monkeypatch.setattr(CedarOracle, "answer", lambda *_: faulty)
    assert disagreements(policy, [shown])
