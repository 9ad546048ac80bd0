"""A fact without its keys, with an unknown word or a missing link withholds, and the log says that something is wrong.

The facts here carry sound codes: only what they say can be wrong, as after a defect or a change of vocabulary.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from hub.domain.errors import HubError
from hub.domain.facts import AGENCIES_CHAIN, AGREEMENTS_CHAIN, FactKind, account_chain, family_chain, person_chain
from hub.gate import view
from hub.policy import circumstances
from hub.policy.decision import Decision, Level
from tests.factories import SmallWorld, texts
from tests.spec.helping import EARS, alarms, holds, named, select, write_fact

Said = tuple[str, FactKind, Mapping[str, object]]


def about_sally(world: SmallWorld, **changes: object) -> Said:
    account = world.accounts["sally"]
    body = {"account": account, "agency": world.agencies["csc"], "role": "social_worker", "active": "yes"}
    return account_chain(account), FactKind.ACCOUNT, without_none(body | changes)


def about_work(world: SmallWorld, **changes: object) -> Said:
    body = {"account": world.accounts["sally"], "capacity": "allocated", "lead": "no", "works_with": []}
    return family_chain(world.family), FactKind.ALLOCATION, without_none(body | changes)


def about_maya(world: SmallWorld, **changes: object) -> Said:
    scope = {name: ["*"] for name in ("categories", "sources", "recipients", "purposes")}
    body = {"status": "refused", "kind": "confidentiality_agreement", "reason": "", **scope}
    return person_chain(named(world, "Maya Hart")), FactKind.CONSENT, without_none(body | changes)


def about_enquiry(world: SmallWorld, **changes: object) -> Said:
    body = {"opening": "s47_enquiry", "agency": world.agencies["csc"], "children": [], "adults": [], "items": []}
    return family_chain(world.family), FactKind.OPENING, without_none({**body, "recipient": ""} | changes)


def about_membership(world: SmallWorld, **changes: object) -> Said:
    body = {"person": named(world, "Maya Hart"), "parts": ["child"]}
    return family_chain(world.family), FactKind.MEMBERSHIP, without_none(body | changes)


def about_police(world: SmallWorld, **changes: object) -> Said:
    body = {"agency": world.agencies["police"], "code": "police", "kind": "police"}
    return AGENCIES_CHAIN, FactKind.AGENCY, without_none(body | changes)


def about_suspension(_world: SmallWorld, **changes: object) -> Said:
    return AGREEMENTS_CHAIN, FactKind.SUSPENSION, without_none({"agreement": "EFS-2026-04/1", "party": "csc"} | changes)


def without_none(body: Mapping[str, object]) -> dict[str, object]:
    return {key: value for key, value in body.items() if value is not None}


BROKEN: dict[str, Callable[[SmallWorld], Said]] = {
    "an account without its state": lambda w: about_sally(w, active=None),
    "an account without its agency": lambda w: about_sally(w, agency=None),
    "an account of an unknown agency": lambda w: about_sally(w, agency="nobody"),
    "an account with an unknown role": lambda w: about_sally(w, role="emperor"),
    "an account whose state is no word": lambda w: about_sally(w, active=["yes"]),
    "an allocation without its kind": lambda w: about_work(w, capacity=None),
    "an allocation of an unknown kind": lambda w: about_work(w, capacity="curious"),
    "an allocation without its worker": lambda w: about_work(w, account=None),
    "an allocation whose people are one word": lambda w: about_work(w, works_with="everybody"),
    "a consent without its state": lambda w: about_maya(w, status=None),
    "a consent in an unknown state": lambda w: about_maya(w, status="perhaps"),
    "a consent without its recipients": lambda w: about_maya(w, recipients=None),
    "a consent whose sources are one word": lambda w: about_maya(w, sources="*"),
    "a decision without its children": lambda w: about_enquiry(w, children=None),
    "a decision without its name": lambda w: about_enquiry(w, opening=None),
    "a member without their person": lambda w: about_membership(w, person=None),
    "a member without parts": lambda w: about_membership(w, parts=None),
    "a member with an unknown part": lambda w: about_membership(w, parts=["emperor"]),
    "an agency without its kind": lambda w: about_police(w, kind=None),
    "an agency of an unknown kind": lambda w: about_police(w, kind="circus"),
    "a suspension of nothing": lambda w: about_suspension(w, agreement=None),
    "a suspension of an unknown agreement": lambda w: about_suspension(w, agreement="ANOTHER/1"),
}


def seen(world: SmallWorld) -> str:
    try:
        return texts(world.view("sally"))
    except HubError:
        return ""


def withheld_and_entered(world: SmallWorld, break_it: Callable[[SmallWorld], object]) -> None:
    world.open()
    assert EARS in seen(world)
    assert alarms(world) == []
    break_it(world)
    assert EARS not in seen(world)
    assert alarms(world)


@pytest.mark.parametrize("name", BROKEN)
def test_it_withholds_and_is_entered(case: SmallWorld, name: str) -> None:
    withheld_and_entered(case, lambda world: write_fact(world, *BROKEN[name](world)))


def unlink_maya(world: SmallWorld) -> None:
    """End every link that says who Maya is."""
    person = named(world, "Maya Hart")
    chain = person_chain(person)
    for (id_,) in select(world, "data", "SELECT id FROM fact WHERE chain = ? AND kind = 'identity'", chain):
        body = {"reference": "ended", "person": person}
        write_fact(world, chain, FactKind.IDENTITY, body, id_)


def test_a_missing_identity_link_withholds_and_is_entered(case: SmallWorld) -> None:
    withheld_and_entered(case, unlink_maya)


@pytest.mark.parametrize("body", [{}, {"agency": "x"}, {"agency": "x", "state": "not_checked", "via_labels": ["y"]}])
def test_a_broken_statement_about_an_agency_states_nothing(case: SmallWorld, body: dict[str, object]) -> None:
    case.open()
    before = case.view("sally").coverage
    write_fact(case, family_chain(case.family), FactKind.COVERAGE, body)
    assert case.view("sally").coverage == before


def test_somebody_whom_no_link_identifies_is_not_taken_for_the_whole_family(case: SmallWorld) -> None:
    """Vera works with somebody unknown: Rob, who may know who works with the family as a whole, does not learn it."""
    case.hub.setup.stop_person(case.accounts["vera"], case.agencies["csc"], "social_worker")
    write_fact(case, *about_sally(case))
    before = case.view("rob").involved
    write_fact(case, *about_work(case, works_with=["somebody whom nobody links"]))
    assert case.view("rob").involved == before


def test_a_gate_that_shows_in_doubt_is_noticed(case: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    decide_label = circumstances.decide_label

    def trusting(*given: object) -> Decision:
        decision = decide_label(*given)
        return replace(decision, level=Level.SHOW) if decision.fault else decision

    monkeypatch.setattr(view, "decide_label", trusting)
    broken = BROKEN["a consent without its state"]
    assert not holds(lambda: withheld_and_entered(case, lambda world: write_fact(world, *broken(world))))


def test_a_gate_that_keeps_its_doubts_to_itself_is_noticed(case: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(view.Ruling, "faults", lambda _self: ())
    broken = BROKEN["a consent without its state"]
    assert not holds(lambda: withheld_and_entered(case, lambda world: write_fact(world, *broken(world))))
