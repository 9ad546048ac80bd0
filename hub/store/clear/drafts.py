"""Drafts: what somebody had typed into one form, sealed, until they send it or a week has passed."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from hub.domain.ids import AccountId
from hub.store.clear.sign_in_tables import draft


@dataclass(frozen=True, slots=True)
class Draft:
    """One sealed draft."""

    sealed: bytes
    saved_at: datetime


def keep_draft(connection: Connection, partnership: str, key: tuple[AccountId, str], value: Draft) -> None:
    """Keep the draft of (account, hashed place), replacing an earlier one."""
    forget_draft(connection, partnership, key)
    account, place = key
    row = {"partnership_id": partnership, "account_id": account, "place_hash": place}
    connection.execute(insert(draft), row | {"sealed": value.sealed, "saved_at": value.saved_at})


def find_draft(connection: Connection, partnership: str, key: tuple[AccountId, str]) -> Draft | None:
    """Return a draft, however old."""
    account, place = key
    row = connection.execute(
        select(draft).where(
            draft.c.partnership_id == partnership, draft.c.account_id == account, draft.c.place_hash == place
        )
    ).one_or_none()
    return None if row is None else Draft(row.sealed, row.saved_at)


def forget_draft(connection: Connection, partnership: str, key: tuple[AccountId, str]) -> None:
    """Delete a draft."""
    account, place = key
    connection.execute(
        delete(draft).where(
            draft.c.partnership_id == partnership, draft.c.account_id == account, draft.c.place_hash == place
        )
    )


def thin_out(connection: Connection, partnership: str, account: AccountId, most: int, before: datetime) -> None:
    """Delete every draft saved before an instant, and all but the newest `most` of this account."""
    connection.execute(delete(draft).where(draft.c.partnership_id == partnership, draft.c.saved_at < before))
    own = select(draft.c.place_hash).where(draft.c.partnership_id == partnership, draft.c.account_id == account)
    for place in list(connection.scalars(own.order_by(draft.c.saved_at.desc()).offset(most).limit(most))):
        forget_draft(connection, partnership, (account, place))
