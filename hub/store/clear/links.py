"""Which account a provider's subject signs in with: one subject for one person, set by their administrator."""

from sqlalchemy import Connection, delete, insert, select

from hub.domain.ids import AccountId
from hub.store.clear.sign_in_tables import single_sign_on


def keep_link(connection: Connection, partnership: str, login: AccountId, issuer: str, subject: str) -> None:
    """Link a person to a subject, replacing their earlier one; IntegrityError when it is somebody else's."""
    connection.execute(
        delete(single_sign_on).where(
            single_sign_on.c.partnership_id == partnership, single_sign_on.c.account_id == login
        )
    )
    if subject:
        row = {"partnership_id": partnership, "issuer": issuer, "subject": subject, "account_id": login}
        connection.execute(insert(single_sign_on), row)


def find_linked(connection: Connection, partnership: str, issuer: str, subject: str) -> AccountId | None:
    """Return whom a subject signs in, compared exactly."""
    found = connection.scalar(
        select(single_sign_on.c.account_id).where(
            single_sign_on.c.partnership_id == partnership,
            single_sign_on.c.issuer == issuer,
            single_sign_on.c.subject == subject,
        )
    )
    return None if found is None else AccountId(found)


def is_linked(connection: Connection, partnership: str, login: AccountId) -> bool:
    """Say whether this person can come in through a provider."""
    query = select(single_sign_on.c.subject).where(
        single_sign_on.c.partnership_id == partnership, single_sign_on.c.account_id == login
    )
    return connection.scalar(query) is not None
