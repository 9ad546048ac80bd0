"""Nothing is opened before its log entry is on disk; without the log, nothing is opened at all."""

from collections.abc import Collection, Mapping

import pytest

from hub.domain.access import Operation
from hub.domain.errors import GrantMissingError, LedgerUnavailableError
from hub.domain.ids import EntryId, RecordId
from hub.ledger.book import Book, Committed
from hub.ledger.entries import Entry
from hub.vault.keyring import KeyService
from hub.vault.sealing import Opener
from tests.factories import SmallWorld
from tests.spec.helping import edit, holds, people_records, raised


class Order:
    """Notes at each release and each opening whether another process finds the entry in the log at that moment."""

    def __init__(self, world: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
        self.seen: list[tuple[str, bool]] = []
        other, release, open_one = world.again(), KeyService.release, Opener.open

        def spy_release(service: KeyService, entry: EntryId, records: Collection[RecordId]) -> dict[RecordId, bytes]:
            keys = release(service, entry, records)
            self.seen.append(("keys", other.book.find(entry) is not None))
            return keys

        def spy_open(opener: Opener, *place: object) -> Mapping[str, str]:
            self.seen.append(("field", other.book.find(opener._covers.__self__.entry) is not None))
            return open_one(opener, *place)

        monkeypatch.setattr(KeyService, "release", spy_release)
        monkeypatch.setattr(Opener, "open", spy_open)


def entered_before_opened(world: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    order = Order(world, monkeypatch)
    people_records(world)
    assert {what for what, _ in order.seen} == {"keys", "field"}
    assert all(committed for _, committed in order.seen)


def test_the_entry_is_committed_before_keys_and_fields_are_released(
    world: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.police_notice()
    entered_before_opened(world, monkeypatch)


def test_a_gate_that_logs_after_opening_gets_no_keys(case: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    log_afterwards(monkeypatch)
    assert raised(lambda: case.view("sally")) is GrantMissingError


def test_logging_after_opening_is_noticed_even_if_the_key_service_were_blind(
    case: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    log_afterwards(monkeypatch)
    monkeypatch.setattr(KeyService, "_spend", lambda *_: None)
    assert not holds(lambda: entered_before_opened(case, monkeypatch))


def log_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plant the defect: the entry is handed out as committed and never written before the opening."""

    def promise(book: Book, entry: Entry, *_heads: object) -> Committed:
        return Committed(EntryId(book._new_id()), f"lane of {entry.act}", 1, book._clock())

    monkeypatch.setattr(Book, "append", promise)


def nothing_opens_without_the_log(world: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(Opener, "open", lambda *_: opened.append("field") or {})
    assert raised(lambda: world.view("sally")) is LedgerUnavailableError
    assert opened == []


def test_without_the_log_nothing_is_opened(case: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    case.open()
    edit(case, "ledger", ("ALTER TABLE staged_entry RENAME TO gone", ()))
    nothing_opens_without_the_log(case, monkeypatch)


def test_a_gate_that_reads_on_without_the_log_is_noticed(case: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    log_afterwards(monkeypatch)
    monkeypatch.setattr(KeyService, "_spend", lambda *_: None)
    assert not holds(lambda: nothing_opens_without_the_log(case, monkeypatch))


def the_key_service_asks_the_log(world: SmallWorld) -> None:
    """Keys leave for an entry of this process that is committed, recent, unused and names exactly these records."""
    hub = world.hub
    records = [record.record for record in people_records(world).records][:3]

    def entered(book: Book) -> EntryId:
        entry = Entry(operation=Operation.CONSULTATION, act="test:read", actor="test", records=tuple(records))
        return book.append(entry).id

    unknown, other = EntryId("0" * 36), entered(world.again().book)
    assert raised(lambda: hub.keys.release(unknown, records)) is GrantMissingError
    assert raised(lambda: hub.keys.release(other, records)) is GrantMissingError
    good = entered(hub.book)
    assert raised(lambda: hub.keys.release(good, records[:2])) is GrantMissingError
    assert set(hub.keys.release(good, records)) == set(records)
    assert raised(lambda: hub.keys.release(good, records)) is GrantMissingError
    old = entered(hub.book)
    world.clock.advance(seconds=61)
    assert raised(lambda: hub.keys.release(old, records)) is GrantMissingError


def test_the_key_service_refuses_an_entry_that_is_unknown_foreign_used_old_or_about_others(case: SmallWorld) -> None:
    the_key_service_asks_the_log(case)


def test_a_key_service_that_does_not_ask_is_noticed(case: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(KeyService, "_spend", lambda *_: None)
    assert not holds(lambda: the_key_service_asks_the_log(case))
