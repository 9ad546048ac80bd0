"""What is taken back, ended, stopped or suspended is obeyed by the next request, in every process."""

from collections.abc import Callable

import pytest

from hub.domain.access import Operation
from hub.domain.errors import AccessRefusedError, NotSignedInError
from hub.gate import factbook
from hub.services.recording import ConsentWord, Period
from hub.wiring import Hub
from tests.factories import PASSWORD, SmallWorld, texts
from tests.spec.helping import DAD, EARS, holds, raised, since, treatment


def seen_by(world: SmallWorld, hub: Hub, username: str, purpose: str) -> str:
    """Return what somebody sees through one process; nothing for a refusal."""
    mine, world.hub = world.hub, hub
    try:
        return texts(world.view(username, purpose=purpose))
    except AccessRefusedError:
        return ""
    finally:
        world.hub = mine


def obeyed_everywhere(world: SmallWorld, words: str, purpose: str, take_back: Callable[[], object]) -> None:
    """Both processes show the words; one takes back; then neither shows them."""
    hubs = (world.hub, world.again())
    assert all(words in seen_by(world, hub, "sally", purpose) for hub in hubs)
    take_back()
    assert not any(words in seen_by(world, hub, "sally", purpose) for hub in hubs)


def father_takes_back(world: SmallWorld) -> None:
    father = world.people("parent") + world.people("alleged_perpetrator")
    for person in set(father):
        word = ConsentWord(person, "withdrawn", sources=[world.agencies["sm"]])
        world.hub.recording.consent(world.accounts["sally"], world.family, word)


def test_a_withdrawn_consent_acts_at_once(world: SmallWorld) -> None:
    world.send("sm", "adult_with_children_json", treatment())
    world.hub.rounds.run_once()
    world.accept()
    world.allocate("sally", lead=True)
    obeyed_everywhere(world, DAD, "support_family", lambda: father_takes_back(world))


def test_an_ended_decision_allocation_account_and_agreement_act_at_once(world: SmallWorld) -> None:
    """One world for four promises: each is taken back and given again."""
    world.police_notice()
    hub, manager, sally, family = world.hub, world.accounts["manager"], world.accounts["sally"], world.family
    worker = hub.recording.allocate(manager, family, sally, Period(world.clock()))
    enquiry = world.open()
    ends: list[Callable[[], object]] = [
        lambda: hub.recording.end(manager, family, enquiry, world.clock()),
        lambda: hub.recording.end(manager, family, worker, world.clock()),
        lambda: hub.setup.stop_person(sally, world.agencies["csc"], "social_worker"),
        lambda: hub.signing.suspend(world.accounts["iggy"], "EFS-2026-04/1", "incident", "a test"),
    ]
    obeyed_everywhere(world, EARS, "protect_child", ends[0])
    world.open()
    obeyed_everywhere(world, EARS, "protect_child", ends[1])
    hub.recording.allocate(manager, family, sally, Period(world.clock()))
    secret = hub.sessions.sign_in("sally", PASSWORD)
    obeyed_everywhere(world, EARS, "protect_child", ends[2])
    assert raised(lambda: hub.sessions.resolve(secret)) is NotSignedInError
    assert raised(lambda: world.again().sessions.sign_in("sally", PASSWORD)) is NotSignedInError
    world.staff("susan", "csc", "social_worker")
    hub.recording.allocate(manager, family, world.accounts["susan"], Period(world.clock()))
    world.accounts["sally"] = world.accounts["susan"]
    obeyed_everywhere(world, EARS, "protect_child", ends[3])


def test_an_allocation_stops_at_its_end(case: SmallWorld) -> None:
    case.open()
    case.clock.advance(hours=1)
    manager, susan = case.accounts["manager"], case.staff("susan", "csc", "social_worker")
    start = case.clock()
    case.clock.advance(hours=1)
    case.hub.recording.allocate(manager, case.family, susan, Period(start, case.clock()))
    assert raised(lambda: case.view("susan")) is AccessRefusedError


def test_a_gate_that_remembers_facts_is_noticed(case: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    gather, kept = factbook.gather, {}

    def remembered(parts: object, connection: object, family: str, account: str, also: tuple = ()) -> factbook.Gathered:
        key = (id(parts), family, account, *also)
        return kept.setdefault(key, kept.get(key) or gather(parts, connection, family, account, also))

    monkeypatch.setattr(factbook, "gather", remembered)
    monkeypatch.setattr(factbook, "watermark", lambda *_: "always the same")
    assert not holds(lambda: obeyed_everywhere(case, DAD, "support_family", lambda: father_takes_back(case)))


def test_a_view_that_was_being_prepared_is_decided_again(case: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """The withdrawal is recorded between the entry of a view and its opening: it is decided anew, under a new entry."""
    release, taken = type(case.hub.keys).release, []

    def late(service: object, *given: object) -> object:
        if not taken:
            taken.append(True)
            father_takes_back(case)
        return release(service, *given)

    monkeypatch.setattr(type(case.hub.keys), "release", late)
    before = case.entries()
    case.view("sally", purpose="support_family")
    consulted = [e.entry for e in since(case, before) if e.entry.operation is Operation.CONSULTATION]
    assert len({entry.watermark for entry in consulted}) == 2
    assert DAD not in texts(case.view("sally", purpose="support_family"))
