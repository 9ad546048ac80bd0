"""Codes with which people start: one for each person, as a hash, until a moment."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from hub.domain.ids import AccountId
from hub.store.clear.sign_in_tables import starting_code


@dataclass(frozen=True, slots=True)
class StartingCode:
    """A code that was given out."""

    code_hash: str
    until: datetime


def keep_code(connection: Connection, partnership: str, login: AccountId, code_hash: str, until: datetime) -> None:
    """Keep a person's code, replacing an earlier one."""
    connection.execute(
        delete(starting_code).where(starting_code.c.partnership_id == partnership, starting_code.c.account_id == login)
    )
    connection.execute(
        insert(starting_code),
        {"partnership_id": partnership, "account_id": login, "code_hash": code_hash, "until": until},
    )


def find_code(connection: Connection, partnership: str, login: AccountId) -> StartingCode | None:
    """Return a person's code, however old."""
    row = connection.execute(
        select(starting_code).where(starting_code.c.partnership_id == partnership, starting_code.c.account_id == login)
    ).one_or_none()
    return None if row is None else StartingCode(row.code_hash, row.until)


def take_code(connection: Connection, partnership: str, login: AccountId, code_hash: str) -> bool:
    """Use a code up; False when it was used already."""
    gone = connection.execute(
        delete(starting_code).where(
            starting_code.c.partnership_id == partnership,
            starting_code.c.account_id == login,
            starting_code.c.code_hash == code_hash,
        )
    )
    return gone.rowcount == 1
