from dataclasses import replace
from datetime import timedelta

import pytest

from hub.domain.errors import PolicyError
from hub.policy.agreement import Agreement
from hub.policy.compile import PolicySet, SignedAgreement, compile_policy
from hub.policy.terms import Rule


def again(policy: PolicySet, *signed: SignedAgreement) -> PolicySet:
    return compile_policy(signed, policy.gateways, policy.house_rules, policy.vocabulary)


@pytest.mark.parametrize("absent", ["csc", "police", "mh", "sm", "da"])
def test_a_version_without_the_signature_of_every_party_does_not_compile(
    absent: str, agreement: Agreement, policy: PolicySet
) -> None:
    with pytest.raises(PolicyError) as caught:
        again(policy, SignedAgreement(agreement, frozenset(agreement.parties) - {absent}))
    assert caught.value.code == "missing_signature"
    assert "efs-2026-04.yaml" in caught.value.where
    assert absent in caught.value.next_step


def test_a_signature_of_somebody_who_is_no_party_is_refused(agreement: Agreement, policy: PolicySet) -> None:
    with pytest.raises(PolicyError) as caught:
        again(policy, SignedAgreement(agreement, frozenset({*agreement.parties, "gp"})))
    assert caught.value.code == "unknown_party"


def test_the_same_version_twice_is_refused(policy: PolicySet) -> None:
    with pytest.raises(PolicyError) as caught:
        again(policy, policy.agreements[0], policy.agreements[0])
    assert caught.value.code == "duplicate_version"


def test_the_digest_covers_every_text(policy: PolicySet) -> None:
    signed = policy.agreements[0]
    other = replace(signed.agreement, content={**signed.agreement.content, "title": "another"})
    digests = {
        policy.digest,
        again(policy).digest,
        again(policy, replace(signed, agreement=other)).digest,
        replace_part(policy, "gateways").digest,
        replace_part(policy, "house_rules").digest,
        replace_part(policy, "vocabulary").digest,
    }
    assert len(digests) == 6


def replace_part(policy: PolicySet, name: str) -> PolicySet:
    parts = {part: getattr(policy, part) for part in ("gateways", "house_rules", "vocabulary")}
    parts[name] = replace(parts[name], digest="edited")
    return compile_policy(policy.agreements, **parts)


def test_rules_that_override_a_refusal_are_relied_on_last(policy: PolicySet) -> None:
    rules = [entry.rule for entry in reversed(policy.entries) if isinstance(entry.rule, Rule)]
    overriding = [rule.consent.overrides_refusal for rule in rules]
    assert overriding == sorted(overriding)
    assert rules[0].consent.need == "given"


def test_a_newer_version_ends_the_older_one_on_the_day_it_starts(agreement: Agreement, policy: PolicySet) -> None:
    parties = frozenset(agreement.parties)
    newer = replace(agreement, version=2, starts=agreement.starts + timedelta(days=30))
    both = again(policy, SignedAgreement(newer, parties), SignedAgreement(agreement, parties))
    ends = {e.ends for e in both.entries if e.agreement is not None and e.agreement.version == 1}
    assert ends == {newer.starts}
