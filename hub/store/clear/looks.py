"""Which entries a reader has been shown before, and when: for marking what is new to them, and for nothing else.

A mark is the random half of a record's id; it tells nothing of the record.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, insert, update
from sqlalchemy.exc import IntegrityError

from hub.domain.ids import AccountId, FamilyId
from hub.store.clear.tables import last_look
from hub.store.rows_by import rows_by

_BYTES = 8


@dataclass(frozen=True, slots=True)
class Look:
    """A reader's look at one family: `earlier` was shown in looks before this one, `now` in this one.

    `before` is when they looked before this look, None when they never did.
    """

    seen_at: datetime
    before: datetime | None
    earlier: frozenset[bytes]
    now: frozenset[bytes]


def mark_of(record: str) -> bytes:
    """Return the mark of a record: the last eight bytes of its id (UUIDv7), which are random."""
    return bytes.fromhex(record.replace("-", ""))[-_BYTES:]


def of_account(connection: Connection, partnership: str, account: AccountId) -> Mapping[FamilyId, datetime]:
    """Return when an account last opened each family."""
    rows = rows_by(connection, last_look, partnership, account_id=account)
    return {FamilyId(row.family_id): row.seen_at for row in rows}


def find(connection: Connection, partnership: str, account: AccountId, family: FamilyId) -> Look | None:
    """Return a reader's look at a family; None when they have never opened it."""
    row = rows_by(connection, last_look, partnership, account_id=account, family_id=family).one_or_none()
    return None if row is None else _look(row)


def keep(connection: Connection, partnership: str, account: AccountId, family: FamilyId, look: Look) -> None:
    """Keep a look. Two pages opened at once for the first time keep one of them."""
    key = {"partnership_id": partnership, "account_id": account, "family_id": family}
    values = {
        "seen_at": look.seen_at,
        "before_at": look.before,
        "earlier": b"".join(sorted(look.earlier)),
        "now": b"".join(sorted(look.now)),
    }
    here = [last_look.c[name] == value for name, value in key.items()]
    if connection.execute(update(last_look).where(*here).values(**values)).rowcount:
        return
    try:
        with connection.begin_nested():
            connection.execute(insert(last_look), key | values)
    except IntegrityError:
        return


def _look(row: Row[tuple[object, ...]]) -> Look:
    return Look(row.seen_at, row.before_at, _marks(row.earlier), _marks(row.now))


def _marks(stored: bytes) -> frozenset[bytes]:
    return frozenset(_cut(stored))


def _cut(stored: bytes) -> Iterable[bytes]:
    return (stored[start : start + _BYTES] for start in range(0, len(stored), _BYTES))
