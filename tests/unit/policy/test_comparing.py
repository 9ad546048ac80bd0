"""Two versions in words, and what the difference means; who can see what; a draft over made decisions."""

from dataclasses import replace
from datetime import UTC, datetime

from hub.policy.compile import PolicySet, SignedAgreement, compile_policy
from hub.policy.decide import decide
from hub.policy.diff import Effect, changes, effects
from hub.policy.replay import Logged, replay
from hub.policy.terms import Agreement
from hub.policy.vocabulary import Vocabulary
from hub.policy.who_can_see import Holding, who_can_see
from tests.bench.rules import build

SUMMER = datetime(2026, 7, 1, tzinfo=UTC)


def narrower(agreement: Agreement) -> Agreement:
    """Return version 2, in which R1 is for managers only."""
    rules = tuple(
        replace(rule, when=replace(rule.when, roles=frozenset({"team_manager"}))) if rule.id == "R1" else rule
        for rule in agreement.rules
    )
    return replace(agreement, version=agreement.version + 1, rules=rules)


def compiled(policy: PolicySet, agreement: Agreement) -> PolicySet:
    signed = SignedAgreement(agreement, frozenset(agreement.parties))
    return compile_policy([signed], policy.gateways, policy.house_rules, policy.vocabulary)


def test_a_changed_dimension_is_said_in_words(agreement: Agreement, vocabulary: Vocabulary) -> None:
    found = [(c.where, c.what, c.before, c.after) for c in changes(agreement, narrower(agreement), vocabulary)]
    assert ("rule R1", "roles", "Children's social worker, Team manager", "Team manager") in found
    assert {where for where, *_ in found} == {"agreement", "rule R1"}


def test_added_and_removed_rules_and_parties_are_said(agreement: Agreement, vocabulary: Vocabulary) -> None:
    without = replace(agreement, rules=agreement.rules[1:])
    first = agreement.rules[0]
    assert [(c.where, c.before, c.after) for c in changes(agreement, without, vocabulary)] == [
        (f"rule {first.id}", first.words, "")
    ]
    assert changes(without, agreement, vocabulary)[0].after == first.words
    fewer = replace(agreement, parties={k: v for k, v in agreement.parties.items() if k != "da"})
    assert changes(agreement, fewer, vocabulary)[0].where == "party da"


def test_the_same_text_twice_changes_nothing(agreement: Agreement, policy: PolicySet, vocabulary: Vocabulary) -> None:
    assert changes(agreement, agreement, vocabulary) == ()
    assert effects(policy, compiled(policy, replace(agreement, version=9)), SUMMER) == ()


def test_an_effect_says_for_whom_and_about_what(agreement: Agreement, policy: PolicySet) -> None:
    found = effects(policy, compiled(policy, narrower(agreement)), SUMMER)
    assert found
    assert {effect.role for effect in found} == {"social_worker"}
    assert {effect.recipient for effect in found} == {"csc"}
    assert all(effect.shown == 0 for effect in found)
    assert any(effect.withheld for effect in found)
    back = effects(compiled(policy, narrower(agreement)), policy, SUMMER)
    assert [(e.withheld, e.shown) for e in back] == [(e.shown, e.withheld) for e in found]
    assert isinstance(found[0], Effect)


def test_who_can_see_names_roles_rule_condition_and_prohibitions(policy: PolicySet) -> None:
    allowed, barred = who_can_see(Holding("child_disclosure", "police", "restricted"), policy, SUMMER)
    assert [one.rule.rpartition(":")[2] for one in allowed if "R2b" in one.rule] == ["R2b"]
    assert any("worker allocated to the person said to have caused harm" in one.words for one in barred)
    assert who_can_see(Holding("child_disclosure", "police", "restricted"), policy, SUMMER.replace(year=2040))[0] == ()


def test_a_draft_over_made_decisions_counts_what_changes_and_for_whom() -> None:
    policy, cases = build(3, agreements=10, cases=600)
    logged = [Logged((case,), decision.level, decision.rule) for case in cases for decision in [decide(case, policy)]]
    assert replay(logged, policy).changes == ()
    draft = compile_policy(policy.agreements[:-6], policy.gateways, policy.house_rules, policy.vocabulary)
    found = replay(logged, draft)
    after = [decide(case, draft) for case in cases]
    withheld = sum(o.level == "show" != n.level for o, n in zip(logged, after, strict=True))
    assert (found.decisions, found.newly_withheld) == (600, withheld)
    assert withheld
    assert sum(change.times for change in found.changes) >= withheld
