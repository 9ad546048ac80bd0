"""First step of the key store: KEKs per owner agency, wrapped keys per record."""

import sqlalchemy as sa
from alembic import op

from hub.store.migrations import postgresql

revision = "keys_0001"
down_revision = None


def upgrade() -> None:
    _tables()
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        postgresql.make_roles(connection)
        postgresql.fence(connection, ("kek", "record_key"))
        postgresql.grant(connection, "SELECT, INSERT, UPDATE", ("kek", "record_key"), "hub_keyd")


def _tables() -> None:
    op.create_table(
        "kek",
        sa.Column("partnership_id", sa.String(length=36), nullable=False),
        sa.Column("owner_agency", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("partnership_id", "owner_agency", "version"),
    )
    op.create_table(
        "record_key",
        sa.Column("partnership_id", sa.String(length=36), nullable=False),
        sa.Column("record_id", sa.String(length=36), nullable=False),
        sa.Column("owner_agency", sa.String(length=64), nullable=False),
        sa.Column("kek_version", sa.Integer(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("destroyed_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["partnership_id", "owner_agency", "kek_version"],
            ["kek.partnership_id", "kek.owner_agency", "kek.version"],
        ),
        sa.PrimaryKeyConstraint("partnership_id", "record_id"),
    )
    op.create_index(
        "record_key_by_kek", "record_key", ["partnership_id", "owner_agency", "kek_version", "state"], unique=False
    )
