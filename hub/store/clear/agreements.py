"""Texts of agreement versions and the pages people signed; what they mean and whether they count is for the gate."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select

from hub.store.clear.tables import agreement


@dataclass(frozen=True, slots=True)
class StoredVersion:
    """One version as it was proposed: its key (`EFS-2026-04/1`), exact text, and the page rendered from it."""

    key: str
    text: str
    page: str


def add_version(connection: Connection, partnership: str, value: StoredVersion, at: datetime) -> None:
    """Insert a version; the key refuses a second text under the same version."""
    row = {"partnership_id": partnership, "key": value.key, "text": value.text, "page": value.page, "proposed_at": at}
    connection.execute(insert(agreement), row)


_VERSIONS = (
    select(agreement)
    .where(
        agreement.c.partnership_id == bindparam("partnership"),
        agreement.c.key.in_(bindparam("keys", expanding=True)),
    )
    .order_by(agreement.c.key)
)
"""Built once: every decision asks which versions count."""


def find_versions(connection: Connection, partnership: str, keys: Collection[str]) -> tuple[StoredVersion, ...]:
    """Return the versions with these keys that are there, in order of key."""
    rows = connection.execute(_VERSIONS, {"partnership": partnership, "keys": list(keys)})
    return tuple(StoredVersion(row.key, row.text, row.page) for row in rows)


def all_keys(connection: Connection, partnership: str) -> list[str]:
    """Return the key of every version that was ever proposed, newest proposal first."""
    rows = connection.execute(
        select(agreement.c.key)
        .where(agreement.c.partnership_id == partnership)
        .order_by(agreement.c.proposed_at.desc(), agreement.c.key)
    )
    return [row.key for row in rows]
