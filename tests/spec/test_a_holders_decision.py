"""Refused consent leaves the holder one task; its decision opens the named item to one recipient (s16LA), or nothing.

Law: Children Act 2004 s16LA; R (AB and CD) v Haringey [2013] EWHC 416 (Admin): a decision counts from an entitled
person, for the people it names.
"""

from collections.abc import Callable
from dataclasses import replace

import pytest

from hub.domain.errors import AccessRefusedError, InvalidRequestError
from hub.domain.fields import RecordKind
from hub.domain.ids import RecordId
from hub.gate import authority, writer
from hub.policy.circumstances import Circumstances
from hub.services.recording import Opening, Period
from tests.factories import SmallWorld, notice, texts
from tests.spec.helping import EARS, deposit, holds, named, raised, reference_of, treatment

ITEM, OTHER = "Alcohol, most evenings", "A second report that nobody named"
THEO = "Theo was asleep upstairs"


@pytest.fixture
def refused(sqlite_world: SmallWorld) -> SmallWorld:
    """Return a world where the father refused sharing; a second report about him is held as well."""
    world = sqlite_world
    receipt = world.send("sm", "adult_with_children_json", treatment("refused"), key="once")
    assert world.send("sm", "adult_with_children_json", treatment("refused"), key="once") == receipt
    world.hub.rounds.run_once()
    world.accept()
    for username in ("sally", "nina"):
        world.allocate(username)
    world.allocate("rob", "parent")
    about = [reference_of(world, "Daniel Hart")]
    deposit(world, "sm", RecordKind.TREATMENT_REPORT, about, {"substances": OTHER, "engagement": "Attends"})
    return world


def tasks(world: SmallWorld) -> list[str]:
    return [line.id for line in world.hub.tasks.open_for(world.accounts["rob"]) if line.decide]


def decide(world: SmallWorld, *, share: bool, recipient: str = "csc", reason: str = "Relevant to safety") -> None:
    (task,) = tasks(world)
    waiting = world.hub.tasks.holder_task(world.accounts["rob"], task)
    decision = Opening(
        "holder_decision",
        waiting.agency,
        waiting.children,
        waiting.adults,
        [waiting.record],
        world.agencies[recipient],
        reason,
    )
    world.hub.recording.decide_sharing(world.accounts["rob"], waiting.family, task, decision, share=share)


def sees(world: SmallWorld, username: str) -> str:
    try:
        return texts(world.view(username, purpose="support_family"))
    except AccessRefusedError:
        return ""


def test_a_refusal_leaves_exactly_one_task_with_the_holder(refused: SmallWorld) -> None:
    assert len(tasks(refused)) == 1
    for username in ("sally", "nina", "otto"):
        assert not [t for t in refused.hub.tasks.open_for(refused.accounts[username]) if t.decide]
    assert ITEM not in sees(refused, "sally")


def test_given_consent_leaves_no_task(case: SmallWorld) -> None:
    assert tasks(case) == []


def only_the_named_item_to_the_named_recipient(world: SmallWorld) -> None:
    assert ITEM not in sees(world, "sally")
    decide(world, share=True)
    assert tasks(world) == []
    assert ITEM in sees(world, "sally")
    assert OTHER not in sees(world, "sally")
    assert ITEM not in sees(world, "nina")


def test_a_decision_to_share_shows_the_named_item_to_that_recipient_only(refused: SmallWorld) -> None:
    only_the_named_item_to_the_named_recipient(refused)


def test_sharing_with_somebody_else_shows_it_not_to_the_social_worker(refused: SmallWorld) -> None:
    decide(refused, share=True, recipient="mh")
    assert ITEM not in sees(refused, "sally")


def test_a_decision_that_opens_everything_is_noticed(refused: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    opens = Circumstances._opens

    def generous(who: Circumstances, fact: object, label: object, item: RecordId | None, *more: object) -> bool:
        items = fact.body.get("items") or [item]
        return opens(who, fact, label, RecordId(items[0]), *more)

    monkeypatch.setattr(Circumstances, "_opens", generous)
    assert not holds(lambda: only_the_named_item_to_the_named_recipient(refused))


def test_a_decision_not_to_share_closes_the_task_and_withholds(refused: SmallWorld) -> None:
    assert raised(lambda: decide(refused, share=False, reason=" ")) is InvalidRequestError
    decide(refused, share=False, reason="It would end the treatment that protects the children")
    assert tasks(refused) == []
    assert ITEM not in sees(refused, "sally")
    assert "end the treatment" not in sees(refused, "sally")


def only_a_manager_opens(world: SmallWorld) -> None:
    """A social worker's own record opens nothing, whatever it says (Haringey)."""
    children = [named(world, "Maya Hart")]
    for code in ("s47_enquiry", "child_protection_plan", "strategy_discussion"):
        opening = Opening(code, world.agencies["csc"], children, evidence="I decided this myself")
        attempt = raised(
            lambda opening=opening: world.hub.recording.open(
                world.accounts["sally"], world.family, opening, Period(world.clock())
            )
        )
        assert attempt is AccessRefusedError
        assert EARS not in texts(world.view("sally"))


def test_an_opening_recorded_by_a_social_worker_is_refused_and_opens_nothing(case: SmallWorld) -> None:
    only_a_manager_opens(case)


def test_an_opening_from_anybody_is_noticed(case: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    assert writer.require_may_record is authority.require_may_record
    monkeypatch.setattr(writer, "require_may_record", lambda *_: None)
    assert not holds(lambda: only_a_manager_opens(case))


@pytest.fixture
def siblings(sqlite_world: SmallWorld) -> SmallWorld:
    """Return a world whose notice says something about each child alone."""
    said = [{"kind": "what_happened", "text": THEO, "about": ["p4"]}]
    said += [{"kind": "what_happened", "text": "Maya was at the door", "about": ["p3"]}]
    sqlite_world.police_notice(notice(narratives=said))
    sqlite_world.allocate("sally")
    return sqlite_world


def a_sibling_stays_closed(world: SmallWorld, look: Callable[[], str]) -> None:
    world.open(children=[named(world, "Maya Hart")], adults=[])
    assert "Maya was at the door" in look()
    assert THEO not in look()
    world.open(children=[named(world, "Theo Hart")], adults=[])
    assert THEO in look()


def test_a_sibling_who_is_not_named_is_not_opened(siblings: SmallWorld) -> None:
    a_sibling_stays_closed(siblings, lambda: texts(siblings.view("sally")))


def test_opening_the_whole_family_at_once_is_noticed(siblings: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    opens = Circumstances._opens
    everybody = siblings.people("child")

    def whole_family(who: Circumstances, fact: object, *more: object) -> bool:
        return opens(who, replace(fact, body={**fact.body, "children": everybody}), *more)

    monkeypatch.setattr(Circumstances, "_opens", whole_family)
    assert not holds(lambda: a_sibling_stays_closed(siblings, lambda: texts(siblings.view("sally"))))
