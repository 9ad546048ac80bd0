"""Agency assertions: `private_key_jwt` (RFC 7523) with one algorithm and one key per client, by exact kid.

PyJWT's InvalidKeyError is not an InvalidTokenError: PyJWTError is what is caught, or key confusion answers 500.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

import jwt
from jwt.utils import base64url_decode

from hub.domain.errors import NotSignedInError

ALGORITHMS = frozenset({"PS256", "RS512", "ES256", "ES384", "EdDSA"})
MAX_CHARACTERS = 8_000
MAX_LIFE = timedelta(seconds=300)
LEEWAY = timedelta(seconds=30)
_HEADERS = frozenset({"alg", "kid", "typ", "x5t", "x5t#S256"})
_ID = re.compile(r"[\x21-\x7e]{1,128}")
_USER = re.compile(r"[^\x00-\x20\x7f\ud800-\udfff]{1,80}")
_FAR = 1 << 36


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
    return _verified(token, signer_of(token, find), audience, now)


def signer_of(token: str, find: Callable[[str], ClientKey | None]) -> ClientKey:
    """Return the active client whose one key and algorithm a token names; nothing in it is believed yet."""
    header, claimed = read_strictly(token)
    issuer = claimed.get("iss")
    client = find(issuer) if isinstance(issuer, str) and _ID.fullmatch(issuer) else None
    if client is None or not client.active or client.algorithm not in ALGORITHMS:
        raise NotSignedInError("client_unknown")
    if header.get("kid") != client.kid or header.get("alg") != client.algorithm or set(header) - _HEADERS:
        raise NotSignedInError("assertion_header")
    return client


def read_strictly(token: str) -> tuple[dict[str, object], dict[str, object]]:
    """Read header and claims strictly, before anything is believed: no name twice, no NaN, objects only."""
    try:
        parts = [base64url_decode(part) for part in token.split(".")]
        header, claims = (json.loads(part, object_pairs_hook=_once, parse_constant=_never) for part in parts[:2])
    except (ValueError, TypeError, RecursionError):
        raise NotSignedInError("assertion_unreadable") from None
    if not isinstance(header, dict) or not isinstance(claims, dict):
        raise NotSignedInError("assertion_unreadable")
    return header, claims


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("name_twice")
    return found


def _never(_: str) -> object:
    raise ValueError("not_a_number")


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
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
        raise NotSignedInError("assertion_refused") from None
    issued, expires = instant_of(claims["iat"]), instant_of(claims["exp"])
    begins = max(issued, instant_of(claims.get("nbf", claims["iat"])))
    if claims["sub"] != client.client_id or not _ID.fullmatch(str(claims["jti"])):
        raise NotSignedInError("assertion_refused")
    if expires - issued > MAX_LIFE or not begins - LEEWAY <= now < expires:
        raise NotSignedInError("assertion_expired")
    return Assertion(client.client_id, str(claims["jti"]), expires, _user(claims))


def _user(claims: dict[str, object]) -> str:
    """Return the user named in `act` (RFC 8693 section 4.1): a user name registered at the hub."""
    act = claims.get("act")
    if act is None:
        return ""
    user = act.get("sub") if isinstance(act, dict) else None
    if not isinstance(user, str) or not _USER.fullmatch(user):
        raise NotSignedInError("assertion_refused")
    return user


def instant_of(value: object) -> datetime:
    """Return a NumericDate as an instant; only whole seconds of a sensible size are one."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < _FAR:
        raise NotSignedInError("assertion_refused")
    return datetime.fromtimestamp(value, UTC)
