"""From when on a sender may learn what became of its referral is kept with the decision.

What a person decided was told when it was decided, by its receipt; what the matching program placed is told when its
event was to be, and it keeps that.
"""

import sqlalchemy as sa
from alembic import op

revision = "data_0019_told_at"
down_revision = "data_0018_keys_and_receipts"

_ITS_EVENT = """
    partner_event.partnership_id = referral.partnership_id
    AND partner_event.agency_id = referral.agency_id
    AND partner_event.kind = 'receipt.state_changed'
    AND partner_event.at = referral.decided_at
    AND partner_event.detail = '{"referral": "' || referral.id || '"}'
"""
_PROGRAM = f"""
    UPDATE referral SET told_at = (SELECT MAX(partner_event.not_before) FROM partner_event WHERE {_ITS_EVENT})
    WHERE decided_by = 'matcher'
"""
_REST = "UPDATE referral SET told_at = decided_at WHERE told_at IS NULL"
_NEWS = f"""
    UPDATE partner_event SET not_before = at WHERE not_before > at AND handed_on_at IS NULL
    AND EXISTS (SELECT 1 FROM referral WHERE referral.decided_by <> 'matcher' AND {_ITS_EVENT})
"""


def upgrade() -> None:
    op.add_column("referral", sa.Column("told_at", sa.BigInteger(), nullable=True))
    _force("NO FORCE")
    for statement in (_PROGRAM, _REST, _NEWS):
        op.execute(statement)
    _force("FORCE")


def _force(word: str) -> None:
    """Let the owner reach the rows of every partnership, and no more."""
    if op.get_bind().dialect.name == "postgresql":
        for table in ("referral", "partner_event"):
            op.execute(f"ALTER TABLE {table} {word} ROW LEVEL SECURITY")
