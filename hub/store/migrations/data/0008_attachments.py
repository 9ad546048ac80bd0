"""Files beside entries, in sealed chunks; what opens them lies in their records."""

import sqlalchemy as sa
from alembic import op

from hub.store.migrations import postgresql

revision = "data_0008_attachments"
down_revision = "data_0007_team_work"

TABLES = ("attachment", "attachment_chunk")


def upgrade() -> None:
    op.create_table(
        "attachment",
        sa.Column("partnership_id", sa.String(length=36), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("entry_id", sa.String(length=36), nullable=False),
        sa.Column("chunks", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.Column("added_by", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership_id", "added_by"],
            ["account.partnership_id", "account.id"],
            name=op.f("fk_attachment_partnership_id_added_by"),
        ),
        sa.PrimaryKeyConstraint("partnership_id", "id", name=op.f("pk_attachment")),
    )
    op.create_index("ix_attachment_entry", "attachment", ["partnership_id", "entry_id"])
    op.create_table(
        "attachment_chunk",
        sa.Column("partnership_id", sa.String(length=36), nullable=False),
        sa.Column("attachment_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership_id", "attachment_id"],
            ["attachment.partnership_id", "attachment.id"],
            name=op.f("fk_attachment_chunk_partnership_id_attachment_id"),
        ),
        sa.PrimaryKeyConstraint("partnership_id", "attachment_id", "number", name=op.f("pk_attachment_chunk")),
    )
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        postgresql.fence(connection, TABLES)
        postgresql.grant(connection, "SELECT, INSERT, UPDATE, DELETE", TABLES, "hub_app", "hub_gate")
