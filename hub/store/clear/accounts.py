"""Accounts: named people who sign in. Role, agency and whether they are active are facts, not columns."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, insert, or_, select, update

from hub.domain.ids import AccountId, AgencyId
from hub.store.clear.tables import account
from hub.store.rows_by import rows_by


@dataclass(frozen=True, slots=True)
class Account:
    """One named person in one role.

    `login_id` is the account whose password, second factor and single sign-on let this person in, when that is another
    account of theirs: somebody with two roles has two accounts, and one way in.
    """

    id: AccountId
    username: str
    name: str
    phone: str
    password_hash: str
    agency: AgencyId
    login_id: AccountId | None = None

    @property
    def login(self) -> AccountId:
        """The account this person signs in with."""
        return self.login_id or self.id


def add_account(connection: Connection, partnership: str, value: Account) -> None:
    """Insert an account."""
    connection.execute(
        insert(account),
        {
            "partnership_id": partnership,
            "id": value.id,
            "username": value.username,
            "name": value.name,
            "phone": value.phone,
            "password_hash": value.password_hash,
            "agency_id": value.agency,
            "login_id": value.login_id,
        },
    )


def set_password(connection: Connection, partnership: str, id_: AccountId, password_hash: str) -> None:
    """Replace an account's password."""
    connection.execute(
        update(account)
        .where(account.c.partnership_id == partnership, account.c.id == id_)
        .values(password_hash=password_hash)
    )


_THESE = (
    select(account)
    .where(account.c.partnership_id == bindparam("partnership"), account.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(account.c.name)
)


def find_by_username(connection: Connection, partnership: str, username: str) -> Account | None:
    """Return the account of a user name, compared exactly."""
    row = rows_by(connection, account, partnership, username=username).one_or_none()
    return None if row is None else _account(row)


def find_accounts(connection: Connection, partnership: str, ids: Collection[str] | None = None) -> Sequence[Account]:
    """Return these accounts (all of them for None), by name."""
    if ids is None:
        return [_account(row) for row in rows_by(connection, account, partnership, ordered=("name",))]
    return [_account(row) for row in connection.execute(_THESE, {"partnership": partnership, "ids": list(ids)})]


def find_by_login(connection: Connection, partnership: str, login: AccountId) -> Sequence[Account]:
    """Return every account of the person who signs in with this one, the one itself first."""
    query = (
        select(account)
        .where(account.c.partnership_id == partnership, or_(account.c.id == login, account.c.login_id == login))
        .order_by(account.c.id)
    )
    return [_account(row) for row in connection.execute(query)]


def _account(row) -> Account:  # type: ignore[no-untyped-def]  # noqa: ANN001  a Row of `account`
    login = None if row.login_id is None else AccountId(row.login_id)
    named = row.username, row.name, row.phone, row.password_hash, AgencyId(row.agency_id)
    return Account(AccountId(row.id), *named, login)
