"""Replies to FHIR messages: whom they are for, which messages wait for one, and the calls that carry them."""

import sqlalchemy as sa
from alembic import op

from hub.store.migrations import postgresql

revision = "data_0016_pushed_replies"
down_revision = "data_0015_school_notices"

TABLES = ("reply_awaited", "reply_call")


def upgrade() -> None:
    op.add_column("webhook", sa.Column("target", sa.String(length=200), nullable=False, server_default=""))
    op.create_table(
        "reply_awaited",
        *_key("receipt_id"),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("agency_id", sa.String(length=36), nullable=False),
        sa.Column("referral_id", sa.String(length=36), nullable=False),
        _refers("reply_awaited", "receipt_id", "receipt"),
        _refers("reply_awaited", "agency_id", "agency"),
        _refers("reply_awaited", "referral_id", "referral"),
        sa.PrimaryKeyConstraint("partnership_id", "receipt_id", name=op.f("pk_reply_awaited")),
    )
    op.create_index("ix_reply_awaited_referral", "reply_awaited", ["partnership_id", "referral_id"])
    op.create_table(
        "reply_call",
        *_key("webhook_id"),
        sa.Column("receipt_id", sa.String(length=36), nullable=False),
        sa.Column("told", sa.String(length=20), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("woken_at", sa.BigInteger(), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=False),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        _refers("reply_call", "webhook_id", "webhook"),
        _refers("reply_call", "receipt_id", "receipt"),
        sa.PrimaryKeyConstraint("partnership_id", "webhook_id", "receipt_id", name=op.f("pk_reply_call")),
    )
    op.create_index("ix_reply_call_due", "reply_call", ["partnership_id", "done_at", "next_at"])
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        postgresql.fence(connection, TABLES)
        postgresql.grant(connection, "SELECT, INSERT, UPDATE", TABLES, "hub_app", "hub_gate")


def _key(name: str) -> tuple[sa.Column[str], sa.Column[str]]:
    return (
        sa.Column("partnership_id", sa.String(length=36), nullable=False),
        sa.Column(name, sa.String(length=36), nullable=False),
    )


def _refers(table: str, local: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["partnership_id", local],
        [f"{target}.partnership_id", f"{target}.id"],
        name=op.f(f"fk_{table}_partnership_id_{local}"),
    )
