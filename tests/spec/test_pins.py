"""What a recorded decision relied on stays with its owner and reviewers after a withdrawal, and with nobody else."""

from collections.abc import Callable

import pytest

from hub.domain.errors import AccessRefusedError
from hub.domain.facts import FactKind, family_chain
from hub.domain.fields import RecordKind
from hub.domain.ids import AccountId, RecordId
from hub.gate import pinning, writer
from hub.policy.circumstances import Circumstances
from hub.services.recording import ConsentWord, Relied
from tests.factories import SmallWorld, texts
from tests.spec.helping import DAD, deposit, holds, named, raised, reference_of, write_fact

LATER = "Two more sessions were missed"


def report(world: SmallWorld) -> RecordId:
    """Return the record of the treatment report as Sally sees it."""
    shown = world.view("sally", purpose="support_family")
    return next(record.record for record in shown.records if DAD in "\n".join(record.fields.values()))


def relied(world: SmallWorld, *items: RecordId) -> Relied:
    return Relied("plan", world.agencies["csc"], items, "support_family")


def pin(world: SmallWorld, username: str = "sally") -> None:
    world.hub.recording.pin(world.accounts[username], world.family, relied(world, report(world)), "The plan we made")


def withdraw(world: SmallWorld) -> None:
    for person in {*world.people("parent"), *world.people("alleged_perpetrator")}:
        world.hub.recording.consent(world.accounts["sally"], world.family, ConsentWord(person, "withdrawn"))


def seen(world: SmallWorld, username: str, purpose: str = "support_family") -> str:
    try:
        return texts(world.view(username, purpose=purpose))
    except AccessRefusedError:
        return ""


def manager_joins(world: SmallWorld) -> None:
    world.staff("mona", "csc", "team_manager")
    world.allocate("mona")


def stays_with_owner_and_reviewer_alone(world: SmallWorld) -> None:
    world.staff("susan", "csc", "social_worker")
    world.allocate("susan")
    manager_joins(world)
    pin(world)
    withdraw(world)
    assert {name for name in ("sally", "susan", "mona", "pete", "nina", "vera") if DAD in seen(world, name)} == {
        "sally",
        "mona",
    }


def test_a_pinned_item_stays_with_the_owner_and_the_reviewers_and_with_nobody_else(case: SmallWorld) -> None:
    stays_with_owner_and_reviewer_alone(case)


def test_a_pin_that_forgets_whose_it_is_is_noticed(case: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    def everybodys(_self: Circumstances, *_: object) -> dict[str, str]:
        return {"pin_owner": "a pin"}

    monkeypatch.setattr(Circumstances, "_pinned", everybodys)
    assert not holds(lambda: stays_with_owner_and_reviewer_alone(case))


def test_an_item_that_no_decision_relied_on_closes_for_everybody(case: SmallWorld) -> None:
    about = [reference_of(case, "Daniel Hart")]
    other = deposit(case, "sm", RecordKind.TREATMENT_REPORT, about, {"engagement": LATER})
    assert LATER in seen(case, "sally")
    pin(case)
    withdraw(case)
    shown = case.view("sally", purpose="support_family")
    assert LATER not in texts(shown)
    assert other not in {record.record for record in shown.records}


def test_the_pinned_item_says_that_nothing_new_is_done_with_it(case: SmallWorld) -> None:
    pin(case)
    record = report(case)
    withdraw(case)
    shown = case.view("sally", purpose="support_family")
    labels = next(one.labels for one in shown.records if one.record == record)
    assert all("no_new_use" in shown.decisions[number].obligations for number in labels)
    assert all(shown.decisions[number].consent for number in labels)


def only_what_was_seen_is_pinned(world: SmallWorld) -> None:
    """Before the enquiry Sally does not see what Maya said: she cannot keep it by pinning the notice it stands in."""
    hidden = deposit(world, "mh", RecordKind.HEALTH_REPORT, [reference_of(world, "Daniel Hart")], {"crisis": LATER})
    sally = world.accounts["sally"]
    for items in ([hidden], [RecordId("nowhere")], [], [report(world), hidden]):
        refused = raised(lambda items=items: world.hub.recording.pin(sally, world.family, relied(world, *items), "x"))
        assert refused is AccessRefusedError


def test_a_pin_names_only_what_its_recorder_sees(case: SmallWorld) -> None:
    only_what_was_seen_is_pinned(case)


def test_a_gate_that_pins_unseen_items_is_noticed(case: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "pinned_as_seen", lambda _parts, _connection, fact, _view: fact)
    assert pinning.pinned_as_seen is not writer.pinned_as_seen
    assert not holds(lambda: only_what_was_seen_is_pinned(case))


def test_a_pin_keeps_no_field_that_its_recorder_did_not_see(case: SmallWorld) -> None:
    """The labels are the gate's: what a recorder claims in the fact's body is replaced."""
    pin(case)
    facts = case.hub.writer.standing_facts([family_chain(case.family)], case.clock())
    body = next(fact.body for fact in facts if fact.kind is FactKind.PIN)
    shown = case.view("sally", purpose="support_family")
    labels = {shown.labels[n].digest() for one in shown.records if one.record in body["items"] for n in one.labels}
    assert set(body["labels"]) == labels
    assert named(case, "Daniel Hart") in body["persons"]


@pytest.mark.parametrize("username", ["rob", "pete", "fran", "iggy", "otto"])
def test_only_social_care_staff_of_the_family_pin(case: SmallWorld, username: str) -> None:
    item = relied(case, report(case))
    who = case.accounts[username]
    assert raised(lambda: case.hub.recording.pin(who, case.family, item, "x")) is AccessRefusedError


def test_nobody_pins_in_another_persons_name(case: SmallWorld) -> None:
    item, recording = report(case), case.hub.recording
    fact = recording._pin(AccountId("somebody"), case.family, relied(case, item), [])
    record: Callable[[], object] = lambda: case.hub.writer.record(  # noqa: E731  one expression to try
        writer.Actor(case.accounts["sally"]), writer.Act.DECISION_PIN, case.family, [fact], purpose="support_family"
    )
    assert raised(record) is AccessRefusedError


def test_a_pin_ends_with_the_owners_work_in_the_family(case: SmallWorld) -> None:
    pin(case)
    withdraw(case)
    facts = case.hub.writer.standing_facts([family_chain(case.family)], case.clock())
    mine = case.accounts["sally"]
    work = next(f for f in facts if f.kind is FactKind.ALLOCATION and f.body["account"] == mine)
    case.hub.recording.end(case.accounts["manager"], case.family, work.id, case.clock())
    assert DAD not in seen(case, "sally")


@pytest.mark.parametrize("key", ["items", "labels", "owner", "agency", "reviewer_role", "desk"])
def test_a_broken_pin_opens_nothing(case: SmallWorld, key: str) -> None:
    shown = case.view("sally", purpose="support_family")
    record = next(one for one in shown.records if DAD in "\n".join(one.fields.values()))
    labels = [shown.labels[number].digest() for number in record.labels]
    body = {"items": [record.record], "labels": labels, "owner": case.accounts["sally"], "desk": ""}
    body |= {"agency": case.agencies["csc"], "reviewer_role": "team_manager", key: 7}
    write_fact(case, family_chain(case.family), FactKind.PIN, body)
    withdraw(case)
    assert DAD not in seen(case, "sally")
