"""A PostgreSQL server that ends connections of the hub, as an operator or a failover does."""

from sqlalchemy import Connection, NullPool, create_engine, text

from hub.settings import Settings

_END = text("SELECT pg_terminate_backend(:pid, 5000)")


class Severing:
    """Ends a connection on the server's side, and waits until it is gone; `count` says how often."""

    def __init__(self, settings: Settings) -> None:
        self._engine = create_engine(settings.owner_urls[0], isolation_level="AUTOCOMMIT", poolclass=NullPool)
        self.count = 0

    def __call__(self, connection: Connection) -> None:
        pid = connection.connection.dbapi_connection.info.backend_pid
        with self._engine.connect() as operator:
            operator.execute(_END, {"pid": pid})
        self.count += 1
