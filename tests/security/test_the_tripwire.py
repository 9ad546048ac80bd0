"""Sealed tables open to the gate's own connections only, however they are asked for."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
from sqlalchemy import Connection, Engine, func, select, text
from sqlalchemy.exc import DBAPIError

from hub.domain.errors import UngatedReadError
from hub.store.clear.tables import metadata
from hub.store.sealed.tables import GATED
from hub.store.session import Transactions
from tests.factories import SmallWorld

Ask = Callable[[Connection, str], object]
ASKED: dict[str, Ask] = {
    "by the table": lambda c, name: c.execute(select(metadata.tables[name])).all(),
    "by a count": lambda c, name: c.execute(select(func.count()).select_from(metadata.tables[name])).all(),
    "in text": lambda c, name: c.execute(text(f"SELECT * FROM {name}")).all(),
    "in quotes": lambda c, name: c.execute(text(f'SELECT * FROM "{name}"')).all(),
    "in a subquery": lambda c, name: c.execute(text(f"SELECT 1 WHERE EXISTS (SELECT 1 FROM {name})")).all(),
    "in a common table": lambda c, name: c.execute(text(f"WITH x AS (SELECT * FROM {name}) SELECT * FROM x")).all(),
    "in a join": lambda c, name: c.execute(text(f"SELECT f.id FROM family f LEFT JOIN {name} x ON 1 = 1")).all(),
    "through a raw cursor": lambda c, name: c.connection.cursor().execute(f"SELECT * FROM {name}").fetchall(),
    "by writing": lambda c, name: c.execute(text(f"DELETE FROM {name}")),
}
ON_SQLITE: dict[str, Ask] = {
    "in brackets": lambda c, name: c.execute(text(f"SELECT * FROM [{name.upper()}]")).all(),
    "by the file's name": lambda c, name: c.execute(text(f"SELECT * FROM main.{name}")).all(),
    "through a view": lambda c, name: c.execute(text(f"SELECT * FROM peek_{name}")).all(),
}


def refused_everywhere(engine: Engine, asked: dict[str, Ask]) -> None:
    for words, ask in asked.items():
        for name in sorted(GATED):
            with engine.connect() as connection:
                try:
                    ask(connection, name)
                except (DBAPIError, sqlite3.DatabaseError) as error:
                    assert "prohibited" in str(error) or "permission denied" in str(error)
                else:
                    raise AssertionError(f"{name} was read {words}")


def refusals(engine: Engine, asked: dict[str, Ask]) -> Iterator[str]:
    """Return which ways of asking are refused."""
    for words, ask in asked.items():
        try:
            refused_everywhere(engine, {words: ask})
        except AssertionError:
            continue
        yield words


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_no_sealed_table_opens_on_the_ordinary_engine(world: SmallWorld) -> None:
    ways = dict(ASKED)
    if world.hub.engines.data.dialect.name == "sqlite":
        ways |= ON_SQLITE
        with closing(sqlite3.connect(world.settings.folder / "data.db")) as raw:
            for name in GATED:
                raw.execute(f"CREATE VIEW peek_{name} AS SELECT * FROM {name}")
    else:
        # psycopg's cursors return themselves; the refusal is the server's.
        ways["through a raw cursor"] = lambda c, name: c.connection.cursor().execute(f"SELECT * FROM {name}")
    refused_everywhere(world.hub.engines.data, ways)


def test_what_is_refused_is_a_deliberate_error_in_the_hub(world: SmallWorld) -> None:
    rows = Transactions(world.hub.engines.data, world.hub.partnership.id)
    with pytest.raises(UngatedReadError), rows.read() as connection:
        connection.execute(select(metadata.tables["sealed_fields"])).all()


def test_an_engine_without_the_tripwire_is_noticed(sqlite_world: SmallWorld) -> None:
    reading = {words: ask for words, ask in ASKED.items() if words != "by writing"}
    assert list(refusals(sqlite_world.hub.engines.gate, reading)) == []
    assert list(refusals(sqlite_world.hub.engines.data, reading)) == list(reading)


def test_clear_tables_stay_open(world: SmallWorld) -> None:
    with world.hub.engines.data.connect() as connection:
        for table in metadata.sorted_tables:
            if table.name not in GATED:
                connection.execute(select(func.count()).select_from(table)).scalar()
