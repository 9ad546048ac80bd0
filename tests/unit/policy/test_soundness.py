"""What is not sound is not proposed and not served."""

from dataclasses import replace

import pytest

from hub.domain.errors import PolicyError
from hub.policy.agreement import Agreement
from hub.policy.compile import PolicySet
from hub.services import soundness
from hub.services.soundness import check, joined, require_sound


def refused(policy: PolicySet) -> str:
    with pytest.raises(PolicyError) as caught:
        require_sound(policy)
    return caught.value.code


def test_the_agreement_that_ships_is_sound(policy: PolicySet) -> None:
    require_sound(policy)


def test_a_set_whose_tables_decide_otherwise_than_the_reference_is_not_served(policy: PolicySet) -> None:
    assert refused(replace(policy, tables=replace(policy.tables, nevers=0))) == "implementations_differ"


def test_a_set_whose_tables_depend_on_the_order_of_loading_is_not_served(
    policy: PolicySet, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = soundness.compile_policy

    def leans(agreements: object, *rest: object) -> PolicySet:
        found = real(agreements, *rest)
        return replace(found, tables=replace(found.tables, any_also=0))

    assert not list(soundness._order(policy))
    monkeypatch.setattr(soundness, "compile_policy", leans)
    assert list(soundness._order(policy))


def test_an_agreement_without_a_worked_case_is_not_signed(policy: PolicySet, agreement: Agreement) -> None:
    bare = replace(agreement, worked_cases=())
    with pytest.raises(PolicyError, match="no_worked_cases"):
        check(bare, policy, policy).require("here")


def test_an_agreement_whose_worked_case_fails_is_not_signed(policy: PolicySet, agreement: Agreement) -> None:
    first, *rest = agreement.worked_cases
    wrong = replace(agreement, worked_cases=({**first, "expect": {"level": "count"}}, *rest))
    with pytest.raises(PolicyError, match="worked_cases_fail"):
        check(wrong, policy, policy).require("here")


def test_a_draft_takes_the_place_of_its_own_earlier_versions(policy: PolicySet, agreement: Agreement) -> None:
    newer = replace(agreement, version=agreement.version + 1)
    assert [one.agreement.key for one in joined(newer, policy).agreements] == [newer.key]
