"""Operation Encompass: what each school or college is told of a police notice, by when, and who read it."""

import sqlalchemy as sa
from alembic import op

from hub.store.migrations import postgresql

revision = "data_0015_school_notices"
down_revision = "data_0014_partners"

TABLES = ("school_notice",)


def upgrade() -> None:
    op.create_table(
        "school_notice",
        sa.Column("partnership_id", sa.String(length=36), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("referral_id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.String(length=36), nullable=True),
        sa.Column("records", sa.Text(), nullable=False),
        sa.Column("readers", sa.Text(), nullable=False),
        sa.Column("desk", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("alarm", sa.String(length=20), nullable=False),
        sa.Column("read_at", sa.BigInteger(), nullable=True),
        sa.Column("read_by", sa.String(length=36), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        _refers("referral_id", "referral"),
        _refers("agency_id", "agency"),
        _refers("read_by", "account"),
        sa.PrimaryKeyConstraint("partnership_id", "id", name=op.f("pk_school_notice")),
    )
    op.create_index("ix_school_notice_referral", "school_notice", ["partnership_id", "referral_id"])
    waiting = ["partnership_id", "ended_at", "read_at", "due_at"]
    op.create_index("ix_school_notice_waiting", "school_notice", waiting)
    op.create_index("ix_sent_message_referral", "sent_message", ["partnership_id", "referral_id"])
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        postgresql.fence(connection, TABLES)
        postgresql.grant(connection, "SELECT, INSERT, UPDATE", TABLES, "hub_app", "hub_gate")


def _refers(local: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["partnership_id", local],
        [f"{target}.partnership_id", f"{target}.id"],
        name=op.f(f"fk_school_notice_partnership_id_{local}"),
    )
