"""Handling binds all that a message brings; a batch shows nobody another family; a shield acts on what was matched."""

import base64
import copy
import json

import pytest

from hub.domain.access import Act
from hub.domain.facts import Fact, FactKind, person_chain
from hub.domain.fields import RecordKind
from hub.domain.ids import AccountId, FactId
from hub.domain.labels import Handling
from hub.gate.finder import Finder
from hub.gate.records import NewRecord
from hub.gate.view import View
from hub.gate.writer import Actor
from hub.services import composing
from hub.services.intake import Intake
from tests.factories import MET, SmallWorld, notice
from tests.spec.helping import holds, named, treatment

ORIGINALS = frozenset({RecordKind.ORIGINAL})


def conditional() -> bytes:
    said = json.loads(notice(notice_ref="SN-conditions"))
    said["notices"][0]["grading"] |= {"handling": "C", "conditions": "Not to be passed on"}
    return json.dumps(said).encode()


def kept_at_the_door(world: SmallWorld) -> None:
    world.police_notice(conditional())
    world.allocate("sally", lead=True)
    world.allocate("pete", "alleged_perpetrator")
    world.open()
    for username in ("sally", "pete"):
        shown = world.view(username)
        police = world.agencies["police"]
        assert not [record for record in shown.records if record.owner == police]
        assert not shown.persons


def test_who_is_in_a_notice_with_conditions_is_kept_at_the_front_door(sqlite_world: SmallWorld) -> None:
    kept_at_the_door(sqlite_world)


def test_a_composer_that_binds_the_entries_alone_is_noticed(
    sqlite_world: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(composing, "handling_of", lambda _: Handling.NONE)
    assert not holds(lambda: kept_at_the_door(sqlite_world))


def test_the_front_door_reads_a_notice_with_conditions_and_matches_it(case: SmallWorld) -> None:
    case.send("police", "safeguarding_notice", conditional(), key="again")
    case.hub.rounds.run_once()
    fran = case.accounts["fran"]
    (waiting,) = case.hub.front_door.waiting(fran)
    page = case.hub.front_door.page(fran, waiting.id)
    assert {line.name for line in page.people} > {"Maya Hart", "Daniel Hart"}
    assert page.candidates


def batch() -> bytes:
    said = json.loads(treatment(referral_ref="RS-A"))
    other = json.dumps(copy.deepcopy(said["referrals"][0]))
    for old, new in (("Daniel", "Zoltan"), ("Maya", "Una"), ("Theo", "Ben"), ("9000000017", "9000000025")):
        other = other.replace(old, new)
    said["referrals"].append(json.loads(other.replace("RS-A", "RS-B").replace("1988-11-02", "1970-01-01")))
    return json.dumps(said).encode()


def nothing_of_the_other_family(world: SmallWorld) -> None:
    receipt = world.send("sm", "adult_with_children_json", batch(), key="batch")
    assert [record["outcome"] for record in receipt["records"]] == ["accepted", "accepted"]
    world.hub.rounds.run_once()
    fran = world.accounts["fran"]
    for line in world.hub.front_door.waiting(fran):
        page = world.hub.front_door.page(fran, line.id)
        if page.candidates:
            world.hub.front_door.decide(fran, line.id, page.candidates[0].id)
    now, rob = world.clock(), world.accounts["rob"]
    asked = {"at": now, "known": now, "satisfied": MET, "justification": "a test"}
    view = View(Act.CHRONOLOGY_CONSULT, rob, world.family, "support_family", ORIGINALS, **asked)
    read = [base64.b64decode(r.fields["content"]).decode() for r in world.hub.reader.disclose(view).records]
    assert "Daniel" in "".join(read)
    assert "Zoltan" not in "".join(read)


def test_a_batch_shows_no_worker_the_original_that_names_another_family(case: SmallWorld) -> None:
    nothing_of_the_other_family(case)


def test_an_intake_that_labels_a_batch_by_its_first_record_is_noticed(
    case: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Intake._original

    def by_the_first(intake: Intake, *given: object, alone: bool) -> NewRecord:  # noqa: ARG001  what it forgets
        return made(intake, *given, alone=True)

    monkeypatch.setattr(Intake, "_original", by_the_first)
    assert not holds(lambda: nothing_of_the_other_family(case))


def shielded(world: SmallWorld) -> None:
    """Let the hub record that her whereabouts are protected, as a court or the police asked."""
    mother, now = named(world, "Grace Adeyemi-Hart"), world.clock()
    body = {"person": mother, "desk": "restricted"}
    id_ = FactId("0" * 8 + "-0000-7000-8000-" + "1" * 12)
    fact = Fact(id_, person_chain(mother), 0, FactKind.SHIELD, body, now, None, now, AccountId("system"))
    world.hub.writer.record(Actor(AccountId("system")), Act.MATCH_CONFIRM, world.family, [fact])


def a_shield_acts_at_once(world: SmallWorld) -> None:
    world.send("police", "safeguarding_notice", notice(notice_ref="N-2"), key="second")
    world.hub.rounds.run_once()
    fran = world.accounts["fran"]
    waiting = world.hub.front_door.waiting(fran)
    assert waiting
    (first, *_) = waiting
    before = world.hub.front_door.page(fran, first.id).candidates
    assert before
    shielded(world)
    left = {p.person for p in world.hub.front_door._proposals(world.hub.front_door._deciding.find(fran, first.id))}
    assert named(world, "Grace Adeyemi-Hart") not in left


def test_a_shield_that_is_younger_than_the_match_takes_its_person_off_the_page(case: SmallWorld) -> None:
    a_shield_acts_at_once(case)


def test_a_front_door_that_forgets_shields_is_noticed(case: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Finder, "shielded", lambda *_: frozenset())
    assert not holds(lambda: a_shield_acts_at_once(case))
