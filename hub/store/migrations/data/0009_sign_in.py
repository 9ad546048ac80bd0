"""Proving who one is: second factors, recovery codes, and the steps between a password and a sitting."""

import sqlalchemy as sa
from alembic import op

from hub.store.migrations import postgresql

revision = "data_0009_sign_in"
down_revision = "data_0008_attachments"

TABLES = ("second_factor", "recovery_code", "sign_in_step", "starting_code", "single_sign_on", "draft")


def upgrade() -> None:
    op.add_column("sign_in", sa.Column("factor_at", sa.BigInteger(), nullable=True))
    op.add_column("account", sa.Column("login_id", sa.String(length=36), nullable=True))
    op.create_table(
        "second_factor",
        *_of_account(),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.Column("confirmed_at", sa.BigInteger(), nullable=True),
        sa.Column("pending", sa.LargeBinary(), nullable=True),
        sa.Column("pending_at", sa.BigInteger(), nullable=True),
        _refers_account("second_factor"),
        sa.PrimaryKeyConstraint("partnership_id", "account_id", name=op.f("pk_second_factor")),
    )
    op.create_table(
        "recovery_code",
        *_of_account(),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        _refers_account("recovery_code"),
        sa.PrimaryKeyConstraint("partnership_id", "account_id", "code_hash", name=op.f("pk_recovery_code")),
    )
    op.create_table(
        "sign_in_step",
        *_of_account(),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("factored", sa.Boolean(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        _refers_account("sign_in_step"),
        sa.PrimaryKeyConstraint("partnership_id", "secret_hash", name=op.f("pk_sign_in_step")),
    )
    op.create_table(
        "starting_code",
        *_of_account(),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        _refers_account("starting_code"),
        sa.PrimaryKeyConstraint("partnership_id", "account_id", name=op.f("pk_starting_code")),
    )
    op.create_table(
        "single_sign_on",
        *_of_account(),
        sa.Column("issuer", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        _refers_account("single_sign_on"),
        sa.PrimaryKeyConstraint("partnership_id", "issuer", "subject", name=op.f("pk_single_sign_on")),
    )
    op.create_table(
        "draft",
        *_of_account(),
        sa.Column("place_hash", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("saved_at", sa.BigInteger(), nullable=False),
        _refers_account("draft"),
        sa.PrimaryKeyConstraint("partnership_id", "account_id", "place_hash", name=op.f("pk_draft")),
    )
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        postgresql.fence(connection, TABLES)
        postgresql.grant(connection, "SELECT, INSERT, UPDATE, DELETE", TABLES, "hub_app", "hub_gate")


def _of_account() -> tuple[sa.Column[str], sa.Column[str]]:
    names = ("partnership_id", "account_id")
    first, second = (sa.Column(name, sa.String(length=36), nullable=False) for name in names)
    return first, second


def _refers_account(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["partnership_id", "account_id"],
        ["account.partnership_id", "account.id"],
        name=op.f(f"fk_{table}_partnership_id_account_id"),
    )
