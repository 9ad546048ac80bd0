"""Definitions of the clear tables of the front door: ids, codes and times. What was written is sealed."""

from sqlalchemy import Boolean, Column, LargeBinary, String, Table

from hub.store.clear.tables import metadata
from hub.store.columns import Instant, id_column, id_key, partnership_key, refers

door_event = Table(
    "door_event",
    metadata,
    partnership_key(),
    id_key("id"),
    Column("what", String(20), nullable=False),
    Column("code", String(40), nullable=False),
    Column("at", Instant, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    id_column("referral_id"),
    id_column("by_id"),
    refers("referral_id", "referral"),
    refers("by_id", "account"),
)
"""What the front door said about a referral, in order: rated, decided, taken up again. Insert only."""

redirection = Table(
    "redirection",
    metadata,
    partnership_key(),
    id_key("id"),
    Column("receiver", String(40), nullable=False),
    Column("sent_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("answer", String(20)),
    Column("answered_at", Instant),
    Column("sealed", LargeBinary, nullable=False),
    Column("answer_sealed", LargeBinary),
    id_column("referral_id"),
    id_column("agency_id", nullable=True),
    id_column("sent_by"),
    id_column("answered_by", nullable=True),
    refers("referral_id", "referral"),
    refers("sent_by", "account"),
)
"""A referral passed to somebody else, open until `answer` is set. `agency_id`: who answers in this hub, if anybody."""

information_request = Table(
    "information_request",
    metadata,
    partnership_key(),
    id_key("id"),
    Column("function", String(40), nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    id_column("family_id"),
    id_column("asked_by"),
    id_column("asker_id"),
    id_column("holder_id"),
    refers("family_id", "family"),
    refers("asked_by", "account"),
    refers("asker_id", "agency"),
    refers("holder_id", "agency"),
)
"""What one agency asks another about a family: for whom, why now and about which time is sealed."""

request_answer = Table(
    "request_answer",
    metadata,
    partnership_key(),
    id_key("id"),
    Column("answer", String(20), nullable=False),
    Column("at", Instant, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    id_column("request_id"),
    id_column("by_id"),
    id_column("record_id", nullable=True),
    id_column("opening_id", nullable=True),
    refers("request_id", "information_request"),
    refers("by_id", "account"),
)
"""What the holder answered; the newest counts. `record_id` and `opening_id` where it shares. Insert only."""

strategy_discussion = Table(
    "strategy_discussion",
    metadata,
    partnership_key(),
    id_key("id"),
    Column("decided_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("held_at", Instant),
    Column("sealed", LargeBinary, nullable=False),
    Column("held_sealed", LargeBinary),
    id_column("family_id"),
    id_column("decided_by"),
    id_column("held_by", nullable=True),
    refers("family_id", "family"),
    refers("decided_by", "account"),
)
"""A strategy discussion: decided, then held. Why, what was decided and who was missing is sealed."""

strategy_invitation = Table(
    "strategy_invitation",
    metadata,
    partnership_key(),
    id_key("discussion_id"),
    id_key("agency_id"),
    Column("attended", Boolean),
    refers("discussion_id", "strategy_discussion"),
    refers("agency_id", "agency"),
)
"""Who was asked to it, and whether they came; unset until it was held."""
