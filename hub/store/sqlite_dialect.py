"""SQLite as the hub speaks it: every transaction is opened in words, and a writer takes its turn at once.

Python's driver opens transactions only before some statements, so that what is read first would stand outside. A
listener of the engine that opens them costs every statement of that engine a quarter of its time; a dialect does not.
"""

from sqlalchemy import Connection
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine.interfaces import PoolProxiedConnection

DRIVER = "sqlite.hub"
_TURN = "hub.takes_its_turn"


class HubSQLite(SQLiteDialect_pysqlite):
    """Opens transactions itself; for connections whose driver leaves that to it (`isolation_level = None`)."""

    supports_statement_cache = True

    def do_begin(self, dbapi_connection: PoolProxiedConnection) -> None:
        """Open a transaction: one for reading, unless this connection was told that it will write."""
        turn = dbapi_connection.info.pop(_TURN, False)
        dbapi_connection.cursor().execute("BEGIN IMMEDIATE" if turn else "BEGIN")


def take_turn(connection: Connection) -> None:
    """Let the next transaction of this connection wait until no other writes, before it reads anything.

    One that read first could not write any more, once somebody else has written meanwhile.
    """
    connection.info[_TURN] = True


registry.register(DRIVER, __name__, HubSQLite.__name__)
