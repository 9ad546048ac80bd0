"""A Consent becomes a yes only when the hub's words can hold it precisely; anything else makes it narrower."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from connectors.fhir_consent import FhirConsent
from hub.domain.errors import RejectedMessageError
from hub.domain.referral import ConsentDraft, ConsentScope, ConsentWord, Limits, Outcome, Parsed

FIXTURE = "fhir_consent/agreed.json"
Change = Callable[[dict[str, Any]], object]
PRIVACY = "http://terminology.hl7.org/CodeSystem/consentscope"


@pytest.fixture
def agreed(message: Callable[[str], bytes]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(message(FIXTURE))
    return found


def parsed(consent: object) -> Parsed:
    return next(FhirConsent().parse(json.dumps(consent).encode(), Limits()))


def words(consent: dict[str, Any]) -> tuple[ConsentDraft, ...]:
    found = parsed(consent)
    assert found.outcome is Outcome.ACCEPTED, found.issues
    assert found.draft is not None
    return found.draft.consents


def hub_words(consent: dict[str, Any]) -> list[ConsentWord]:
    return [word.word for word in words(consent) if word.scope is ConsentScope.HUB_SHARING]


def test_a_precise_yes_keeps_its_scope_and_its_period(agreed: dict[str, Any]) -> None:
    (yes,) = words(agreed)
    assert (yes.word, yes.scope, yes.kind) == (
        ConsentWord.GIVEN,
        ConsentScope.HUB_SHARING,
        "confidentiality_agreement",
    )
    assert (yes.categories, yes.recipients, yes.purposes) == (
        ("attendance", "health_summary"),
        ("csc",),
        ("support_family",),
    )
    assert yes.starts == datetime(2026, 11, 20, 10, tzinfo=UTC)
    assert yes.ends == datetime(2027, 11, 20, tzinfo=UTC)


def provision(**changes: object) -> Change:
    return lambda consent: consent["provision"].update(changes)


def whole(**changes: object) -> Change:
    return lambda consent: consent.update(changes)


NOT_A_YES: dict[str, Change] = {
    "no category of ours": whole(category=[{"coding": [{"system": "http://loinc.org", "code": "59284-0"}]}]),
    "somebody else's word": whole(performer=[{"reference": "RelatedPerson/1"}]),
    "a modifier": whole(modifierExtension=[{"url": "urn:x", "valueBoolean": True}]),
    "no recipient": lambda consent: consent["provision"].pop("actor"),
    "no purpose": lambda consent: consent["provision"].pop("purpose"),
    "no category": lambda consent: consent["provision"].pop("class"),
    "a purpose of another list": provision(purpose=[{"system": "urn:other", "code": "support_family"}]),
    "a category nobody declared": provision(**{"class": [{"system": "urn:hub:category", "code": "everything"}]}),
    "an action": provision(action=[{"coding": [{"code": "access"}]}]),
    "a label": provision(securityLabel=[{"code": "R"}]),
    "data": provision(data=[{"meaning": "instance", "reference": {"reference": "Observation/1"}}]),
    "a period in words": provision(period={"start": "2026"}),
    "a nested permit": provision(provision=[{"type": "permit"}]),
    "an actor that is no recipient": provision(
        actor=[
            {
                "role": {"coding": [{"code": "AUT"}]},
                "reference": {"identifier": {"system": "urn:hub:agency", "value": "csc"}},
            }
        ]
    ),
    "proposed": whole(status="proposed"),
    "a status nobody knows": whole(status="perhaps"),
    "a draft": whole(status="draft"),
    "no type": lambda consent: consent["provision"].pop("type"),
}


@pytest.mark.parametrize("why", NOT_A_YES)
def test_what_cannot_be_held_precisely_is_no_yes_and_is_remarked_on(why: str, agreed: dict[str, Any]) -> None:
    NOT_A_YES[why](agreed)
    assert hub_words(agreed) == [ConsentWord.UNKNOWN]
    assert parsed(agreed).issues


@pytest.mark.parametrize("code", ["treatment", "research", "adr", "mystery"])
def test_consent_to_something_else_stays_there(code: str, agreed: dict[str, Any]) -> None:
    agreed["scope"] = {"coding": [{"system": PRIVACY, "code": code}]}
    assert hub_words(agreed) == []
    assert all(word.word is not ConsentWord.GIVEN for word in words(agreed))


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (whole(status="rejected"), ConsentWord.REFUSED),
        (whole(status="inactive"), ConsentWord.WITHDRAWN),
        (whole(status="entered-in-error"), ConsentWord.EXPIRED),
        (provision(type="deny"), ConsentWord.REFUSED),
    ],
)
def test_a_status_becomes_the_word_it_is(change: Change, word: ConsentWord, agreed: dict[str, Any]) -> None:
    change(agreed)
    (said,) = words(agreed)
    assert said.word is word
    assert (said.categories, said.recipients, said.purposes) == (("*",), ("*",), ("*",))


def test_a_no_inside_a_yes_is_kept_beside_it_and_one_that_cannot_be_read_is_about_everything(
    agreed: dict[str, Any],
) -> None:
    agreed["provision"]["provision"] = [
        {"type": "deny", "class": [{"system": "urn:hub:category", "code": "health_summary"}]},
        {"type": "deny", "code": [{"text": "anything about 2019"}]},
    ]
    yes, narrow, wide = words(agreed)
    assert [w.word for w in (yes, narrow, wide)] == [ConsentWord.GIVEN, ConsentWord.REFUSED, ConsentWord.REFUSED]
    assert (narrow.categories, wide.categories) == (("health_summary",), ("*",))


def test_a_no_stays_when_the_yes_around_it_cannot_be_held(agreed: dict[str, Any]) -> None:
    agreed["provision"] |= {"provision": [{"type": "deny"}], "action": [{"coding": [{"code": "access"}]}]}
    assert hub_words(agreed) == [ConsentWord.UNKNOWN, ConsentWord.REFUSED]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (whole(patient={"reference": "Patient/elsewhere"}), "subject_unresolved"),
        (whole(provision=["not one"]), "invalid_value"),
        (lambda consent: consent.pop("scope"), "required"),
        (lambda consent: consent["contained"][0].update(birthDate="soon"), "invalid_value"),
    ],
)
def test_what_is_broken_waits_in_quarantine_by_place_and_never_by_value(
    change: Change, code: str, agreed: dict[str, Any]
) -> None:
    change(agreed)
    found = parsed(agreed)
    assert found.outcome is Outcome.QUARANTINED
    assert any(issue.location.startswith("Consent") and ".resource" not in issue.location for issue in found.issues)
    assert code in {issue.code for issue in found.issues}, found.issues


@pytest.mark.parametrize("broken", [{"contained": "x"}, {"contained": [3]}, {"resourceType": "Observation"}])
def test_what_is_no_consent_is_rejected(broken: dict[str, Any], agreed: dict[str, Any]) -> None:
    with pytest.raises(RejectedMessageError):
        parsed(agreed | broken)
