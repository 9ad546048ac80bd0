"""Passwords with Argon2id. An unknown user costs the same work and gets the same answer."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from hub.domain.errors import NotSignedInError


class Passwords:
    """Hashes and checks passwords; parameters are stored with each hash."""

    def __init__(self, *, time_cost: int = 2, memory_kib: int = 19_456) -> None:
        """Take Argon2id's cost (OWASP: 19 MiB, two passes)."""
        self._hasher = PasswordHasher(time_cost=time_cost, memory_cost=memory_kib, parallelism=1)
        self._nobody = self._hasher.hash("nobody has this password")

    def hash(self, password: str) -> str:
        """Return the encoded hash to store."""
        return self._hasher.hash(password)

    def require(self, stored: str | None, password: str) -> None:
        """Return silently when the password is right; NotSignedInError otherwise, also for nobody (None or "")."""
        try:
            self._hasher.verify(stored or self._nobody, password)
        except (VerificationError, InvalidHashError):
            raise NotSignedInError("wrong_user_or_password") from None
        if not stored:
            raise NotSignedInError("wrong_user_or_password")
