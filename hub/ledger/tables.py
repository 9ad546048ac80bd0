"""The ledger's tables. All are insert and select only; every key starts with the partnership.

INVARIANT: no row is ever changed, removed or replaced: triggers on both databases, role grants on PostgreSQL besides.
On SQLite the tables have no rowid, because `INSERT OR REPLACE` could remove a row by that hidden key.
"""

from typing import Final

import sqlalchemy as sa

ledger_metadata = sa.MetaData()


def _id(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(36), nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=False, autoincrement=False)


def _bytes(name: str) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary, nullable=False)


def _table(name: str, key: tuple[str, ...], *columns: sa.schema.SchemaItem) -> sa.Table:
    primary = sa.PrimaryKeyConstraint("partnership_id", *key)
    return sa.Table(name, ledger_metadata, _id("partnership_id"), *columns, primary, sqlite_with_rowid=False)


def _refers(table: str, *columns: str) -> sa.ForeignKeyConstraint:
    local = ["partnership_id", *columns]
    return sa.ForeignKeyConstraint(local, [f"{table}.{column}" for column in local])


lane = _table("lane", ("lane",), _id("lane"), _number("opened_at"))

staged_entry = _table(
    "staged_entry",
    ("lane", "seq"),
    *(_id("lane"), _number("seq"), _id("entry_id")),
    *(_bytes("header"), _bytes("ciphertext"), _bytes("previous_mac"), _bytes("mac")),
    sa.UniqueConstraint("partnership_id", "entry_id"),
    _refers("lane", "lane"),
)

sequenced = _table(
    "sequenced",
    ("position",),
    *(_number("position"), _id("lane"), _number("seq"), _bytes("leaf_hash")),
    sa.UniqueConstraint("partnership_id", "lane", "seq"),
    _refers("staged_entry", "lane", "seq"),
)

checkpoint = _table(
    "checkpoint",
    ("size",),
    *(_number("size"), _number("at"), _bytes("frontier"), sa.Column("note", sa.Text, nullable=False)),
)

fact_head = _table(
    "fact_head",
    ("chain", "number"),
    *(sa.Column("chain", sa.String(100), nullable=False), _number("number"), _number("at"), _bytes("mac")),
)


def _sqlite(table: sa.Table) -> list[str]:
    keys = [one for one in table.constraints if isinstance(one, sa.PrimaryKeyConstraint | sa.UniqueConstraint)]
    same = [" AND ".join(f"{column.name} = NEW.{column.name}" for column in key.columns) for key in keys]
    taken = " OR ".join(f"EXISTS (SELECT 1 FROM {table} WHERE {key})" for key in sorted(same))  # noqa: S608  own names
    refuse = "BEGIN SELECT RAISE(ABORT, 'insert_only'); END"
    return [
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {refuse}",
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}",
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN {taken} {refuse}",
    ]


INSERT_ONLY_SQLITE: Final = tuple(statement for table in ledger_metadata.sorted_tables for statement in _sqlite(table))
"""One statement each; run after the tables exist. A duplicate insert fails with the database's integrity error."""

INSERT_ONLY_POSTGRESQL: Final = (
    """CREATE OR REPLACE FUNCTION ledger_insert_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'insert_only' USING ERRCODE = 'integrity_constraint_violation'; END $$""",
    *(
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION ledger_insert_only()"
        for table in ledger_metadata.sorted_tables
    ),
)
"""One statement each; run after the tables exist. PostgreSQL refuses a duplicate insert by itself."""


def create(connection: sa.Connection) -> None:
    """Create the tables and their triggers on an empty database."""
    ledger_metadata.create_all(connection)
    postgresql = connection.dialect.name == "postgresql"
    for statement in INSERT_ONLY_POSTGRESQL if postgresql else INSERT_ONLY_SQLITE:
        connection.exec_driver_sql(statement)
