"""Rows edited, removed or reordered in the database withhold what depended on them, and raise an alarm in the log."""

from collections.abc import Callable
from contextlib import nullcontext

import pytest

from hub.domain.canonical import canonical, digest
from hub.domain.errors import FactBrokenError, HubError
from hub.gate import factbook
from hub.gate.opening import Opening
from hub.services.recording import ConsentWord
from hub.vault.fact_mac import FactMac
from hub.wiring import web_app
from tests.factories import SmallWorld, texts
from tests.journeys.readers import Reader
from tests.spec.helping import DAD, EARS, alarms, edit, holds, people_records, raised, select

Change = Callable[[SmallWorld], object]


def seen(world: SmallWorld, purpose: str) -> str:
    try:
        return texts(world.view("sally", purpose=purpose))
    except HubError:
        return ""


def withheld_and_alerted(world: SmallWorld, words: str, purpose: str, change: Change) -> None:
    """After the change the words are gone, an alarm stands in the log, and the officer can read it."""
    before = len(alarms(world))
    assert change(world), "the change must have changed something"
    assert words not in seen(world, purpose)
    assert len(alarms(world)) > before
    if change is EVERYBODYS:
        assert raised(lambda: world.hub.governance.log(world.accounts["iggy"])) is FactBrokenError
        return
    lines = world.hub.governance.log(world.accounts["iggy"])
    assert any(line.outcome_words == "Integrity fault" for line in lines)


def label_of(world: SmallWorld, category: str) -> int:
    """Return the number of a label of Maya's, with a category."""
    shown = world.view("sally")
    return next(
        number
        for r in shown.records
        if EARS in str(r.fields)
        for number in r.labels
        if shown.labels[number].category == category
    )


def another_number(world: SmallWorld) -> int:
    """Put Maya's words under a label that says less about them."""
    mine = label_of(world, "child_disclosure")
    shown = world.view("sally")
    (beside,) = (set(r.labels) for r in shown.records if mine in r.labels)
    other = next(number for r in shown.records for number in r.labels if number not in beside)
    return edit(world, "data", ("UPDATE sealed_fields SET label_number = ? WHERE label_number = ?", (other, mine)))


def another_definition(world: SmallWorld) -> int:
    """Call Maya's words something harmless, leaving the digest."""
    number = label_of(world, "child_disclosure")
    change = "UPDATE label SET definition = replace(definition, 'child_disclosure', 'identity') WHERE number = ?"
    return edit(world, "data", (change, (number,)))


def another_definition_and_digest(world: SmallWorld) -> int:
    """Call Maya's words something harmless, with the digest that belongs to it."""
    number = label_of(world, "child_disclosure")
    content = world.view("sally").labels[number].content() | {"category": "identity"}
    values = (canonical(content).decode(), digest(content), number)
    return edit(world, "data", ("UPDATE label SET definition = ?, digest = ? WHERE number = ?", values))


def no_label(world: SmallWorld) -> int:
    number = label_of(world, "child_disclosure")
    return edit(world, "data", ("UPDATE label SET definition = '{}' WHERE number = ?", (number,)))


def another_date(world: SmallWorld) -> int:
    """Let the event have happened on another day."""
    mine = label_of(world, "police_incident")
    return edit(world, "data", ("UPDATE outline SET event_date = '2024-03-01' WHERE label_number = ?", (mine,)))


LABELS: dict[str, Change] = {
    "an outline's date": another_date,
    "a label number": another_number,
    "a label definition": another_definition,
    "a label definition with its digest": another_definition_and_digest,
    "an emptied label": no_label,
}


@pytest.mark.parametrize("name", LABELS)
def test_an_edited_label_withholds_and_alerts(case: SmallWorld, name: str) -> None:
    case.open()
    assert EARS in seen(case, "protect_child")
    withheld_and_alerted(case, EARS, "protect_child", LABELS[name])


def no_record_came_into_view(world: SmallWorld) -> None:
    """Somebody puts a record that Sally may not see among those she may: it stays out of sight."""
    before = {record.record for record in world.view("sally").records}
    other = next(number for record in world.view("sally").records for number in record.labels)
    hidden = "UPDATE outline SET label_number = ? WHERE kind = 'police_notice'"
    assert edit(world, "data", (hidden, (other,)))
    assert {record.record for record in world.view("sally").records} == before
    assert alarms(world)


def test_an_outline_moved_under_another_label_shows_nothing_and_alerts(case: SmallWorld) -> None:
    no_record_came_into_view(case)


def test_a_gate_that_believes_outlines_is_noticed(case: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Opening, "_sound", lambda *_: True)
    assert not holds(lambda: no_record_came_into_view(case))


def test_a_gate_that_says_nothing_of_a_broken_label_is_noticed(
    case: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    case.open()
    monkeypatch.setattr(Opening, "broken", lambda _self: ())
    assert not holds(lambda: withheld_and_alerted(case, EARS, "protect_child", another_number))


def father_withdraws(world: SmallWorld) -> None:
    for person in world.people("alleged_perpetrator"):
        word = ConsentWord(person, "withdrawn", sources=[world.agencies["sm"]])
        world.hub.recording.consent(world.accounts["sally"], world.family, word)


FACT = "UPDATE fact SET"
EDITS: dict[str, tuple[str, tuple[object, ...]]] = {
    "a consent edited": (f"{FACT} body = replace(body, '\"withdrawn\"', '\"given\"') WHERE kind = 'consent'", ()),
    "a consent backdated": (f"{FACT} valid_until = valid_from WHERE body LIKE '%withdrawn%'", ()),
    "a consent that cannot be read": (f"{FACT} body = 'nonsense' WHERE body LIKE '%withdrawn%'", ()),
    "a consent of another kind": (f"{FACT} kind = 'circus' WHERE body LIKE '%withdrawn%'", ()),
    "a consent at no time": (f"{FACT} recorded_at = 'noon' WHERE body LIKE '%withdrawn%'", ()),
    "a consent with another author": (f"{FACT} recorded_by = 'nobody' WHERE body LIKE '%withdrawn%'", ()),
    "the withdrawal removed": ("DELETE FROM fact WHERE body LIKE '%withdrawn%'", ()),
    "the withdrawal as a fact of somebody else": (f"{FACT} chain = 'person:x' WHERE body LIKE '%withdrawn%'", ()),
    "the withdrawal ended": (f"{FACT} ends = id WHERE body LIKE '%withdrawn%'", ()),
    "an allocation edited": (f'{FACT} body = replace(body, \'"lead":"yes"\', \'"lead":"no"\')', ()),
    "an allocation prolonged": (f"{FACT} valid_until = 9999999999999999 WHERE kind = 'allocation'", ()),
    "an allocation removed": ("DELETE FROM fact WHERE kind = 'allocation' AND body LIKE '%\"yes\"%'", ()),
    "an account's role edited": (f"{FACT} body = replace(body, 'social_worker', 'team_manager')", ()),
    "an agency's kind edited": (f"{FACT} body = replace(body, 'contracted_provider', 'local_authority')", ()),
}


def edited(name: str) -> Change:
    return lambda world: edit(world, "data", EDITS[name])


def reordered(world: SmallWorld) -> int:
    """Let the withdrawal and the word before it change places."""
    ((chain, last),) = select(world, "data", "SELECT chain, number FROM fact WHERE body LIKE '%withdrawn%' LIMIT 1")
    swap = f"{FACT} number = ? WHERE chain = ? AND number = ?"
    steps = [(0, chain, last), (last, chain, last - 1), (last - 1, chain, 0)]
    return edit(world, "data", *((swap, values) for values in steps))


def repeated(world: SmallWorld) -> int:
    """Write the old yes once more, after the withdrawal, with the code it once had."""
    ((chain, last),) = select(world, "data", "SELECT chain, number FROM fact WHERE body LIKE '%withdrawn%' LIMIT 1")
    columns = "kind, body, valid_from, valid_until, recorded_at, recorded_by, ends, mac"
    copy = (
        "INSERT INTO fact (partnership_id, chain, number, id, COLUMNS) "
        "SELECT partnership_id, chain, number + 1, 'again', COLUMNS FROM fact WHERE chain = ? AND number = ?"
    )
    return edit(world, "data", (copy.replace("COLUMNS", columns), (chain, last)))


EVERYBODYS = edited("an agency's kind edited")
"""What every decision rests on: with it broken nobody is let in, the officer neither, until an operator looked."""
CHANGES: dict[str, Change] = {
    **{name: edited(name) for name in EDITS},
    "an agency's kind edited": EVERYBODYS,
    "facts reordered": reordered,
    "a fact repeated": repeated,
}


@pytest.mark.parametrize("name", CHANGES)
def test_an_edited_fact_withholds_and_alerts(case: SmallWorld, name: str) -> None:
    assert DAD in seen(case, "support_family")
    father_withdraws(case)
    withheld_and_alerted(case, DAD, "support_family", CHANGES[name])
    assert seen(case, "support_family") == ""


def test_a_gate_that_believes_what_it_reads_is_noticed(case: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    father_withdraws(case)
    monkeypatch.setattr(FactMac, "require_chain", lambda *_given, **_named: None)
    assert not holds(lambda: withheld_and_alerted(case, DAD, "support_family", edited("a consent edited")))
    assert DAD in seen(case, "support_family")


def test_a_gate_that_refuses_without_an_alarm_is_noticed(case: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    father_withdraws(case)
    monkeypatch.setattr(factbook, "_alarming", lambda *_given: nullcontext())
    assert not holds(lambda: withheld_and_alerted(case, DAD, "support_family", edited("a consent edited")))


def test_the_page_of_a_family_with_an_edited_fact_opens_nothing(case: SmallWorld) -> None:
    reader = Reader(web_app(case.hub), "sally")
    assert "Daniel Hart" in reader.open(case.family, "support_family")
    edited("an allocation edited")(case)
    answer = reader.get(f"/families/{case.family}")
    assert answer.status_code == 503
    assert "Daniel Hart" not in answer.text


def test_nothing_is_recorded_on_top_of_an_edited_fact(case: SmallWorld) -> None:
    edited("an allocation edited")(case)
    assert raised(lambda: case.allocate("nina")) is not None
    assert alarms(case)


def test_a_fact_recorded_while_a_view_reads_is_no_alarm(case: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """The ledger may know more than the snapshot of a view that began before: it is decided again, not suspected."""
    heads, done = type(case.hub.book).heads, []

    def meanwhile(book: object, chains: object) -> object:
        if not done:
            done.append(True)
            father_withdraws(case)
        return heads(book, chains)

    monkeypatch.setattr(type(case.hub.book), "heads", meanwhile)
    seen(case, "support_family")
    assert done
    assert alarms(case) == []
    assert DAD not in seen(case, "support_family")


def a_label_that_the_list_misses_is_a_fault(world: SmallWorld) -> None:
    """Somebody deletes a row of the family's list of labels: what lay under it would be missing without a word."""
    world.open()
    assert EARS in seen(world, "protect_child")
    number = label_of(world, "child_disclosure")
    withheld_and_alerted(
        world,
        EARS,
        "protect_child",
        lambda w: edit(w, "data", ("DELETE FROM family_label WHERE label_number = ?", (number,))),
    )
    assert any(gap.withheld.reason == "integrity_fault" for gap in world.view("sally").gaps)


def test_a_label_deleted_from_the_familys_list_withholds_openly_and_alerts(case: SmallWorld) -> None:
    a_label_that_the_list_misses_is_a_fault(case)


def test_a_gate_that_believes_the_list_of_labels_is_noticed(case: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.gate.view.numbers_in_use", lambda *_: set())
    monkeypatch.setattr(Opening, "_sound", lambda _self, _outline, opened: bool(opened))
    assert not holds(lambda: a_label_that_the_list_misses_is_a_fault(case))


def an_unreadable_link_is_a_fault(world: SmallWorld) -> None:
    people = people_records(world)
    references = [s for label in people.labels.values() for s in label.subjects]
    edit(world, "data", ("UPDATE fact SET recorded_at = 'noon' WHERE kind = 'identity'", ()))
    before = len(alarms(world))
    with pytest.raises(FactBrokenError):
        world.hub.finder.persons_behind(references)
    assert len(alarms(world)) > before


def test_an_identity_link_that_cannot_be_read_is_a_fault_with_an_alarm(case: SmallWorld) -> None:
    an_unreadable_link_is_a_fault(case)


def test_a_finder_that_stumbles_over_an_unreadable_link_is_noticed(
    case: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(factbook, "_alarming", lambda *_given: nullcontext())
    assert not holds(lambda: an_unreadable_link_is_a_fault(case))


def test_a_publication_that_cannot_be_read_refuses_and_alerts(case: SmallWorld) -> None:
    edit(case, "data", ("UPDATE fact SET recorded_at = 'noon' WHERE kind = 'published'", ()))
    assert raised(lambda: case.view("sally")) is FactBrokenError
    assert alarms(case)
