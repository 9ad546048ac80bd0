import hashlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, event

from hub.domain.access import Operation
from hub.domain.canonical import digest_of_ids
from hub.domain.ids import AgencyId, EntryId, PartnershipId, RecordId
from hub.store.keys import KeyStore, keys_metadata
from hub.vault.keyring import KeyService
from hub.vault.providers.local_file import LocalFileRoot
from hub.vault.sealing import Place

PARTNERSHIP = PartnershipId("p-1")
FIRST = EntryId("e-1")
POLICE, SCHOOL = AgencyId("police"), AgencyId("school")


class Source:
    """Seeded randomness: SHA-512 in counter mode."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, size: int) -> bytes:
        self.count += 1
        return hashlib.sha512(b"%d" % self.count).digest()[:size]


@dataclass
class StandingClock:
    now: datetime = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass(frozen=True)
class Covering:
    """A grant for the tests: covers what it is told."""

    covered: frozenset[tuple[str, str]]
    entry: EntryId = FIRST

    @property
    def records(self) -> Collection[RecordId]:
        return [RecordId(record) for record, _ in self.covered]

    def covers(self, record: RecordId, label_digest: str) -> bool:
        return (record, label_digest) in self.covered


@dataclass(frozen=True)
class Noted:
    at: datetime
    own: bool
    records_digest: str
    operation: Operation = Operation.CONSULTATION


@dataclass
class Log:
    """Committed entries as the key service reads them."""

    entries: dict[EntryId, Noted] = field(default_factory=dict)

    def find(self, entry: EntryId) -> Noted | None:
        return self.entries.get(entry)

    def note(
        self,
        name: str,
        records: Collection[str],
        at: datetime,
        *,
        own: bool = True,
        operation: Operation = Operation.CONSULTATION,
    ) -> EntryId:
        self.entries[EntryId(name)] = Noted(at, own, digest_of_ids(records), operation)
        return EntryId(name)


def place(**changes: object) -> Place:
    standard = Place(
        partnership="p-1",
        synthetic=True,
        table="event",
        record=RecordId("r-1"),
        owner=POLICE,
        key_number=3,
        schema=1,
        revision=1,
        label_digest="ab" * 32,
    )
    return standard._replace(**changes)  # type: ignore[arg-type]


def grant(*places: Place) -> Covering:
    return Covering(frozenset((one.record, one.label_digest) for one in places or (place(),)))


def _pragmas(connection: object, _record: object) -> None:
    connection.isolation_level = None  # type: ignore[attr-defined]
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON", "busy_timeout=5000"):
        connection.execute(f"PRAGMA {pragma}")  # type: ignore[attr-defined]


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = create_engine(f"sqlite:///{tmp_path / 'keys.db'}")
    event.listen(engine, "connect", _pragmas)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    keys_metadata.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
def source() -> Source:
    return Source()


@pytest.fixture
def store(engine: Engine) -> KeyStore:
    return KeyStore(engine, PARTNERSHIP)


@pytest.fixture
def root(tmp_path: Path, source: Source) -> LocalFileRoot:
    return LocalFileRoot.create(tmp_path / "root.key", source)


@pytest.fixture
def log() -> Log:
    return Log()


@pytest.fixture
def keys(root: LocalFileRoot, store: KeyStore, log: Log, clock: StandingClock, source: Source) -> KeyService:
    return KeyService(PARTNERSHIP, root, store, log, clock, source)
