"""A family is closed and reopened; when a reader last looked at it; who is written to in the morning."""

import sqlalchemy as sa
from alembic import op

from hub.store.migrations import postgresql

revision = "data_0006_casework"
down_revision = "data_0005_released"

TABLES = ("family_closing", "last_look", "digest_address")


def upgrade() -> None:
    _family_closing()
    _last_look()
    _digest_address()
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        postgresql.fence(connection, TABLES)
        postgresql.grant(connection, "SELECT, INSERT, UPDATE, DELETE", TABLES, "hub_app", "hub_gate")


def _family_closing() -> None:
    op.create_table(
        "family_closing",
        sa.Column("partnership_id", sa.String(length=36), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.Column("told_family", sa.Boolean(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("reopened_at", sa.BigInteger(), nullable=True),
        sa.Column("reopen_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("family_id", sa.String(length=36), nullable=False),
        sa.Column("closed_by", sa.String(length=36), nullable=False),
        sa.Column("reopened_by", sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(
            ["partnership_id", "family_id"],
            ["family.partnership_id", "family.id"],
            name=op.f("fk_family_closing_partnership_id_family_id"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id", "closed_by"],
            ["account.partnership_id", "account.id"],
            name=op.f("fk_family_closing_partnership_id_closed_by"),
        ),
        sa.PrimaryKeyConstraint("partnership_id", "id", name=op.f("pk_family_closing")),
    )


def _last_look() -> None:
    op.create_table(
        "last_look",
        sa.Column("partnership_id", sa.String(length=36), nullable=False),
        sa.Column("account_id", sa.String(length=36), nullable=False),
        sa.Column("family_id", sa.String(length=36), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("before_at", sa.BigInteger(), nullable=True),
        sa.Column("earlier", sa.LargeBinary(), nullable=False),
        sa.Column("now", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership_id", "account_id"],
            ["account.partnership_id", "account.id"],
            name=op.f("fk_last_look_partnership_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id", "family_id"],
            ["family.partnership_id", "family.id"],
            name=op.f("fk_last_look_partnership_id_family_id"),
        ),
        sa.PrimaryKeyConstraint("partnership_id", "account_id", "family_id", name=op.f("pk_last_look")),
    )


def _digest_address() -> None:
    op.create_table(
        "digest_address",
        sa.Column("partnership_id", sa.String(length=36), nullable=False),
        sa.Column("account_id", sa.String(length=36), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("sent_on", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership_id", "account_id"],
            ["account.partnership_id", "account.id"],
            name=op.f("fk_digest_address_partnership_id_account_id"),
        ),
        sa.PrimaryKeyConstraint("partnership_id", "account_id", name=op.f("pk_digest_address")),
    )
