"""Signing in and out: server-side sittings, idle after 15 minutes, over after 8 hours, ended at once on stop."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.exc import IntegrityError

from hub.domain.clock import Clock, Randomness
from hub.domain.errors import NotSignedInError
from hub.domain.facts import FactKind, account_chain
from hub.domain.ids import AccountId, AgencyId
from hub.gate.writer import Writer
from hub.identity.assertions import require_assertion
from hub.identity.passwords import Passwords
from hub.identity.secrets import hashed, new_secret
from hub.services.second_factors import SecondFactors
from hub.services.throttle import Throttle
from hub.store.clear import accounts, agencies
from hub.store.clear import sessions as rows
from hub.store.session import Transactions

IDLE, ABSOLUTE, TOKEN_LIFE = timedelta(minutes=15), timedelta(hours=8), timedelta(minutes=5)
FORGET_AFTER = timedelta(hours=1)
"""How long past its expiry a spent assertion is kept: longer than any two machines' clocks may differ."""
_LAPSED = timedelta(days=1)
_TOUCH_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Caller:
    """A signed-in person; role, allocation and purposes come from facts, not from here.

    `login` is the account they sign in with; `factor_at` is when they last proved who they are; `ends_at` is when the
    sitting ends if nothing more is opened.
    """

    account: AccountId
    login: AccountId
    username: str
    name: str
    agency: AgencyId
    session_hash: str
    csrf: str
    started_at: datetime
    factor_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class AgencyCaller:
    """An agency's system with a valid token; `account` is the named user, or None for intake alone."""

    client_id: str
    agency: AgencyId
    account: AccountId | None


class Sessions:
    """Knows who is calling. Built once by wiring."""

    def __init__(
        self,
        writer: Writer,
        clear: Transactions,
        clock: Clock,
        randomness: Randomness,
        proofs: tuple[Passwords, SecondFactors],
        token_url: str,
    ) -> None:
        """Take the gate, which knows who is stopped, clear rows, and the audience that assertions must name."""
        self._writer, self._clear, self._clock, self._randomness = writer, clear, clock, randomness
        (self._passwords, self._factors), self._token_url = proofs, token_url
        self._throttle = Throttle("sign-in", clear, clock)

    def sign_in(self, username: str, password: str, code: str = "") -> str:
        """Return the secret of a new sitting, everything proved at once; NotSignedInError, alike for every failure."""
        login = self.prove(username, password)
        if self._factors.enrolled(login) and not code:
            raise NotSignedInError("code_needed", next_step="give the code of the second factor")
        if self._factors.enrolled(login):
            self._factors.require(login, code)
        elif self._factors.required:
            raise NotSignedInError("second_factor_missing", next_step="enrol_on_the_page")
        return self.begin(self.accounts_of(login)[0].id)

    def prove(self, username: str, password: str) -> AccountId:
        """Return whose name and password these are: the first step of signing in, which opens nothing.

        Shape: the account that a person signs in with; which of their accounts they act with is another question.
        """
        subject = username.strip().casefold()
        with self._clear.read() as connection:
            account = accounts.find_by_username(connection, self._clear.partnership, username.strip())
        self._throttle.require_open(subject)
        try:
            self._passwords.require(None if account is None else account.password_hash, password)
        except NotSignedInError:
            self._throttle.failed(subject)
            raise
        if account is None or not self.accounts_of(account.login):
            raise NotSignedInError("wrong_user_or_password")
        self._throttle.passed(subject)
        return account.login

    def accounts_of(self, login: AccountId) -> list[accounts.Account]:
        """Return the accounts in force of the person who signs in with this one."""
        with self._clear.read() as connection:
            found = accounts.find_by_login(connection, self._clear.partnership, login)
        return [one for one in found if self.active(one.id)]

    def begin(self, account: AccountId) -> str:
        """Begin a sitting of somebody who has just proved who they are; returns its secret."""
        if not self.active(account):
            raise NotSignedInError("session_over")
        secret, now = new_secret(self._randomness), self._clock()
        sitting = rows.SignIn(hashed(secret), account, new_secret(self._randomness), now, now, None, now)
        with self._clear.write() as connection:
            rows.add_sign_in(connection, self._clear.partnership, sitting)
        return secret

    def resolve(self, secret: str) -> Caller:
        """Return who a cookie's secret stands for, at this moment; NotSignedInError when nobody."""
        session_hash, now = hashed(secret), self._clock()
        with self._clear.read() as connection:
            sitting = rows.find_sign_in(connection, self._clear.partnership, session_hash)
            if sitting is None or sitting.ended_at or not _open(sitting, now):
                raise NotSignedInError("session_over")
            found = accounts.find_accounts(connection, self._clear.partnership, [sitting.account])
        if not found or not self.active(sitting.account):
            raise NotSignedInError("session_over")
        seen = sitting.seen_at
        if now - seen > _TOUCH_EVERY:
            seen = now
            with self._clear.write() as connection:
                rows.touch_sign_in(connection, self._clear.partnership, session_hash, now)
        person, ends = found[0], min(seen + IDLE, sitting.started_at + ABSOLUTE)
        times = sitting.started_at, sitting.factor_at or sitting.started_at, ends
        known = person.id, person.login, person.username, person.name, person.agency
        return Caller(*known, session_hash, sitting.csrf, *times)

    def lapsed(self, secret: str) -> AccountId:
        """Return whose sitting ran out by itself within a day; NotSignedInError for any other. It opens nothing."""
        now = self._clock()
        with self._clear.read() as connection:
            sitting = rows.find_sign_in(connection, self._clear.partnership, hashed(secret))
        if sitting is None or sitting.ended_at or now - sitting.seen_at > _LAPSED or not self.active(sitting.account):
            raise NotSignedInError("session_over")
        return sitting.account

    def sign_out(self, caller: Caller) -> None:
        """End the sitting."""
        with self._clear.write() as connection:
            rows.end_sign_in(connection, self._clear.partnership, caller.session_hash, self._clock())

    def issue_token(self, assertion: str) -> tuple[str, int]:
        """Return (opaque access token, seconds it lives) for a verified, unspent agency assertion."""
        now = self._clock()
        with self._clear.write() as connection:
            partnership = self._clear.partnership
            verified = require_assertion(
                assertion,
                lambda client_id: agencies.find_client(connection, partnership, client_id),
                audience=self._token_url,
                now=now,
            )
            client = agencies.find_client(connection, partnership, verified.client_id)
            if client is None:
                raise NotSignedInError("client_unknown")
            try:
                rows.spend_assertion(connection, partnership, client.client_id, verified.jti, verified.expires_at)
            except IntegrityError:
                raise NotSignedInError("assertion_spent") from None
            user = self._named_user(
                accounts.find_by_username(connection, partnership, verified.user), verified.user, client
            )
            secret = new_secret(self._randomness)
            token = rows.AccessToken(hashed(secret), client.client_id, client.agency, user, now + TOKEN_LIFE)
            rows.add_token(connection, partnership, token)
        return secret, int(TOKEN_LIFE.total_seconds())

    def sweep(self) -> int:
        """Forget spent assertions some time after they expired; returns how many. Most rounds only look."""
        before = self._clock() - FORGET_AFTER
        with self._clear.read() as connection:
            if not rows.expired_assertion(connection, self._clear.partnership, before):
                return 0
        with self._clear.write() as connection:
            return rows.forget_assertions(connection, self._clear.partnership, before)

    def _named_user(
        self, account: accounts.Account | None, named: str, client: agencies.AgencyClient
    ) -> AccountId | None:
        if not named:
            return None
        if account is None or account.agency != client.agency or not self.active(account.id):
            raise NotSignedInError("user_unknown")
        return account.id

    def active(self, account: AccountId) -> bool:
        """Say whether the newest word about an account is that it may act: a stop is obeyed at the next request."""
        facts = self._writer.standing_facts([account_chain(account)], self._clock())
        said = sorted((fact.number, fact.body["active"]) for fact in facts if fact.kind is FactKind.ACCOUNT)
        return bool(said) and said[-1][1] == "yes"

    def resolve_token(self, token: str) -> AgencyCaller:
        """Return which agency's system, and for which user, a token stands for; checked on every request."""
        with self._clear.read() as connection:
            found = rows.find_token(connection, self._clear.partnership, hashed(token))
            if found is None or found.expires_at <= self._clock():
                raise NotSignedInError("token_over")
            client = agencies.find_client(connection, self._clear.partnership, found.client_id)
        if client is None or not client.active or (found.account is not None and not self.active(found.account)):
            raise NotSignedInError("token_over")
        return AgencyCaller(found.client_id, found.agency, found.account)


def _open(sitting: rows.SignIn, now: datetime) -> bool:
    return now - sitting.started_at <= ABSOLUTE and now - sitting.seen_at <= IDLE
