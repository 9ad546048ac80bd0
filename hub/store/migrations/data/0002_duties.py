"""Duties and their clocks: what became of a task, sharing asked and decided, emergency access, opening facts."""

import sqlalchemy as sa
from alembic import op

from hub.store.migrations import postgresql

revision = "data_0002_duties"
down_revision = "data_0001"

TABLES = ("task_event", "sharing_request", "sharing_decision", "emergency_access", "opening_clock")


def upgrade() -> None:
    for name in ("account_id", "subject_id"):
        op.add_column("task", sa.Column(name, sa.String(length=36), nullable=True))
    op.add_column("task", sa.Column("alarmed_at", sa.BigInteger(), nullable=True))
    _task_event()
    _sharing_request()
    _sharing_decision()
    _emergency_access()
    _opening_clock()
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        postgresql.fence(connection, TABLES)
        postgresql.grant(connection, "SELECT, INSERT, UPDATE, DELETE", TABLES, "hub_app", "hub_gate")


def _task_event() -> None:
    op.create_table(
        "task_event",
        sa.Column("partnership_id", sa.String(length=36), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("by_id", sa.String(length=36), nullable=True),
        sa.Column("task_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership_id", "task_id"],
            ["task.partnership_id", "task.id"],
            name=op.f("fk_task_event_partnership_id_task_id"),
        ),
        sa.PrimaryKeyConstraint("partnership_id", "id", name=op.f("pk_task_event")),
    )


def _sharing_request() -> None:
    op.create_table(
        "sharing_request",
        sa.Column("partnership_id", sa.String(length=36), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("category", sa.String(length=60), nullable=False),
        sa.Column("records", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("family_id", sa.String(length=36), nullable=False),
        sa.Column("holder_id", sa.String(length=36), nullable=False),
        sa.Column("recipient_id", sa.String(length=36), nullable=False),
        sa.Column("asked_by", sa.String(length=36), nullable=False),
        sa.Column("earlier_id", sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(
            ["partnership_id", "family_id"],
            ["family.partnership_id", "family.id"],
            name=op.f("fk_sharing_request_partnership_id_family_id"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id", "holder_id"],
            ["agency.partnership_id", "agency.id"],
            name=op.f("fk_sharing_request_partnership_id_holder_id"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id", "recipient_id"],
            ["agency.partnership_id", "agency.id"],
            name=op.f("fk_sharing_request_partnership_id_recipient_id"),
        ),
        sa.PrimaryKeyConstraint("partnership_id", "id", name=op.f("pk_sharing_request")),
    )


def _sharing_decision() -> None:
    op.create_table(
        "sharing_decision",
        sa.Column("partnership_id", sa.String(length=36), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("records", sa.Text(), nullable=False),
        sa.Column("children", sa.Text(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("more_detrimental", sa.Boolean(), nullable=False),
        sa.Column("ground", sa.String(length=40), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=False),
        sa.Column("review_at", sa.BigInteger(), nullable=False),
        sa.Column("reviewed_at", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.String(length=40), nullable=True),
        sa.Column("review_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("family_id", sa.String(length=36), nullable=False),
        sa.Column("holder_id", sa.String(length=36), nullable=False),
        sa.Column("recipient_id", sa.String(length=36), nullable=True),
        sa.Column("decided_by", sa.String(length=36), nullable=False),
        sa.Column("reviewed_by", sa.String(length=36), nullable=True),
        sa.Column("request_id", sa.String(length=36), nullable=True),
        sa.Column("task_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership_id", "family_id"],
            ["family.partnership_id", "family.id"],
            name=op.f("fk_sharing_decision_partnership_id_family_id"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id", "holder_id"],
            ["agency.partnership_id", "agency.id"],
            name=op.f("fk_sharing_decision_partnership_id_holder_id"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id", "task_id"],
            ["task.partnership_id", "task.id"],
            name=op.f("fk_sharing_decision_partnership_id_task_id"),
        ),
        sa.PrimaryKeyConstraint("partnership_id", "id", name=op.f("pk_sharing_decision")),
    )


def _emergency_access() -> None:
    op.create_table(
        "emergency_access",
        sa.Column("partnership_id", sa.String(length=36), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("review_at", sa.BigInteger(), nullable=False),
        sa.Column("reviewed_at", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("review_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("family_id", sa.String(length=36), nullable=False),
        sa.Column("agency_id", sa.String(length=36), nullable=False),
        sa.Column("account_id", sa.String(length=36), nullable=False),
        sa.Column("reviewed_by", sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(
            ["partnership_id", "account_id"],
            ["account.partnership_id", "account.id"],
            name=op.f("fk_emergency_access_partnership_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id", "agency_id"],
            ["agency.partnership_id", "agency.id"],
            name=op.f("fk_emergency_access_partnership_id_agency_id"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id", "family_id"],
            ["family.partnership_id", "family.id"],
            name=op.f("fk_emergency_access_partnership_id_family_id"),
        ),
        sa.PrimaryKeyConstraint("partnership_id", "id", name=op.f("pk_emergency_access")),
    )


def _opening_clock() -> None:
    op.create_table(
        "opening_clock",
        sa.Column("partnership_id", sa.String(length=36), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("opening", sa.String(length=40), nullable=False),
        sa.Column("review_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=True),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("family_id", sa.String(length=36), nullable=False),
        sa.Column("agency_id", sa.String(length=36), nullable=False),
        sa.Column("account_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership_id", "agency_id"],
            ["agency.partnership_id", "agency.id"],
            name=op.f("fk_opening_clock_partnership_id_agency_id"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id", "family_id"],
            ["family.partnership_id", "family.id"],
            name=op.f("fk_opening_clock_partnership_id_family_id"),
        ),
        sa.PrimaryKeyConstraint("partnership_id", "id", name=op.f("pk_opening_clock")),
    )
