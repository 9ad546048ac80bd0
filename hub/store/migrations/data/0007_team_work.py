"""The team's own work: corrections, and group supervision with its attendees."""

import sqlalchemy as sa
from alembic import op

from hub.store.migrations import postgresql

revision = "data_0007_team_work"
down_revision = "data_0006_casework"

TABLES = ("supervision", "supervision_attendee")


def upgrade() -> None:
    _correction()
    _supervision()
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        postgresql.fence(connection, ("correction", *TABLES))
        postgresql.grant(connection, "SELECT, INSERT", ("correction",), "hub_app", "hub_gate")
        postgresql.grant(connection, "SELECT, INSERT, UPDATE", TABLES, "hub_app", "hub_gate")


def _correction() -> None:
    op.create_table(
        "correction",
        sa.Column("partnership_id", sa.String(length=36), nullable=False),
        sa.Column("record_id", sa.String(length=36), nullable=False),
        sa.Column("by_record_id", sa.String(length=36), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("partnership_id", "record_id", name=op.f("pk_correction")),
    )


def _supervision() -> None:
    op.create_table(
        "supervision",
        sa.Column("partnership_id", sa.String(length=36), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("family_id", sa.String(length=36), nullable=False),
        sa.Column("chair_id", sa.String(length=36), nullable=False),
        sa.Column("begun_at", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("record_id", sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(
            ["partnership_id", "family_id"],
            ["family.partnership_id", "family.id"],
            name=op.f("fk_supervision_partnership_id_family_id"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id", "chair_id"],
            ["account.partnership_id", "account.id"],
            name=op.f("fk_supervision_partnership_id_chair_id"),
        ),
        sa.PrimaryKeyConstraint("partnership_id", "id", name=op.f("pk_supervision")),
    )
    op.create_table(
        "supervision_attendee",
        sa.Column("partnership_id", sa.String(length=36), nullable=False),
        sa.Column("supervision_id", sa.String(length=36), nullable=False),
        sa.Column("account_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership_id", "supervision_id"],
            ["supervision.partnership_id", "supervision.id"],
            name=op.f("fk_supervision_attendee_partnership_id_supervision_id"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id", "account_id"],
            ["account.partnership_id", "account.id"],
            name=op.f("fk_supervision_attendee_partnership_id_account_id"),
        ),
        sa.PrimaryKeyConstraint("partnership_id", "supervision_id", "account_id", name=op.f("pk_supervision_attendee")),
    )
