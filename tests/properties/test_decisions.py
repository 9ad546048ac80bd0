from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import datetime, timedelta
from random import Random  # noqa: TID251  the seed is the point
from typing import Any, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.policy.case import Case
from hub.policy.cedar import CedarOracle
from hub.policy.compile import PolicySet, SignedAgreement, compile_policy
from hub.policy.decide import decide
from hub.policy.decision import Decision, Level, strictest
from hub.policy.reference import decide_naively
from tests.bench.rules import build

Thing = TypeVar("Thing")
SMALL = build(1, agreements=8, cases=1)
SEEDS = st.integers(0, 10_000)
FEW = settings(max_examples=6, deadline=None, derandomize=True)
SCALARS = [f.name for f in fields(Case) if f.type is str and f.name != "fault"]
SETS = [f.name for f in fields(Case) if f.name in {"parts", "relationships", "openings", "satisfied", "suspended"}]


def verdict(decision: Decision) -> tuple[Level, str, str]:
    return decision.level, decision.reason, decision.rule


def differences(policy: PolicySet, cases: list[Case]) -> list[Case]:
    return [case for case in cases if verdict(decide(case, policy)) != verdict(decide_naively(case, policy))]


def changed(case: Case, name: str, value: Any) -> Case:  # noqa: ANN401  wrong values are the point
    return replace(case, **{name: value})


def boundaries(policy: PolicySet) -> Iterator[datetime]:
    tick = timedelta(microseconds=1)
    for signed in policy.agreements:
        for instant in (signed.agreement.starts, signed.agreement.ends):
            yield from (instant - tick, instant, instant + tick)


@FEW
@given(SEEDS)
def test_compiled_and_naive_agree(seed: int) -> None:
    policy, cases = build(seed, agreements=8, cases=250)
    assert differences(policy, cases) == []


@FEW
@given(SEEDS)
def test_compiled_and_naive_agree_on_the_instants_where_an_agreement_starts_and_ends(seed: int) -> None:
    policy, cases = build(seed, agreements=6, cases=20)
    moved = [replace(case, at=at) for case in cases for at in boundaries(policy)]
    assert differences(policy, moved) == []


def test_compiled_and_naive_agree_when_a_newer_version_supersedes() -> None:
    policy, cases = build(5, agreements=6, cases=300)
    changed = 0
    for first in policy.agreements:
        start = first.agreement.starts + timedelta(days=50)
        newer = SignedAgreement(replace(first.agreement, version=2, starts=start, rules=()), first.signed_by)
        both = again(policy, [*policy.agreements, newer])
        moved = [replace(case, at=start + timedelta(hours=n)) for case in cases for n in (-1, 0, 1)]
        assert differences(both, moved) == []
        changed += sum(verdict(decide(case, both)) != verdict(decide(case, policy)) for case in moved)
    assert changed


def test_cedar_agrees_on_what_is_shown_and_on_the_relied_on_rule() -> None:
    policy, cases = build(11, agreements=40, cases=700)
    oracle = CedarOracle(policy)
    order = {entry.key: place for place, entry in enumerate(policy.entries)}
    shown = 0
    for case in cases:
        ours, theirs = decide(case, policy), oracle.verdict(case)
        assert theirs.allowed is (ours.level is Level.SHOW), (case, ours, theirs)
        if theirs.allowed:
            shown += 1
            assert ours.rule == max(theirs.rules, key=order.__getitem__)
        elif theirs.rules:
            assert ours.reason == "prohibited"
            assert ours.rule in theirs.rules
    assert shown > 30


@FEW
@given(SEEDS)
def test_removing_an_attribute_never_widens(seed: int) -> None:
    policy, cases = build(seed, agreements=8, cases=30)
    for case in cases:
        for name in SCALARS:
            assert decide(changed(case, name, ""), policy).level is Level.HIDE
        for name in SETS:
            assert decide(changed(case, name, None), policy).level is Level.HIDE
        for name in ("openings", "satisfied"):
            fewer = changed(case, name, frozenset())
            assert decide(fewer, policy).level.rank >= decide(case, policy).level.rank


@FEW
@given(SEEDS)
def test_suspending_an_agreement_never_widens(seed: int) -> None:
    policy, cases = build(seed, agreements=8, cases=100)
    for case in cases:
        for signed in policy.agreements:
            more = replace(case, suspended=case.suspended | {signed.agreement.key})
            assert decide(more, policy).level.rank >= decide(case, policy).level.rank


@FEW
@given(SEEDS)
def test_withdrawing_consent_never_shows_more(seed: int) -> None:
    policy, cases = build(seed, agreements=8, cases=250)
    for case in cases:
        for state in ("withdrawn", "refused"):
            after = decide(replace(case, consent=state), policy)
            assert after.level.rank >= decide(case, policy).level.rank


@FEW
@given(SEEDS)
def test_the_order_of_agreements_and_of_rules_does_not_matter(seed: int) -> None:
    policy, cases = build(seed, agreements=8, cases=100)
    rng = Random(seed)  # noqa: S311
    mixed = [
        replace(s, agreement=replace(s.agreement, rules=shuffled(rng, s.agreement.rules))) for s in policy.agreements
    ]
    other = again(policy, list(shuffled(rng, tuple(mixed))))
    assert other.digest == policy.digest
    assert other.tables == policy.tables
    for case in cases:
        assert decide(case, other) == decide(case, policy)


ANYTHING = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5), st.lists(st.text(max_size=3)))


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.sampled_from([f.name for f in fields(Case) if f.name != "fault"]), ANYTHING)
def test_a_value_outside_its_closed_list_is_a_fault_that_hides_and_never_raises(name: str, value: object) -> None:
    policy, cases = SMALL
    if (name in SETS and value in ([], "")) or (name == "consented_at" and value is None):
        return
    decision = decide(changed(cases[0], name, value), policy)
    assert (decision.level, decision.reason) == (Level.HIDE, "fault")
    assert decision.fault in {name, "source", "recipient"}


def test_something_that_is_no_case_at_all_is_a_fault() -> None:
    assert decide(None, SMALL[0]).reason == "fault"  # type: ignore[arg-type]


def test_a_naive_instant_is_a_fault() -> None:
    policy, cases = SMALL
    assert decide(replace(cases[0], at=datetime(2026, 1, 1)), policy).fault == "at"  # noqa: DTZ001


@pytest.mark.parametrize("defect", ["nevers", "any_opening", "blocking", "gaps"])
def test_a_planted_defect_in_the_tables_is_caught_by_the_comparison(defect: str) -> None:
    policy, cases = build(7, agreements=20, cases=2_000)
    broken: dict[str, Any] = {"nevers": 0, "any_opening": -1, "blocking": (), "gaps": 0}
    wrong = replace(policy, tables=replace(policy.tables, **{defect: broken[defect]}))
    assert differences(policy, cases) == []
    assert differences(wrong, cases)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.lists(st.builds(Decision, st.sampled_from(Level), st.just("no_rule"), rule=st.text("ab", max_size=2))))
def test_a_set_of_subjects_gets_the_strictest_verdict(decisions: list[Decision]) -> None:
    found = strictest(decisions)
    assert found.level is (max((d.level for d in decisions), key=lambda level: level.rank) if decisions else Level.HIDE)
    assert strictest(reversed(decisions)) == found
    assert bool(found.fault) is not bool(decisions)


def again(policy: PolicySet, agreements: list[SignedAgreement]) -> PolicySet:
    return compile_policy(agreements, policy.gateways, policy.house_rules, policy.vocabulary)


def shuffled(rng: Random, things: tuple[Thing, ...]) -> tuple[Thing, ...]:
    return tuple(rng.sample(things, len(things)))
