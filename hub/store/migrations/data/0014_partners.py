"""What goes back to partners: events, the calls that carry them, what was released from quarantine, what was moved."""

import sqlalchemy as sa
from alembic import op

from hub.store.migrations import postgresql

revision = "data_0014_partners"
down_revision = "data_0013_front_door"

TABLES = ("partner_event", "webhook", "webhook_delivery", "quarantine_release", "transfer", "transfer_key")


def upgrade() -> None:
    op.create_table(
        "partner_event",
        *_key("id"),
        sa.Column("agency_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=36), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("not_before", sa.BigInteger(), nullable=False),
        sa.Column("handed_on_at", sa.BigInteger(), nullable=True),
        _refers("partner_event", "agency_id", "agency"),
        sa.PrimaryKeyConstraint("partnership_id", "id", name=op.f("pk_partner_event")),
    )
    op.create_index("ix_partner_event_waiting", "partner_event", ["partnership_id", "handed_on_at", "not_before"])
    op.create_index("ix_partner_event_agency", "partner_event", ["partnership_id", "agency_id", "kind", "not_before"])
    op.create_table(
        "webhook",
        *_key("id"),
        sa.Column("agency_id", sa.String(length=36), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("old_secret", sa.LargeBinary(), nullable=True),
        sa.Column("old_until", sa.BigInteger(), nullable=True),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.Column("added_by", sa.String(length=36), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        _refers("webhook", "agency_id", "agency"),
        sa.PrimaryKeyConstraint("partnership_id", "id", name=op.f("pk_webhook")),
    )
    op.create_table(
        "webhook_delivery",
        *_key("webhook_id"),
        sa.Column("event_id", sa.String(length=36), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=False),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        _refers("webhook_delivery", "webhook_id", "webhook"),
        _refers("webhook_delivery", "event_id", "partner_event"),
        sa.PrimaryKeyConstraint("partnership_id", "webhook_id", "event_id", name=op.f("pk_webhook_delivery")),
    )
    op.create_index("ix_webhook_delivery_due", "webhook_delivery", ["partnership_id", "done_at", "next_at"])
    op.create_table(
        "quarantine_release",
        *_key("referral_id"),
        sa.Column("released_id", sa.String(length=36), nullable=False),
        sa.Column("released_at", sa.BigInteger(), nullable=False),
        sa.Column("released_by", sa.String(length=36), nullable=False),
        _refers("quarantine_release", "referral_id", "referral"),
        _refers("quarantine_release", "released_id", "referral"),
        _refers("quarantine_release", "released_by", "account"),
        sa.PrimaryKeyConstraint("partnership_id", "referral_id", name=op.f("pk_quarantine_release")),
    )
    op.create_table(
        "transfer",
        *_key("id"),
        sa.Column("family_id", sa.String(length=36), nullable=False),
        sa.Column("recipient_id", sa.String(length=36), nullable=False),
        sa.Column("bundle_digest", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.String(length=36), nullable=False),
        sa.Column("receipt", sa.Text(), nullable=True),
        sa.Column("receipted_at", sa.BigInteger(), nullable=True),
        _refers("transfer", "family_id", "family"),
        _refers("transfer", "recipient_id", "agency"),
        _refers("transfer", "made_by", "account"),
        sa.PrimaryKeyConstraint("partnership_id", "id", name=op.f("pk_transfer")),
    )
    op.create_table(
        "transfer_key",
        *_key("agency_id"),
        sa.Column("public_key", sa.String(length=64), nullable=False),
        _refers("transfer_key", "agency_id", "agency"),
        sa.PrimaryKeyConstraint("partnership_id", "agency_id", name=op.f("pk_transfer_key")),
    )
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        postgresql.fence(connection, TABLES)
        postgresql.grant(connection, "SELECT, INSERT, UPDATE", TABLES, "hub_app", "hub_gate")


def _key(name: str) -> tuple[sa.Column[str], sa.Column[str]]:
    return (
        sa.Column("partnership_id", sa.String(length=36), nullable=False),
        sa.Column(name, sa.String(length=36), nullable=False),
    )


def _refers(table: str, local: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["partnership_id", local],
        [f"{target}.partnership_id", f"{target}.id"],
        name=op.f(f"fk_{table}_partnership_id_{local}"),
    )
