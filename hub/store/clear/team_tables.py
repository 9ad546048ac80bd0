"""Definitions of the clear tables of the team's own work: ids, codes and times. What was said is sealed."""

from sqlalchemy import Column, Table

from hub.store.clear.tables import metadata
from hub.store.columns import Instant, id_column, id_key, partnership_key, refers

correction = Table(
    "correction",
    metadata,
    partnership_key(),
    id_key("record_id"),
    id_column("by_record_id"),
    Column("at", Instant, nullable=False),
)
"""A record that another one supersedes. The earlier row stays as it was; the pages show the later one only."""

supervision = Table(
    "supervision",
    metadata,
    partnership_key(),
    id_key("id"),
    id_column("family_id"),
    id_column("chair_id"),
    Column("begun_at", Instant, nullable=False),
    Column("closed_at", Instant),
    id_column("record_id", nullable=True),
    refers("family_id", "family"),
    refers("chair_id", "account"),
)

supervision_attendee = Table(
    "supervision_attendee",
    metadata,
    partnership_key(),
    id_key("supervision_id"),
    id_key("account_id"),
    refers("supervision_id", "supervision"),
    refers("account_id", "account"),
)
