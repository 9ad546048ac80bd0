"""Until the next worker accepts, the earlier one stays; only whom it was offered to can take it, and only that work."""

from dataclasses import replace

import pytest

from hub.domain.access import Act
from hub.domain.errors import AccessRefusedError, InvalidRequestError, NotFoundError
from hub.domain.facts import Fact, FactKind, family_chain
from hub.domain.ids import AccountId, FactId
from hub.gate import authority
from hub.gate.writer import Actor
from hub.services import owners
from hub.services.allocations import Allocations, NewAllocation
from hub.services.handovers import Handovers
from hub.services.recording import Period
from hub.store.clear import work
from tests.factories import SmallWorld
from tests.spec.helping import holds

WRITTEN = "Speak with Grace alone on Thursday"


def lead_of(world: SmallWorld) -> Fact:
    facts = world.hub.writer.dated_facts([family_chain(world.family)])
    (lead,) = [fact for fact in owners.allocations(facts, world.clock()) if owners.leads(fact)]
    return lead


def task_of(world: SmallWorld, username: str) -> str:
    (task,) = [
        one for one in world.hub.tasks.open_for(world.accounts[username]) if one.words.startswith("A family is handed")
    ]
    return task.id


def works(world: SmallWorld, username: str) -> bool:
    return bool(world.hub.finder.standing(world.accounts[username], world.family).relationships)


def acted(world: SmallWorld, account: AccountId) -> bool:
    """Say whether the log names this worker for reading or accepting a handover."""
    return any((e.entry.actor, e.entry.act) == (account, Act.HANDOVER_ACCEPT.value) for e in world.entries())


@pytest.fixture
def offered(case: SmallWorld) -> SmallWorld:
    case.staff("sam", "csc", "social_worker")
    case.staff("sid", "csc", "social_worker")
    case.hub.casework.handovers.offer(
        case.accounts["manager"], case.family, lead_of(case).id, case.accounts["sam"], WRITTEN
    )
    return case


def the_earlier_stays_until_the_next_accepts(world: SmallWorld) -> None:
    assert (works(world, "sally"), works(world, "sam")) == (True, False)
    world.hub.casework.handovers.accept(world.accounts["sam"], task_of(world, "sam"))
    assert (works(world, "sally"), works(world, "sam")) == (False, True)
    assert lead_of(world).body["account"] == world.accounts["sam"]


def test_the_earlier_worker_stays_until_the_next_accepts(offered: SmallWorld) -> None:
    the_earlier_stays_until_the_next_accepts(offered)
    assert acted(offered, offered.accounts["sam"])


def test_an_offer_that_opens_before_it_is_accepted_is_noticed(
    case: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = Handovers._record_offer

    def hasty(handovers: Handovers, by: str, family: str, old: Fact, to: str, written: str) -> FactId:
        case.hub.recording.allocate(by, family, to, Period(case.clock()))
        return record(handovers, by, family, old, to, written)

    monkeypatch.setattr(Handovers, "_record_offer", hasty)
    case.staff("sam", "csc", "social_worker")
    manager, sam = case.accounts["manager"], case.accounts["sam"]
    case.hub.casework.handovers.offer(manager, case.family, lead_of(case).id, sam, WRITTEN)
    assert not holds(lambda: the_earlier_stays_until_the_next_accepts(case))


def only_that_work_for_only_that_worker(world: SmallWorld) -> None:
    """Whoever takes what was not offered to them, or more than was offered, is refused by the gate itself."""
    old = lead_of(world)
    (offer,) = world.hub.casework.allocations.offers(world.family)
    for name, change in (("sid", {}), ("sam", {"capacity": "co_allocated"}), ("sam", {"account": "somebody"})):
        taker = world.accounts[name]
        body = {**offer.body["gives"], **({"account": taker} if name == "sid" else {}), **change}
        now = world.clock()
        new = Fact(FactId(f"taken-{name}"), old.chain, 0, FactKind.ALLOCATION, body, now, None, now, taker)
        with pytest.raises(AccessRefusedError):
            world.hub.writer.record(Actor(taker), Act.HANDOVER_ACCEPT, world.family, [new])
    other = next(
        f for f in world.hub.writer.dated_facts([old.chain]) if f.kind is FactKind.ALLOCATION and f.id != old.id
    )
    now, sam = world.clock(), world.accounts["sam"]
    ending = replace(other, id=FactId("ended"), valid_from=now, recorded_at=now, ends=other.id)
    with pytest.raises(AccessRefusedError):
        world.hub.writer.record(Actor(sam), Act.HANDOVER_ACCEPT, world.family, [ending])


def test_only_what_was_offered_and_only_by_whom_it_was_offered_to(offered: SmallWorld) -> None:
    only_that_work_for_only_that_worker(offered)
    with pytest.raises(NotFoundError):
        offered.hub.casework.handovers.accept(offered.accounts["sid"], task_of(offered, "sam"))


def test_a_gate_that_takes_any_offer_for_any_worker_is_noticed(
    offered: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(authority, "_offered", lambda *_: True)
    assert not holds(lambda: only_that_work_for_only_that_worker(offered))


def never_without_an_owner(world: SmallWorld) -> None:
    manager = world.accounts["manager"]
    with pytest.raises(InvalidRequestError, match="no_successor"):
        world.hub.casework.allocations.end(manager, world.family, lead_of(world).id, world.clock(), "She left")
    assert works(world, "sally")
    world.hub.casework.allocations.end(manager, world.family, lead_of(world).id, world.clock(), "She left", hold=True)
    assert lead_of(world).body["account"] == manager
    assert not works(world, "sally")


def test_a_family_never_stands_without_a_named_owner(case: SmallWorld) -> None:
    never_without_an_owner(case)


def test_a_lead_that_ends_without_a_successor_is_noticed(case: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    def careless(_: Allocations, by: str, family: str, fact: str, at: object, why: str, **_more: object) -> None:
        case.hub.recording.end(by, family, fact, at, why)

    monkeypatch.setattr(Allocations, "end", careless)
    assert not holds(lambda: never_without_an_owner(case))


def test_ending_the_lead_takes_its_offer_back(offered: SmallWorld) -> None:
    task = task_of(offered, "sam")
    manager = offered.accounts["manager"]
    offered.hub.casework.allocations.end(manager, offered.family, lead_of(offered).id, offered.clock(), "x", hold=True)
    with pytest.raises(NotFoundError):
        offered.hub.casework.handovers.accept(offered.accounts["sam"], task)
    with offered.hub.clear.read() as connection:
        assert work.find_task(connection, offered.hub.clear.partnership, task) is None


def test_what_was_written_is_read_by_the_next_worker_alone(offered: SmallWorld) -> None:
    task = task_of(offered, "sam")
    assert offered.hub.casework.handovers.page(offered.accounts["sam"], task).written == WRITTEN
    assert acted(offered, offered.accounts["sam"])
    for username in ("sally", "sid", "rob", "iggy", "manager"):
        with pytest.raises(NotFoundError):
            offered.hub.casework.handovers.page(offered.accounts[username], task)


def test_work_that_is_offered_is_not_changed_meanwhile(offered: SmallWorld) -> None:
    manager = offered.accounts["manager"]
    with pytest.raises(InvalidRequestError, match="offered_already"):
        offered.hub.casework.allocations.change(manager, offered.family, lead_of(offered).id, offered.people("child"))
    offered.hub.casework.handovers.accept(offered.accounts["sam"], task_of(offered, "sam"))


def test_nobody_is_allocated_who_is_stopped_or_no_practitioner(case: SmallWorld) -> None:
    case.hub.setup.stop_person(case.accounts["nina"], case.agencies["mh"], "mh_practitioner")
    for username in ("nina", "otto", "iggy"):
        new = NewAllocation(case.accounts[username], Period(case.clock()))
        with pytest.raises(InvalidRequestError, match="unknown_worker"):
            case.hub.casework.allocations.allocate(case.accounts["manager"], case.family, new)
