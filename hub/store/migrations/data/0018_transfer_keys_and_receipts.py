"""Keys of other partnerships are pinned by two officers, and open as well as sign.

`public_key` held a signing key alone. Such a key no longer counts: until new ones are pinned, nothing is handed over.
What was repaired came in under a receipt of its own, which its sender was never given: it is kept beside the release.
"""

import sqlalchemy as sa
from alembic import op

revision = "data_0018_keys_and_receipts"
down_revision = "data_0017_door_gaps"


def upgrade() -> None:
    op.add_column("transfer_key", sa.Column("public_keys", sa.String(length=200), nullable=True))
    op.add_column("transfer_key", sa.Column("pinned_by", sa.String(length=36), nullable=True))
    op.add_column("transfer_key", sa.Column("pinned_at", sa.BigInteger(), nullable=True))
    op.add_column("transfer_key", sa.Column("confirmed_by", sa.String(length=36), nullable=True))
    op.add_column("transfer_key", sa.Column("confirmed_at", sa.BigInteger(), nullable=True))
    op.add_column("quarantine_release", sa.Column("receipt_id", sa.String(length=36), nullable=True))
