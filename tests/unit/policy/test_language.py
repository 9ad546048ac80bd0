"""What an agreement can say: lasting consent, originator's handling, options, doers, capacities, closed terms."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hub.domain.errors import PolicyError
from hub.policy.agreement import Agreement, load_agreement
from hub.policy.case import Case
from hub.policy.compile import PolicySet, SignedAgreement, compile_policy
from hub.policy.decide import decide
from hub.policy.decision import Level
from hub.policy.gateways import Gateways
from hub.policy.periods import later
from hub.policy.reference import decide_naively
from hub.policy.vocabulary import Vocabulary
from hub.policy.worked_cases import cases_of, decide_case
from tests.unit.policy.test_loading import SMALL

Loaded = Callable[[str], Agreement]
GIVEN = datetime(2026, 5, 10, 9, tzinfo=UTC)
ALLOCATED: dict[str, Any] = {
    "viewer": {"role": "social_worker", "agency": "csc"},
    "allocations": [{"from": "2026-05-01T09:00"}],
    "purpose": "protect_child",
    "satisfied": ["state_reason"],
    "at": "2026-06-10T10:00",
    "label": {"category": "attendance", "sensitivity": "sensitive", "owner": "sm", "subjects": ["father"]},
}
CONSENT = {"person": "father", "status": "given", "from": "2026-05-10T09:00"}
DECIDED = {"opening": "holder_decision", "from": "2026-06-01T09:00", "items": ["i"], "recipient": "csc", "agency": "sm"}


@pytest.fixture
def loaded(vocabulary: Vocabulary, gateways: Gateways) -> Loaded:
    return lambda text: load_agreement(text, "a.yaml", vocabulary, gateways)


def asked(agreement: Agreement, policy: PolicySet, **changes: object) -> Case:
    return cases_of(agreement, {**ALLOCATED, "item": "i", **changes}, policy)[0]


@pytest.mark.parametrize(
    ("instant", "period", "expected"),
    [
        ("2026-01-31T09:00", "P1M", "2026-02-28T09:00"),
        ("2024-02-29T09:00", "P1Y", "2025-02-28T09:00"),
        ("2026-05-10T09:00", "P12M", "2027-05-10T09:00"),
        ("2026-12-31T23:59", "P1M", "2027-01-31T23:59"),
        ("2026-10-25T00:30", "PT24H", "2026-10-26T00:30"),
        ("2026-05-10T09:00", "P5D", "2026-05-15T09:00"),
    ],
)
def test_a_period_is_counted_on_the_calendar(instant: str, period: str, expected: str) -> None:
    assert later(datetime.fromisoformat(instant), period) == datetime.fromisoformat(expected)


def test_a_consent_that_a_rule_no_longer_takes_counts_as_not_sought_for_that_rule(
    agreement: Agreement, policy: PolicySet
) -> None:
    case = asked(agreement, policy, consents=[CONSENT])
    end = later(GIVEN, "P12M")
    for at, level in ((end - timedelta(microseconds=1), Level.SHOW), (end, Level.ATTRIBUTED)):
        moved = replace(case, at=at)
        assert decide(moved, policy).level is decide_naively(moved, policy).level is level
    assert decide(replace(case, at=end), policy).missing[0] == "consent"


def test_a_consent_of_no_known_age_is_too_old_for_every_rule_that_limits_it(
    agreement: Agreement, policy: PolicySet
) -> None:
    case = replace(asked(agreement, policy, consents=[CONSENT]), consented_at=None)
    assert decide(case, policy).level is decide_naively(case, policy).level is Level.ATTRIBUTED


def test_a_consent_from_the_future_is_a_fault(agreement: Agreement, policy: PolicySet) -> None:
    case = asked(agreement, policy, consents=[CONSENT])
    wrong = replace(case, consented_at=case.at + timedelta(seconds=1))
    assert decide(wrong, policy).fault == "consented_at"
    assert decide_naively(wrong, policy).reason == "fault"


def test_where_the_originator_wants_to_be_asked_the_reader_learns_whom_to_ask_and_no_consent_opens_it(
    agreement: Agreement, policy: PolicySet
) -> None:
    label = ALLOCATED["label"] | {"handling": "ask_originator"}
    found = decide_case(agreement, {**ALLOCATED, "item": "i", "label": label, "consents": [CONSENT]}, policy)
    assert (found.level, found.rule, found.missing) == (Level.ATTRIBUTED, "EFS-2026-04/1:G1", ("holder_decision",))
    assert found.obligations == ("ask_holder_to_decide",)


def test_once_the_originator_decided_for_that_item_and_reader_it_shows(agreement: Agreement, policy: PolicySet) -> None:
    label = ALLOCATED["label"] | {"handling": "ask_originator"}
    said = {**ALLOCATED, "item": "i", "label": label, "openings": [DECIDED]}
    assert decide_case(agreement, said, policy).level is Level.SHOW
    assert decide_case(agreement, said | {"item": "another"}, policy).level is Level.ATTRIBUTED


def test_whoever_has_no_gap_rule_learns_nothing_of_what_the_originator_keeps(
    agreement: Agreement, policy: PolicySet
) -> None:
    label = ALLOCATED["label"] | {"handling": "ask_originator"}
    worker = {"role": "perpetrator_worker", "agency": "da"}
    said = {**ALLOCATED, "viewer": worker, "label": label, "allocations": [{"from": "2026-05-01T09:00"}]}
    assert decide_case(agreement, said, policy).level is Level.HIDE


@pytest.mark.parametrize("openings", [[], [DECIDED], [{"opening": "emergency", "from": "2026-06-10T09:00"}]])
def test_what_must_never_be_passed_on_is_opened_by_nothing(
    agreement: Agreement, policy: PolicySet, openings: list[dict[str, object]]
) -> None:
    label = ALLOCATED["label"] | {"handling": "prohibited"}
    opened = [{"children": ["child"], "adults": ["father"], **one} for one in openings]
    said = {**ALLOCATED, "item": "i", "label": label, "consents": [CONSENT], "openings": opened}
    found = decide_case(agreement, said, policy)
    assert (found.level, found.rule) == (Level.HIDE, "HOUSE/1:H12")


OPTION = """\
options:
  strict:
    words: Nothing without consent
    chosen: "no"
    never:
    - rule: P1
      words: Not without consent
      from: [mh]
      categories: [attendance]
      unless: {consent: [given, given_with_conditions]}
obligations:
"""


@pytest.mark.parametrize(("chosen", "level"), [("no", Level.SHOW), ("yes", Level.HIDE)])
def test_an_option_counts_only_when_the_parties_chose_it(
    chosen: str, level: Level, loaded: Loaded, agreement: Agreement, policy: PolicySet
) -> None:
    text = SMALL.replace("obligations:\n  state", OPTION.replace('"no"', f'"{chosen}"') + "  state")
    small = loaded(text)
    found = compile_policy(
        [SignedAgreement(small, frozenset(small.parties))], policy.gateways, policy.house_rules, policy.vocabulary
    )
    opened = {"opening": "s47_enquiry", "from": "2026-06-01T08:00", "children": ["child"], "adults": ["father"]}
    label = ALLOCATED["label"] | {"owner": "mh"}
    case = asked(agreement, policy, openings=[opened], label=label)
    assert decide(case, found).level is decide_naively(case, found).level is level


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("when: before, blocking", "when: after, blocking", "nobody_does_it"),
        ("when: before, blocking", "when: with, blocking", "cannot_block"),
        ("when: before, blocking", "when: before, by: the_cat, blocking", "unknown_word"),
        ("when: before, blocking", "when: before, to: everybody, blocking", "unknown_word"),
        ("sharing:", "onward_sharing: none\nsharing:", "malformed"),
        ("sharing:", "onward_sharing: {allowed: friends}\nsharing:", "unknown_word"),
        ("sharing:", "retention: {recipient_copy: a while, exports: P9D, decision_log: P8Y}\nsharing:", "malformed"),
        ("sharing:", OPTION.replace("P1", "R1").replace("obligations:\n", "") + "sharing:", "duplicate_rule"),
        ("sharing:", OPTION.replace("[mh]", "[gp]").replace("obligations:\n", "") + "sharing:", "unknown_party"),
    ],
)
def test_terms_are_closed(old: str, new: str, code: str, loaded: Loaded) -> None:
    with pytest.raises(PolicyError) as caught:
        loaded(SMALL.replace(old, new, 1))
    assert caught.value.code == code
    assert caught.value.where.startswith("a.yaml:")


def test_an_obligation_says_who_does_it_by_when_and_whom_it_reaches(agreement: Agreement) -> None:
    told = agreement.obligations["notify_source"]
    assert (told.when, told.within, told.by, told.to) == ("after", "P1D", "recipient_agency", "source_agency_ig")


@pytest.mark.parametrize("capacity", ["allocated", "co_allocated", "covering"])
def test_each_capacity_is_a_relationship_of_its_own(agreement: Agreement, policy: PolicySet, capacity: str) -> None:
    allocation = {"from": "2026-05-01T09:00", "works_with": ["father"], "capacity": capacity}
    found = asked(agreement, policy, allocations=[allocation]).relationships
    words = {"allocated": "allocated_in_own_right"}
    assert {"allocated_to_adult", "allocated_to_alleged_perpetrator", words.get(capacity, capacity)} <= found
    assert len(found & {"allocated_in_own_right", "co_allocated", "covering"}) == 1


def test_every_desk_has_a_relationship_of_its_own(agreement: Agreement, policy: PolicySet) -> None:
    for desk in policy.vocabulary.desks:
        duty = {"desk": desk, "from": "2026-06-09T17:00", "until": "2026-06-10T18:00"}
        found = asked(agreement, policy, duties=[duty], waiting="yes").relationships
        assert f"on_duty_{desk}" in found
