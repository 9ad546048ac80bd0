"""Steps of signing in: who has proved a part of who they are. A step is no sitting: nothing opens with it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from hub.domain.ids import AccountId
from hub.store.clear.sign_in_tables import sign_in_step


@dataclass(frozen=True, slots=True)
class SignInStep:
    """A password (or another service's word) was right; `factored`: the second factor was given too."""

    secret_hash: str
    account: AccountId
    factored: bool
    started_at: datetime


def add_step(connection: Connection, partnership: str, value: SignInStep) -> None:
    """Insert a step; those begun long before are forgotten by `forget_steps`."""
    connection.execute(
        insert(sign_in_step),
        {
            "partnership_id": partnership,
            "secret_hash": value.secret_hash,
            "account_id": value.account,
            "factored": value.factored,
            "started_at": value.started_at,
        },
    )


def find_step(connection: Connection, partnership: str, secret_hash: str) -> SignInStep | None:
    """Return a step, however old."""
    row = connection.execute(
        select(sign_in_step).where(
            sign_in_step.c.partnership_id == partnership, sign_in_step.c.secret_hash == secret_hash
        )
    ).one_or_none()
    return None if row is None else SignInStep(row.secret_hash, AccountId(row.account_id), row.factored, row.started_at)


def take_step(connection: Connection, partnership: str, secret_hash: str) -> bool:
    """Use a step up; False when it was used already."""
    gone = connection.execute(
        delete(sign_in_step).where(
            sign_in_step.c.partnership_id == partnership, sign_in_step.c.secret_hash == secret_hash
        )
    )
    return gone.rowcount == 1


def forget_steps(connection: Connection, partnership: str, before: datetime) -> None:
    """Delete the steps that began before an instant."""
    connection.execute(
        delete(sign_in_step).where(sign_in_step.c.partnership_id == partnership, sign_in_step.c.started_at < before)
    )
