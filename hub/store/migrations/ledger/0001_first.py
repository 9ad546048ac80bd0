"""First step of the ledger: lanes, staged and sequenced entries, checkpoints, fact heads; insert and select only."""

import sqlalchemy as sa
from alembic import op

from hub.store.migrations import postgresql

revision = "ledger_0001"
down_revision = None

WRITTEN = ("lane", "staged_entry", "fact_head")
PUBLISHED = ("sequenced", "checkpoint")

INSERT_ONLY_SQLITE = (
    ("CREATE TRIGGER lane_no_update BEFORE UPDATE ON lane BEGIN SELECT RAISE(ABORT, 'insert_only'); END"),
    ("CREATE TRIGGER lane_no_delete BEFORE DELETE ON lane BEGIN SELECT RAISE(ABORT, 'insert_only'); END"),
    (
        "CREATE TRIGGER lane_no_replace BEFORE INSERT ON lane WHEN EXISTS (SELECT 1 FROM lane WHERE "
        "partnership_id = NEW.partnership_id AND lane = NEW.lane) BEGIN SELECT RAISE(ABORT, "
        "'insert_only'); END"
    ),
    (
        "CREATE TRIGGER staged_entry_no_update BEFORE UPDATE ON staged_entry BEGIN SELECT RAISE(ABORT, "
        "'insert_only'); END"
    ),
    (
        "CREATE TRIGGER staged_entry_no_delete BEFORE DELETE ON staged_entry BEGIN SELECT RAISE(ABORT, "
        "'insert_only'); END"
    ),
    (
        "CREATE TRIGGER staged_entry_no_replace BEFORE INSERT ON staged_entry WHEN EXISTS (SELECT 1 FROM "
        "staged_entry WHERE partnership_id = NEW.partnership_id AND lane = NEW.lane AND seq = NEW.seq) "
        "OR EXISTS (SELECT 1 FROM staged_entry WHERE partnership_id = NEW.partnership_id AND entry_id = "
        "NEW.entry_id) BEGIN SELECT RAISE(ABORT, 'insert_only'); END"
    ),
    ("CREATE TRIGGER sequenced_no_update BEFORE UPDATE ON sequenced BEGIN SELECT RAISE(ABORT, 'insert_only'); END"),
    ("CREATE TRIGGER sequenced_no_delete BEFORE DELETE ON sequenced BEGIN SELECT RAISE(ABORT, 'insert_only'); END"),
    (
        "CREATE TRIGGER sequenced_no_replace BEFORE INSERT ON sequenced WHEN EXISTS (SELECT 1 FROM "
        "sequenced WHERE partnership_id = NEW.partnership_id AND position = NEW.position) OR EXISTS "
        "(SELECT 1 FROM sequenced WHERE partnership_id = NEW.partnership_id AND lane = NEW.lane AND seq "
        "= NEW.seq) BEGIN SELECT RAISE(ABORT, 'insert_only'); END"
    ),
    ("CREATE TRIGGER checkpoint_no_update BEFORE UPDATE ON checkpoint BEGIN SELECT RAISE(ABORT, 'insert_only'); END"),
    ("CREATE TRIGGER checkpoint_no_delete BEFORE DELETE ON checkpoint BEGIN SELECT RAISE(ABORT, 'insert_only'); END"),
    (
        "CREATE TRIGGER checkpoint_no_replace BEFORE INSERT ON checkpoint WHEN EXISTS (SELECT 1 FROM "
        "checkpoint WHERE partnership_id = NEW.partnership_id AND size = NEW.size) BEGIN SELECT "
        "RAISE(ABORT, 'insert_only'); END"
    ),
    ("CREATE TRIGGER fact_head_no_update BEFORE UPDATE ON fact_head BEGIN SELECT RAISE(ABORT, 'insert_only'); END"),
    ("CREATE TRIGGER fact_head_no_delete BEFORE DELETE ON fact_head BEGIN SELECT RAISE(ABORT, 'insert_only'); END"),
    (
        "CREATE TRIGGER fact_head_no_replace BEFORE INSERT ON fact_head WHEN EXISTS (SELECT 1 FROM "
        "fact_head WHERE partnership_id = NEW.partnership_id AND chain = NEW.chain AND number = "
        "NEW.number) BEGIN SELECT RAISE(ABORT, 'insert_only'); END"
    ),
)
INSERT_ONLY_POSTGRESQL = (
    (
        "CREATE OR REPLACE FUNCTION ledger_insert_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION 'insert_only' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    ),
    (
        "CREATE TRIGGER lane_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON lane FOR EACH STATEMENT "
        "EXECUTE FUNCTION ledger_insert_only()"
    ),
    (
        "CREATE TRIGGER staged_entry_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON staged_entry FOR "
        "EACH STATEMENT EXECUTE FUNCTION ledger_insert_only()"
    ),
    (
        "CREATE TRIGGER sequenced_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON sequenced FOR EACH "
        "STATEMENT EXECUTE FUNCTION ledger_insert_only()"
    ),
    (
        "CREATE TRIGGER checkpoint_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON checkpoint FOR EACH "
        "STATEMENT EXECUTE FUNCTION ledger_insert_only()"
    ),
    (
        "CREATE TRIGGER fact_head_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON fact_head FOR EACH "
        "STATEMENT EXECUTE FUNCTION ledger_insert_only()"
    ),
)


def upgrade() -> None:
    _tables()
    connection = op.get_bind()
    on_postgresql = connection.dialect.name == "postgresql"
    for statement in INSERT_ONLY_POSTGRESQL if on_postgresql else INSERT_ONLY_SQLITE:
        connection.exec_driver_sql(statement)
    if on_postgresql:
        postgresql.make_roles(connection)
        postgresql.fence(connection, (*WRITTEN, *PUBLISHED))
        postgresql.grant(connection, "SELECT, INSERT", WRITTEN, "hub_app")
        postgresql.grant(connection, "SELECT", PUBLISHED, "hub_app")
        postgresql.grant(connection, "SELECT", WRITTEN, "hub_sequencer")
        postgresql.grant(connection, "SELECT, INSERT", PUBLISHED, "hub_sequencer")


def _tables() -> None:
    op.create_table(
        "checkpoint",
        sa.Column("partnership_id", sa.String(length=36), nullable=False),
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("frontier", sa.LargeBinary(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("partnership_id", "size"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "fact_head",
        sa.Column("partnership_id", sa.String(length=36), nullable=False),
        sa.Column("chain", sa.String(length=100), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("mac", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("partnership_id", "chain", "number"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "lane",
        sa.Column("partnership_id", sa.String(length=36), nullable=False),
        sa.Column("lane", sa.String(length=36), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("partnership_id", "lane"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "staged_entry",
        sa.Column("partnership_id", sa.String(length=36), nullable=False),
        sa.Column("lane", sa.String(length=36), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("entry_id", sa.String(length=36), nullable=False),
        sa.Column("header", sa.LargeBinary(), nullable=False),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=False),
        sa.Column("previous_mac", sa.LargeBinary(), nullable=False),
        sa.Column("mac", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership_id", "lane"],
            ["lane.partnership_id", "lane.lane"],
        ),
        sa.PrimaryKeyConstraint("partnership_id", "lane", "seq"),
        sa.UniqueConstraint("partnership_id", "entry_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "sequenced",
        sa.Column("partnership_id", sa.String(length=36), nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("lane", sa.String(length=36), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership_id", "lane", "seq"],
            ["staged_entry.partnership_id", "staged_entry.lane", "staged_entry.seq"],
        ),
        sa.PrimaryKeyConstraint("partnership_id", "position"),
        sa.UniqueConstraint("partnership_id", "lane", "seq"),
        sqlite_with_rowid=False,
    )
