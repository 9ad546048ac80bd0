"""Definitions of the clear tables. Free text never lives here: it is sealed (see `hub.store.sealed`)."""

from sqlalchemy import Boolean, Column, Integer, LargeBinary, MetaData, String, Table, Text, UniqueConstraint

from hub.store.columns import Instant, id_column, id_key, partnership_key, refers

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

partnership = Table(
    "partnership",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("name", Text, nullable=False),
    Column("synthetic", Boolean, nullable=False),
    Column("population", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
)

agency = Table(
    "agency",
    metadata,
    partnership_key(),
    id_key("id"),
    Column("code", String(40), nullable=False),
    Column("name", Text, nullable=False),
    Column("contact_name", Text, nullable=False),
    Column("contact_phone", Text, nullable=False),
    UniqueConstraint("partnership_id", "code"),
)

agency_client = Table(
    "agency_client",
    metadata,
    partnership_key(),
    Column("client_id", String(80), primary_key=True),
    Column("kid", String(80), nullable=False),
    Column("algorithm", String(10), nullable=False),
    Column("public_key", Text, nullable=False),
    Column("active", Boolean, nullable=False),
    id_column("agency_id"),
    refers("agency_id", "agency"),
)

spent_assertion = Table(
    "spent_assertion",
    metadata,
    partnership_key(),
    Column("client_id", String(80), primary_key=True),
    Column("jti", String(128), primary_key=True),
    Column("expires_at", Instant, nullable=False),
)

account = Table(
    "account",
    metadata,
    partnership_key(),
    id_key("id"),
    Column("username", String(120), nullable=False),
    Column("name", Text, nullable=False),
    Column("phone", Text, nullable=False),
    Column("password_hash", Text, nullable=False),
    id_column("agency_id"),
    id_column("login_id", nullable=True),
    UniqueConstraint("partnership_id", "username"),
    refers("agency_id", "agency"),
)

access_token = Table(
    "access_token",
    metadata,
    partnership_key(),
    Column("token_hash", String(64), primary_key=True),
    Column("client_id", String(80), nullable=False),
    Column("expires_at", Instant, nullable=False),
    id_column("agency_id"),
    id_column("account_id", nullable=True),
    refers("agency_id", "agency"),
    refers("account_id", "account"),
)

sign_in = Table(
    "sign_in",
    metadata,
    partnership_key(),
    Column("session_hash", String(64), primary_key=True),
    Column("started_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("csrf", String(64), nullable=False),
    Column("factor_at", Instant),
    id_column("account_id"),
    refers("account_id", "account"),
)

sign_in_throttle = Table(
    "sign_in_throttle",
    metadata,
    partnership_key(),
    Column("subject_hash", String(64), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("blocked_until", Instant),
)

stated_reason = Table(
    "stated_reason",
    metadata,
    partnership_key(),
    Column("session_hash", String(64), primary_key=True),
    id_key("family_id"),
    Column("purpose", String(40), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("stated_at", Instant, nullable=False),
)

family = Table(
    "family",
    metadata,
    partnership_key(),
    id_key("id"),
    Column("reference", String(20), nullable=False),
    Column("provisional", Boolean, nullable=False),
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("partnership_id", "reference"),
)

receipt = Table(
    "receipt",
    metadata,
    partnership_key(),
    id_key("id"),
    Column("key_hash", String(64), nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("status", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Column("received_at", Instant, nullable=False),
    id_column("agency_id"),
    UniqueConstraint("partnership_id", "agency_id", "key_hash"),
    refers("agency_id", "agency"),
)

referral = Table(
    "referral",
    metadata,
    partnership_key(),
    id_key("id"),
    Column("pointer", Text, nullable=False),
    Column("connector", String(60), nullable=False),
    Column("state", String(20), nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("decided_at", Instant),
    Column("told_at", Instant),
    id_column("decided_by", nullable=True),
    id_column("agency_id"),
    id_column("receipt_id"),
    id_column("family_id"),
    id_column("own_family_id"),
    refers("agency_id", "agency"),
    refers("receipt_id", "receipt"),
    refers("family_id", "family"),
    refers("own_family_id", "family"),
)

person_reference = Table(
    "person_reference",
    metadata,
    partnership_key(),
    id_key("id"),
    id_column("referral_id"),
    id_column("agency_id"),
    id_column("record_id"),
    Column("matched_at", Instant),
    refers("referral_id", "referral"),
    refers("agency_id", "agency"),
)
"""Whom a sender means. `matched_at` is empty until they were compared with the people the hub knows."""

match_proposal = Table(
    "match_proposal",
    metadata,
    partnership_key(),
    id_key("id"),
    Column("grade", String(20), nullable=False),
    Column("reasons_for", Text, nullable=False),
    Column("reasons_against", Text, nullable=False),
    Column("queue", String(20), nullable=False),
    Column("state", String(20), nullable=False),
    Column("proposed_at", Instant, nullable=False),
    id_column("referral_id"),
    id_column("reference_id"),
    id_column("person_id"),
    id_column("family_id"),
    UniqueConstraint("partnership_id", "reference_id", "person_id"),
    refers("referral_id", "referral"),
    refers("reference_id", "person_reference"),
    refers("family_id", "family"),
)

person_merge = Table(
    "person_merge",
    metadata,
    partnership_key(),
    id_key("id"),
    Column("made", Text, nullable=False),
    Column("merged_at", Instant, nullable=False),
    Column("merged_by", String(36), nullable=False),  # an account, or the matching program
    Column("sealed", LargeBinary),
    Column("unmerged_at", Instant),
    Column("unmerged_by", String(36)),
    Column("unmerged_sealed", LargeBinary),
    id_column("referral_id"),
    id_column("family_id"),
    id_column("kept_id"),
    id_column("other_id"),
    refers("referral_id", "referral"),
    refers("family_id", "family"),
)

task = Table(
    "task",
    metadata,
    partnership_key(),
    id_key("id"),
    Column("source", String(120), nullable=False),
    Column("kind", String(60), nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("done_at", Instant),
    id_column("done_by", nullable=True),
    id_column("agency_id"),
    id_column("family_id", nullable=True),
    id_column("record_id", nullable=True),
    id_column("account_id", nullable=True),
    id_column("subject_id", nullable=True),
    Column("alarmed_at", Instant),
    UniqueConstraint("partnership_id", "source", "kind", "agency_id"),
    refers("agency_id", "agency"),
    refers("family_id", "family"),
)

task_event = Table(
    "task_event",
    metadata,
    partnership_key(),
    id_key("id"),
    Column("what", String(20), nullable=False),
    Column("at", Instant, nullable=False),
    Column("sealed", LargeBinary),
    id_column("by_id", nullable=True),
    id_column("task_id"),
    refers("task_id", "task"),
)

sharing_request = Table(
    "sharing_request",
    metadata,
    partnership_key(),
    id_key("id"),
    Column("category", String(60), nullable=False),
    Column("records", Text, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    id_column("family_id"),
    id_column("holder_id"),
    id_column("recipient_id"),
    id_column("asked_by"),
    id_column("earlier_id", nullable=True),
    refers("family_id", "family"),
    refers("holder_id", "agency"),
    refers("recipient_id", "agency"),
)

sharing_decision = Table(
    "sharing_decision",
    metadata,
    partnership_key(),
    id_key("id"),
    Column("records", Text, nullable=False),
    Column("children", Text, nullable=False),
    Column("shared", Boolean, nullable=False),
    Column("more_detrimental", Boolean, nullable=False),
    Column("ground", String(40), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("decided_at", Instant, nullable=False),
    Column("review_at", Instant, nullable=False),
    Column("reviewed_at", Instant),
    Column("outcome", String(40)),
    Column("review_sealed", LargeBinary),
    id_column("family_id"),
    id_column("holder_id"),
    id_column("recipient_id", nullable=True),
    id_column("decided_by"),
    id_column("reviewed_by", nullable=True),
    id_column("request_id", nullable=True),
    id_column("task_id"),
    refers("family_id", "family"),
    refers("holder_id", "agency"),
    refers("task_id", "task"),
)

emergency_access = Table(
    "emergency_access",
    metadata,
    partnership_key(),
    id_key("id"),
    Column("started_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("review_at", Instant, nullable=False),
    Column("reviewed_at", Instant),
    Column("outcome", String(20)),
    Column("sealed", LargeBinary, nullable=False),
    Column("review_sealed", LargeBinary),
    id_column("family_id"),
    id_column("agency_id"),
    id_column("account_id"),
    id_column("reviewed_by", nullable=True),
    refers("family_id", "family"),
    refers("agency_id", "agency"),
    refers("account_id", "account"),
)

opening_clock = Table(
    "opening_clock",
    metadata,
    partnership_key(),
    id_key("id"),
    Column("opening", String(40), nullable=False),
    Column("review_at", Instant, nullable=False),
    Column("ends_at", Instant),
    Column("closed_at", Instant),
    id_column("family_id"),
    id_column("agency_id"),
    id_column("account_id"),
    refers("family_id", "family"),
    refers("agency_id", "agency"),
)

family_closing = Table(
    "family_closing",
    metadata,
    partnership_key(),
    id_key("id"),
    Column("outcome", String(40), nullable=False),
    Column("closed_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("told_family", Boolean, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("reopened_at", Instant),
    Column("reopen_sealed", LargeBinary),
    id_column("family_id"),
    id_column("closed_by"),
    id_column("reopened_by", nullable=True),
    refers("family_id", "family"),
    refers("closed_by", "account"),
)

last_look = Table(
    "last_look",
    metadata,
    partnership_key(),
    id_key("account_id"),
    id_key("family_id"),
    Column("seen_at", Instant, nullable=False),
    Column("before_at", Instant),
    Column("earlier", LargeBinary, nullable=False),
    Column("now", LargeBinary, nullable=False),
    refers("account_id", "account"),
    refers("family_id", "family"),
)

digest_address = Table(
    "digest_address",
    metadata,
    partnership_key(),
    id_key("account_id"),
    Column("address", String(254), nullable=False),
    Column("sent_on", String(10), nullable=False),
    refers("account_id", "account"),
)

outbox = Table(
    "outbox",
    metadata,
    partnership_key(),
    id_key("id"),
    Column("kind", String(40), nullable=False),
    Column("subject", String(80), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("done_at", Instant),
    Column("attempts", Integer, nullable=False),
)

agreement = Table(
    "agreement",
    metadata,
    partnership_key(),
    Column("key", String(80), primary_key=True),
    Column("text", Text, nullable=False),
    Column("page", Text, nullable=False),
    Column("proposed_at", Instant, nullable=False),
)

progress = Table(
    "progress",
    metadata,
    partnership_key(),
    Column("name", String(60), primary_key=True),
    Column("position", String(120), nullable=False),
)

released = Table(
    "released",
    metadata,
    partnership_key(),
    id_key("reference_id"),
    id_key("agency_id"),
    Column("copy", Boolean, primary_key=True),
    Column("times", Integer, nullable=False),
    refers("agency_id", "agency"),
)
