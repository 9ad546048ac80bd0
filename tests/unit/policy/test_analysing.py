"""The sweep says what deciding each request says; findings name rules that do nothing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from random import Random  # noqa: TID251  the seed is the point

import pytest

from hub.policy.analyse import ALWAYS_PROHIBITED, ALWAYS_SHADOWED, NEVER_MATCHES, Sweeper, analyse
from hub.policy.compile import PolicySet, SignedAgreement, compile_policy
from hub.policy.decide import decide
from hub.policy.decision import Level
from hub.policy.space import Axis, Space, case_of, spaces
from hub.policy.terms import ANY, Agreement, Match, Never, Rule
from tests.bench.rules import START, build

AT = START + timedelta(days=500)
SUMMER = datetime(2026, 7, 1, tzinfo=UTC)


def request(axes: tuple[Axis, ...], rng: Random) -> tuple[dict[str, tuple[str, ...]], int]:
    chosen = {axis.name: rng.choice(axis.words) for axis in axes}
    rules = -1
    for _, mask in chosen.values():
        rules &= mask
    return {name: words for name, (words, _) in chosen.items()}, rules


def outcome(rules: int, space: Space, policy: PolicySet) -> tuple[bool, str]:
    rules &= space.start
    allowed = rules & space.permits
    if rules & space.nevers or not allowed:
        return False, ""
    return True, policy.entries[allowed.bit_length() - 1].key


def test_the_space_says_what_deciding_says() -> None:
    policy, _ = build(5, agreements=40, cases=1)
    rng, shown = Random(1), 0  # noqa: S311
    for space in spaces(policy, AT):
        for _ in range(3_000):
            words, rules = request(space.axes, rng)
            decision = decide(case_of(words, policy, AT), policy)
            found = outcome(rules, space, policy)
            assert found == (decision.level is Level.SHOW, decision.rule if decision.level is Level.SHOW else "")
            shown += found[0]
    assert shown > 100


def small(space: Space) -> Space:
    axes = tuple(
        replace(axis, words=axis.words[: 3 if axis.name in {"role", "category"} else 2]) for axis in space.axes
    )
    return replace(space, axes=axes)


def test_the_sweep_counts_what_deciding_each_request_counts() -> None:
    policy, _ = build(5, agreements=40, cases=1)
    for space in map(small, spaces(policy, AT)):
        found = Sweeper(space).whole()
        permitted = prohibited = 0
        for chosen in product(*(axis.words for axis in space.axes)):
            words = {axis.name: one[0] for axis, one in zip(space.axes, chosen, strict=True)}
            decision = decide(case_of(words, policy, AT), policy)
            permitted += decision.level is Level.SHOW
            prohibited += decision.reason == "prohibited"
        assert (found.permitted, found.prohibited) == (permitted, prohibited)
        assert found.requests == space.size


def changed(policy: PolicySet, agreement: Agreement) -> PolicySet:
    signed = SignedAgreement(agreement, frozenset(agreement.parties))
    return compile_policy([signed], policy.gateways, policy.house_rules, policy.vocabulary)


def finding(policy: PolicySet, rule: str) -> tuple[str, tuple[str, ...]] | None:
    return next(((f.kind, f.because) for f in analyse(policy, SUMMER).findings if f.rule.endswith(f":{rule}")), None)


def test_the_shipped_agreement_has_no_rule_that_does_nothing(policy: PolicySet) -> None:
    found = analyse(policy, SUMMER)
    assert found.findings == ()
    assert found.sweep.permitted > 0
    assert found.sweep.beaten > 0


def rule_named(agreement: Agreement, name: str) -> Rule:
    return next(rule for rule in agreement.rules if rule.id == name)


def test_a_rule_whose_dimensions_never_meet_is_named(policy: PolicySet, agreement: Agreement) -> None:
    base = rule_named(agreement, "R1")
    dead = replace(base, id="R99", when=replace(base.when, relationships=frozenset({"own_agency"})))
    assert finding(changed(policy, replace(agreement, rules=(*agreement.rules, dead))), "R99") == (NEVER_MATCHES, ())


def test_a_permission_that_a_prohibition_always_beats_is_a_conflict(policy: PolicySet, agreement: Agreement) -> None:
    base = rule_named(agreement, "R1")
    never = Never(
        "N99",
        "none",
        Match(categories=base.when.categories, parts=ANY, roles=base.when.roles),
        ANY,
        ANY,
        ANY,
        Level.HIDE,
    )
    kind, because = finding(changed(policy, replace(agreement, nevers=(*agreement.nevers, never))), "R1") or ("", ())
    assert kind == ALWAYS_PROHIBITED
    assert any(rule.endswith(":N99") for rule in because)


def test_a_permission_that_another_always_goes_before_is_named(policy: PolicySet, agreement: Agreement) -> None:
    base = rule_named(agreement, "R1")
    copy = replace(base, id="R1b")
    kind, because = finding(changed(policy, replace(agreement, rules=(*agreement.rules, copy))), "R1b") or ("", ())
    assert kind == ALWAYS_SHADOWED
    assert because == (f"{agreement.key}:R1",)


def test_what_nobody_else_ever_sees_is_listed(policy: PolicySet) -> None:
    unseen = dict(analyse(policy, SUMMER).unseen)
    assert "family_plan" not in unseen["csc"]
    assert "child_disclosure" in unseen["csc"]


@pytest.mark.parametrize("defect", ["nevers", "any_relationship", "consent"])
def test_a_planted_defect_in_the_space_is_caught_by_the_comparison(defect: str) -> None:
    policy, _ = build(5, agreements=40, cases=1)
    t = policy.tables
    wrong = {"nevers": 0, "any_relationship": -1, "consent": dict.fromkeys(t.consent, -1)}
    broken = replace(policy, tables=replace(t, **{defect: wrong[defect]}))
    rng, different = Random(1), 0  # noqa: S311
    for space in spaces(broken, AT):
        for _ in range(3_000):
            words, rules = request(space.axes, rng)
            decision = decide(case_of(words, policy, AT), policy)
            different += outcome(rules, space, broken)[0] is not (decision.level is Level.SHOW)
    assert different
