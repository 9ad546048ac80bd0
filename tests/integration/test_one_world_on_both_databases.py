import pytest

from hub.wiring import doctor
from tests.factories import SmallWorld, texts
from tests.spec.helping import alarms, people_records, treatment


def test_a_notice_becomes_a_view_and_the_log_grows(world: SmallWorld) -> None:
    world.police_notice()
    world.allocate("sally", lead=True)
    world.open()
    before = len(world.entries())
    shown = world.view("sally")
    assert "hands on my ears" in texts(shown)
    assert len(world.entries()) == before + 1
    assert world.hub.sequencer.run_once() > 0


def test_all_that_was_stored_is_found_again(world: SmallWorld) -> None:
    """Facts, outlines, sets and keys are compared with the log; a record laid elsewhere in between is followed."""
    world.police_notice()
    world.send("sm", "adult_with_children_json", treatment())
    world.hub.rounds.run_once()
    world.accept()
    world.allocate("sally", lead=True)
    for _ in range(2):
        world.clock.advance(days=1)
        world.hub.rounds.run_once()
    assert {name: ok for name, ok, _ in doctor(world.hub)}["stored rows"]
    assert alarms(world) == []
    audit = world.hub.rounds.audit
    assert audit.whole


def test_what_went_is_missed(world: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is there when both lists are empty: every fact and record that the log names is missed."""
    world.police_notice()
    world.hub.rounds.run_once()
    monkeypatch.setattr("hub.gate.audit.codes_at", lambda *_: {})
    world.hub.keys.destroy(*(record.record for record in people_records(world).records))
    amiss = set(world.hub.rounds.audit.look().values())
    assert amiss == {"fact_missing", "key_missing"}
