"""Who is written to in the morning, and on which day last."""

from collections.abc import Sequence

from sqlalchemy import Connection, delete, insert, select, update

from hub.domain.ids import AccountId
from hub.store.clear.tables import digest_address


def address_of(connection: Connection, partnership: str, account: AccountId) -> str:
    """Return an account's address, "" when it is not written to."""
    here = (digest_address.c.partnership_id == partnership) & (digest_address.c.account_id == account)
    return connection.scalar(select(digest_address.c.address).where(here)) or ""


def choose(connection: Connection, partnership: str, account: AccountId, address: str, today: str) -> None:
    """Write to an account at this address from tomorrow on; "" stops it."""
    here = (digest_address.c.partnership_id == partnership) & (digest_address.c.account_id == account)
    connection.execute(delete(digest_address).where(here))
    if address:
        row = {"partnership_id": partnership, "account_id": account, "address": address, "sent_on": today}
        connection.execute(insert(digest_address), row)


def waiting(connection: Connection, partnership: str, today: str) -> Sequence[tuple[AccountId, str]]:
    """Return (account, address) of those who were not written to today."""
    rows = connection.execute(
        select(digest_address.c.account_id, digest_address.c.address)
        .where(digest_address.c.partnership_id == partnership, digest_address.c.sent_on < today)
        .order_by(digest_address.c.account_id)
    )
    return [(AccountId(row.account_id), row.address) for row in rows]


def written_to(connection: Connection, partnership: str) -> frozenset[str]:
    """Return the accounts that are written to."""
    here = digest_address.c.partnership_id == partnership
    return frozenset(connection.scalars(select(digest_address.c.account_id).where(here)))


def sent(connection: Connection, partnership: str, account: AccountId, today: str) -> None:
    """Note that an account was written to today, or that nothing waited for it this morning."""
    here = (digest_address.c.partnership_id == partnership) & (digest_address.c.account_id == account)
    connection.execute(update(digest_address).where(here).values(sent_on=today))
