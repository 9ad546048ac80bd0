"""A row removed together with every trace in the tables is missed: by the next view, and by the worker and doctor."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from hub.domain.access import Operation
from hub.domain.errors import FactBrokenError
from hub.domain.ids import RecordId
from hub.gate import factbook
from hub.gate.audit import Audit
from hub.ledger.book import Book
from hub.ledger.entries import Entry
from hub.wiring import doctor
from tests.factories import SmallWorld, notice, texts
from tests.spec.helping import DAD, EARS, alarms, edit, holds, raised, select
from tests.spec.test_a_crash_in_the_middle import keys_of
from tests.spec.test_edited_rows_withhold import father_withdraws
from tests.spec.test_rows_out_of_sight_alert import hidden_from, words_of

Change = Callable[[SmallWorld], int]
WITHDRAWAL = "SELECT chain, number FROM fact WHERE body LIKE '%withdrawn%'"


def withdrawal_and_head(world: SmallWorld) -> int:
    """Delete the withdrawal from the facts, and its newest code from the ledger's file."""
    rows = select(world, "data", WITHDRAWAL)
    gone = edit(world, "data", ("DELETE FROM fact WHERE body LIKE '%withdrawn%'", ()))
    heads = [("DELETE FROM fact_head WHERE chain = ? AND number >= ?", row) for row in rows]
    return min(gone, edit(world, "ledger", *heads))


def the_next_view_is_refused(world: SmallWorld) -> None:
    father_withdraws(world)
    assert withdrawal_and_head(world)
    assert raised(lambda: world.view("sally", purpose="support_family")) is FactBrokenError
    assert alarms(world)


def test_a_withdrawal_removed_with_its_head_is_missed_at_the_next_view(case: SmallWorld) -> None:
    the_next_view_is_refused(case)


def test_a_book_that_forgets_what_it_met_is_noticed(case: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    heads = Book.heads

    def forgetful(book: Book, chains: object) -> object:
        book._newest.clear()
        return heads(book, chains)

    monkeypatch.setattr(Book, "heads", forgetful)
    assert not holds(lambda: the_next_view_is_refused(case))
    assert DAD in texts(case.view("sally", purpose="support_family"))


def after_a_restart(world: SmallWorld) -> None:
    """While no process runs, the withdrawal is removed; the new process's worker misses it, then every view does."""
    father_withdraws(world)
    world.hub.rounds.run_once()
    assert withdrawal_and_head(world)
    fresh, before = world.again(), len(alarms(world))
    for _ in range(2):
        fresh.rounds.run_once()
    assert len(alarms(world)) == before + 1
    (alarm,) = [e.entry for e in alarms(world) if e.entry.operation is Operation.ALARM]
    assert alarm.detail.keys() == {"fact_missing"}
    assert any(line.outcome_words == "Integrity fault" for line in fresh.governance.log(world.accounts["iggy"]))
    world.hub = world.again()
    assert raised(lambda: world.view("sally", purpose="support_family")) is FactBrokenError


def test_a_withdrawal_removed_while_nobody_looked_raises_the_alarm_and_refuses_its_family(case: SmallWorld) -> None:
    after_a_restart(case)


def test_a_worker_that_does_not_audit_is_noticed(case: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Audit, "run_once", lambda _: 0)
    assert not holds(lambda: after_a_restart(case))


def test_a_writer_that_anchors_nothing_is_noticed(case: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(factbook, "anchor", lambda parts, heads, *_: parts.book.record_heads(heads))
    assert not holds(lambda: after_a_restart(case))


def outline_under_a_hidden_label(world: SmallWorld) -> int:
    change = "UPDATE outline SET label_number = ? WHERE record_id = ?"
    return edit(world, "data", (change, (hidden_from(world, "sally"), words_of(world)[0])))


def outline_and_sets_deleted(world: SmallWorld) -> int:
    record = words_of(world)[:1]
    tables = ("sealed_fields", "outline")
    return edit(world, "data", *((f"DELETE FROM {table} WHERE record_id = ?", record) for table in tables))  # noqa: S608


def of_a_kind_nobody_asks_for(world: SmallWorld) -> int:
    return edit(world, "data", ("UPDATE outline SET kind = 'circus' WHERE record_id = ?", words_of(world)[:1]))


def in_another_family(world: SmallWorld) -> int:
    record, tables = words_of(world)[0], ("sealed_fields", "outline")
    ((other,),) = select(world, "data", "SELECT id FROM family WHERE id <> ? LIMIT 1", world.family)
    moves = (f"UPDATE {table} SET family_id = ? WHERE record_id = ?" for table in tables)  # noqa: S608
    return edit(world, "data", *((move, (other, record)) for move in moves))


def a_set_elsewhere(world: SmallWorld) -> int:
    change = "UPDATE sealed_fields SET event_day = event_day + 90000 WHERE record_id = ?"
    return edit(world, "data", (change, words_of(world)[:1]))


def a_key_deleted(world: SmallWorld) -> int:
    return edit(world, "keys", ("DELETE FROM record_key WHERE record_id = ?", words_of(world)[:1]))


def a_key_marked_destroyed(world: SmallWorld) -> int:
    change = "UPDATE record_key SET state = 'destroyed' WHERE record_id = ?"
    return edit(world, "keys", (change, words_of(world)[:1]))


CHANGES: dict[str, Change] = {
    "an outline under a label hidden from the reader": outline_under_a_hidden_label,
    "outline and sets deleted": outline_and_sets_deleted,
    "an outline of a kind nobody asks for": of_a_kind_nobody_asks_for,
    "a record in another family": in_another_family,
    "a set at another day": a_set_elsewhere,
    "a key deleted": a_key_deleted,
    "a key marked as destroyed": a_key_marked_destroyed,
}


def withheld_and_missed(world: SmallWorld, change: Change) -> None:
    world.open()
    world.hub.rounds.run_once()
    assert change(world)
    assert EARS not in texts(world.view("sally"))
    world.clock.advance(days=1)
    before = len(alarms(world))
    for _ in range(3):
        world.hub.rounds.run_once()
    assert len(alarms(world)) == before + 1, "one alarm, and only one"
    assert not {name: ok for name, ok, _ in doctor(world.hub)}["stored rows"]


@pytest.mark.parametrize("name", CHANGES)
def test_a_record_that_went_or_moved_is_missed_within_a_day(case: SmallWorld, name: str) -> None:
    withheld_and_missed(case, CHANGES[name])


@pytest.mark.parametrize("name", CHANGES)
def test_an_audit_that_believes_the_rows_is_noticed(
    case: SmallWorld, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(Audit, "_records", lambda *_: None)
    assert not holds(lambda: withheld_and_missed(case, CHANGES[name]))


NONSENSE = ("event_day = 'noon'", "recorded_at = 'noon'", "referral_id = 7", "manifest = ''", "label_number = 77777")


def test_rows_that_make_no_sense_do_not_stop_the_worker(case: SmallWorld) -> None:
    case.hub.rounds.run_once()
    ((record,),) = select(case, "data", "SELECT record_id FROM outline WHERE kind = 'police_notice' LIMIT 1")
    for change in NONSENSE:
        edit(case, "data", (f"UPDATE outline SET {change} WHERE record_id = ?", (record,)))  # noqa: S608  own words
        assert record in case.hub.rounds.audit.look()
    edit(case, "data", ("UPDATE sealed_fields SET event_day = 'noon'", ()))
    edit(case, "data", ("UPDATE fact SET mac = 'x' WHERE kind = 'allocation'", ()))
    assert {"fact_missing", "outline_missing", "sets_changed"} <= set(case.hub.rounds.audit.look().values())


def test_an_audit_that_believes_the_family_is_noticed(case: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Audit, "_leads", lambda *_: True)
    assert not holds(lambda: withheld_and_missed(case, in_another_family))


def an_erasure_is_no_fault(world: SmallWorld) -> None:
    """A key destroyed under an entry that names its record is gone, not missing."""
    record = words_of(world)[0]
    erased = Entry(operation=Operation.ERASURE, act="record:dispose", actor="system", selection={"records": [record]})
    world.hub.book.append(erased)
    world.hub.keys.destroy(RecordId(record))
    world.clock.advance(days=2)
    for _ in range(3):
        world.hub.rounds.run_once()
    assert alarms(world) == []


def test_a_key_destroyed_by_an_entered_erasure_raises_no_alarm(case: SmallWorld) -> None:
    case.open()
    an_erasure_is_no_fault(case)


def test_an_audit_that_hears_of_no_erasure_is_noticed(case: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    case.open()
    monkeypatch.setattr("hub.gate.audit._named", lambda _entry: [])
    assert not holds(lambda: an_erasure_is_no_fault(case))


def test_an_audit_that_does_not_begin_again_is_noticed(case: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.gate.audit.WHOLE", timedelta(days=400))
    assert not holds(lambda: withheld_and_missed(case, outline_and_sets_deleted))


def all_is_there(world: SmallWorld) -> None:
    """Referrals placed, facts recorded and records sent leave nothing for the audit to find."""
    world.police_notice(notice(unit="Response team C"))
    world.open()
    father_withdraws(world)
    for _ in range(3):
        world.clock.advance(hours=13)
        world.hub.rounds.run_once()
    assert alarms(world) == []
    assert {name: ok for name, ok, _ in doctor(world.hub)}["stored rows"]


def test_a_hub_as_it_was_left_raises_no_alarm(case: SmallWorld) -> None:
    all_is_there(case)


def test_an_entry_taken_out_of_the_log_is_missed(case: SmallWorld) -> None:
    case.hub.rounds.run_once()
    edit(case, "ledger", ("DELETE FROM sequenced WHERE position = 5", ()))
    found = {name: (ok, words) for name, ok, words in doctor(case.hub)}["stored rows"]
    assert not found[0]
    assert "entry:5" in found[1]


def the_key_of_what_went_is_kept(world: SmallWorld) -> None:
    """Whoever deletes a record's rows does not get its key destroyed by the sweep as well."""
    world.open()
    before = keys_of(world)
    outline_and_sets_deleted(world)
    world.clock.advance(days=3)
    for _ in range(3):
        world.hub.rounds.run_once()
    assert keys_of(world) == before


def test_the_sweep_keeps_the_key_of_a_record_that_was_removed(case: SmallWorld) -> None:
    the_key_of_what_went_is_kept(case)


def test_a_sweep_that_asks_only_the_rows_is_noticed(case: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Audit, "misses", lambda *_: False)
    assert not holds(lambda: the_key_of_what_went_is_kept(case))
