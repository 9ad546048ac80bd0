"""One's own sittings: listed, ended, and renewed when their person proves again who they are."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from hub.domain.clock import Clock, Randomness
from hub.domain.errors import NotFoundError, NotSignedInError, ProofTooOldError
from hub.identity.secrets import hashed, new_secret
from hub.services.register import moment_words
from hub.services.second_factors import SecondFactors
from hub.services.sessions import ABSOLUTE, IDLE, Caller, Sessions
from hub.store.clear import accounts
from hub.store.clear import sessions as rows
from hub.store.session import Transactions

FRESH: Final = timedelta(minutes=5)
"""How long a proof counts for what is dangerous: emergency access, export, publishing, granting roles (SE-4)."""
_SHORT: Final = 16


@dataclass(frozen=True, slots=True)
class Sitting:
    """One open sitting as its owner reads it; `id` is the beginning of its hash."""

    id: str
    started_words: str
    seen_words: str
    current: bool


class Sittings:
    """Built once by wiring."""

    def __init__(
        self, sessions: Sessions, factors: SecondFactors, clear: Transactions, clock: Clock, randomness: Randomness
    ) -> None:
        """Take sessions, second factors and clear rows."""
        self._sessions, self._factors, self._clear = sessions, factors, clear
        self._clock, self._randomness = clock, randomness

    def listed(self, caller: Caller) -> list[Sitting]:
        """Return this person's open sittings, newest first."""
        return [
            Sitting(
                one.session_hash[:_SHORT],
                moment_words(one.started_at),
                moment_words(one.seen_at),
                one.session_hash == caller.session_hash,
            )
            for one in self._open(caller)
        ]

    def end(self, caller: Caller, sitting: str) -> None:
        """End one of this person's sittings by its id; NotFoundError for anything else."""
        mine = [one.session_hash for one in self._open(caller) if one.session_hash[:_SHORT] == sitting]
        if not mine:
            raise NotFoundError("no_such_sitting")
        with self._clear.write() as connection:
            rows.end_sign_in(connection, self._clear.partnership, mine[0], self._clock())

    def end_others(self, caller: Caller) -> None:
        """End every sitting of this person but the one they are in."""
        with self._clear.write() as connection:
            for one in self._open(caller):
                if one.session_hash != caller.session_hash:
                    rows.end_sign_in(connection, self._clear.partnership, one.session_hash, self._clock())

    def require_fresh(self, caller: Caller) -> None:
        """Return silently when this person proved within five minutes who they are; else ProofTooOldError."""
        if self._clock() - caller.factor_at >= FRESH:
            raise ProofTooOldError

    def prove_again(self, caller: Caller, given: str) -> str:
        """Take the code (or, of who has no second factor, the password) and return the sitting's new secret.

        The old secret is worth nothing from now on; how long the sitting lasts in all does not change.
        """
        if self._factors.enrolled(caller.login):
            self._factors.require(caller.login, given)
        elif self._factors.required or self._sessions.prove(self._username(caller), given) != caller.login:
            raise NotSignedInError("second_factor_missing")
        return self.renew(caller)

    def renew(self, caller: Caller) -> str:
        """Give the sitting a new secret and note that its person proved just now who they are."""
        secret, now = new_secret(self._randomness), self._clock()
        new = rows.SignIn(hashed(secret), caller.account, caller.csrf, caller.started_at, now, None, now)
        with self._clear.write() as connection:
            rows.add_sign_in(connection, self._clear.partnership, new)
            rows.carry_reasons(connection, self._clear.partnership, caller.session_hash, new.session_hash)
            rows.end_sign_in(connection, self._clear.partnership, caller.session_hash, now)
        return secret

    def _username(self, caller: Caller) -> str:
        with self._clear.read() as connection:
            (login,) = accounts.find_accounts(connection, self._clear.partnership, [caller.login])
        return login.username

    def _open(self, caller: Caller) -> list[rows.SignIn]:
        now = self._clock()
        with self._clear.read() as connection:
            mine = [one.id for one in accounts.find_by_login(connection, self._clear.partnership, caller.login)]
            seen = rows.open_sign_ins(connection, self._clear.partnership, mine, now - IDLE)
        return [one for one in seen if now - one.started_at <= ABSOLUTE]
