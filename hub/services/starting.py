"""Starting, and starting anew: a code for one person, from their administrator's hand, good once and for three days.

With it a person chooses a password; whatever let them in before is worth nothing from then on. So a lost password or
authenticator never opens a way around the second factor: it is set up again right after.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from sqlalchemy import Connection

from hub.domain.clock import Clock, Randomness
from hub.domain.errors import InvalidRequestError, NotSignedInError
from hub.domain.ids import AccountId
from hub.identity.password_rules import fault_of
from hub.identity.passwords import Passwords
from hub.identity.secrets import hashed
from hub.services.second_factors import SecondFactors
from hub.services.throttle import Throttle
from hub.store.clear import accounts, factors, sessions
from hub.store.clear import starting as rows
from hub.store.session import Transactions

CODE_LASTS: Final = timedelta(days=3)
_BYTES: Final = 10


class Starting:
    """Built once by wiring."""

    def __init__(
        self, proofs: tuple[Passwords, SecondFactors], clear: Transactions, clock: Clock, randomness: Randomness
    ) -> None:
        """Take how passwords are kept, second factors and clear rows."""
        (self._passwords, self._factors), self._clear = proofs, clear
        self._clock, self._randomness = clock, randomness
        self._throttle = Throttle("start", clear, clock)

    def unknown_password(self) -> str:
        """Return the hash of a password that nobody knows, for an account that has not started."""
        return self._passwords.hash(self._randomness(32).hex())

    def issue(self, login: AccountId) -> tuple[str, Callable[[Connection], None]]:
        """Return a new code for this person, shown once, and what keeps it; an earlier one is then worth nothing."""
        plain = self._randomness(_BYTES).hex()
        code, until = "-".join(plain[at : at + 5] for at in range(0, len(plain), 5)), self._clock() + CODE_LASTS
        partnership = self._clear.partnership
        return code, lambda connection: rows.keep_code(connection, partnership, login, _hash(code), until)

    def start(self, username: str, code: str, password: str) -> None:
        """Take the code and set the password; NotSignedInError, alike for every wrong code.

        Raises:
            InvalidRequestError: the password is too weak; the code is still good.
        """
        with self._clear.read() as connection:
            account = accounts.find_by_username(connection, self._clear.partnership, username.strip())
        subject = username.strip().casefold()
        self._throttle.require_open(subject)
        self._throttle.failed(subject)
        login = AccountId("") if account is None else account.login
        with self._clear.read() as connection:
            kept = rows.find_code(connection, self._clear.partnership, login)
        if kept is None or kept.code_hash != _hash(code) or self._clock() >= kept.until:
            raise NotSignedInError("code_wrong")
        fault = fault_of(password, username, second_factor=self._factors.required)
        if fault:
            self._throttle.passed(subject)
            raise InvalidRequestError(fault, where="password")
        self._replace(login, _hash(code), self._passwords.hash(password))
        self._throttle.passed(subject)

    def _replace(self, login: AccountId, code_hash: str, password_hash: str) -> None:
        now = self._clock()
        with self._clear.write() as connection:
            partnership = self._clear.partnership
            if not rows.take_code(connection, partnership, login, code_hash):
                raise NotSignedInError("code_wrong")
            accounts.set_password(connection, partnership, login, password_hash)
            factors.keep_factor(connection, partnership, login, None)
            factors.keep_recovery_codes(connection, partnership, login, ())
            mine = [one.id for one in accounts.find_by_login(connection, partnership, login)]
            for one in sessions.open_sign_ins(connection, partnership, mine, now - timedelta(days=1)):
                sessions.end_sign_in(connection, partnership, one.session_hash, now)


def _hash(code: str) -> str:
    return hashed("start:" + "".join(code.split()).replace("-", "").casefold())
