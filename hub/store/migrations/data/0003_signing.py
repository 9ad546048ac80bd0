"""Signatures and rosters become facts; a version keeps its text and the page that was signed.

Versions published before cannot be carried over: what was signed then did not name a page. They are signed anew.
"""

import sqlalchemy as sa
from alembic import op

from hub.store.migrations import postgresql

revision = "data_0003_signing"
down_revision = "data_0002_duties"


def upgrade() -> None:
    for table in ("agreement_signature", "signatory", "agreement"):
        op.drop_table(table)
    op.create_table(
        "agreement",
        sa.Column("partnership_id", sa.String(length=36), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("page", sa.Text(), nullable=False),
        sa.Column("proposed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("partnership_id", "key", name=op.f("pk_agreement")),
    )
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        postgresql.fence(connection, ("agreement",))
        postgresql.grant(connection, "SELECT, INSERT", ("agreement",), "hub_app", "hub_gate")
