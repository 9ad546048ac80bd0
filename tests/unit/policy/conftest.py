from pathlib import Path

import pytest

from hub.policy.agreement import Agreement, load_agreement, load_house_rules
from hub.policy.compile import PolicySet, SignedAgreement, compile_policy
from hub.policy.gateways import Gateways, load_gateways
from hub.policy.terms import HouseRules
from hub.policy.vocabulary import Vocabulary, load_vocabulary

POLICIES = Path(__file__).resolve().parents[3] / "policies"


def shipped(name: str) -> tuple[str, str]:
    return (POLICIES / name).read_text(), name


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    return load_vocabulary(*shipped("vocabulary.yaml"))


@pytest.fixture(scope="session")
def gateways(vocabulary: Vocabulary) -> Gateways:
    return load_gateways(*shipped("gateways.yaml"), vocabulary)


@pytest.fixture(scope="session")
def house(vocabulary: Vocabulary) -> HouseRules:
    return load_house_rules(*shipped("house-rules.yaml"), vocabulary)


@pytest.fixture(scope="session")
def agreement(vocabulary: Vocabulary, gateways: Gateways) -> Agreement:
    return load_agreement(*shipped("agreements/efs-2026-04.yaml"), vocabulary, gateways)


@pytest.fixture(scope="session")
def policy(agreement: Agreement, gateways: Gateways, house: HouseRules, vocabulary: Vocabulary) -> PolicySet:
    return compile_policy([SignedAgreement(agreement, frozenset(agreement.parties))], gateways, house, vocabulary)
