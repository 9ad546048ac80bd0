from dataclasses import replace
from typing import Any

import pytest

from hub.policy.agreement import Agreement
from hub.policy.compile import PolicySet
from hub.policy.decision import Decision, Level, faulty
from hub.policy.explain import NOTHING, explain
from hub.policy.in_words import onward_words
from hub.policy.worked_cases import decide_case


def decided(agreement: Agreement, policy: PolicySet, words: str) -> Decision:
    case: Any = next(case for case in agreement.worked_cases if words in case["words"])
    return decide_case(agreement, case, policy)


def test_what_is_shown_is_explained_in_the_rules_own_words_with_each_ground_apart(
    agreement: Agreement, policy: PolicySet
) -> None:
    found = explain(
        decided(agreement, policy, "the child protection plan is in force"), policy, audience="practitioner"
    )
    assert found.headline == "Shown without consent, because of the recorded opening fact"
    assert found.words.startswith("While a child protection opening stands, the NHS trust's information")
    grounds = dict(found.basis)
    assert list(grounds)[:6] == ["Route", "Article 6", "Article 9", "Article 10", "Confidence", "Article 8"]
    assert (grounds["Route"], grounds["Article 9"]) == ("CA1989-S47-9", "UK GDPR 9(2)(g); DPA 2018 Sch 1 para 18")
    assert found.dates == "in force 2026-04-01 to before 2028-04-01"
    assert "Police are not listed" in found.unverified


@pytest.mark.parametrize(
    ("term", "words"),
    [
        ({"allowed": "none"}, "It goes no further than you."),
        ({"allowed": "ask_originator"}, "Ask the agency it came from before it goes further."),
        ({"allowed": "ask_originator", "notice": "Ask Bea first."}, "Ask Bea first."),
        ({"allowed": "own_rule"}, ""),
    ],
)
def test_who_is_shown_something_reads_whether_it_goes_further(
    agreement: Agreement, term: dict[str, str], words: str
) -> None:
    assert onward_words(replace(agreement, content={**agreement.content, "onward_sharing": term})) == words


def test_a_practitioner_reads_near_misses_of_a_gap(agreement: Agreement, policy: PolicySet) -> None:
    found = explain(decided(agreement, policy, "withdrawn yesterday"), policy, audience="practitioner")
    assert found.headline == "Withheld: no rule allows it now"
    assert found.possible == ("possible with consent", "possible if the agency that holds it decides to share it")


@pytest.mark.parametrize("words", ["looks for the refuge", "allocation ended yesterday", "The stricter wins"])
def test_everything_hidden_reads_the_same_to_a_practitioner(
    words: str, agreement: Agreement, policy: PolicySet
) -> None:
    hidden = explain(decided(agreement, policy, words), policy, audience="practitioner")
    assert hidden == explain(Decision(Level.HIDE, "no_rule"), policy, audience="practitioner")
    assert hidden == explain(faulty("consent"), policy, audience="practitioner")
    assert hidden.headline == NOTHING
    assert "not a statement that nothing is held" in NOTHING


def test_an_ig_officer_reads_the_prohibition_and_the_fault(agreement: Agreement, policy: PolicySet) -> None:
    barred = explain(decided(agreement, policy, "looks for the refuge"), policy, audience="ig")
    assert (barred.headline, barred.rule) == ("Withheld: prohibited", "HOUSE/1:H1")
    assert "never shown to a worker allocated" in barred.words
    assert "(consent)" in explain(faulty("consent"), policy, audience="ig").headline


def test_a_step_that_blocks_is_named(agreement: Agreement, policy: PolicySet) -> None:
    found = explain(decided(agreement, policy, "has not yet written why"), policy, audience="practitioner")
    assert found.possible == ("first: Write why it is necessary and proportionate",)


def test_conditions_of_a_consent_are_an_obligation(agreement: Agreement, policy: PolicySet) -> None:
    case: Any = next(c for c in agreement.worked_cases if "Consent given last month" in c["words"])
    spoken = replace_status(case, "given_with_conditions")
    decision = decide_case(agreement, spoken, policy)
    assert (decision.level, decision.obligations) == (Level.SHOW, ("keep_conditions",))
    assert replace(decision, obligations=()) == decide_case(agreement, case, policy)


def replace_status(case: dict[str, Any], status: str) -> dict[str, Any]:
    return {**case, "consents": [{**case["consents"][0], "status": status}]}
