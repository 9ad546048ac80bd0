"""The worked cases inside every agreement hold, and a defect in the decision makes them fail."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hub.policy.agreement import Agreement, load_agreement, load_house_rules
from hub.policy.cedar import CedarOracle
from hub.policy.compile import PolicySet, SignedAgreement, compile_policy
from hub.policy.decide import decide
from hub.policy.gateways import load_gateways
from hub.policy.reference import decide_naively
from hub.policy.vocabulary import load_vocabulary
from hub.policy.worked_cases import cases_of, policy_of, run

POLICIES = Path(__file__).resolve().parents[2] / "policies"
AGREEMENTS = sorted(POLICIES.glob("agreements/*.yaml"))
WANTED = [
    "the child protection plan is in force",
    "the holder has recorded its decision to share this item",
    "no decision of the holder; withheld, and the holder has the task to decide",
    "The duty worker at 02:00",
    "allocation ended yesterday",
    "the father's worker reads. The stricter wins",
    "withdrawn yesterday",
    "looks for the refuge",
]


def loaded(path: Path) -> tuple[Agreement, PolicySet]:
    vocabulary = load_vocabulary((POLICIES / "vocabulary.yaml").read_text(), "vocabulary.yaml")
    gateways = load_gateways((POLICIES / "gateways.yaml").read_text(), "gateways.yaml", vocabulary)
    house = load_house_rules((POLICIES / "house-rules.yaml").read_text(), "house-rules.yaml", vocabulary)
    agreement = load_agreement(path.read_text(), path.name, vocabulary, gateways)
    signed = SignedAgreement(agreement, frozenset(agreement.parties))
    return agreement, compile_policy([signed], gateways, house, vocabulary)


@pytest.fixture(scope="module", params=AGREEMENTS, ids=lambda path: path.stem)
def both(request: pytest.FixtureRequest) -> tuple[Agreement, PolicySet]:
    return loaded(request.param)


def test_every_worked_case_of_the_agreement_holds(both: tuple[Agreement, PolicySet]) -> None:
    agreement, policy = both
    assert agreement.worked_cases
    assert run(agreement, policy) == []


def test_three_implementations_agree_on_every_worked_case(both: tuple[Agreement, PolicySet]) -> None:
    agreement, policy = both
    for written in agreement.worked_cases:
        meant = policy_of(agreement, written, policy)
        oracle = CedarOracle(meant)
        for case in cases_of(agreement, written, meant):
            compiled, naive = decide(case, meant), decide_naively(case, meant)
            assert (compiled.level, compiled.rule) == (naive.level, naive.rule)
            assert oracle.verdict(case).allowed is (compiled.level == "show")


def test_the_pack_has_six_agreements_and_sixty_worked_cases_each_with_its_source() -> None:
    loaded_all = [loaded(path)[0] for path in AGREEMENTS]
    cases = [case for agreement in loaded_all for case in agreement.worked_cases]
    assert {agreement.id for agreement in loaded_all} == {
        f"{code}-2026-04" for code in ("EFS", "PN", "DAS", "FD", "OE", "MV")
    }
    assert len(cases) >= 60
    assert all(case["source"].startswith("domain ") for case in cases)
    assert all({"retention", "onward_sharing"} <= set(agreement.content) for agreement in loaded_all)


def test_the_six_together_compile_and_every_route_of_theirs_is_directional() -> None:
    each = [loaded(path) for path in AGREEMENTS]
    base = each[0][1]
    signed = [SignedAgreement(agreement, frozenset(agreement.parties)) for agreement, _ in each]
    policy = compile_policy(signed, base.gateways, base.house_rules, base.vocabulary)
    assert len(policy.agreements) == 6


@pytest.mark.parametrize("words", WANTED)
def test_the_cases_that_every_partnership_asks_about_are_written_down(words: str) -> None:
    agreement, _ = loaded(POLICIES / "agreements" / "efs-2026-04.yaml")
    assert any(words in case["words"] for case in agreement.worked_cases)


DEFECTS: dict[str, Any] = {
    "prohibitions skipped": {"nevers": 0},
    "openings not asked for": {"any_opening": -1},
    "blocking duties not asked for": {"blocking": ()},
    "gaps forgotten": {"gaps": 0},
}


@pytest.mark.parametrize("defect", DEFECTS)
def test_a_planted_defect_makes_a_worked_case_fail(defect: str) -> None:
    agreement, policy = loaded(POLICIES / "agreements" / "efs-2026-04.yaml")
    assert run(agreement, replace(policy, tables=replace(policy.tables, **DEFECTS[defect])))


def test_a_changed_expectation_is_reported_in_words() -> None:
    agreement, policy = loaded(POLICIES / "agreements" / "efs-2026-04.yaml")
    first: Any = agreement.worked_cases[0]
    wrong = replace(agreement, worked_cases=({**first, "expect": {"level": "hide", "rule": "none"}},))
    found = [(failure.expected, failure.found) for failure in run(wrong, policy)]
    assert found == [("level: hide", "level: show (permitted)"), ("rule: none", "rule: R1 (permitted)")]
