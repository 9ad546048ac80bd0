"""From a name to a sitting, one step at a time: password, second factor, role.

INVARIANT: a step's secret is not a sitting's. It is used up by the next step, which has a secret of its own, and it is
worth nothing ten minutes after the first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from hub.domain.clock import Clock, Randomness
from hub.domain.errors import InvalidRequestError, NotSignedInError
from hub.domain.ids import AccountId
from hub.identity.secrets import hashed, new_secret
from hub.services.second_factors import SecondFactors
from hub.services.sessions import Sessions
from hub.store.clear import accounts
from hub.store.clear import steps as rows
from hub.store.clear.accounts import Account
from hub.store.session import Transactions

STEPS_LAST: Final = timedelta(minutes=10)


class Need(StrEnum):
    """What is still missing before a sitting begins."""

    NOTHING = "nothing"
    CODE = "code"
    ENROLMENT = "enrolment"
    ROLE = "role"


@dataclass(frozen=True, slots=True)
class Step:
    """The secret to hand on, and what is still needed; for `NOTHING` it is the sitting's."""

    secret: str
    need: Need


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody half signed in; `accounts` are those they may act with: one for each of their roles."""

    login: AccountId
    username: str
    need: Need
    accounts: Sequence[Account]


class SigningIn:
    """Built once by wiring."""

    def __init__(
        self, sessions: Sessions, factors: SecondFactors, clear: Transactions, clock: Clock, randomness: Randomness
    ) -> None:
        """Take sessions, second factors and clear rows."""
        self._sessions, self._factors, self._clear = sessions, factors, clear
        self._clock, self._randomness = clock, randomness

    def begin(self, username: str, password: str) -> Step:
        """Take a name and a password; NotSignedInError, alike for every failure."""
        return self._onward(self._sessions.prove(username, password), factored=False)

    def vouched(self, login: AccountId, *, factored: bool) -> Step:
        """Take somebody another service vouches for; `factored`: it asked them for more than a password."""
        if not self._sessions.accounts_of(login):
            raise NotSignedInError("session_over")
        return self._onward(login, factored=factored)

    def waiting(self, secret: str) -> Waiting:
        """Return who is half signed in with this secret, and what they need; NotSignedInError for nobody."""
        step = self._step(secret)
        with self._clear.read() as connection:
            (login,) = accounts.find_accounts(connection, self._clear.partnership, [step.account])
        own = self._sessions.accounts_of(step.account)
        return Waiting(login.id, login.username, self._need(step.account, factored=step.factored), own)

    def give_code(self, secret: str, code: str) -> Step:
        """Take the second factor's code, or a recovery code."""
        step = self._step(secret)
        self._factors.require(step.account, code)
        return self._next(secret, step)

    def confirm(self, secret: str, code: str) -> tuple[Step, tuple[str, ...]]:
        """Take the first code of a new factor; returns the next step and the recovery codes, which are shown once."""
        step = self._step(secret)
        if self._need(step.account, factored=step.factored) is not Need.ENROLMENT:
            raise NotSignedInError("already_enrolled")
        codes = self._factors.confirm(step.account, code)
        return self._next(secret, step), codes

    def choose(self, secret: str, account: AccountId) -> Step:
        """Begin the sitting in one role; InvalidRequestError for an account that is not this person's."""
        step = self._step(secret)
        if self._need(step.account, factored=step.factored) is not Need.ROLE:
            raise NotSignedInError("another_step")
        if account not in {one.id for one in self._sessions.accounts_of(step.account)}:
            raise InvalidRequestError("not_their_account", where="account")
        self._take(secret)
        return Step(self._sessions.begin(account), Need.NOTHING)

    def _next(self, secret: str, step: rows.SignInStep) -> Step:
        self._take(secret)
        return self._onward(step.account, factored=True)

    def _take(self, secret: str) -> None:
        with self._clear.write() as connection:
            if not rows.take_step(connection, self._clear.partnership, hashed(secret)):
                raise NotSignedInError("step_over")

    def _onward(self, login: AccountId, *, factored: bool) -> Step:
        need = self._need(login, factored=factored)
        if need is Need.NOTHING:
            return Step(self._sessions.begin(self._sessions.accounts_of(login)[0].id), need)
        secret, now = new_secret(self._randomness), self._clock()
        with self._clear.write() as connection:
            rows.forget_steps(connection, self._clear.partnership, now - STEPS_LAST)
            rows.add_step(connection, self._clear.partnership, rows.SignInStep(hashed(secret), login, factored, now))
        return Step(secret, need)

    def _need(self, login: AccountId, *, factored: bool) -> Need:
        if not factored and self._factors.enrolled(login):
            return Need.CODE
        if not factored and self._factors.required:
            return Need.ENROLMENT
        own = self._sessions.accounts_of(login)
        if not own:
            raise NotSignedInError("session_over")
        return Need.ROLE if len(own) > 1 else Need.NOTHING

    def _step(self, secret: str) -> rows.SignInStep:
        with self._clear.read() as connection:
            step = rows.find_step(connection, self._clear.partnership, hashed(secret))
        late = step is None or self._clock() - step.started_at > STEPS_LAST
        if step is None or late or not self._sessions.accounts_of(step.account):
            raise NotSignedInError("step_over")
        return step
