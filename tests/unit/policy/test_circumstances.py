"""What recorded facts say about a reader, a family and a label."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hub.domain.facts import Fact, FactKind
from hub.domain.ids import AccountId, AgencyId, FactId, FamilyId, RecordId
from hub.policy.agreement import Agreement
from hub.policy.circumstances import Circumstances, Question, decide_label
from hub.policy.compile import PolicySet
from hub.policy.decision import Level
from hub.policy.worked_cases import facts_of, label_of

AT = datetime(2026, 6, 10, 10, tzinfo=UTC)
OPENED = {"opening": "s47_enquiry", "from": "2026-06-10T08:00", "children": ["child"], "adults": ["mother", "father"]}
ALLOCATED = {"from": "2026-05-01T09:00", "until": "2026-06-20T09:00"}
CASE: dict[str, Any] = {
    "viewer": {"role": "social_worker", "agency": "csc"},
    "allocations": [ALLOCATED],
    "openings": [OPENED],
    "consents": [{"person": "father", "status": "given", "from": "2026-05-10T09:00", "until": "2026-06-10T09:00"}],
}
LABEL = {"category": "attendance", "sensitivity": "sensitive", "owner": "sm", "subjects": ["father"]}


def question(**changes: object) -> Question:
    plain = Question(
        AccountId("worked-viewer"),
        FamilyId("worked-family"),
        "protect_child",
        frozenset({"state_reason"}),
        AT,
        AT,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def gathered(agreement: Agreement, policy: PolicySet, case: dict[str, Any] = CASE, **asked: object) -> Circumstances:
    return Circumstances(facts_of(agreement, case), question(**asked), policy)


def altered(facts: Iterable[Fact], kind: FactKind, /, **body: object) -> list[Fact]:
    return [replace(f, body={**f.body, **body}) if f.kind is kind else f for f in facts]


def test_the_reader_is_who_the_facts_say(agreement: Agreement, policy: PolicySet) -> None:
    who = gathered(agreement, policy)
    assert (who.viewer_role, who.viewer_agency) == ("social_worker", "csc")
    assert who.relationships == {"allocated_to_family", "allocated_in_own_right"}
    assert who.persons["father"] == {"parent", "alleged_perpetrator"}  # type: ignore[index]
    assert who.may_enter


def test_a_label_about_two_people_gives_two_cases_and_one_about_nobody_is_about_the_family(
    agreement: Agreement, policy: PolicySet
) -> None:
    who = gathered(agreement, policy)
    both = who.cases(label_of({**LABEL, "subjects": ["mother", "father"]}))
    assert {tuple(sorted(case.parts)) for case in both} == {("parent", "victim"), ("alleged_perpetrator", "parent")}
    assert [case.parts for case in who.cases(label_of({**LABEL, "subjects": []}))] == [frozenset({"family"})]


def test_the_decision_names_the_opening_and_the_consent_it_rests_on(agreement: Agreement, policy: PolicySet) -> None:
    shown = decide_label(policy, gathered(agreement, policy), label_of(LABEL))
    assert (shown.level, shown.rule) == (Level.SHOW, "EFS-2026-04/1:R2c")
    facts = {fact.id: fact for fact in facts_of(agreement, CASE)}
    assert facts[FactId(shown.opening)].body["opening"] == "s47_enquiry"
    earlier = gathered(agreement, policy, at=AT - timedelta(days=5))
    consented = decide_label(policy, earlier, label_of(LABEL))
    assert consented.rule == "EFS-2026-04/1:R1"
    assert facts[FactId(consented.consent)].kind is FactKind.CONSENT
    assert not consented.opening


@pytest.mark.parametrize(
    ("instant", "consent"),
    [
        (datetime(2026, 5, 10, 8, 59, 59, 999_999, tzinfo=UTC), "not_sought"),
        (datetime(2026, 5, 10, 9, tzinfo=UTC), "given"),
        (datetime(2026, 6, 10, 8, 59, 59, 999_999, tzinfo=UTC), "given"),
        (datetime(2026, 6, 10, 9, tzinfo=UTC), "not_sought"),
    ],
)
def test_a_consent_counts_from_its_first_instant_to_before_its_last(
    instant: datetime, consent: str, agreement: Agreement, policy: PolicySet
) -> None:
    who = gathered(agreement, policy, at=instant, known=AT)
    assert [case.consent for case in who.cases(label_of(LABEL))] == [consent]


def test_what_was_typed_later_is_unknown_to_an_earlier_reader(agreement: Agreement, policy: PolicySet) -> None:
    facts = facts_of(
        agreement, {**CASE, "openings": [], "consents": [{**CASE["consents"][0], "until": "2026-08-01T00:00"}]}
    )
    given = next(fact for fact in facts if fact.kind is FactKind.CONSENT)
    late = replace(
        given,
        id=FactId("late"),
        number=99,
        body={**given.body, "status": "withdrawn"},
        valid_from=AT - timedelta(days=9),
        recorded_at=AT - timedelta(days=5),
    )
    between = AT - timedelta(days=7)
    as_known_then = Circumstances([*facts, late], question(at=between, known=between), policy)
    as_known_now = Circumstances([*facts, late], question(at=between, known=AT), policy)
    assert decide_label(policy, as_known_then, label_of(LABEL)).level is Level.SHOW
    assert decide_label(policy, as_known_now, label_of(LABEL)).level is Level.ATTRIBUTED


def without(kind: FactKind) -> Callable[[list[Fact]], list[Fact]]:
    return lambda facts: [fact for fact in facts if fact.kind is not kind]


def body(kind: FactKind, /, **changes: object) -> Callable[[list[Fact]], list[Fact]]:
    return lambda facts: altered(facts, kind, **changes)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (without(FactKind.ACCOUNT), "account_inactive"),
        (body(FactKind.ACCOUNT, active="no"), "account_inactive"),
        (body(FactKind.ACCOUNT, role=None), "broken_fact"),
        (body(FactKind.ACCOUNT, agency="gone"), "unknown_agency"),
        (without(FactKind.AGENCY), "unknown_agency"),
        (without(FactKind.IDENTITY), "identity_missing"),
        (without(FactKind.MEMBERSHIP), "not_a_member"),
        (body(FactKind.MEMBERSHIP, parts="parent"), "broken_fact"),
        (body(FactKind.MEMBERSHIP, parts=["cousin"]), "parts"),
        (body(FactKind.ALLOCATION, works_with=["stranger"]), "broken_fact"),
        (body(FactKind.ALLOCATION, capacity="watching"), "broken_fact"),
        (body(FactKind.CONSENT, sources="sm"), "broken_fact"),
        (body(FactKind.CONSENT, capacity="grandmother"), "broken_fact"),
        (body(FactKind.CONSENT, interpreter="relative"), "broken_fact"),
        (body(FactKind.CONSENT, notice=7), "broken_fact"),
        (body(FactKind.OPENING, children=None), "broken_fact"),
        (body(FactKind.OPENING, opening="hunch"), "openings"),
        (body(FactKind.ACCOUNT, role="wizard"), "role"),
        (body(FactKind.AGENCY, kind="coven"), "source"),
    ],
)
def test_a_missing_or_broken_fact_is_a_fault_that_hides(
    change: Callable[[list[Fact]], list[Fact]], fault: str, agreement: Agreement, policy: PolicySet
) -> None:
    facts = change(facts_of(agreement, CASE))
    while_consent_stands = question(at=AT - timedelta(minutes=90))
    decision = decide_label(policy, Circumstances(facts, while_consent_stands, policy), label_of(LABEL))
    assert (decision.level, decision.reason, decision.fault) == (Level.HIDE, "fault", fault)


def test_a_consent_with_an_unknown_status_is_a_fault(agreement: Agreement, policy: PolicySet) -> None:
    case = {**CASE, "consents": [{"person": "father", "status": "perhaps", "from": "2026-05-10T09:00"}]}
    assert decide_label(policy, gathered(agreement, policy, case), label_of(LABEL)).fault == "consent"


def test_one_unreadable_subject_hides_the_whole_label(agreement: Agreement, policy: PolicySet) -> None:
    label = label_of({**LABEL, "subjects": ["father", "stranger"]})
    assert decide_label(policy, gathered(agreement, policy), label).fault == "identity_missing"


def test_an_unnamed_sibling_is_not_opened(agreement: Agreement, policy: PolicySet) -> None:
    who = gathered(agreement, policy)
    assert who.cases(label_of({**LABEL, "subjects": ["child"]}))[0].openings == {"s47_enquiry"}
    assert who.cases(label_of({**LABEL, "subjects": ["sibling"]}))[0].openings == frozenset()


@pytest.mark.parametrize(
    ("changes", "item", "opens"),
    [
        ({}, "item-1", "opened"),
        ({}, "item-2", "closed"),
        ({}, None, "closed"),
        ({"recipient": "mh"}, "item-1", "closed"),
        ({"agency": "mh"}, "item-1", "closed"),
        ({"agency": ""}, "item-1", "closed"),
        ({"items": []}, "item-1", "closed"),
    ],
)
def test_a_holders_decision_opens_its_item_to_its_recipient_when_the_holder_made_it(
    changes: dict[str, Any], item: str | None, opens: str, agreement: Agreement, policy: PolicySet
) -> None:
    named = {"opening": "holder_decision", "from": "2026-06-09T09:00", "items": ["item-1"]}
    case = {**CASE, "openings": [{**named, "recipient": "csc", "agency": "sm", **changes}]}
    who = gathered(agreement, policy, case)
    found = who.cases(label_of(LABEL), RecordId(item) if item else None)
    assert ("holder_decision" in found[0].openings) is (opens == "opened")


@pytest.mark.parametrize(
    ("works_with", "expected"),
    [
        (["father"], {"allocated_to_adult", "allocated_to_alleged_perpetrator", "allocated_to_subject"}),
        (["mother"], {"allocated_to_adult", "allocated_to_victim"}),
        ([], {"allocated_to_family"}),
    ],
)
def test_an_allocation_gives_relationships(
    works_with: list[str], expected: set[str], agreement: Agreement, policy: PolicySet
) -> None:
    case = {**CASE, "allocations": [{**ALLOCATED, "works_with": works_with}]}
    assert gathered(agreement, policy, case).cases(label_of(LABEL))[0].relationships == expected | {
        "allocated_in_own_right"
    }


def test_own_agency_is_the_originator_of_the_label(agreement: Agreement, policy: PolicySet) -> None:
    who = gathered(agreement, policy)
    assert "own_agency" in who.cases(label_of({**LABEL, "owner": "csc"}))[0].relationships
    assert "own_agency" not in who.cases(label_of(LABEL))[0].relationships


def test_somebody_elses_duty_and_allocation_give_nothing(agreement: Agreement, policy: PolicySet) -> None:
    case = {**CASE, "duties": [{"desk": "edt", "from": "2026-06-01T00:00"}]}
    facts = [
        replace(f, chain="account:other", body={**f.body, "account": "other"}) if f.kind is FactKind.DUTY else f
        for f in altered(facts_of(agreement, case), FactKind.ALLOCATION, account="other")
    ]
    who = Circumstances(facts, question(), policy)
    assert who.relationships == frozenset()
    assert not who.may_enter


def test_another_familys_facts_give_nothing(agreement: Agreement, policy: PolicySet) -> None:
    who = Circumstances(facts_of(agreement, CASE), question(family=FamilyId("other")), policy)
    assert (who.persons, who.relationships) == ({}, frozenset())


def test_what_goes_to_another_agency_must_be_allowed_to_both(agreement: Agreement, policy: PolicySet) -> None:
    who = gathered(agreement, policy, recipient=AgencyId("da"))
    assert {case.recipient for case in who.cases(label_of(LABEL))} == {"csc", "da"}
    assert decide_label(policy, who, label_of(LABEL)).level is Level.HIDE


def suspension(name: str) -> Fact:
    when = AT - timedelta(days=1)
    detail = {"agreement": name, "party": "sm"}
    who = AccountId("ig")
    return Fact(FactId("s1"), "agreements", 1, FactKind.SUSPENSION, detail, when, None, when, who)


@pytest.mark.parametrize(
    ("name", "level", "reason"),
    [
        ("EFS-2026-04", Level.HIDE, "no_rule"),
        ("EFS-2026-04/1", Level.HIDE, "no_rule"),
        ("EFS-2026-04/0", Level.SHOW, "permitted"),
        ("UNHEARD-OF", Level.HIDE, "fault"),
    ],
)
def test_any_party_suspends_at_once(
    name: str, level: Level, reason: str, agreement: Agreement, policy: PolicySet
) -> None:
    facts = [*facts_of(agreement, CASE), suspension(name)]
    decision = decide_label(policy, Circumstances(facts, question(), policy), label_of(LABEL))
    assert (decision.level, decision.reason) == (level, reason)
