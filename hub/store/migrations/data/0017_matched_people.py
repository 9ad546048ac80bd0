"""A reference says when it was compared, so that whoever is new in an amendment of a placed referral is compared too.

References stored before stay without a time: the next amendment of their message compares them once more. Nobody knows
which of them came with an amendment and were passed over.
"""

import sqlalchemy as sa
from alembic import op

revision = "data_0017_matched_people"
down_revision = "data_0014_partners"


def upgrade() -> None:
    op.add_column("person_reference", sa.Column("matched_at", sa.BigInteger(), nullable=True))
