"""The ledger's tables. All are insert and select only; every key starts with the partnership.

INVARIANT: no row is ever changed, removed or replaced: triggers on both databases, role grants on PostgreSQL besides.
On SQLite the tables have no rowid, because `INSERT OR REPLACE` could remove a row by that hidden key.
"""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    ForeignKeyConstraint,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

ledger_metadata = MetaData()


def _id(name: str, *, key: bool = False) -> Column[str]:
    return Column(name, String(36), primary_key=key, nullable=False)


def _number(name: str, *, key: bool = False) -> Column[int]:
    return Column(name, BigInteger, primary_key=key, nullable=False, autoincrement=False)


def _bytes(name: str) -> Column[bytes]:
    return Column(name, LargeBinary, nullable=False)


lane = Table(
    "lane",
    ledger_metadata,
    _id("partnership_id", key=True),
    _id("lane", key=True),
    _number("opened_at"),
    sqlite_with_rowid=False,
)

staged_entry = Table(
    "staged_entry",
    ledger_metadata,
    _id("partnership_id", key=True),
    _id("lane", key=True),
    _number("seq", key=True),
    _id("entry_id"),
    _bytes("header"),
    _bytes("ciphertext"),
    _bytes("previous_mac"),
    _bytes("mac"),
    UniqueConstraint("partnership_id", "entry_id"),
    ForeignKeyConstraint(["partnership_id", "lane"], ["lane.partnership_id", "lane.lane"]),
    sqlite_with_rowid=False,
)

sequenced = Table(
    "sequenced",
    ledger_metadata,
    _id("partnership_id", key=True),
    _number("position", key=True),
    _id("lane"),
    _number("seq"),
    _bytes("leaf_hash"),
    UniqueConstraint("partnership_id", "lane", "seq"),
    ForeignKeyConstraint(
        ["partnership_id", "lane", "seq"],
        ["staged_entry.partnership_id", "staged_entry.lane", "staged_entry.seq"],
    ),
    sqlite_with_rowid=False,
)

checkpoint = Table(
    "checkpoint",
    ledger_metadata,
    _id("partnership_id", key=True),
    _number("size", key=True),
    _number("at"),
    _bytes("frontier"),
    Column("note", Text, nullable=False),
    sqlite_with_rowid=False,
)

fact_head = Table(
    "fact_head",
    ledger_metadata,
    _id("partnership_id", key=True),
    Column("chain", String(100), primary_key=True),
    _number("number", key=True),
    _number("at"),
    _bytes("mac"),
    sqlite_with_rowid=False,
)

_KEYS: Final = {
    "lane": (("lane",),),
    "staged_entry": (("lane", "seq"), ("entry_id",)),
    "sequenced": (("position",), ("lane", "seq")),
    "checkpoint": (("size",),),
    "fact_head": (("chain", "number"),),
}


def _sqlite(table: str, keys: tuple[tuple[str, ...], ...]) -> list[str]:
    taken = " OR ".join(
        f"EXISTS (SELECT 1 FROM {table} WHERE "  # noqa: S608  names from this file, no input
        + " AND ".join(f"{column} = NEW.{column}" for column in ("partnership_id", *key))
        + ")"
        for key in keys
    )
    refuse = "BEGIN SELECT RAISE(ABORT, 'insert_only'); END"
    return [
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {refuse}",
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}",
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN {taken} {refuse}",
    ]


INSERT_ONLY_SQLITE: Final = tuple(statement for table, keys in _KEYS.items() for statement in _sqlite(table, keys))
"""One statement each; run after the tables exist. A duplicate insert fails with the database's integrity error."""

INSERT_ONLY_POSTGRESQL: Final = (
    """CREATE OR REPLACE FUNCTION ledger_insert_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'insert_only' USING ERRCODE = 'integrity_constraint_violation'; END $$""",
    *(
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION ledger_insert_only()"
        for table in _KEYS
    ),
)
"""One statement each; run after the tables exist. PostgreSQL refuses a duplicate insert by itself."""


def create(connection: Connection) -> None:
    """Create the tables and their triggers on an empty database."""
    ledger_metadata.create_all(connection)
    postgresql = connection.dialect.name == "postgresql"
    for statement in INSERT_ONLY_POSTGRESQL if postgresql else INSERT_ONLY_SQLITE:
        connection.exec_driver_sql(statement)
