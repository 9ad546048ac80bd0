"""Sign-ins, access tokens, spent assertions and throttles: rows that prove who is calling, stored as hashes only."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from hub.domain.ids import AccountId, AgencyId
from hub.store.clear.tables import access_token, sign_in, sign_in_throttle, spent_assertion, stated_reason
from hub.store.rows_by import rows_by


@dataclass(frozen=True, slots=True)
class SignIn:
    """One sitting of one person; `session_hash` is SHA-256 of the cookie's value.

    `factor_at` is when its person last proved who they are.
    """

    session_hash: str
    account: AccountId
    csrf: str
    started_at: datetime
    seen_at: datetime
    ended_at: datetime | None
    factor_at: datetime | None


@dataclass(frozen=True, slots=True)
class AccessToken:
    """An opaque token of one agency client, for one named user or, without, for intake alone."""

    token_hash: str
    client_id: str
    agency: AgencyId
    account: AccountId | None
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Throttle:
    """Failed sign-ins of one subject (a hashed user name)."""

    failures: int
    blocked_until: datetime | None


def add_sign_in(connection: Connection, partnership: str, value: SignIn) -> None:
    """Insert a sitting."""
    connection.execute(
        insert(sign_in),
        {
            "partnership_id": partnership,
            "session_hash": value.session_hash,
            "account_id": value.account,
            "csrf": value.csrf,
            "started_at": value.started_at,
            "seen_at": value.seen_at,
            "ended_at": value.ended_at,
            "factor_at": value.factor_at,
        },
    )


def find_sign_in(connection: Connection, partnership: str, session_hash: str) -> SignIn | None:
    """Return a sitting, ended or not."""
    row = rows_by(connection, sign_in, partnership, session_hash=session_hash).one_or_none()
    return None if row is None else _sign_in(row)


def open_sign_ins(
    connection: Connection, partnership: str, accounts: Collection[AccountId], since: datetime
) -> list[SignIn]:
    """Return the sittings of these accounts that were not ended and were seen since an instant, newest first."""
    query = (
        select(sign_in)
        .where(
            sign_in.c.partnership_id == partnership,
            sign_in.c.account_id.in_(list(accounts)),
            sign_in.c.ended_at.is_(None),
            sign_in.c.seen_at >= since,
        )
        .order_by(sign_in.c.started_at.desc())
    )
    return [_sign_in(row) for row in connection.execute(query)]


def _sign_in(row) -> SignIn:  # type: ignore[no-untyped-def]  # noqa: ANN001  a Row of `sign_in`
    times = row.started_at, row.seen_at, row.ended_at, row.factor_at
    return SignIn(row.session_hash, AccountId(row.account_id), row.csrf, *times)


def touch_sign_in(connection: Connection, partnership: str, session_hash: str, at: datetime) -> None:
    """Note that a sitting is in use."""
    connection.execute(
        update(sign_in)
        .where(sign_in.c.partnership_id == partnership, sign_in.c.session_hash == session_hash)
        .values(seen_at=at)
    )


def end_sign_in(connection: Connection, partnership: str, session_hash: str, at: datetime) -> None:
    """End a sitting and forget the reasons stated in it."""
    connection.execute(
        update(sign_in)
        .where(sign_in.c.partnership_id == partnership, sign_in.c.session_hash == session_hash)
        .values(ended_at=at)
    )
    connection.execute(
        delete(stated_reason).where(
            stated_reason.c.partnership_id == partnership, stated_reason.c.session_hash == session_hash
        )
    )


def carry_reasons(connection: Connection, partnership: str, old: str, new: str) -> None:
    """Give the reasons stated in a sitting to the one that takes its place."""
    connection.execute(
        update(stated_reason)
        .where(stated_reason.c.partnership_id == partnership, stated_reason.c.session_hash == old)
        .values(session_hash=new)
    )


def keep_reason(
    connection: Connection, partnership: str, key: tuple[str, str, str], sealed: bytes, at: datetime
) -> None:
    """Keep the sealed reason of (sitting, family, purpose), replacing an earlier one."""
    session_hash, family, purpose = key
    connection.execute(
        delete(stated_reason).where(
            stated_reason.c.partnership_id == partnership,
            stated_reason.c.session_hash == session_hash,
            stated_reason.c.family_id == family,
            stated_reason.c.purpose == purpose,
        )
    )
    connection.execute(
        insert(stated_reason),
        {
            "partnership_id": partnership,
            "session_hash": session_hash,
            "family_id": family,
            "purpose": purpose,
            "sealed": sealed,
            "stated_at": at,
        },
    )


def reasons(connection: Connection, partnership: str, session_hash: str, family: str) -> dict[str, bytes]:
    """Return purpose -> sealed reason for a sitting and family, newest last."""
    here = {"session_hash": session_hash, "family_id": family}
    rows = rows_by(connection, stated_reason, partnership, ordered=("stated_at",), **here)
    return {row.purpose: row.sealed for row in rows}


def add_token(connection: Connection, partnership: str, value: AccessToken) -> None:
    """Insert an access token's hash."""
    connection.execute(
        insert(access_token),
        {
            "partnership_id": partnership,
            "token_hash": value.token_hash,
            "client_id": value.client_id,
            "agency_id": value.agency,
            "account_id": value.account,
            "expires_at": value.expires_at,
        },
    )


def find_token(connection: Connection, partnership: str, token_hash: str) -> AccessToken | None:
    """Return an access token by its hash, expired or not."""
    row = rows_by(connection, access_token, partnership, token_hash=token_hash).one_or_none()
    if row is None:
        return None
    user = None if row.account_id is None else AccountId(row.account_id)
    return AccessToken(row.token_hash, row.client_id, AgencyId(row.agency_id), user, row.expires_at)


def spend_assertion(connection: Connection, partnership: str, client_id: str, jti: str, expires: datetime) -> None:
    """Insert (client, jti); IntegrityError when it was used before. `forget_assertions` sweeps the expired ones."""
    connection.execute(
        insert(spent_assertion),
        {"partnership_id": partnership, "client_id": client_id, "jti": jti, "expires_at": expires},
    )


def expired_assertion(connection: Connection, partnership: str, before: datetime) -> bool:
    """Say whether any spent assertion expired before an instant."""
    query = select(spent_assertion.c.jti).where(
        spent_assertion.c.partnership_id == partnership, spent_assertion.c.expires_at < before
    )
    return connection.scalar(query.limit(1)) is not None


def forget_assertions(connection: Connection, partnership: str, before: datetime) -> int:
    """Delete the spent assertions that expired before an instant: past it they are refused anyway."""
    gone = connection.execute(
        delete(spent_assertion).where(
            spent_assertion.c.partnership_id == partnership, spent_assertion.c.expires_at < before
        )
    )
    return gone.rowcount


def throttle(connection: Connection, partnership: str, subject_hash: str) -> Throttle:
    """Return the failures noted for a subject."""
    row = rows_by(connection, sign_in_throttle, partnership, subject_hash=subject_hash).one_or_none()
    return Throttle(0, None) if row is None else Throttle(row.failures, row.blocked_until)


def note_throttle(connection: Connection, partnership: str, subject_hash: str, value: Throttle) -> None:
    """Replace the failures noted for a subject; zero failures forgets it."""
    connection.execute(
        delete(sign_in_throttle).where(
            sign_in_throttle.c.partnership_id == partnership, sign_in_throttle.c.subject_hash == subject_hash
        )
    )
    if value.failures:
        connection.execute(
            insert(sign_in_throttle),
            {
                "partnership_id": partnership,
                "subject_hash": subject_hash,
                "failures": value.failures,
                "blocked_until": value.blocked_until,
            },
        )
