import hashlib
import sqlite3
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import Engine, create_engine, event, select
from sqlalchemy.exc import OperationalError

from hub.domain.canonical import digest_of_ids
from hub.domain.errors import LedgerBrokenError, LedgerUnavailableError
from hub.domain.ids import EntryId
from hub.ledger import tables
from hub.ledger.book import Book
from hub.ledger.entries import Header
from hub.ledger.sequence import Sequencer
from tests.unit.ledger.conftest import BODY_KEY, LANE_KEY, PARTNERSHIP, Source, Ticking, entry


def staged(engine: Engine) -> list[dict[str, object]]:
    with engine.connect() as connection:
        query = select(tables.staged_entry).order_by(tables.staged_entry.c.lane, tables.staged_entry.c.seq)
        return [dict(row) for row in connection.execute(query).mappings()]


def tamper(engine: Engine, statement: str, *values: object) -> None:
    """Change the file as somebody with full rights would: without triggers."""
    raw = sqlite3.connect(str(engine.url.database))  # foreign keys are off unless asked for
    for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        raw.execute(f"DROP TRIGGER {name}")
    raw.execute(statement, values)
    raw.commit()
    raw.close()


def test_an_appended_entry_can_be_found_and_read_but_its_records_cannot(book: Book) -> None:
    committed = book.append(entry())
    found = book.find(committed.id)
    assert found is not None
    assert (found.at, found.lane, found.own) == (committed.at, committed.lane, True)
    assert found.records_digest == digest_of_ids(["r-1", "r-2"])
    (read,) = book.read(limit=10)
    assert read.entry == entry(records=())
    assert read.header.n_records == 2


def test_no_content_and_no_reason_lies_open_in_the_file(book: Book, engine: Engine) -> None:
    book.append(entry("because the school rang"))
    (row,) = staged(engine)
    for secret in (b"school", b"s-1", b"r-1", b"a-1", b"consult"):
        assert secret not in bytes(row["header"]) + bytes(row["ciphertext"])  # type: ignore[call-overload]


def test_bodies_of_different_length_look_alike(book: Book, engine: Engine) -> None:
    book.append(entry("x"))
    book.append(entry("x" * 30))
    assert len({len(bytes(row["ciphertext"])) for row in staged(engine)}) == 1  # type: ignore[call-overload]


def test_another_process_finds_the_entry_but_it_is_not_its_own(new_book: Callable[[], Book]) -> None:
    committed = new_book().append(entry())
    found = new_book().find(committed.id)
    assert found is not None
    assert not found.own


def test_an_unknown_entry_is_not_found(book: Book) -> None:
    assert book.find(EntryId("nobody")) is None


def test_an_entry_that_was_edited_in_the_file_is_refused(book: Book, engine: Engine) -> None:
    committed = book.append(entry())
    tamper(
        engine, "UPDATE staged_entry SET header = replace(CAST(header AS TEXT), '\"n_records\":2', '\"n_records\":3')"
    )
    with pytest.raises(LedgerBrokenError):
        book.find(committed.id)


def test_an_entry_written_without_the_lane_key_is_refused(engine: Engine, clock: Ticking) -> None:
    source = Source()
    ids = iter(str(number) for number in range(100))
    forger = Book(engine, PARTNERSHIP, b"x" * 32, BODY_KEY, clock, lambda: next(ids), source)
    committed = forger.append(entry())
    honest = Book(engine, PARTNERSHIP, LANE_KEY, BODY_KEY, clock, lambda: next(ids), source)
    with pytest.raises(LedgerBrokenError):
        honest.find(committed.id)


@pytest.mark.parametrize("column", ["lane", "seq", "entry_id"])
def test_an_entry_moved_to_another_place_is_refused(book: Book, engine: Engine, column: str) -> None:
    committed = book.append(entry())
    tamper(engine, f"UPDATE staged_entry SET {column} = '9'")  # noqa: S608  names from this test
    with pytest.raises(LedgerBrokenError):
        book.find(EntryId("9") if column == "entry_id" else committed.id)


def test_a_body_from_another_entry_does_not_open(book: Book, engine: Engine) -> None:
    book.append(entry("one"))
    book.append(entry("two"))
    one, two = staged(engine)
    header = Header.decode(bytes(one["header"]), bytes(one["ciphertext"]))  # type: ignore[call-overload]
    with pytest.raises(LedgerBrokenError):
        book._seal.open(header.encoded(), bytes(two["ciphertext"]))  # type: ignore[call-overload]
    forged = Header(
        header.id, header.t, header.lane, header.seq, 2, header.records_digest,
        hashlib.sha256(bytes(two["ciphertext"])).hexdigest(),  # type: ignore[call-overload]
    )  # fmt: skip
    with pytest.raises(LedgerBrokenError):
        book._seal.open(forged.encoded(), bytes(two["ciphertext"]))  # type: ignore[call-overload]


@pytest.mark.parametrize(
    "raw", [b"", b"{}", b"[]", b"null", b'{"v":2}', b"\xff", b'{"id":1,"t":"x"}', b'{"t":99999999999999999999}']
)
def test_a_header_that_the_hub_would_not_write_is_refused(raw: bytes) -> None:
    with pytest.raises(LedgerBrokenError):
        Header.decode(raw, b"")


def test_two_threads_share_a_lane_without_gap_or_double(book: Book, engine: Engine) -> None:
    threads = [Thread(target=lambda: [book.append(entry()) for _ in range(20)]) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rows = staged(engine)
    assert [row["seq"] for row in rows] == list(range(1, 41))
    assert len({row["lane"] for row in rows}) == 1


def test_after_a_failed_commit_nothing_may_be_opened_and_a_new_lane_begins(book: Book, engine: Engine) -> None:
    first = book.append(entry())

    def lose_connection(_connection: object) -> None:
        raise OperationalError("COMMIT", {}, Exception("connection lost"))

    event.listen(engine, "commit", lose_connection)
    with pytest.raises(LedgerUnavailableError):
        book.append(entry())
    event.remove(engine, "commit", lose_connection)
    after = book.append(entry())
    assert after.lane != first.lane
    assert after.seq == 1
    assert book.find(first.id).own  # type: ignore[union-attr]


def test_a_copy_of_the_pen_in_a_second_process_is_stopped_by_the_lane_number(
    book: Book, new_book: Callable[[], Book]
) -> None:
    book.append(entry())
    copy = new_book()
    copy._tip = book._tip
    book.append(entry())
    with pytest.raises(LedgerUnavailableError):
        copy.append(entry())


def test_a_file_that_is_not_flushed_at_commit_is_refused(tmp_path: Path, clock: Ticking) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'lazy.db'}")
    event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA synchronous=NORMAL"))
    with engine.begin() as connection:
        tables.create(connection)
    lazy = Book(engine, PARTNERSHIP, LANE_KEY, BODY_KEY, clock, lambda: "x", Source())
    with pytest.raises(LedgerUnavailableError, match="commit_not_durable"):
        lazy.append(entry())
    engine.dispose()


def test_reading_pages_through_in_both_directions(book: Book) -> None:
    ids = [book.append(entry(str(number))).id for number in range(5)]
    assert [read.header.id for read in book.read(limit=2)] == [ids[4], ids[3]]
    assert [read.header.id for read in book.read(limit=9, before=ids[3])] == [ids[2], ids[1], ids[0]]
    assert [read.header.id for read in book.read(limit=2, newest_first=False, before=ids[1])] == [ids[2], ids[3]]


def test_obligations_are_derived_from_positions_so_none_is_skipped(book: Book, sequencer: Sequencer) -> None:
    ids = [book.append(entry(str(number))).id for number in range(5)]
    assert book.read_sequenced(start=0, limit=9) == []
    sequencer.run_once()
    assert [(place, read.header.id) for place, read in book.read_sequenced(start=3, limit=9)] == [
        (3, ids[3]),
        (4, ids[4]),
    ]


def test_the_newest_fact_heads_are_kept_per_chain(book: Book) -> None:
    book.record_heads({"family:1": (1, b"a"), "family:2": (1, b"b")})
    book.record_heads({"family:1": (2, b"c"), "family:2": (1, b"b")})
    assert book.heads({"family:1", "family:2", "family:3"}) == {"family:1": (2, b"c"), "family:2": (1, b"b")}


def test_a_fact_head_cannot_be_replaced(book: Book) -> None:
    book.record_heads({"family:1": (1, b"a")})
    with pytest.raises(LedgerBrokenError):
        book.record_heads({"family:1": (1, b"z")})
    assert book.heads({"family:1"}) == {"family:1": (1, b"a")}


def _filled(book: Book, sequencer: Sequencer) -> None:
    book.append(entry())
    book.record_heads({"family:1": (1, b"a")})
    sequencer.run_once()


@pytest.mark.parametrize("table", list(tables.ledger_metadata.tables))
@pytest.mark.parametrize("statement", ["UPDATE {0} SET {1} = {1}", "DELETE FROM {0}", "INSERT OR REPLACE INTO {0} {2}"])
def test_every_ledger_table_takes_inserts_only(
    book: Book, sequencer: Sequencer, engine: Engine, table: str, statement: str
) -> None:
    _filled(book, sequencer)
    raw = sqlite3.connect(str(engine.url.database))
    column = tables.ledger_metadata.tables[table].columns.keys()[1]
    with pytest.raises(sqlite3.IntegrityError, match="insert_only"):
        raw.execute(statement.format(table, column, f"SELECT * FROM {table}"))  # noqa: S608  names from this test
    raw.close()


def test_replacing_by_a_second_key_or_the_hidden_rowid_is_refused(book: Book, engine: Engine) -> None:
    book.append(entry())
    raw = sqlite3.connect(str(engine.url.database))
    change = "INSERT OR REPLACE INTO staged_entry SELECT partnership_id, lane, seq + 1, {} FROM staged_entry"
    rest = "entry_id, header, ciphertext, previous_mac, mac"
    with pytest.raises(sqlite3.IntegrityError, match="insert_only"):
        raw.execute(change.format(rest))
    with pytest.raises(sqlite3.OperationalError, match="rowid"):
        raw.execute("SELECT rowid FROM staged_entry")
    raw.close()


def test_every_ledger_table_has_its_triggers() -> None:
    for name in tables.ledger_metadata.tables:
        assert sum(f" ON {name} " in statement for statement in tables.INSERT_ONLY_SQLITE) == 3
        assert sum(f" ON {name} " in statement for statement in tables.INSERT_ONLY_POSTGRESQL) == 1


def test_every_key_starts_with_the_partnership() -> None:
    for table in tables.ledger_metadata.tables.values():
        for constraint in table.constraints:
            columns = getattr(constraint, "columns", None)
            if columns:
                assert columns[0].name == "partnership_id"


def test_headers_carry_a_time_that_survives_the_round(book: Book, clock: Ticking) -> None:
    clock.now += timedelta(microseconds=7)
    committed = book.append(entry())
    assert book.find(committed.id).at == committed.at  # type: ignore[union-attr]


def test_two_who_enter_the_same_head_at_one_moment_are_both_right(
    new_book: Callable[[], Book], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other, looked = new_book(), new_book(), Book._unknown

    def raced(book: Book, heads: Mapping[str, tuple[int, bytes]]) -> list[tuple[str, tuple[int, bytes]]]:
        found = looked(book, heads)
        if book is one and found:
            other.record_heads({"family:1": (1, b"a")})
        return found

    monkeypatch.setattr(Book, "_unknown", raced)
    one.record_heads({"family:1": (1, b"a"), "family:2": (1, b"b")})
    assert one.heads({"family:1", "family:2"}) == {"family:1": (1, b"a"), "family:2": (1, b"b")}


@pytest.mark.parametrize(
    "read",
    [
        lambda book: book.find(EntryId("e")),
        lambda book: book.read(limit=1),
        lambda book: book.read_sequenced(start=0, limit=1),
        lambda book: book.heads(["family:1"]),
        lambda book: book.record_heads({"family:1": (1, b"a")}),
    ],
)
def test_a_log_that_cannot_be_read_is_unavailable_and_no_defect(
    book: Book, engine: Engine, read: Callable[[Book], object]
) -> None:
    for table in ("fact_head", "sequenced", "staged_entry"):
        tamper(engine, f"DROP TABLE {table}")
    with pytest.raises(LedgerUnavailableError):
        read(book)
