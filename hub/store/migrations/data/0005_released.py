"""How often what is held about a person left towards an agency: counted by the worker from the access log."""

import sqlalchemy as sa
from alembic import op

from hub.store.migrations import postgresql

revision = "data_0005_released"
down_revision = "data_0004_labels_stay"

TABLES = ("released",)


def upgrade() -> None:
    op.create_table(
        "released",
        sa.Column("partnership_id", sa.String(length=36), nullable=False),
        sa.Column("reference_id", sa.String(length=36), nullable=False),
        sa.Column("agency_id", sa.String(length=36), nullable=False),
        sa.Column("copy", sa.Boolean(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership_id", "agency_id"],
            ["agency.partnership_id", "agency.id"],
            name=op.f("fk_released_partnership_id_agency_id"),
        ),
        sa.PrimaryKeyConstraint("partnership_id", "reference_id", "agency_id", "copy", name=op.f("pk_released")),
    )
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        postgresql.fence(connection, TABLES)
        postgresql.grant(connection, "SELECT, INSERT, UPDATE, DELETE", TABLES, "hub_app", "hub_gate")
