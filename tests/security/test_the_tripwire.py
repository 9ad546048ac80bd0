"""Sealed tables open to the gate's own connections only, however they are asked for."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing

import psycopg
import pytest
from sqlalchemy import Connection, Engine, func, select, text
from sqlalchemy.exc import DBAPIError

from hub.domain.errors import UngatedReadError
from hub.store.clear.tables import metadata
from hub.store.sealed.tables import GATED
from hub.store.session import Transactions
from tests.factories import SmallWorld

Ask = Callable[[Connection, str], object]


def in_words(template: str) -> Ask:
    """Return a way of asking in text, where TABLE stands for the table."""
    return lambda connection, name: connection.execute(text(template.replace("TABLE", name))).all()


def raw_cursor(connection: Connection, name: str) -> object:
    return connection.connection.cursor().execute("SELECT * FROM TABLE".replace("TABLE", name))


ASKED: dict[str, Ask] = {
    "by the table": lambda connection, name: connection.execute(select(metadata.tables[name])).all(),
    "in text": in_words("SELECT * FROM TABLE"),
    "in quotes": in_words('SELECT * FROM "TABLE"'),
    "by counting": in_words("SELECT count(*) FROM TABLE"),
    "in a subquery": in_words("SELECT 1 WHERE EXISTS (SELECT 1 FROM TABLE)"),
    "in a common table": in_words("WITH x AS (SELECT * FROM TABLE) SELECT * FROM x"),
    "in a join": in_words("SELECT f.id FROM family f LEFT JOIN TABLE x ON x.partnership_id = f.partnership_id"),
    "through a raw cursor": raw_cursor,
}
WRITTEN: dict[str, Ask] = {"by removing": in_words("DELETE FROM TABLE")}
ON_SQLITE: dict[str, Ask] = {
    "in brackets": lambda connection, name: in_words("SELECT * FROM [TABLE]")(connection, name.upper()),
    "by the file's name": in_words("SELECT * FROM main.TABLE"),
    "through a view": in_words("SELECT * FROM peek_TABLE"),
}
REFUSALS = ("prohibited", "not authorized", "permission denied")


def answer(engine: Engine, ask: Ask, name: str) -> str:
    """Return the database's refusal, or nothing when it answered."""
    with engine.connect() as connection:
        try:
            ask(connection, name)
        except (DBAPIError, sqlite3.DatabaseError, psycopg.Error) as error:
            return str(error)
    return ""


def refused_everywhere(engine: Engine, asked: dict[str, Ask]) -> None:
    for words, ask in asked.items():
        for name in sorted(GATED):
            assert any(word in answer(engine, ask, name) for word in REFUSALS), (name, words)


def refusals(engine: Engine, asked: dict[str, Ask]) -> Iterator[str]:
    """Return which ways of asking are refused."""
    for words, ask in asked.items():
        try:
            refused_everywhere(engine, {words: ask})
        except AssertionError:
            continue
        yield words


def test_no_sealed_table_opens_on_the_ordinary_engine(world: SmallWorld) -> None:
    ways = ASKED | WRITTEN
    if world.hub.engines.data.dialect.name == "sqlite":
        ways |= ON_SQLITE
        with closing(sqlite3.connect(world.settings.folder / "data.db")) as raw:
            for name in GATED:
                raw.execute("CREATE VIEW peek_TABLE AS SELECT * FROM TABLE".replace("TABLE", name))
    refused_everywhere(world.hub.engines.data, ways)


def test_what_is_refused_is_a_deliberate_error_in_the_hub(world: SmallWorld) -> None:
    rows = Transactions(world.hub.engines.data, world.hub.partnership.id)
    for words in ("by the table", "by counting"):
        with pytest.raises(UngatedReadError), rows.read() as connection:
            ASKED[words](connection, "sealed_fields")


def test_an_engine_without_the_tripwire_is_noticed(sqlite_world: SmallWorld) -> None:
    assert list(refusals(sqlite_world.hub.engines.gate, ASKED)) == []
    assert list(refusals(sqlite_world.hub.engines.data, ASKED)) == list(ASKED)


def test_clear_tables_stay_open(world: SmallWorld) -> None:
    with world.hub.engines.data.connect() as connection:
        for table in metadata.sorted_tables:
            if table.name not in GATED:
                connection.execute(select(func.count()).select_from(table)).scalar()
