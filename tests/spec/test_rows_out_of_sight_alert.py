"""Rows put out of a reader's sight, or out of their order, are missed: the view withholds them and alerts."""

from collections.abc import Callable

import pytest

from hub.domain.fields import RecordKind
from hub.domain.partial_date import PartialDate
from hub.gate.opening import Opening
from hub.policy.decision import Level
from hub.store.sealed.records import Outline, sets_of
from tests.factories import SmallWorld
from tests.spec.helping import EARS, alarms, deposit, edit, holds, reference_of, select

SETS_OF = sets_of
Change = Callable[[SmallWorld], int]


def hidden_from(world: SmallWorld, username: str) -> int:
    """Return the number of a label that this reader sees nothing under."""
    seen = {number for record in world.view(username).records for number in record.labels}
    numbers = [number for (number,) in select(world, "data", "SELECT number FROM label ORDER BY number")]
    return next(number for number in numbers if number not in seen)


def words_of(world: SmallWorld) -> tuple[str, int]:
    """Return the record with Maya's words, and the number of the label they lie under."""
    shown = world.view("sally")
    return next(
        (record.record, number)
        for record in shown.records
        if EARS in str(record.fields)
        for number in record.labels
        if shown.labels[number].category == "child_disclosure"
    )


def under_a_hidden_label(world: SmallWorld) -> int:
    values = (hidden_from(world, "sally"), words_of(world)[1])
    return edit(world, "data", ("UPDATE sealed_fields SET label_number = ? WHERE label_number = ?", values))


def deleted(world: SmallWorld) -> int:
    return edit(world, "data", ("DELETE FROM sealed_fields WHERE record_id = ? AND label_number = ?", words_of(world)))


def long_after(world: SmallWorld) -> int:
    change = "UPDATE sealed_fields SET event_day = event_day + 90000 WHERE record_id = ? AND label_number = ?"
    return edit(world, "data", (change, words_of(world)))


def long_ago(world: SmallWorld) -> int:
    """Let the whole record stand first in every chronology: the outline's day alone says where."""
    change = "UPDATE outline SET event_day = event_day - 4000 WHERE record_id = ?"
    return edit(world, "data", (change, words_of(world)[:1]))


def renamed_into_something_hidden(world: SmallWorld) -> int:
    """Let the label itself be another, with its own digest: nobody has a record under the one that it was."""
    number, digest = words_of(world)[1], "digest = (SELECT digest || 'x' FROM label WHERE number = ?)"
    definition = "definition = (SELECT definition FROM label WHERE number = ?)"
    other = hidden_from(world, "sally")
    return edit(
        world,
        "data",
        (f"UPDATE label SET {definition}, {digest} WHERE number = ?", (other, other, number)),  # noqa: S608  own words
        ("DELETE FROM family_label WHERE label_number = ?", (other,)),
        ("UPDATE label SET digest = digest || 'y' WHERE number = ?", (other,)),
        ("UPDATE label SET digest = substr(digest, 1, 64) WHERE number = ?", (number,)),
    )


CHANGES: dict[str, Change] = {
    "a set under a label hidden from the reader": under_a_hidden_label,
    "a set deleted": deleted,
    "a set at another day": long_after,
    "an outline at another day": long_ago,
    "a label that became another": renamed_into_something_hidden,
}


def missed(world: SmallWorld, change: Change) -> None:
    world.open()
    before = len(alarms(world))
    assert change(world)
    shown = world.view("sally")
    assert not any(EARS in str(record.fields) for record in shown.records)
    assert len(alarms(world)) > before
    assert any(gap.withheld.reason == "integrity_fault" for gap in shown.gaps)


@pytest.mark.parametrize("name", CHANGES)
def test_what_was_put_out_of_sight_is_missed(case: SmallWorld, name: str) -> None:
    missed(case, CHANGES[name])


@pytest.mark.parametrize(
    "name", ["a set under a label hidden from the reader", "a set deleted", "a set at another day"]
)
def test_a_gate_that_does_not_compare_with_the_manifest_is_noticed(
    case: SmallWorld, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(Opening, "_sound", lambda _self, _outline, opened: bool(opened))
    assert not holds(lambda: missed(case, CHANGES[name]))


def test_a_seal_that_does_not_bind_the_day_is_noticed(case: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    frame = Outline.frame

    def by_its_date_alone(outline: Outline) -> str:
        return frame(outline._replace(event_day=PartialDate.parse(outline.event_date).first.toordinal()))

    monkeypatch.setattr(Outline, "frame", by_its_date_alone)
    monkeypatch.setattr("hub.gate.opening.rows.sets_of", lambda *given: SETS_OF(*given[:-1], (0, 10**6)))
    assert not holds(lambda: missed(case, long_ago))


def a_record_stays_behind_its_own_label(world: SmallWorld) -> None:
    """A report tells that the mother attends; its substances are Daniel's. Its outline is put under their label."""
    world.open()
    mother, father = (frozenset({reference_of(world, name)}) for name in ("Grace Adeyemi-Hart", "Daniel Hart"))
    fields = {"engagement": "She comes on Mondays", "substances": "Alcohol"}
    narrowed, people = {"engagement": mother, "substances": father}, [*mother, *father]
    record = deposit(world, "sm", RecordKind.TREATMENT_REPORT, people, fields, narrowed=narrowed)
    before = {shown.record for shown in world.view("rob").records}
    assert record not in before
    labels = "SELECT label_number FROM sealed_fields WHERE record_id = ?"
    numbers = {number for (number,) in select(world, "data", labels, record)}
    (seen,) = numbers & {n for n, d in world.view("rob").decisions.items() if d.level is Level.SHOW}
    assert edit(world, "data", ("UPDATE outline SET label_number = ? WHERE record_id = ?", (seen, record)))
    shown = world.view("rob")
    assert {record.record for record in shown.records} == before
    assert alarms(world)
    assert not any(gap.withheld.reason == "integrity_fault" for gap in shown.gaps)


def test_a_record_put_under_another_of_its_own_labels_stays_out_of_sight(case: SmallWorld) -> None:
    a_record_stays_behind_its_own_label(case)


def test_a_gate_that_takes_any_label_of_a_record_is_noticed(case: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Opening, "_sound", lambda _self, _outline, opened: bool(opened))
    assert not holds(lambda: a_record_stays_behind_its_own_label(case))
