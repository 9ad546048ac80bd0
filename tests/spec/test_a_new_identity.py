"""Adoption and gender recognition: a new identity that nothing outside a named desk connects with the earlier one."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from hub.domain.errors import AccessRefusedError
from hub.domain.facts import FactKind, family_chain
from hub.domain.ids import FamilyId, PersonId
from hub.domain.partial_date import PartialDate
from hub.domain.referral import Part
from hub.policy import compile as compiling
from hub.services.new_identities import DESK, NewIdentity
from hub.services.recording import Period
from hub.store.clear.tables import metadata
from tests.factories import SmallWorld, notice, texts
from tests.spec.helping import holds, named, reference_of

MAYA, NOW_CALLED = "Maya Hart", "Freya Lindqvist"
ORDER = "Adoption order of the family court, 3 November"


def at_the_desk(world: SmallWorld, username: str = "fran") -> None:
    now = world.clock()
    world.hub.setup.put_on_duty(world.accounts[username], DESK, now, now + timedelta(hours=8))


def opened(world: SmallWorld) -> tuple[FamilyId, PersonId, PersonId]:
    """Give Maya a new identity; returns the new family, who she was, and who she is."""
    at_the_desk(world)
    maya = named(world, MAYA)
    new = NewIdentity(NOW_CALLED, PartialDate.parse("2014-02-11"), Part.CHILD, "adoption", ORDER)
    family = world.hub.identities.open(world.accounts["fran"], world.family, maya, new)
    return family, maya, born(world, family)


def born(world: SmallWorld, family: FamilyId) -> PersonId:
    facts = world.hub.writer.standing_facts([family_chain(family)], world.clock())
    (member,) = [fact for fact in facts if fact.kind is FactKind.MEMBERSHIP]
    return PersonId(str(member.body["person"]))


def test_it_is_a_family_of_its_own_with_one_new_person(case: SmallWorld) -> None:
    family, before, after = opened(case)
    assert family != case.family
    assert before != after
    assert case.hub.pages.reference(family) != case.hub.pages.reference(case.family)


def nobody_off_the_desk_reads_it(world: SmallWorld) -> None:
    family, before, _ = opened(world)
    old, world.family = world.family, family
    world.allocate("sally", lead=True)
    shown = world.view("sally")
    assert NOW_CALLED in texts(shown)
    said = texts(shown) + str(shown.gaps) + str(shown.labels)
    assert not [trace for trace in (ORDER, before, old, MAYA, "identity_history") if trace in said]
    world.family = old
    assert NOW_CALLED not in texts(world.view("sally"))


def test_her_worker_reads_the_new_name_and_no_trace_of_the_old(case: SmallWorld) -> None:
    nobody_off_the_desk_reads_it(case)


def test_a_policy_without_that_house_rule_is_noticed(case: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted defect: the house rule is gone, and own records are read by whoever works with the family."""
    real = compiling.build_tables

    def lenient(*given: object) -> object:
        tables = real(*given)
        return replace(tables, category={**tables.category, "identity_history": tables.category["identity"]})

    monkeypatch.setattr(compiling, "build_tables", lenient)
    monkeypatch.setattr(type(case.hub.policy), "made_by", fresh(case))
    assert not holds(lambda: nobody_off_the_desk_reads_it(case))


def fresh(world: SmallWorld) -> object:
    policy = world.hub.policy.current()
    again = compiling.compile_policy(
        list(policy.agreements), policy.gateways, policy.house_rules, policy.vocabulary, policy.unaccepted
    )
    return lambda *_: again


def test_the_desk_reads_which_identity_somebody_had_before(case: SmallWorld) -> None:
    family, before, _ = opened(case)
    (earlier,) = case.hub.identities.earlier(case.accounts["fran"], family, "Asked by the adoption team")
    assert (earlier.family, earlier.person, earlier.reason) == (case.family, before, ORDER)
    assert case.hub.identities.earlier(case.accounts["fran"], case.family, "Asked by the adoption team") == ()


@pytest.mark.parametrize("username", ["sally", "manager", "rob", "iggy"])
def test_off_the_desk_nobody_opens_or_reads_one(case: SmallWorld, username: str) -> None:
    family, *_ = opened(case)
    new = NewIdentity("X", PartialDate.parse("2014"), Part.CHILD, "adoption", "y")
    who = case.accounts[username]
    for act in (
        lambda: case.hub.identities.open(who, case.family, named(case, MAYA), new),
        lambda: case.hub.identities.earlier(who, family, "curious"),
    ):
        with pytest.raises(AccessRefusedError):
            act()


def test_when_the_shift_is_over_the_desk_is_closed(case: SmallWorld) -> None:
    family, *_ = opened(case)
    case.clock.advance(hours=9)
    with pytest.raises(AccessRefusedError):
        case.hub.identities.earlier(case.accounts["fran"], family, "After the shift")


def rows(world: SmallWorld) -> list[str]:
    """Return every row of the data file, as text: clear columns as they are, sealed ones as they lie there."""
    with world.hub.engines.gate.connect() as connection:
        return [str(tuple(row)) for table in metadata.sorted_tables for row in connection.execute(select(table))]


def test_no_row_names_both_the_earlier_and_the_new_identity(case: SmallWorld) -> None:
    family, before, after = opened(case)
    old = {case.family, before, reference_of(case, MAYA)}
    lines = rows(case)
    assert [line for line in lines if after in line]
    assert not [line for line in lines if any(one in line for one in old) and (after in line or family in line)]


def proposes_neither_for_the_other(world: SmallWorld) -> None:
    """A notice about the child as she is now called reaches the ordinary page as somebody whom nobody knows."""
    opened(world)
    world.hub.rounds.run_once()
    said = notice(notice_ref="N-9").replace(MAYA.encode(), NOW_CALLED.encode())
    world.send("police", "safeguarding_notice", said, key="nine")
    world.hub.rounds.run_once()
    fran = world.accounts["fran"]
    (waiting,) = world.hub.front_door.waiting(fran)
    found = world.hub.front_door._proposals(world.hub.front_door._deciding.find(fran, waiting.id))
    assert named(world, MAYA) not in {one.person for one in found}


def test_matching_proposes_neither_for_the_other_on_the_ordinary_page(case: SmallWorld) -> None:
    proposes_neither_for_the_other(case)


def test_an_allocation_elsewhere_opens_nothing_here(case: SmallWorld) -> None:
    """Whoever worked with her before does not follow her into the new family."""
    family, *_ = opened(case)
    case.hub.recording.allocate(
        case.accounts["manager"], case.family, case.accounts["sally"], Period(case.clock()), lead=False
    )
    case.family = family
    with pytest.raises(AccessRefusedError):
        case.view("sally")
