"""First step of the data: clear tables, gated tables, insert-only labels, roles and row-level security."""

import sqlalchemy as sa
from alembic import op

from hub.store.migrations import postgresql

revision = "data_0001"
down_revision = None

GATED = ("label", "family_label", "fact", "outline", "sealed_fields", "blind_index")
CLEAR = (
    "agency",
    "agreement",
    "agreement_signature",
    "family",
    "outbox",
    "progress",
    "sign_in_throttle",
    "signatory",
    "spent_assertion",
    "stated_reason",
    "account",
    "agency_client",
    "receipt",
    "task",
    "access_token",
    "referral",
    "sign_in",
    "person_reference",
    "match_proposal",
)
LABEL_INSERT_ONLY = (
    "CREATE TRIGGER label_no_update BEFORE UPDATE ON label BEGIN SELECT RAISE(ABORT, 'insert_only'); END",
    "CREATE TRIGGER label_no_delete BEFORE DELETE ON label BEGIN SELECT RAISE(ABORT, 'insert_only'); END",
    (
        "CREATE TRIGGER label_no_replace BEFORE INSERT ON label WHEN EXISTS (SELECT 1 FROM label WHERE"
        " partnership_id = NEW.partnership_id AND (number = NEW.number OR digest = NEW.digest))"
        " BEGIN SELECT RAISE(ABORT, 'insert_only'); END"
    ),
)


def upgrade() -> None:
    _tables()
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        postgresql.make_roles(connection)
        postgresql.fence(connection, (*CLEAR, *GATED))
        postgresql.grant(connection, "SELECT, INSERT, UPDATE, DELETE", CLEAR, "hub_app", "hub_gate")
        postgresql.grant(connection, "SELECT, INSERT", ("label", "fact"), "hub_gate")
        postgresql.grant(connection, "SELECT, INSERT, UPDATE, DELETE", GATED[1:2] + GATED[3:], "hub_gate")
        postgresql.grant(connection, "SELECT", ("partnership",), "hub_app", "hub_gate")
    else:
        for statement in LABEL_INSERT_ONLY:
            op.execute(statement)


def _tables() -> None:
    op.create_table(
        "agency",
        sa.Column("partnership_id", sa.String(length=36), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("contact_name", sa.Text(), nullable=False),
        sa.Column("contact_phone", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("partnership_id", "id", name=op.f("pk_agency")),
        sa.UniqueConstraint("partnership_id", "code", name=op.f("uq_agency_partnership_id_code")),
    )
    op.create_table(
        "agreement",
        sa.Column("partnership_id", sa.String(length=36), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("version", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("published_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("partnership_id", "code", "version", name=op.f("pk_agreement")),
    )
    op.create_table(
        "agreement_signature",
        sa.Column("partnership_id", sa.String(length=36), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("version", sa.String(length=20), nullable=False),
        sa.Column("agency_code", sa.String(length=40), nullable=False),
        sa.Column("key_id", sa.String(length=64), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("signed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "partnership_id", "code", "version", "agency_code", name=op.f("pk_agreement_signature")
        ),
    )
    op.create_table(
        "fact",
        sa.Column("partnership_id", sa.String(length=36), nullable=False),
        sa.Column("chain", sa.String(length=80), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.BigInteger(), nullable=False),
        sa.Column("valid_until", sa.BigInteger(), nullable=True),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("recorded_by", sa.String(length=36), nullable=False),
        sa.Column("ends", sa.String(length=36), nullable=True),
        sa.Column("mac", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("partnership_id", "chain", "number", name=op.f("pk_fact")),
        sa.UniqueConstraint("partnership_id", "id", name=op.f("uq_fact_partnership_id_id")),
    )
    op.create_table(
        "family",
        sa.Column("partnership_id", sa.String(length=36), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("reference", sa.String(length=20), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("partnership_id", "id", name=op.f("pk_family")),
        sa.UniqueConstraint("partnership_id", "reference", name=op.f("uq_family_partnership_id_reference")),
    )
    op.create_table(
        "label",
        sa.Column("partnership_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("partnership_id", "number", name=op.f("pk_label")),
        sa.UniqueConstraint("partnership_id", "digest", name=op.f("uq_label_partnership_id_digest")),
    )
    op.create_table(
        "outbox",
        sa.Column("partnership_id", sa.String(length=36), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("partnership_id", "id", name=op.f("pk_outbox")),
    )
    op.create_table(
        "partnership",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.Column("population", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partnership")),
    )
    op.create_table(
        "progress",
        sa.Column("partnership_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("position", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("partnership_id", "name", name=op.f("pk_progress")),
    )
    op.create_table(
        "sign_in_throttle",
        sa.Column("partnership_id", sa.String(length=36), nullable=False),
        sa.Column("subject_hash", sa.String(length=64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("blocked_until", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("partnership_id", "subject_hash", name=op.f("pk_sign_in_throttle")),
    )
    op.create_table(
        "signatory",
        sa.Column("partnership_id", sa.String(length=36), nullable=False),
        sa.Column("agency_code", sa.String(length=40), nullable=False),
        sa.Column("key_id", sa.String(length=64), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("partnership_id", "agency_code", "key_id", name=op.f("pk_signatory")),
    )
    op.create_table(
        "spent_assertion",
        sa.Column("partnership_id", sa.String(length=36), nullable=False),
        sa.Column("client_id", sa.String(length=80), nullable=False),
        sa.Column("jti", sa.String(length=128), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("partnership_id", "client_id", "jti", name=op.f("pk_spent_assertion")),
    )
    op.create_table(
        "stated_reason",
        sa.Column("partnership_id", sa.String(length=36), nullable=False),
        sa.Column("session_hash", sa.String(length=64), nullable=False),
        sa.Column("family_id", sa.String(length=36), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("stated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "partnership_id", "session_hash", "family_id", "purpose", name=op.f("pk_stated_reason")
        ),
    )
    op.create_table(
        "account",
        sa.Column("partnership_id", sa.String(length=36), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("username", sa.String(length=120), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("agency_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership_id", "agency_id"],
            ["agency.partnership_id", "agency.id"],
            name=op.f("fk_account_partnership_id_agency_id"),
        ),
        sa.PrimaryKeyConstraint("partnership_id", "id", name=op.f("pk_account")),
        sa.UniqueConstraint("partnership_id", "username", name=op.f("uq_account_partnership_id_username")),
    )
    op.create_table(
        "agency_client",
        sa.Column("partnership_id", sa.String(length=36), nullable=False),
        sa.Column("client_id", sa.String(length=80), nullable=False),
        sa.Column("kid", sa.String(length=80), nullable=False),
        sa.Column("algorithm", sa.String(length=10), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("agency_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership_id", "agency_id"],
            ["agency.partnership_id", "agency.id"],
            name=op.f("fk_agency_client_partnership_id_agency_id"),
        ),
        sa.PrimaryKeyConstraint("partnership_id", "client_id", name=op.f("pk_agency_client")),
    )
    op.create_table(
        "family_label",
        sa.Column("partnership_id", sa.String(length=36), nullable=False),
        sa.Column("family_id", sa.String(length=36), nullable=False),
        sa.Column("label_number", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership_id", "family_id"],
            ["family.partnership_id", "family.id"],
            name=op.f("fk_family_label_partnership_id_family_id"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id", "label_number"],
            ["label.partnership_id", "label.number"],
            name=op.f("fk_family_label_partnership_id_label_number"),
        ),
        sa.PrimaryKeyConstraint("partnership_id", "family_id", "label_number", name=op.f("pk_family_label")),
    )
    op.create_table(
        "outline",
        sa.Column("partnership_id", sa.String(length=36), nullable=False),
        sa.Column("family_id", sa.String(length=36), nullable=False),
        sa.Column("label_number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("event_day", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("record_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("event_date", sa.String(length=11), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("owner_agency", sa.String(length=36), nullable=False),
        sa.Column("referral_id", sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(
            ["partnership_id", "family_id"],
            ["family.partnership_id", "family.id"],
            name=op.f("fk_outline_partnership_id_family_id"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id", "label_number"],
            ["label.partnership_id", "label.number"],
            name=op.f("fk_outline_partnership_id_label_number"),
        ),
        sa.PrimaryKeyConstraint(
            "partnership_id", "family_id", "label_number", "event_day", "record_id", name=op.f("pk_outline")
        ),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_outline_record", "outline", ["partnership_id", "record_id"], unique=False)
    op.create_table(
        "receipt",
        sa.Column("partnership_id", sa.String(length=36), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("agency_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership_id", "agency_id"],
            ["agency.partnership_id", "agency.id"],
            name=op.f("fk_receipt_partnership_id_agency_id"),
        ),
        sa.PrimaryKeyConstraint("partnership_id", "id", name=op.f("pk_receipt")),
        sa.UniqueConstraint(
            "partnership_id", "agency_id", "key_hash", name=op.f("uq_receipt_partnership_id_agency_id_key_hash")
        ),
    )
    op.create_table(
        "sealed_fields",
        sa.Column("partnership_id", sa.String(length=36), nullable=False),
        sa.Column("family_id", sa.String(length=36), nullable=False),
        sa.Column("label_number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("event_day", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("record_id", sa.String(length=36), nullable=False),
        sa.Column("key_number", sa.Integer(), nullable=False),
        sa.Column("schema_version", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("owner_agency", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership_id", "family_id"],
            ["family.partnership_id", "family.id"],
            name=op.f("fk_sealed_fields_partnership_id_family_id"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id", "label_number"],
            ["label.partnership_id", "label.number"],
            name=op.f("fk_sealed_fields_partnership_id_label_number"),
        ),
        sa.PrimaryKeyConstraint(
            "partnership_id", "family_id", "label_number", "event_day", "record_id", name=op.f("pk_sealed_fields")
        ),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_sealed_fields_record", "sealed_fields", ["partnership_id", "record_id"], unique=False)
    op.create_table(
        "task",
        sa.Column("partnership_id", sa.String(length=36), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.Column("done_by", sa.String(length=36), nullable=True),
        sa.Column("agency_id", sa.String(length=36), nullable=False),
        sa.Column("family_id", sa.String(length=36), nullable=True),
        sa.Column("record_id", sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(
            ["partnership_id", "agency_id"],
            ["agency.partnership_id", "agency.id"],
            name=op.f("fk_task_partnership_id_agency_id"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id", "family_id"],
            ["family.partnership_id", "family.id"],
            name=op.f("fk_task_partnership_id_family_id"),
        ),
        sa.PrimaryKeyConstraint("partnership_id", "id", name=op.f("pk_task")),
        sa.UniqueConstraint(
            "partnership_id", "source", "kind", "agency_id", name=op.f("uq_task_partnership_id_source_kind_agency_id")
        ),
    )
    op.create_table(
        "access_token",
        sa.Column("partnership_id", sa.String(length=36), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("client_id", sa.String(length=80), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("agency_id", sa.String(length=36), nullable=False),
        sa.Column("account_id", sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(
            ["partnership_id", "account_id"],
            ["account.partnership_id", "account.id"],
            name=op.f("fk_access_token_partnership_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id", "agency_id"],
            ["agency.partnership_id", "agency.id"],
            name=op.f("fk_access_token_partnership_id_agency_id"),
        ),
        sa.PrimaryKeyConstraint("partnership_id", "token_hash", name=op.f("pk_access_token")),
    )
    op.create_table(
        "referral",
        sa.Column("partnership_id", sa.String(length=36), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("pointer", sa.Text(), nullable=False),
        sa.Column("connector", sa.String(length=60), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("decided_by", sa.String(length=36), nullable=True),
        sa.Column("agency_id", sa.String(length=36), nullable=False),
        sa.Column("receipt_id", sa.String(length=36), nullable=False),
        sa.Column("family_id", sa.String(length=36), nullable=False),
        sa.Column("own_family_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership_id", "agency_id"],
            ["agency.partnership_id", "agency.id"],
            name=op.f("fk_referral_partnership_id_agency_id"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id", "family_id"],
            ["family.partnership_id", "family.id"],
            name=op.f("fk_referral_partnership_id_family_id"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id", "own_family_id"],
            ["family.partnership_id", "family.id"],
            name=op.f("fk_referral_partnership_id_own_family_id"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id", "receipt_id"],
            ["receipt.partnership_id", "receipt.id"],
            name=op.f("fk_referral_partnership_id_receipt_id"),
        ),
        sa.PrimaryKeyConstraint("partnership_id", "id", name=op.f("pk_referral")),
    )
    op.create_table(
        "sign_in",
        sa.Column("partnership_id", sa.String(length=36), nullable=False),
        sa.Column("session_hash", sa.String(length=64), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("csrf", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership_id", "account_id"],
            ["account.partnership_id", "account.id"],
            name=op.f("fk_sign_in_partnership_id_account_id"),
        ),
        sa.PrimaryKeyConstraint("partnership_id", "session_hash", name=op.f("pk_sign_in")),
    )
    op.create_table(
        "person_reference",
        sa.Column("partnership_id", sa.String(length=36), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("referral_id", sa.String(length=36), nullable=False),
        sa.Column("agency_id", sa.String(length=36), nullable=False),
        sa.Column("record_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership_id", "agency_id"],
            ["agency.partnership_id", "agency.id"],
            name=op.f("fk_person_reference_partnership_id_agency_id"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id", "referral_id"],
            ["referral.partnership_id", "referral.id"],
            name=op.f("fk_person_reference_partnership_id_referral_id"),
        ),
        sa.PrimaryKeyConstraint("partnership_id", "id", name=op.f("pk_person_reference")),
    )
    op.create_table(
        "blind_index",
        sa.Column("partnership_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("value", sa.String(length=32), nullable=False),
        sa.Column("reference_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership_id", "reference_id"],
            ["person_reference.partnership_id", "person_reference.id"],
            name=op.f("fk_blind_index_partnership_id_reference_id"),
        ),
        sa.PrimaryKeyConstraint(
            "partnership_id", "kind", "version", "value", "reference_id", name=op.f("pk_blind_index")
        ),
    )
    op.create_table(
        "match_proposal",
        sa.Column("partnership_id", sa.String(length=36), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("grade", sa.String(length=20), nullable=False),
        sa.Column("reasons_for", sa.Text(), nullable=False),
        sa.Column("reasons_against", sa.Text(), nullable=False),
        sa.Column("queue", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("proposed_at", sa.BigInteger(), nullable=False),
        sa.Column("referral_id", sa.String(length=36), nullable=False),
        sa.Column("reference_id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("family_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership_id", "family_id"],
            ["family.partnership_id", "family.id"],
            name=op.f("fk_match_proposal_partnership_id_family_id"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id", "reference_id"],
            ["person_reference.partnership_id", "person_reference.id"],
            name=op.f("fk_match_proposal_partnership_id_reference_id"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id", "referral_id"],
            ["referral.partnership_id", "referral.id"],
            name=op.f("fk_match_proposal_partnership_id_referral_id"),
        ),
        sa.PrimaryKeyConstraint("partnership_id", "id", name=op.f("pk_match_proposal")),
        sa.UniqueConstraint(
            "partnership_id",
            "reference_id",
            "person_id",
            name=op.f("uq_match_proposal_partnership_id_reference_id_person_id"),
        ),
    )
