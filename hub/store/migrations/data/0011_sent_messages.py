"""What senders sent, by keyed hashes of their own numbering; files that came inside a message.

A file inside a message is added by the hub for its sender, and the hub is no account: `attachment.added_by` refers to
none any more. SQLite cannot drop a constraint, and drops no table that another refers to: both are copied.
"""

import sqlalchemy as sa
from alembic import op

from hub.store.migrations import postgresql

revision = "data_0011_sent_messages"
down_revision = "data_0010_manifest"

TABLES = ("sent_message", "sent_person", "sent_record")


def upgrade() -> None:
    _messages()
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        op.drop_constraint("fk_attachment_partnership_id_added_by", "attachment", type_="foreignkey")
        postgresql.fence(connection, TABLES)
        postgresql.grant(connection, "SELECT, INSERT, UPDATE, DELETE", TABLES, "hub_app", "hub_gate")
    else:
        _copy_files()


def _messages() -> None:
    op.create_table(
        "sent_message",
        _id("partnership_id"),
        _id("agency_id"),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        _id("referral_id"),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("withdrawn_at", sa.BigInteger(), nullable=True),
        _refers("sent_message", "agency_id", "agency"),
        _refers("sent_message", "referral_id", "referral"),
        sa.PrimaryKeyConstraint("partnership_id", "agency_id", "key_hash", name=op.f("pk_sent_message")),
    )
    op.create_table(
        "sent_person",
        _id("partnership_id"),
        _id("referral_id"),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        _id("reference_id"),
        sa.Column("name_hash", sa.String(length=64), nullable=False),
        sa.Column("birth_hash", sa.String(length=64), nullable=False),
        _refers("sent_person", "referral_id", "referral"),
        sa.PrimaryKeyConstraint("partnership_id", "referral_id", "key_hash", name=op.f("pk_sent_person")),
    )
    op.create_table(
        "sent_record",
        _id("partnership_id"),
        _id("record_id"),
        _id("referral_id"),
        _id("first_id"),
        sa.Column("line_hash", sa.String(length=64), nullable=False),
        _refers("sent_record", "referral_id", "referral"),
        sa.PrimaryKeyConstraint("partnership_id", "record_id", name=op.f("pk_sent_record")),
    )
    op.create_index("ix_sent_record_referral", "sent_record", ["partnership_id", "referral_id"])


def _id(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=36), nullable=False)


def _refers(table: str, local: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["partnership_id", local],
        [f"{target}.partnership_id", f"{target}.id"],
        name=op.f(f"fk_{table}_partnership_id_{local}"),
    )


def _copy_files() -> None:
    op.create_table(
        "attachment_copy",
        _id("partnership_id"),
        _id("id"),
        _id("entry_id"),
        sa.Column("chunks", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        _id("added_by"),
        sa.PrimaryKeyConstraint("partnership_id", "id", name=op.f("pk_attachment")),
    )
    op.create_table(
        "attachment_chunk_copy",
        _id("partnership_id"),
        _id("attachment_id"),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership_id", "attachment_id"],
            ["attachment_copy.partnership_id", "attachment_copy.id"],
            name=op.f("fk_attachment_chunk_partnership_id_attachment_id"),
        ),
        sa.PrimaryKeyConstraint("partnership_id", "attachment_id", "number", name=op.f("pk_attachment_chunk")),
    )
    for table in ("attachment", "attachment_chunk"):
        op.execute(f"INSERT INTO {table}_copy SELECT * FROM {table}")
    op.drop_table("attachment_chunk")
    op.drop_table("attachment")
    op.rename_table("attachment_copy", "attachment")
    op.rename_table("attachment_chunk_copy", "attachment_chunk")
    op.create_index("ix_attachment_entry", "attachment", ["partnership_id", "entry_id"])
