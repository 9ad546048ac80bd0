import sqlite3
import sys
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import Engine, create_engine, event

from hub.domain.access import OPENS, Operation
from hub.domain.errors import ConflictError, GrantMissingError, KeyUnavailableError
from hub.domain.ids import AgencyId, EntryId, PartnershipId, RecordId
from hub.store.keys import KeyStore, keys_metadata
from hub.vault.keyring import KeyService
from hub.vault.providers.local_file import LocalFileRoot
from tests.unit.vault.conftest import PARTNERSHIP, POLICE, SCHOOL, Log, Source, StandingClock

R1, R2, R3 = RecordId("r-1"), RecordId("r-2"), RecordId("r-3")


def released(keys: KeyService, log: Log, clock: StandingClock, *records: RecordId) -> dict[RecordId, bytes]:
    return keys.release(log.note(f"e-{len(log.entries)}", records, clock.now), records)


def raw(engine: Engine, statement: str) -> None:
    connection = sqlite3.connect(str(engine.url.database))
    connection.execute(statement)
    connection.commit()
    connection.close()


def test_new_keys_come_back_by_a_release(keys: KeyService, log: Log, clock: StandingClock) -> None:
    made = keys.new_keys(POLICE, [R1, R2])
    assert {number for number, _ in made.values()} == {1}
    assert len({key for _, key in made.values()}) == 2
    assert released(keys, log, clock, R2, R1) == {record: key for record, (_, key) in made.items()}


def test_key_rows_are_on_disk_before_new_keys_returns(keys: KeyService, engine: Engine) -> None:
    keys.new_keys(POLICE, [R1])
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT record_id, state FROM record_key").all() == [("r-1", "live")]


def test_no_key_lies_open_in_the_store(keys: KeyService, engine: Engine) -> None:
    ((_, key),) = keys.new_keys(POLICE, [R1]).values()
    with engine.connect() as connection:
        stored = b"".join(
            connection.exec_driver_sql("SELECT wrapped FROM record_key UNION SELECT wrapped FROM kek").scalars()
        )
    assert key not in stored


def test_release_refuses_an_entry_that_is_not_committed(keys: KeyService) -> None:
    with pytest.raises(GrantMissingError, match="entry_unknown"):
        keys.release(EntryId("e-9"), [R1])


def test_release_refuses_an_entry_of_another_process(keys: KeyService, log: Log, clock: StandingClock) -> None:
    with pytest.raises(GrantMissingError, match="entry_unknown"):
        keys.release(log.note("e", [R1], clock.now, own=False), [R1])


@pytest.mark.parametrize("seconds", [61, -61, 86_400])
def test_release_refuses_an_entry_that_is_not_recent(
    keys: KeyService, log: Log, clock: StandingClock, seconds: int
) -> None:
    entry = log.note("e", [R1], clock.now)
    clock.wait(seconds)
    with pytest.raises(GrantMissingError, match="entry_old"):
        keys.release(entry, [R1])


def test_release_refuses_an_entry_that_was_used(keys: KeyService, log: Log, clock: StandingClock) -> None:
    keys.new_keys(POLICE, [R1])
    entry = log.note("e", [R1], clock.now)
    keys.release(entry, [R1])
    for seconds in (0, 30, 30):
        clock.wait(seconds)
        with pytest.raises(GrantMissingError, match="entry_used"):
            keys.release(entry, [R1])
        released(keys, log, clock, R1)


@pytest.mark.parametrize("asked", [[], [R1], [R1, R3], [R1, R2, R3], [R1, R2, R2]])
def test_release_refuses_other_records_than_the_entry_names(
    keys: KeyService, log: Log, clock: StandingClock, asked: list[RecordId]
) -> None:
    keys.new_keys(POLICE, [R1, R2, R3])
    with pytest.raises(GrantMissingError, match="entry_names_others"):
        keys.release(log.note("e", [R1, R2], clock.now), asked)


def test_used_entries_are_forgotten_only_when_they_are_too_old_to_use(
    keys: KeyService, log: Log, clock: StandingClock
) -> None:
    for _ in range(5):
        released(keys, log, clock, R1)
        clock.wait(50)
    assert len(keys._used) == 3


def test_a_release_is_one_query(keys: KeyService, log: Log, clock: StandingClock, engine: Engine) -> None:
    keys.new_keys(POLICE, [R1, R2])
    keys.new_keys(SCHOOL, [R3])
    said: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *args: said.append(args[2]))
    assert len(released(keys, log, clock, R1, R2, R3)) == 3
    assert len([statement for statement in said if statement != "BEGIN"]) == 1


def test_a_release_of_nothing_uses_its_entry_up_and_asks_nobody(
    keys: KeyService, log: Log, clock: StandingClock
) -> None:
    assert released(keys, log, clock) == {}
    with pytest.raises(GrantMissingError, match="entry_used"):
        keys.release(EntryId("e-0"), [])


def test_a_destroyed_or_unknown_key_is_simply_absent(keys: KeyService, log: Log, clock: StandingClock) -> None:
    keys.new_keys(POLICE, [R1, R2])
    assert keys.destroy(R1) == clock.now
    assert set(released(keys, log, clock, R1, R2, R3)) == {R2}


def test_destroying_leaves_neither_the_key_nor_any_key_that_wrapped_it(
    keys: KeyService, engine: Engine, log: Log, clock: StandingClock
) -> None:
    keys.new_keys(POLICE, [R1, R2])
    keys.new_keys(SCHOOL, [R3])
    with engine.connect() as connection:
        before = connection.exec_driver_sql("SELECT wrapped FROM record_key WHERE record_id = 'r-1'").scalar_one()
        kek = connection.exec_driver_sql("SELECT wrapped FROM kek WHERE owner_agency = 'police'").scalar_one()
    keys.destroy(R1)
    assert keys.status() == [
        (POLICE, 1, "destroyed", 0),
        (POLICE, 2, "current", 1),
        (SCHOOL, 1, "current", 1),
    ]
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    file = Path(str(engine.url.database)).read_bytes()
    assert before not in file
    assert kek not in file
    assert set(released(keys, log, clock, R2, R3)) == {R2, R3}


def test_rotation_keeps_every_key_and_retires_the_old_version(keys: KeyService, log: Log, clock: StandingClock) -> None:
    made = keys.new_keys(POLICE, [R1, R2])
    assert keys.rotate(POLICE) == 2
    assert keys.new_keys(POLICE, [R3])[R3][0] == 2
    again = released(keys, log, clock, R1, R2)
    assert again == {record: key for record, (_, key) in made.items()}
    assert keys.status() == [(POLICE, 1, "destroyed", 0), (POLICE, 2, "current", 3)]


def test_rotation_goes_on_after_an_interruption(keys: KeyService, store: KeyStore) -> None:
    keys.new_keys(POLICE, [R1])
    keys._add_kek(POLICE, 2)  # the process died here
    assert [line[2] for line in store.status()] == ["retiring", "current"]
    assert keys.rotate(POLICE) == 1
    assert [line[2:] for line in store.status()] == [("destroyed", 0), ("destroyed", 0), ("current", 1)]


def test_rotation_while_another_process_writes_loses_no_key(
    keys: KeyService, root: LocalFileRoot, store: KeyStore, log: Log, clock: StandingClock
) -> None:
    writer = KeyService(PARTNERSHIP, root, store, log, clock, Source())
    made = writer.new_keys(POLICE, [R1])

    def write() -> None:
        for number in range(40):
            made.update(writer.new_keys(POLICE, [RecordId(f"w-{number}")]))

    thread = Thread(target=write)
    thread.start()
    for _ in range(4):
        keys.rotate(POLICE)
    thread.join()
    keys.rotate(POLICE)
    assert released(keys, log, clock, *made) == {record: key for record, (_, key) in made.items()}


def test_a_key_is_never_stored_under_a_kek_that_is_being_retired(
    keys: KeyService, store: KeyStore, clock: StandingClock
) -> None:
    keys.new_keys(POLICE, [R1])
    keys.rotate(POLICE)
    with pytest.raises(ConflictError):
        store.add_keys(POLICE, 1, {R2: b"late"}, clock.now)
    assert store.find([R2]) == []


def test_rewrapping_does_not_bring_a_destroyed_key_back(
    keys: KeyService, store: KeyStore, clock: StandingClock
) -> None:
    keys.new_keys(POLICE, [R1])
    ((_, _, version, blob, _),) = store.find([R1])
    store.erase([R1], clock.now)
    store.rewrap(version, [(R1, version, blob)])
    assert store.find([R1]) == []


def test_a_record_never_gets_a_second_key(keys: KeyService, log: Log, clock: StandingClock) -> None:
    first = keys.new_keys(POLICE, [R1])[R1][1]
    with pytest.raises(KeyUnavailableError, match="keys_not_stored"):
        keys.new_keys(POLICE, [R1])
    assert released(keys, log, clock, R1) == {R1: first}


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE record_key SET wrapped = zeroblob(60)",
        "UPDATE record_key SET wrapped = x''",
        "UPDATE record_key SET wrapped = (SELECT wrapped FROM record_key WHERE record_id = 'r-2')",
        "UPDATE kek SET wrapped = zeroblob(60)",
        "UPDATE kek SET owner_agency = 'school'; UPDATE record_key SET owner_agency = 'school'",
        "UPDATE kek SET version = 2; UPDATE record_key SET kek_version = 2",
    ],
)
def test_a_wrapped_key_that_was_changed_or_moved_does_not_open(
    keys: KeyService, root: LocalFileRoot, store: KeyStore, log: Log, clock: StandingClock, engine: Engine, damage: str
) -> None:
    keys.new_keys(POLICE, [R1, R2])
    for statement in damage.split("; "):
        raw(engine, statement)
    fresh = KeyService(PARTNERSHIP, root, store, log, clock, Source())
    with pytest.raises(KeyUnavailableError):
        released(fresh, log, clock, R1, R2)


def test_another_partnership_sees_and_opens_nothing(
    keys: KeyService, root: LocalFileRoot, engine: Engine, log: Log, clock: StandingClock
) -> None:
    keys.new_keys(POLICE, [R1])
    other = PartnershipId("p-2")
    stranger = KeyService(other, root, KeyStore(engine, other), log, clock, Source())
    assert released(stranger, log, clock, R1) == {}
    raw(engine, "UPDATE kek SET partnership_id = 'p-2'")
    raw(engine, "UPDATE record_key SET partnership_id = 'p-2'")
    with pytest.raises(KeyUnavailableError):
        released(stranger, log, clock, R1)


def test_a_kek_is_asked_of_the_root_again_after_a_while(
    store: KeyStore, root: LocalFileRoot, log: Log, clock: StandingClock
) -> None:
    asked = []

    class Counting:
        def wrap(self, key: bytes, context: bytes) -> bytes:
            return root.wrap(key, context)

        def unwrap(self, blob: bytes, context: bytes) -> bytes:
            asked.append(context)
            return root.unwrap(blob, context)

        def describe(self) -> str:
            return "counting"

    keys = KeyService(PARTNERSHIP, Counting(), store, log, clock, Source())
    keys.new_keys(POLICE, [R1])
    for _ in range(3):
        released(keys, log, clock, R1)
    assert len(asked) == 1
    clock.wait(16 * 60)
    released(keys, log, clock, R1)
    assert len(asked) == 2
    assert keys.describe().startswith("embedded")


def test_an_unreachable_store_is_said_so_and_nothing_is_opened(
    root: LocalFileRoot, log: Log, clock: StandingClock, tmp_path: Path
) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'absent' / 'keys.db'}")
    keys = KeyService(PARTNERSHIP, root, KeyStore(engine, PARTNERSHIP), log, clock, Source())
    with pytest.raises(KeyUnavailableError, match="key_store_unavailable"):
        keys.new_keys(POLICE, [R1])
    with pytest.raises(KeyUnavailableError, match="key_store_unavailable"):
        released(keys, log, clock, R1)


def test_a_store_that_always_conflicts_is_given_up(root: LocalFileRoot, log: Log, clock: StandingClock) -> None:
    class Busy(KeyStore):
        def current_kek(self, _owner: AgencyId) -> None:  # type: ignore[override]
            return None

        def add_kek(self, *_row: object) -> None:  # type: ignore[override]
            raise ConflictError

    keys = KeyService(PARTNERSHIP, root, Busy(create_engine("sqlite://"), PARTNERSHIP), log, clock, Source())
    with pytest.raises(KeyUnavailableError):
        keys.new_keys(POLICE, [R1])


def test_threads_that_keep_keks_meanwhile_disturb_nobody(keys: KeyService) -> None:
    """One looks for the KEK in use among those that others are adding to."""
    keys.new_keys(POLICE, [RecordId("first")])
    keys.new_keys(POLICE, [RecordId("second")])  # kept from now on
    faults: list[Exception] = []

    def keep(thread: int) -> None:
        for number in range(2_000):
            keys._keks[AgencyId(f"{thread}-{number}"), 1] = keys._keks[POLICE, 1]

    def look() -> None:
        try:
            for _ in range(200):
                assert keys._current(POLICE, asked=False)[0] == 1
        except RuntimeError as fault:
            faults.append(fault)

    threads = [Thread(target=look), *(Thread(target=keep, args=(thread,)) for thread in range(3))]
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(before)
    assert faults == []


def test_every_key_of_the_store_starts_with_the_partnership() -> None:
    for table in keys_metadata.tables.values():
        assert next(iter(table.primary_key.columns)).name == "partnership_id"


@pytest.mark.parametrize("operation", sorted(set(Operation) - OPENS))
def test_release_refuses_an_entry_of_a_kind_that_opens_nothing(
    keys: KeyService, log: Log, clock: StandingClock, operation: Operation
) -> None:
    keys.new_keys(POLICE, [R1])
    with pytest.raises(GrantMissingError, match="entry_opens_nothing"):
        keys.release(log.note("e", [R1], clock.now, operation=operation), [R1])


def test_release_answers_every_kind_of_entry_that_opens(keys: KeyService, log: Log, clock: StandingClock) -> None:
    keys.new_keys(POLICE, [R1])
    for operation in OPENS:
        assert keys.release(log.note(operation, [R1], clock.now, operation=operation), [R1])
    assert Operation.DENIAL not in OPENS
