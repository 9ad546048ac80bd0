"""Second factors: enrolled with a first code, asked for at each sign-in, replaced only by who has it.

The secret is sealed and bound to its account; a code works once; recovery codes are kept as hashes and work once.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from hub.domain.clock import Clock, Randomness
from hub.domain.errors import NotSignedInError
from hub.domain.ids import AccountId
from hub.identity import totp
from hub.identity.secrets import hashed
from hub.services.sealed_words import SealedWords
from hub.services.throttle import Throttle
from hub.store.clear import factors as rows
from hub.store.session import Transactions

RECOVERY_CODES: Final = 10
ISSUER: Final = "Family Safeguarding hub"
PENDING_FOR: Final = timedelta(minutes=30)
_RECOVERY_BYTES: Final = 10
_NONE: Final = rows.Factor(None, -1, None, None, None)


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A secret that waits for its first code: as text to type, and as a link that an authenticator opens."""

    secret: str
    link: str


class SecondFactors:
    """Built once by wiring. `required`: every human needs one before anything opens."""

    def __init__(
        self, words: SealedWords, clear: Transactions, clock: Clock, randomness: Randomness, *, required: bool
    ) -> None:
        """Take what seals the secrets, and clear rows."""
        self._words, self._clear, self._clock, self._randomness = words, clear, clock, randomness
        self._throttle = Throttle("code", clear, clock)
        self.required = required

    def enrolled(self, account: AccountId) -> bool:
        """Say whether this account has a confirmed second factor."""
        return self._factor(account).sealed is not None

    def codes_left(self, account: AccountId) -> int:
        """Return how many recovery codes are unused."""
        with self._clear.read() as connection:
            return rows.unused_recovery_codes(connection, self._clear.partnership, account)

    def begin(self, account: AccountId) -> None:
        """Make a new secret, which counts once its first code was given; an earlier factor counts until then."""
        secret = totp.new_totp_secret(self._randomness).hex()
        sealed = self._words.close(self._about(account), {"secret": secret})
        with self._clear.write() as connection:
            now = rows.find_factor(connection, self._clear.partnership, account) or _NONE
            kept = replace(now, pending=sealed, pending_at=self._clock())
            rows.keep_factor(connection, self._clear.partnership, account, kept)

    def pending(self, account: AccountId, username: str) -> Enrolment | None:
        """Return the secret that waits for its first code, for half an hour."""
        factor = self._factor(account)
        if factor.pending is None or factor.pending_at is None or self._clock() - factor.pending_at > PENDING_FOR:
            return None
        secret = self._secret(account, factor.pending)
        return Enrolment(totp.as_text(secret), totp.otpauth(secret, ISSUER, username))

    def confirm(self, account: AccountId, code: str) -> tuple[str, ...]:
        """Make the pending secret the account's factor; returns its recovery codes, which are shown once."""
        factor = self._factor(account)
        if factor.pending is None or self.pending(account, "") is None:
            raise NotSignedInError("nothing_to_confirm")
        self._count(account)
        step = totp.matching_step(self._secret(account, factor.pending), code, self._clock(), -1)
        if step is None:
            raise NotSignedInError("code_wrong")
        recovery = tuple(self._recovery_code() for _ in range(RECOVERY_CODES))
        with self._clear.write() as connection:
            kept = rows.Factor(factor.pending, step, self._clock(), None, None)
            rows.keep_factor(connection, self._clear.partnership, account, kept)
            rows.keep_recovery_codes(connection, self._clear.partnership, account, [_hash(one) for one in recovery])
        self._throttle.passed(account)
        return recovery

    def require(self, account: AccountId, code: str) -> None:
        """Return silently for a code that is right and unused (or an unused recovery code); else NotSignedInError."""
        factor = self._factor(account)
        if factor.sealed is None:
            raise NotSignedInError("second_factor_missing")
        self._count(account)
        step = totp.matching_step(self._secret(account, factor.sealed), code, self._clock(), factor.last_step)
        with self._clear.write() as connection:
            if step is not None:
                right = rows.spend_step(connection, self._clear.partnership, account, step)
            else:
                now = self._clock()
                right = rows.spend_recovery_code(connection, self._clear.partnership, account, _hash(code), now)
        if not right:
            raise NotSignedInError("code_wrong")
        self._throttle.passed(account)

    def _count(self, account: AccountId) -> None:
        """Count this try as a failure before it is looked at: tries made side by side are not free."""
        self._throttle.require_open(account)
        self._throttle.failed(account)

    def _factor(self, account: AccountId) -> rows.Factor:
        with self._clear.read() as connection:
            return rows.find_factor(connection, self._clear.partnership, account) or _NONE

    def _secret(self, account: AccountId, sealed: bytes) -> bytes:
        return bytes.fromhex(self._words.open(self._about(account), sealed)["secret"])

    def _recovery_code(self) -> str:
        plain = self._randomness(_RECOVERY_BYTES).hex()
        return "-".join(plain[at : at + 5] for at in range(0, len(plain), 5))

    @staticmethod
    def _about(account: AccountId) -> str:
        return f"second_factor:{account}"


def _hash(code: str) -> str:
    return hashed("recovery:" + "".join(code.split()).replace("-", "").casefold())
