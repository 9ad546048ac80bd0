"""Second factors and recovery codes: the secret sealed, the codes as hashes, each usable once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, update

from hub.domain.ids import AccountId
from hub.store.clear.sign_in_tables import recovery_code, second_factor


@dataclass(frozen=True, slots=True)
class Factor:
    """One account's factor: `sealed` counts once confirmed; `pending` waits for its first code."""

    sealed: bytes | None
    last_step: int
    confirmed_at: datetime | None
    pending: bytes | None
    pending_at: datetime | None


def find_factor(connection: Connection, partnership: str, account: AccountId) -> Factor | None:
    """Return an account's factor, confirmed or not."""
    row = connection.execute(
        select(second_factor).where(
            second_factor.c.partnership_id == partnership, second_factor.c.account_id == account
        )
    ).one_or_none()
    return None if row is None else Factor(row.sealed, row.last_step, row.confirmed_at, row.pending, row.pending_at)


def keep_factor(connection: Connection, partnership: str, account: AccountId, factor: Factor | None) -> None:
    """Replace an account's factor; None forgets it."""
    connection.execute(
        delete(second_factor).where(
            second_factor.c.partnership_id == partnership, second_factor.c.account_id == account
        )
    )
    if factor is not None:
        values = {name: getattr(factor, name) for name in Factor.__slots__}
        connection.execute(insert(second_factor), {"partnership_id": partnership, "account_id": account, **values})


def spend_step(connection: Connection, partnership: str, account: AccountId, step: int) -> bool:
    """Note the step of a code that was used; False when it, or a later one, was used before."""
    spent = connection.execute(
        update(second_factor)
        .where(
            second_factor.c.partnership_id == partnership,
            second_factor.c.account_id == account,
            second_factor.c.last_step < step,
        )
        .values(last_step=step)
    )
    return spent.rowcount == 1


def keep_recovery_codes(connection: Connection, partnership: str, account: AccountId, hashes: Iterable[str]) -> None:
    """Replace an account's recovery codes."""
    connection.execute(
        delete(recovery_code).where(
            recovery_code.c.partnership_id == partnership, recovery_code.c.account_id == account
        )
    )
    rows = [{"partnership_id": partnership, "account_id": account, "code_hash": one, "used_at": None} for one in hashes]
    if rows:
        connection.execute(insert(recovery_code), rows)


def spend_recovery_code(
    connection: Connection, partnership: str, account: AccountId, code_hash: str, at: datetime
) -> bool:
    """Use a recovery code up; False when there is no unused one like it."""
    spent = connection.execute(
        update(recovery_code)
        .where(
            recovery_code.c.partnership_id == partnership,
            recovery_code.c.account_id == account,
            recovery_code.c.code_hash == code_hash,
            recovery_code.c.used_at.is_(None),
        )
        .values(used_at=at)
    )
    return spent.rowcount == 1


def unused_recovery_codes(connection: Connection, partnership: str, account: AccountId) -> int:
    """Return how many recovery codes are left."""
    query = select(func.count()).where(
        recovery_code.c.partnership_id == partnership,
        recovery_code.c.account_id == account,
        recovery_code.c.used_at.is_(None),
    )
    return connection.scalar(query) or 0
