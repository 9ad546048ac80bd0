"""Definitions of the tables that only the gate may read.

One row per (record, label) with that label's ciphertexts packed, clustered so that one family's visible labels are
neighbours on the disk. The label table is insert-only: relabelling is a new revision of the record.
"""

from sqlalchemy import Column, Index, Integer, LargeBinary, String, Table, Text, UniqueConstraint

from hub.store.clear.tables import metadata
from hub.store.columns import Instant, id_column, id_key, partnership_key, refers

label = Table(
    "label",
    metadata,
    partnership_key(),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("digest", String(64), nullable=False),
    Column("definition", Text, nullable=False),
    UniqueConstraint("partnership_id", "digest"),
)

family_label = Table(
    "family_label",
    metadata,
    partnership_key(),
    id_key("family_id"),
    Column("label_number", Integer, primary_key=True, autoincrement=False),
    refers("family_id", "family"),
    refers("label_number", "label", "number"),
)

fact = Table(
    "fact",
    metadata,
    partnership_key(),
    Column("chain", String(80), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    id_column("id"),
    Column("kind", String(20), nullable=False),
    Column("body", Text, nullable=False),
    Column("valid_from", Instant, nullable=False),
    Column("valid_until", Instant),
    Column("recorded_at", Instant, nullable=False),
    id_column("recorded_by"),
    id_column("ends", nullable=True),
    Column("mac", LargeBinary, nullable=False),
    UniqueConstraint("partnership_id", "id"),
)

outline = Table(
    "outline",
    metadata,
    partnership_key(),
    id_key("family_id"),
    Column("label_number", Integer, primary_key=True, autoincrement=False),
    Column("event_day", Integer, primary_key=True, autoincrement=False),
    id_key("record_id"),
    Column("kind", String(30), nullable=False),
    Column("event_date", String(11), nullable=False),
    Column("recorded_at", Instant, nullable=False),
    id_column("owner_agency"),
    id_column("referral_id", nullable=True),
    Column("manifest", Text, nullable=False, server_default=""),
    refers("family_id", "family"),
    refers("label_number", "label", "number"),
    Index("ix_outline_record", "partnership_id", "record_id"),
    sqlite_with_rowid=False,
)

sealed_fields = Table(
    "sealed_fields",
    metadata,
    partnership_key(),
    id_key("family_id"),
    Column("label_number", Integer, primary_key=True, autoincrement=False),
    Column("event_day", Integer, primary_key=True, autoincrement=False),
    id_key("record_id"),
    Column("key_number", Integer, nullable=False),
    Column("schema_version", Integer, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
    id_column("owner_agency"),
    refers("family_id", "family"),
    refers("label_number", "label", "number"),
    Index("ix_sealed_fields_record", "partnership_id", "record_id"),
    sqlite_with_rowid=False,
)

blind_index = Table(
    "blind_index",
    metadata,
    partnership_key(),
    Column("kind", String(10), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("value", String(32), primary_key=True),
    id_key("reference_id"),
    refers("reference_id", "person_reference"),
)

GATED = frozenset({"label", "family_label", "fact", "outline", "sealed_fields", "blind_index"})
"""Tables that the tripwire (SQLite authorizer, PostgreSQL role `hub_gate`) opens to the gate alone."""
