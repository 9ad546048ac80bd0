"""Definitions of the clear tables about proving who one is: factors, steps of signing in, links, drafts."""

from sqlalchemy import BigInteger, Boolean, Column, LargeBinary, String, Table

from hub.store.clear.tables import metadata
from hub.store.columns import Instant, id_column, id_key, partnership_key, refers

second_factor = Table(
    "second_factor",
    metadata,
    partnership_key(),
    id_key("account_id"),
    Column("sealed", LargeBinary),
    Column("last_step", BigInteger, nullable=False),
    Column("confirmed_at", Instant),
    Column("pending", LargeBinary),
    Column("pending_at", Instant),
    refers("account_id", "account"),
)

recovery_code = Table(
    "recovery_code",
    metadata,
    partnership_key(),
    id_key("account_id"),
    Column("code_hash", String(64), primary_key=True),
    Column("used_at", Instant),
    refers("account_id", "account"),
)

sign_in_step = Table(
    "sign_in_step",
    metadata,
    partnership_key(),
    Column("secret_hash", String(64), primary_key=True),
    Column("factored", Boolean, nullable=False),
    Column("started_at", Instant, nullable=False),
    id_column("account_id"),
    refers("account_id", "account"),
)

starting_code = Table(
    "starting_code",
    metadata,
    partnership_key(),
    id_key("account_id"),
    Column("code_hash", String(64), nullable=False),
    Column("until", Instant, nullable=False),
    refers("account_id", "account"),
)

single_sign_on = Table(
    "single_sign_on",
    metadata,
    partnership_key(),
    Column("issuer", String(200), primary_key=True),
    Column("subject", String(255), primary_key=True),
    id_column("account_id"),
    refers("account_id", "account"),
)

draft = Table(
    "draft",
    metadata,
    partnership_key(),
    id_key("account_id"),
    Column("place_hash", String(64), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("saved_at", Instant, nullable=False),
    refers("account_id", "account"),
)
