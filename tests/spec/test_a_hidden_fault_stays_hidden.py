"""A fault in something hidden is entered for the officers, and changes no byte for those it is hidden from."""

from collections.abc import Callable
from pathlib import Path

import pytest

from hub.domain.ids import AgencyId
from hub.gate import surroundings
from hub.gate.disclosure import Gap, Withheld
from hub.gate.opening import Opening
from hub.gate.view import Ruling
from hub.policy.decision import Level
from tests.factories import SmallWorld
from tests.spec.conftest import copied
from tests.spec.helping import alarms, edit, holds, named, select
from tests.spec.test_hidden_is_like_nothing import MOTHER, api_bytes, disclosed, page_bytes, refuge, twin

Fault = Callable[[SmallWorld], int]


def refuge_label(world: SmallWorld) -> int:
    said = "SELECT label_number FROM outline WHERE kind = 'protected_contact' AND owner_agency = ?"
    ((number,),) = select(world, "data", said, world.agencies["da"])
    return number


def unreadable(world: SmallWorld) -> int:
    return edit(world, "data", ("UPDATE label SET definition = '{}' WHERE number = ?", (refuge_label(world),)))


def off_the_list(world: SmallWorld) -> int:
    return edit(world, "data", ("DELETE FROM family_label WHERE label_number = ?", (refuge_label(world),)))


def under_a_label_he_sees(world: SmallWorld) -> int:
    """Put the refuge's outline among what Pete may see: it stays out of sight, and so does that it is there."""
    seen = next(number for record in world.view("pete").records for number in record.labels)
    change = "UPDATE outline SET label_number = ? WHERE label_number = ?"
    return edit(world, "data", (change, (seen, refuge_label(world))))


FAULTS: dict[str, Fault] = {
    "its label cannot be read": unreadable,
    "its label is off the family's list": off_the_list,
    "it lies under a label he sees": under_a_label_he_sees,
}


@pytest.fixture
def sheltered(made_once: SmallWorld, tmp_path: Path) -> SmallWorld:
    """Return the closed world with an enquiry open and the mother's refuge on record, to be copied twice."""
    world = copied(made_once, tmp_path / "sheltered", "sheltered")
    world.open()
    refuge(world)
    world.close()
    return world


def the_same_beside_a_fault(made: SmallWorld, folder: Path, fault: Fault) -> None:
    sound, faulty = twin(made, folder / "sound", None), twin(made, folder / "faulty", fault)
    try:
        for look in (page_bytes, api_bytes, disclosed):
            before = len(alarms(faulty))
            assert look(sound, "pete") == look(faulty, "pete")
            assert len(alarms(faulty)) > before
    finally:
        sound.close()
        faulty.close()


@pytest.mark.parametrize("name", FAULTS)
def test_who_it_is_hidden_from_sees_the_same_bytes_and_officers_the_alarm(
    sheltered: SmallWorld, tmp_path: Path, name: str
) -> None:
    the_same_beside_a_fault(sheltered, tmp_path, FAULTS[name])


@pytest.mark.parametrize("name", FAULTS)
def test_a_gate_that_tells_everybody_of_every_fault_is_noticed(
    sheltered: SmallWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    broken = Opening.broken

    def outspoken(opening: Opening) -> tuple[Gap, ...]:
        broken(opening)
        faulty = opening._broken or opening._plan.ruling.broken
        return (Gap(Withheld(Level.ATTRIBUTED, "integrity_fault", "", AgencyId(""))),) if faulty else ()

    monkeypatch.setattr(Opening, "broken", outspoken)
    assert not holds(lambda: the_same_beside_a_fault(sheltered, tmp_path, FAULTS[name]))


def the_team_is_told(world: SmallWorld, fault: Fault) -> None:
    fault(world)
    assert any(gap.withheld.reason == "integrity_fault" for gap in world.view("sally").gaps)


@pytest.mark.parametrize("name", ["its label cannot be read", "its label is off the family's list"])
def test_who_works_with_the_whole_family_is_told(sheltered: SmallWorld, tmp_path: Path, name: str) -> None:
    world = copied(sheltered, tmp_path / "told", "told")
    the_team_is_told(world, FAULTS[name])
    world.close()


def nobody_is_written_to(world: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the label of an address unreadable, whose address must not be used is not known any more."""
    kept: list[object] = []
    before = surroundings.involved

    def look(ruling: Ruling) -> object:
        kept.append(surroundings.kept_safe(ruling))
        return before(ruling)

    monkeypatch.setattr("hub.gate.reader.surroundings.involved", look)
    unreadable(world)
    world.view("sally")
    assert named(world, MOTHER) in kept[0]


def test_an_unreadable_label_keeps_every_address_safe(
    sheltered: SmallWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = copied(sheltered, tmp_path / "safe", "safe")
    nobody_is_written_to(world, monkeypatch)
    world.close()
