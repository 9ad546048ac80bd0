"""Engines and transactions. The tripwire lives here: sealed tables open to the gate's own connections only.

INVARIANT: on SQLite every other connection carries an authorizer that refuses gated tables; on PostgreSQL only the
role `hub_gate` may read them, taken for one transaction. Text hooks would miss views, raw cursors and escaped names.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry

from hub.domain.errors import StoreUnavailableError, UngatedReadError
from hub.store.sealed.tables import GATED
from hub.store.sqlite_dialect import DRIVER, take_turn

_REFUSALS = ("prohibited", "not authorized", "permission denied")
"""How the databases say that a table is not open to this connection; SQLite has words of its own for counting."""

_FOR_NOW = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_IOERR", "SQLITE_FULL", "SQLITE_CANTOPEN")
_FOR_NOW_STATES = ("08", "40", "53", "57")
"""Classes of SQLSTATE: connection, rolled back (serialization, deadlock), resources, stopped by an operator."""

_TOUCHES = frozenset({sqlite3.SQLITE_READ, sqlite3.SQLITE_INSERT, sqlite3.SQLITE_UPDATE, sqlite3.SQLITE_DELETE})
_PRAGMAS = (
    "page_size=8192",  # of a new file; a sealed set is about 1 KB, which would overflow a quarter of a smaller page
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "busy_timeout=10000",
    "mmap_size=268435456",
)
_SCHEMA = frozenset({"sqlite_master", "sqlite_schema", "sqlite_temp_master", "sqlite_temp_schema"})
_ALLOWED = frozenset(
    {
        sqlite3.SQLITE_SELECT,
        sqlite3.SQLITE_READ,
        sqlite3.SQLITE_INSERT,
        sqlite3.SQLITE_UPDATE,
        sqlite3.SQLITE_DELETE,
        sqlite3.SQLITE_TRANSACTION,
        sqlite3.SQLITE_SAVEPOINT,
        sqlite3.SQLITE_FUNCTION,
        sqlite3.SQLITE_RECURSIVE,
    }
)
"""What an ordinary connection may do at all: rows, and nothing to the schema (a renamed table has no fence)."""


def open_engine(
    url: str, *, partnership: str = "", gated: bool = False, secure_delete: bool = False, cache_mib: int = 64
) -> Engine:
    """Return an engine with the hub's durability settings.

    `partnership` is set as the row-level security key of every transaction; `gated` is true for the gate's own engine
    only; `secure_delete` for the key store, so that a destroyed key is overwritten in the file. `cache_mib` bounds what
    a connection to SQLite keeps of its file. Bound values never appear in errors (`hide_parameters`).
    """
    address = make_url(url)
    if sqlite := address.get_backend_name() == "sqlite":
        address = address.set(drivername=DRIVER.replace(".", "+"))
    engine = create_engine(address, hide_parameters=True, pool_pre_ping=not sqlite)  # a file does not hang up
    if sqlite:
        _prepare_sqlite(engine, gated=gated, secure_delete=secure_delete, cache_mib=cache_mib)
    elif partnership:
        _prepare_postgresql(engine, partnership, gated=gated)
    return engine


def _prepare_postgresql(engine: Engine, partnership: str, *, gated: bool) -> None:
    """Set the security key, and the gate's role, for each transaction alone: nothing lingers on a pooled connection."""
    setting = text("SELECT set_config('hub.partnership', :id, true)")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.execute(setting, {"id": partnership})
        if gated:
            connection.exec_driver_sql("SET LOCAL ROLE hub_gate")


def _prepare_sqlite(engine: Engine, *, gated: bool, secure_delete: bool, cache_mib: int) -> None:
    @event.listens_for(engine, "connect")
    def connect(raw: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        raw.isolation_level = None
        cursor = raw.cursor()
        for pragma in _PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.execute(f"PRAGMA cache_size=-{cache_mib * 1024}")
        if secure_delete:
            cursor.execute("PRAGMA secure_delete=ON")
        cursor.close()
        if not gated:
            raw.set_authorizer(_refuse_gated)


def _refuse_gated(action: int, table: str | None, detail: str | None, _db: str | None, _trigger: str | None) -> int:
    if action == sqlite3.SQLITE_PRAGMA and table == "synchronous" and detail is None:
        return sqlite3.SQLITE_OK  # the log asks whether its commits are durable
    if action not in _ALLOWED or (action in _TOUCHES and table in GATED):
        return sqlite3.SQLITE_DENY
    if action in _TOUCHES and action != sqlite3.SQLITE_READ and table in _SCHEMA:
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK


_ONE_WRITER = text("SELECT pg_advisory_xact_lock(hashtextextended(:partnership, 0))")


@dataclass(frozen=True, slots=True)
class Transactions:
    """Short transactions of one partnership on one engine.

    `serial` lets one writer of the partnership in at a time, as SQLite does anyway: numbers of labels, cases and
    facts follow each other, and no two writers can wait for each other.
    """

    engine: Engine
    partnership: str
    serial: bool = False

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Yield a connection inside a read transaction that sees one snapshot."""
        with self._open(writes=False) as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Yield a connection inside a write transaction; it commits on leaving, and rolls back on any error."""
        with self._open(writes=True) as connection:
            if self.serial and connection.dialect.name == "postgresql":
                connection.execute(_ONE_WRITER, {"partnership": f"hub:{self.partnership}"})
            yield connection

    @contextmanager
    def _open(self, *, writes: bool) -> Iterator[Connection]:
        postgresql = self.engine.dialect.name == "postgresql"
        try:
            with self.engine.connect() as connection:
                if postgresql and not writes:
                    connection.execution_options(isolation_level="REPEATABLE READ")
                elif writes and not postgresql:
                    take_turn(connection)
                with connection.begin():
                    yield connection
        except DBAPIError as error:
            if any(word in str(error.orig) for word in _REFUSALS):
                raise UngatedReadError(where="store") from None
            if _passes(error):
                raise StoreUnavailableError(where="store", next_step="send_again") from None
            raise


def _passes(error: DBAPIError) -> bool:
    """Say whether the same would work another time: another writer was in the way, or the database was not there."""
    name = str(getattr(error.orig, "sqlite_errorname", ""))
    state = str(getattr(error.orig, "sqlstate", None) or "")
    return name.startswith(_FOR_NOW) or state.startswith(_FOR_NOW_STATES) or error.connection_invalidated
