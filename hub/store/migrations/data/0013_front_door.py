"""The front door: what was said about a referral, where it was passed to; requests and answers; discussions."""

import sqlalchemy as sa
from alembic import op

from hub.store.migrations import postgresql

revision = "data_0013_front_door"
down_revision = "data_0012_person_merges"

INSERTED = ("door_event", "information_request", "request_answer")
"""What was said stays said."""
CHANGED = ("redirection", "strategy_discussion", "strategy_invitation")


def upgrade() -> None:
    _door_event()
    _redirection()
    _information_request()
    _request_answer()
    _strategy()
    op.create_index("ix_referral_receipt", "referral", ["partnership_id", "receipt_id"])
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        postgresql.fence(connection, (*CHANGED, *INSERTED))
        postgresql.grant(connection, "SELECT, INSERT", INSERTED, "hub_app", "hub_gate")
        postgresql.grant(connection, "SELECT, INSERT, UPDATE", CHANGED, "hub_app", "hub_gate")


def _door_event() -> None:
    op.create_table(
        "door_event",
        sa.Column("partnership_id", sa.String(length=36), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("referral_id", sa.String(length=36), nullable=False),
        sa.Column("by_id", sa.String(length=36), nullable=False),
        _refers("door_event", "referral_id", "referral"),
        _refers("door_event", "by_id", "account"),
        sa.PrimaryKeyConstraint("partnership_id", "id", name=op.f("pk_door_event")),
    )


def _redirection() -> None:
    op.create_table(
        "redirection",
        sa.Column("partnership_id", sa.String(length=36), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("receiver", sa.String(length=40), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("answer", sa.String(length=20), nullable=True),
        sa.Column("answered_at", sa.BigInteger(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("answer_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("referral_id", sa.String(length=36), nullable=False),
        sa.Column("agency_id", sa.String(length=36), nullable=True),
        sa.Column("sent_by", sa.String(length=36), nullable=False),
        sa.Column("answered_by", sa.String(length=36), nullable=True),
        _refers("redirection", "referral_id", "referral"),
        _refers("redirection", "sent_by", "account"),
        sa.PrimaryKeyConstraint("partnership_id", "id", name=op.f("pk_redirection")),
    )


def _information_request() -> None:
    op.create_table(
        "information_request",
        sa.Column("partnership_id", sa.String(length=36), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("function", sa.String(length=40), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("family_id", sa.String(length=36), nullable=False),
        sa.Column("asked_by", sa.String(length=36), nullable=False),
        sa.Column("asker_id", sa.String(length=36), nullable=False),
        sa.Column("holder_id", sa.String(length=36), nullable=False),
        _refers("information_request", "family_id", "family"),
        _refers("information_request", "asked_by", "account"),
        _refers("information_request", "asker_id", "agency"),
        _refers("information_request", "holder_id", "agency"),
        sa.PrimaryKeyConstraint("partnership_id", "id", name=op.f("pk_information_request")),
    )


def _request_answer() -> None:
    op.create_table(
        "request_answer",
        sa.Column("partnership_id", sa.String(length=36), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("answer", sa.String(length=20), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("request_id", sa.String(length=36), nullable=False),
        sa.Column("by_id", sa.String(length=36), nullable=False),
        sa.Column("record_id", sa.String(length=36), nullable=True),
        sa.Column("opening_id", sa.String(length=36), nullable=True),
        _refers("request_answer", "request_id", "information_request"),
        _refers("request_answer", "by_id", "account"),
        sa.PrimaryKeyConstraint("partnership_id", "id", name=op.f("pk_request_answer")),
    )


def _strategy() -> None:
    op.create_table(
        "strategy_discussion",
        sa.Column("partnership_id", sa.String(length=36), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("held_at", sa.BigInteger(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("held_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("family_id", sa.String(length=36), nullable=False),
        sa.Column("decided_by", sa.String(length=36), nullable=False),
        sa.Column("held_by", sa.String(length=36), nullable=True),
        _refers("strategy_discussion", "family_id", "family"),
        _refers("strategy_discussion", "decided_by", "account"),
        sa.PrimaryKeyConstraint("partnership_id", "id", name=op.f("pk_strategy_discussion")),
    )
    op.create_table(
        "strategy_invitation",
        sa.Column("partnership_id", sa.String(length=36), nullable=False),
        sa.Column("discussion_id", sa.String(length=36), nullable=False),
        sa.Column("agency_id", sa.String(length=36), nullable=False),
        sa.Column("attended", sa.Boolean(), nullable=True),
        _refers("strategy_invitation", "discussion_id", "strategy_discussion"),
        _refers("strategy_invitation", "agency_id", "agency"),
        sa.PrimaryKeyConstraint("partnership_id", "discussion_id", "agency_id", name=op.f("pk_strategy_invitation")),
    )


def _refers(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["partnership_id", column],
        [f"{target}.partnership_id", f"{target}.id"],
        name=op.f(f"fk_{table}_partnership_id_{column}"),
    )
