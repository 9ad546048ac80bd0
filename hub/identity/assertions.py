"""Agency assertions: `private_key_jwt` (RFC 7523) with one algorithm and one key per client, by exact kid.

PyJWT's InvalidKeyError is not an InvalidTokenError: PyJWTError is what is caught, or key confusion answers 500.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

import jwt

from hub.domain.errors import NotSignedInError

ALGORITHMS = frozenset({"PS256", "RS512", "ES256", "ES384", "EdDSA"})
MAX_CHARACTERS = 8_000
MAX_LIFE = timedelta(seconds=300)
LEEWAY = timedelta(seconds=30)
_REFUSED_HEADERS = frozenset({"jku", "jwk", "x5u", "x5c", "crit"})


class ClientKey(Protocol):
    """A registered client as the check needs it."""

    @property
    def client_id(self) -> str:
        """The client's id: issuer and subject of its assertions."""
        ...

    @property
    def kid(self) -> str:
        """The key's id."""
        ...

    @property
    def algorithm(self) -> str:
        """The only algorithm this key is used with."""
        ...

    @property
    def public_key(self) -> str:
        """PEM."""
        ...

    @property
    def active(self) -> bool:
        """Whether the client may call."""
        ...


@dataclass(frozen=True, slots=True)
class Assertion:
    """A verified assertion: which client, its single-use id, until when, and the user it names (or "")."""

    client_id: str
    jti: str
    expires_at: datetime
    user: str


def require_assertion(
    token: str, find: Callable[[str], ClientKey | None], *, audience: str, now: datetime
) -> Assertion:
    """Return the verified assertion; NotSignedInError for anything else, with a code and never the token."""
    if len(token) > MAX_CHARACTERS:
        raise NotSignedInError("assertion_too_long")
    try:
        header = jwt.get_unverified_header(token)
        claimed = jwt.decode(token, options={"verify_signature": False})
    except (jwt.PyJWTError, RecursionError):
        raise NotSignedInError("assertion_unreadable") from None
    client = find(str(claimed.get("iss")))
    if client is None or not client.active or client.algorithm not in ALGORITHMS:
        raise NotSignedInError("client_unknown")
    if header.get("kid") != client.kid or header.get("alg") != client.algorithm or _REFUSED_HEADERS & set(header):
        raise NotSignedInError("assertion_header")
    return _verified(token, client, audience, now)


def _verified(token: str, client: ClientKey, audience: str, now: datetime) -> Assertion:
    try:
        claims = jwt.decode(
            token,
            client.public_key,
            algorithms=[client.algorithm],
            audience=audience,
            issuer=client.client_id,
            options={
                "require": ["iss", "sub", "aud", "exp", "iat", "jti"],
                "strict_aud": True,
                "verify_exp": False,
                "verify_iat": False,
                "verify_nbf": False,
            },
        )
    except (jwt.PyJWTError, ValueError, TypeError):
        raise NotSignedInError("assertion_refused") from None
    issued, expires = _instant(claims["iat"]), _instant(claims["exp"])
    if claims["sub"] != client.client_id or not isinstance(claims["jti"], str) or not claims["jti"].strip():
        raise NotSignedInError("assertion_refused")
    if expires - issued > MAX_LIFE or not issued - LEEWAY <= now < expires:
        raise NotSignedInError("assertion_expired")
    return Assertion(client.client_id, claims["jti"][:128], expires, _user(claims))


def _user(claims: dict[str, object]) -> str:
    """Return the user named in `act` (RFC 8693 section 4.1): a user name registered at the hub."""
    act = claims.get("act")
    if act is None:
        return ""
    if not isinstance(act, dict) or not isinstance(act.get("sub"), str):
        raise NotSignedInError("assertion_refused")
    return str(act["sub"])


def _instant(value: object) -> datetime:
    if isinstance(value, bool) or not isinstance(value, int):
        raise NotSignedInError("assertion_refused")
    return datetime.fromtimestamp(value, UTC)
