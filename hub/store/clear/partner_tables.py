"""Definitions of the clear tables about what goes back to partners: ids, codes, times, and sealed secrets."""

from sqlalchemy import Column, Index, Integer, LargeBinary, String, Table, Text

from hub.store.clear.tables import metadata
from hub.store.columns import Instant, id_column, id_key, partnership_key, refers

partner_event = Table(
    "partner_event",
    metadata,
    partnership_key(),
    id_key("id"),
    Column("kind", String(40), nullable=False),
    id_column("subject"),
    Column("detail", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("not_before", Instant, nullable=False),
    Column("handed_on_at", Instant),
    id_column("agency_id"),
    refers("agency_id", "agency"),
    Index("ix_partner_event_waiting", "partnership_id", "handed_on_at", "not_before"),
    Index("ix_partner_event_agency", "partnership_id", "agency_id", "kind", "not_before"),
)

webhook = Table(
    "webhook",
    metadata,
    partnership_key(),
    id_key("id"),
    Column("url", String(500), nullable=False),
    Column("email", String(254), nullable=False),
    Column("target", String(200), nullable=False, server_default=""),
    Column("secret", LargeBinary, nullable=False),
    Column("old_secret", LargeBinary),
    Column("old_until", Instant),
    Column("added_at", Instant, nullable=False),
    Column("ended_at", Instant),
    id_column("added_by"),
    id_column("agency_id"),
    refers("agency_id", "agency"),
)

webhook_delivery = Table(
    "webhook_delivery",
    metadata,
    partnership_key(),
    id_key("webhook_id"),
    id_key("event_id"),
    Column("attempts", Integer, nullable=False),
    Column("next_at", Instant, nullable=False),
    Column("done_at", Instant),
    Column("outcome", String(20), nullable=False),
    refers("webhook_id", "webhook"),
    refers("event_id", "partner_event"),
    Index("ix_webhook_delivery_due", "partnership_id", "done_at", "next_at"),
)

reply_awaited = Table(
    "reply_awaited",
    metadata,
    partnership_key(),
    id_key("receipt_id"),
    Column("sealed", LargeBinary, nullable=False),
    Column("at", Instant, nullable=False),
    id_column("agency_id"),
    id_column("referral_id"),
    refers("receipt_id", "receipt"),
    refers("agency_id", "agency"),
    refers("referral_id", "referral"),
    Index("ix_reply_awaited_referral", "partnership_id", "referral_id"),
)
"""Messages whose sender waits for a reply; sealed are the sender's own id of it and of the exchange it belongs to."""

reply_call = Table(
    "reply_call",
    metadata,
    partnership_key(),
    id_key("webhook_id"),
    id_key("receipt_id"),
    Column("told", String(20), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("woken_at", Instant, nullable=False),
    Column("next_at", Instant, nullable=False),
    Column("done_at", Instant),
    Column("outcome", String(20), nullable=False),
    refers("webhook_id", "webhook"),
    refers("receipt_id", "receipt"),
    Index("ix_reply_call_due", "partnership_id", "done_at", "next_at"),
)

quarantine_release = Table(
    "quarantine_release",
    metadata,
    partnership_key(),
    id_key("referral_id"),
    Column("released_at", Instant, nullable=False),
    id_column("released_id"),
    id_column("released_by"),
    id_column("receipt_id", nullable=True),
    refers("referral_id", "referral"),
    refers("released_id", "referral"),
    refers("released_by", "account"),
)

transfer = Table(
    "transfer",
    metadata,
    partnership_key(),
    id_key("id"),
    Column("bundle_digest", String(64), nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("receipt", Text),
    Column("receipted_at", Instant),
    id_column("family_id"),
    id_column("recipient_id"),
    id_column("made_by"),
    refers("family_id", "family"),
    refers("recipient_id", "agency"),
    refers("made_by", "account"),
)

transfer_key = Table(
    "transfer_key",
    metadata,
    partnership_key(),
    id_key("agency_id"),
    Column("public_key", String(64), nullable=False),
    Column("public_keys", String(200)),
    Column("pinned_by", String(36)),
    Column("pinned_at", Instant),
    Column("confirmed_by", String(36)),
    Column("confirmed_at", Instant),
    refers("agency_id", "agency"),
)
