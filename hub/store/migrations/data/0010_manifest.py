"""An outline names all labels of its record, so that a set put out of sight is missed.

Records stored before keep an empty manifest, as they were sealed: of them a missing set is not noticed in a view.
"""

import sqlalchemy as sa
from alembic import op

revision = "data_0010_manifest"
down_revision = "data_0009_sign_in"


def upgrade() -> None:
    op.add_column("outline", sa.Column("manifest", sa.Text(), nullable=False, server_default=""))
