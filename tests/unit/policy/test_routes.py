"""Routes: who may give what to whom, enforced at load; and rules on routes that nobody accepted."""

from collections.abc import Callable

import pytest

from hub.domain.errors import PolicyError
from hub.policy.agreement import Agreement, load_agreement
from hub.policy.compile import PolicySet, SignedAgreement, compile_policy
from hub.policy.decide import decide
from hub.policy.decision import Level
from hub.policy.explain import explain
from hub.policy.gateways import Gateways, load_gateways
from hub.policy.reference import decide_naively
from hub.policy.vocabulary import Vocabulary
from hub.policy.worked_cases import cases_of
from tests.unit.policy.conftest import shipped
from tests.unit.policy.test_language import ALLOCATED
from tests.unit.policy.test_loading import SMALL

RULE = """\
sharing:
- rule: X1
  words: Tried
  from: [{giver}]
  to: [{taker}]
  roles: [social_worker]
  purposes: [protect_child]
  categories: [{category}]
  up_to: sensitive
  relationship: [allocated_to_family]
  consent: {{need: none, openings: [s47_enquiry]}}
  route: {route}
"""
PARTIES = "  sm: {name: Drugs, kind: contracted_provider, controller: joint, lead: Desk}\n  da: {name: Refuge, kind: charity, controller: separate, lead: Desk}\npurposes:"  # noqa: E501  one line each, as in the file
PATIENT = ("health_summary", "mental_health_summary", "crisis_history", "substance_use_summary", "attendance")


@pytest.fixture
def tried(vocabulary: Vocabulary, gateways: Gateways) -> Callable[..., Agreement]:
    def load(route: str, giver: str, taker: str, category: str = "police_incident") -> Agreement:
        rule = RULE.format(route=route, giver=giver, taker=taker, category=category)
        text = SMALL.replace("sharing:\n", rule, 1).replace("purposes:", PARTIES, 1)
        return load_agreement(text, "a.yaml", vocabulary, gateways)

    return load


@pytest.mark.parametrize(
    ("route", "giver", "taker"),
    [
        ("CA1989-S47-9", "police", "csc"),  # domain 2.2: police are not listed in s47(11)
        ("CA1989-S47-9", "da", "csc"),
        ("CA1989-S47-9", "mh", "police"),  # s47(9) runs to the local authority
        ("CDA1998-S115", "csc", "da"),  # s115 runs towards relevant authorities, never to a charity
        ("CDA1998-S115", "police", "sm"),
        ("CA1989-S27", "police", "csc"),
        ("PCSCA2022-S16", "mh", "police"),  # nothing from a health or social care authority
        ("PCSCA2022-S16", "csc", "police"),
        ("CONTRACTED-S16LA", "mh", "csc"),
        ("POLICE-COMMON-LAW", "csc", "police"),
    ],
)
def test_a_route_runs_only_between_those_its_law_names(
    route: str, giver: str, taker: str, tried: Callable[..., Agreement]
) -> None:
    with pytest.raises(PolicyError) as caught:
        tried(route, giver, taker)
    assert caught.value.code == "route_misfit"
    assert caught.value.where == "a.yaml:29:3"


@pytest.mark.parametrize(
    ("route", "giver", "taker"),
    [("CA1989-S47-9", "mh", "csc"), ("CDA1998-S115", "da", "csc"), ("PCSCA2022-S16", "police", "csc")],
)
def test_the_same_routes_carry_what_their_law_allows(
    route: str, giver: str, taker: str, tried: Callable[..., Agreement]
) -> None:
    assert tried(route, giver, taker).rules[0].route == route


@pytest.mark.parametrize("category", PATIENT)
def test_the_serious_violence_duty_never_carries_patient_data(category: str, tried: Callable[..., Agreement]) -> None:
    with pytest.raises(PolicyError) as caught:
        tried("PCSCA2022-S16", "police", "csc", category)
    assert (caught.value.code, caught.value.where) == ("route_excludes", "a.yaml:25:3")
    assert category in caught.value.next_step


def test_without_the_recorded_opening_the_basis_is_refused(agreement: Agreement, policy: PolicySet) -> None:
    case = cases_of(agreement, {**ALLOCATED, "label": ALLOCATED["label"] | {"owner": "mh"}}, policy)[0]
    found = decide(case, policy)
    assert found.level is Level.ATTRIBUTED
    assert "opening" in found.missing


@pytest.fixture
def dormant(agreement: Agreement, policy: PolicySet) -> PolicySet:
    signed = [SignedAgreement(agreement, frozenset(agreement.parties))]
    unaccepted = frozenset({"CLDC-CONSENT"})
    return compile_policy(signed, policy.gateways, policy.house_rules, policy.vocabulary, unaccepted)


def test_a_rule_on_a_route_that_nobody_accepted_shows_nothing_and_says_why(
    agreement: Agreement, policy: PolicySet, dormant: PolicySet
) -> None:
    consent = {"person": "father", "status": "given", "from": "2026-05-10T09:00"}
    case = cases_of(agreement, {**ALLOCATED, "consents": [consent]}, policy)[0]
    assert decide(case, policy).level is Level.SHOW
    found = decide(case, dormant)
    assert (found.level, found.rule) == (Level.ATTRIBUTED, "EFS-2026-04/1:G1")
    assert "route" in found.missing
    assert decide_naively(case, dormant).level is Level.ATTRIBUTED
    assert "possible once a named officer has accepted the legal route" in " ".join(
        explain(found, dormant, audience="ig").possible
    )


def test_which_routes_are_accepted_is_part_of_what_decided(policy: PolicySet, dormant: PolicySet) -> None:
    assert policy.digest != dormant.digest


def test_the_digest_of_a_route_is_of_its_whole_text(vocabulary: Vocabulary, gateways: Gateways) -> None:
    text, name = shipped("gateways.yaml")
    other = load_gateways(text.replace("not a route to charities", "a route to all"), name, vocabulary)
    changed = {key for key, route in other.routes.items() if route.digest != gateways.routes[key].digest}
    assert changed == {"CDA1998-S115"}
