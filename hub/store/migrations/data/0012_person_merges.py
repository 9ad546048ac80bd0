"""Who was joined with whom, by which facts, and whether it was taken apart again."""

import sqlalchemy as sa
from alembic import op

from hub.store.migrations import postgresql

revision = "data_0012_person_merges"
down_revision = "data_0011_sent_messages"

TABLES = ("person_merge",)


def upgrade() -> None:
    op.create_table(
        "person_merge",
        sa.Column("partnership_id", sa.String(length=36), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("made", sa.Text(), nullable=False),
        sa.Column("merged_at", sa.BigInteger(), nullable=False),
        sa.Column("merged_by", sa.String(length=36), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("unmerged_at", sa.BigInteger(), nullable=True),
        sa.Column("unmerged_by", sa.String(length=36), nullable=True),
        sa.Column("unmerged_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("referral_id", sa.String(length=36), nullable=False),
        sa.Column("family_id", sa.String(length=36), nullable=False),
        sa.Column("kept_id", sa.String(length=36), nullable=False),
        sa.Column("other_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership_id", "referral_id"],
            ["referral.partnership_id", "referral.id"],
            name=op.f("fk_person_merge_partnership_id_referral_id"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id", "family_id"],
            ["family.partnership_id", "family.id"],
            name=op.f("fk_person_merge_partnership_id_family_id"),
        ),
        sa.PrimaryKeyConstraint("partnership_id", "id", name=op.f("pk_person_merge")),
    )
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        postgresql.fence(connection, TABLES)
        postgresql.grant(connection, "SELECT, INSERT, UPDATE, DELETE", TABLES, "hub_app", "hub_gate")
