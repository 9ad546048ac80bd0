"""Whom matching has compared, and why a message was withdrawn.

References stored before stay without a time: the next amendment of their message compares them once more. Nobody knows
which of them came with an amendment and were passed over.
"""

import sqlalchemy as sa
from alembic import op

revision = "data_0017_door_gaps"
down_revision = "data_0016_pushed_replies"


def upgrade() -> None:
    op.add_column("person_reference", sa.Column("matched_at", sa.BigInteger(), nullable=True))
    op.add_column("sent_message", sa.Column("why_withdrawn", sa.LargeBinary(), nullable=True))
