import hashlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, event

from hub.domain.access import Operation
from hub.domain.ids import IdMaker, PartnershipId, RecordId
from hub.ledger import tables
from hub.ledger.book import Book
from hub.ledger.entries import Entry
from hub.ledger.sequence import Sequencer

PARTNERSHIP = PartnershipId("p-1")
LANE_KEY, BODY_KEY, SIGNING_KEY = b"L" * 32, b"B" * 32, b"S" * 32


class Source:
    """Seeded randomness: SHA-256 in counter mode."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, size: int) -> bytes:
        self.count += 1
        return hashlib.sha512(b"%d" % self.count).digest()[:size]


class Ticking:
    """A clock that moves one millisecond at every look."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(milliseconds=1)
        return self.now


def _pragmas(connection: object, _record: object) -> None:
    connection.isolation_level = None  # type: ignore[attr-defined]
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=5000"):
        connection.execute(f"PRAGMA {pragma}")  # type: ignore[attr-defined]


def make_engine(path: Path) -> Engine:
    engine = create_engine(f"sqlite:///{path}")
    event.listen(engine, "connect", _pragmas)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    return engine


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = make_engine(tmp_path / "ledger.db")
    with engine.begin() as connection:
        tables.create(connection)
    yield engine
    engine.dispose()


@pytest.fixture
def clock() -> Ticking:
    return Ticking()


@pytest.fixture
def new_book(engine: Engine, clock: Ticking) -> Callable[[], Book]:
    source = Source()
    ids = IdMaker(clock, source)
    return lambda: Book(engine, PARTNERSHIP, LANE_KEY, BODY_KEY, clock, ids.new, source)


@pytest.fixture
def book(new_book: Callable[[], Book]) -> Book:
    return new_book()


@pytest.fixture
def sequencer(engine: Engine, clock: Ticking) -> Sequencer:
    return Sequencer(engine, PARTNERSHIP, LANE_KEY, SIGNING_KEY, "hub.example/p-1", clock)


def entry(justification: str = "duty", *, records: tuple[str, ...] = ("r-2", "r-1")) -> Entry:
    return Entry(
        operation=Operation.CONSULTATION,
        act="chronology:consult",
        actor="a-1",
        recipient="a-1",
        purpose="safeguarding",
        justification=justification,
        subjects=("s-1",),
        selection={"labels": [1, 2], "as_of": None},
        records=tuple(RecordId(record) for record in records),
        fields=("event.text",),
        rules=("agreement-1/r3",),
        outcome="released",
        detail={"page": "1"},
    )
