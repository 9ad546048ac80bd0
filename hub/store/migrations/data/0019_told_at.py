"""From when on a sender may learn what became of its referral is kept with the decision.

What was decided before is told as its event was to be: where there is none, when it was decided.
"""

import sqlalchemy as sa
from alembic import op

revision = "data_0019_told_at"
down_revision = "data_0018_keys_and_receipts"

_EVENTS = """
    SELECT MAX(partner_event.not_before) FROM partner_event
    WHERE partner_event.partnership_id = referral.partnership_id
    AND partner_event.agency_id = referral.agency_id
    AND partner_event.kind = 'receipt.state_changed'
    AND partner_event.detail = '{"referral": "' || referral.id || '"}'
    AND partner_event.at = referral.decided_at
"""


def upgrade() -> None:
    op.add_column("referral", sa.Column("told_at", sa.BigInteger(), nullable=True))
    _force("NO FORCE")
    op.execute(f"UPDATE referral SET told_at = COALESCE(({_EVENTS}), decided_at) WHERE decided_at IS NOT NULL")
    _force("FORCE")


def _force(word: str) -> None:
    """Let the owner reach the rows of every partnership, and no more."""
    if op.get_bind().dialect.name == "postgresql":
        for table in ("referral", "partner_event"):
            op.execute(f"ALTER TABLE {table} {word} ROW LEVEL SECURITY")
