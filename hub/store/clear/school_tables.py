"""Definition of the clear table of notices for schools: ids, codes and times. What a notice says is sealed."""

from sqlalchemy import Column, Index, Integer, String, Table, Text

from hub.store.clear.tables import metadata
from hub.store.columns import Instant, id_column, id_key, partnership_key, refers

school_notice = Table(
    "school_notice",
    metadata,
    partnership_key(),
    id_key("id"),
    Column("version", Integer, nullable=False),
    Column("records", Text, nullable=False),
    Column("readers", Text, nullable=False),
    Column("desk", String(64), nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("alarm", String(20), nullable=False),
    Column("read_at", Instant),
    Column("ended_at", Instant),
    id_column("referral_id"),
    id_column("agency_id", nullable=True),
    id_column("read_by", nullable=True),
    refers("referral_id", "referral"),
    refers("agency_id", "agency"),
    refers("read_by", "account"),
    Index("ix_school_notice_referral", "partnership_id", "referral_id"),
    Index("ix_school_notice_waiting", "partnership_id", "ended_at", "read_at", "due_at"),
)
"""One notice for one desk, as one version of a referral told it. `agency_id`: whose desk; none when nobody may read it.

`records` and `readers` (accounts) are ids between spaces. `desk` is a digest of everybody who reads for that agency,
those passed over too: when it changes, the notice is given out anew; where nobody may be given it, the reason.
`alarm`: what the front door was last told, or "".
"""
