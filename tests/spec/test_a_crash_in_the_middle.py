"""What a process that died in the middle left behind: nobody is told wrongly, and the worker sets it right."""

from collections.abc import Mapping
from types import MappingProxyType

import pytest
import structlog
from sqlalchemy import func, select

from hub.domain.access import Operation
from hub.domain.canonical import digest_of_ids
from hub.domain.errors import LedgerUnavailableError, StaleFactsError
from hub.domain.ids import RecordId
from hub.gate import factbook
from hub.gate import writer as gate_writer
from hub.gate.upkeep import Upkeep
from hub.gate.writer import Writer
from hub.ledger.book import Book
from hub.services.recording import ConsentWord
from hub.store.keys import LIVE, record_key
from hub.store.sealed import records as record_rows
from tests.factories import SmallWorld, notice, texts
from tests.spec.helping import DAD, alarms, edit, holds, raised, since, treatment
from tests.spec.test_edited_rows_withhold import father_withdraws, withheld_and_alerted

EMPTY: Mapping[str, tuple[int, bytes]] = MappingProxyType({})
REMOVED = "DELETE FROM fact WHERE body LIKE '%withdrawn%'"


def unavailable(*_given: object) -> None:
    raise LedgerUnavailableError


def died_between(world: SmallWorld) -> None:
    """Record the father's withdrawal in a process that dies before the ledger knows of it."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(factbook, "anchor", lambda *_: None)
        father_withdraws(world)


def a_tail_is_missed_when_it_is_removed(world: SmallWorld) -> None:
    died_between(world)
    world.hub.rounds.run_once()
    withheld_and_alerted(world, DAD, "support_family", lambda w: edit(w, "data", (REMOVED, ())))


def test_a_fact_the_ledger_did_not_hear_of_is_entered_by_the_worker(case: SmallWorld) -> None:
    a_tail_is_missed_when_it_is_removed(case)


def test_a_worker_that_heals_nothing_is_noticed(case: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Upkeep, "heal", lambda _: 0)
    assert not holds(lambda: a_tail_is_missed_when_it_is_removed(case))


def test_a_fact_left_behind_while_the_worker_runs_is_found_in_its_next_round(case: SmallWorld) -> None:
    case.hub.rounds.run_once()
    case.clock.advance(days=2)
    case.hub.rounds.run_once()
    a_tail_is_missed_when_it_is_removed(case)


def test_a_tail_that_was_edited_is_not_entered_but_raises_one_alarm(case: SmallWorld) -> None:
    died_between(case)
    known = case.hub.book.heads([f"person:{person}" for person in case.people("alleged_perpetrator")])
    edit(case, "data", ("UPDATE fact SET body = replace(body, 'withdrawn', 'given') WHERE body LIKE '%withdrawn%'", ()))
    for _ in range(3):
        case.hub.rounds.upkeep.heal()
    assert case.hub.book.heads(known) == known
    assert len(alarms(case)) == 1


def what_the_worker_heard_first_is_anchored_all_the_same(world: SmallWorld) -> None:
    """The worker may enter a head between the writer's two commits: the writer compares, and says what it stored."""
    append, met = Book.append, []

    def after_the_worker(book: Book, entry: object, heads: Mapping[str, tuple[int, bytes]] = EMPTY) -> object:
        if heads and not met:
            met.append(sorted(heads))
            book.record_heads(heads)
        return append(book, entry, heads)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Book, "append", after_the_worker)
        father_withdraws(world)
    anchors = [one.entry for one in world.hub.book.read(limit=1000) if one.entry.operation is Operation.ANCHOR]
    assert met[0] in [sorted(entry.selection["heads"]) for entry in anchors]
    assert alarms(world) == []


def test_what_the_worker_heard_first_is_anchored_all_the_same(case: SmallWorld) -> None:
    what_the_worker_heard_first_is_anchored_all_the_same(case)


def test_a_writer_that_gives_up_on_a_known_head_is_noticed(case: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Book, "_enter", lambda *_: unavailable())
    assert not holds(lambda: what_the_worker_heard_first_is_anchored_all_the_same(case))


def the_sender_is_told_what_was_stored(world: SmallWorld) -> None:
    """The rows are committed: a receipt is given, the operator's log says what the worker still has to do."""
    with structlog.testing.capture_logs() as logged, pytest.MonkeyPatch.context() as patched:
        patched.setattr(factbook, "anchor", unavailable)
        receipt = world.send("police", "safeguarding_notice", notice(unit="Response team C"))
        person = world.people("alleged_perpetrator")[0]
        world.hub.recording.consent(world.accounts["sally"], world.family, ConsentWord(person, "withdrawn"))
    assert receipt["records"][0]["outcome"] == "accepted"
    assert [line["event"] for line in logged] == ["fact_heads_not_entered"] * 2
    assert DAD not in texts(world.view("sally", purpose="support_family"))
    assert world.hub.reader._parts.book.heads(logged[1]["chains"])[logged[1]["chains"][0]]
    assert world.hub.rounds.upkeep.heal() > 0
    assert alarms(world) == []


def test_what_was_stored_is_never_answered_as_if_it_had_not_been(case: SmallWorld) -> None:
    the_sender_is_told_what_was_stored(case)


def test_a_writer_that_tells_the_ledgers_trouble_is_noticed(case: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(factbook, "enter_heads", factbook.anchor)
    assert not holds(lambda: the_sender_is_told_what_was_stored(case))


def orphan(world: SmallWorld) -> RecordId:
    """Make a key for a record that a dying process never stored."""
    record = RecordId(world.hub.writer._parts.ids.new())
    world.hub.keys.new_keys(world.agencies["police"], [record])
    return record


def keys_of(world: SmallWorld) -> set[str]:
    with world.hub.engines.keys.connect() as connection:
        return set(connection.scalars(select(record_key.c.record_id).where(record_key.c.state == LIVE)))


def only_keys_of_nothing_go(world: SmallWorld) -> None:
    before, young = keys_of(world), orphan(world)
    world.clock.advance(hours=23)
    world.hub.rounds.run_once()
    assert keys_of(world) == {*before, young}
    late = orphan(world)
    world.clock.advance(hours=2)
    world.hub.rounds.run_once()
    assert keys_of(world) == {*before, late}
    (swept,) = [e for e in world.entries() if e.entry.operation is Operation.KEY]
    assert (swept.header.n_records, swept.header.records_digest) == (1, digest_of_ids([young]))
    world.clock.advance(days=1)
    world.hub.rounds.run_once()
    assert keys_of(world) == before


def test_a_key_whose_record_was_never_stored_goes_after_a_day_and_no_other(case: SmallWorld) -> None:
    only_keys_of_nothing_go(case)


def test_a_sweep_that_takes_every_old_key_is_noticed(case: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.gate.upkeep.stored_among", lambda *_: set())
    assert not holds(lambda: only_keys_of_nothing_go(case))


def test_a_sweep_that_never_looks_is_noticed(case: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Upkeep, "sweep", lambda _: 0)
    assert not holds(lambda: only_keys_of_nothing_go(case))


def send_slowly(world: SmallWorld) -> dict:
    return world.send("police", "safeguarding_notice", notice(unit="Response team C"), key="slow")


def a_writer_that_slept_stores_nothing_it_has_no_key_for(world: SmallWorld) -> None:
    """A process stopped for two days between key and rows wakes after the sweep: it must not say "stored"."""
    append, slept = Book.append, []

    def sleeping(book: Book, entry: object, *heads: object) -> object:
        done = append(book, entry, *heads)
        if not slept and entry.operation is Operation.COLLECTION:
            slept.append(True)
            world.clock.advance(days=2)
            world.hub.rounds.run_once()
        return done

    with world.hub.engines.gate.connect() as connection:
        before = connection.scalar(select(func.count()).select_from(record_rows.outline))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Book, "append", sleeping)
        assert raised(lambda: send_slowly(world)) is StaleFactsError
    assert slept
    with world.hub.engines.gate.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(record_rows.outline)) == before
    assert send_slowly(world)["receipt"]


def test_a_writer_that_slept_through_the_sweep_stores_nothing_unreadable(case: SmallWorld) -> None:
    a_writer_that_slept_stores_nothing_it_has_no_key_for(case)


def test_a_writer_that_trusts_old_keys_is_noticed(case: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate_writer, "KEYS_WAIT", gate_writer.timedelta(days=9))
    assert not holds(lambda: a_writer_that_slept_stores_nothing_it_has_no_key_for(case))


def moved(*_given: object) -> None:
    raise StaleFactsError


def the_log_says_that_nothing_was_stored(world: SmallWorld) -> None:
    world.send("sm", "adult_with_children_json", treatment(referral_ref="RS-raced"), key="raced")
    before = world.entries()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Writer, "_require_unmoved", moved)
        world.hub.rounds.matching.run_once()
    made = [e for e in since(world, before) if e.entry.operation is Operation.COMBINATION]
    made.sort(key=lambda e: e.header.seq)
    assert [e.entry.outcome for e in made] == ["recorded", "not_stored"]
    first, last = made
    assert last.entry.detail["entry"] == first.header.id
    assert last.entry.detail["code"] == "facts_moved"

    return treatment(referral_ref="RS-raced")


def test_a_placing_that_lost_the_race_is_entered_as_not_stored(case: SmallWorld) -> None:
    the_log_says_that_nothing_was_stored(case)


def test_a_writer_that_leaves_the_first_entry_standing_is_noticed(
    case: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    append = Book.append

    def silent(book: Book, entry: object, *heads: object) -> object:
        return None if entry.outcome == "not_stored" else append(book, entry, *heads)

    monkeypatch.setattr(Book, "append", silent)
    assert not holds(lambda: the_log_says_that_nothing_was_stored(case))


def test_facts_that_moved_once_are_recorded_at_the_second_try_with_the_same_keys(case: SmallWorld) -> None:
    """A note recorded with a fact is sealed once: asking again must not ask for its key again."""
    require, told = Writer._require_unmoved, []

    def moved_once(writer: Writer, connection: object, gathered: object) -> None:
        if not told:
            told.append(True)
            raise StaleFactsError
        require(writer, connection, gathered)

    before = case.entries()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Writer, "_require_unmoved", moved_once)
        case.open()
    outcomes = [e.entry.outcome for e in since(case, before) if e.entry.operation is Operation.ALTERATION]
    assert sorted(outcomes) == ["not_stored", "recorded", "recorded"]
