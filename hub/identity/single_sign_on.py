"""OpenID Connect, authorization code with PKCE: the address to go to, and what comes back believed only as verified.

Sources: OpenID Connect Core 1.0 sections 3.1.2.1 and 3.1.3.7; RFC 7636 (S256); RFC 8725 (algorithms fixed, by key id).
"""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

import jwt

from hub.domain.errors import NotSignedInError
from hub.identity.assertions import MAX_CHARACTERS, read_strictly
from hub.settings import Provider

LEEWAY: Final = timedelta(seconds=60)
LONGEST: Final = timedelta(hours=24)
_ASYMMETRIC: Final = frozenset({"RS256", "PS256", "ES256", "EdDSA"})
_SEVERAL: Final = frozenset({"mfa", "hwk", "fpt", "face"})
"""Words of RFC 8176 for a sign-in that took more than a password."""
_REQUIRED: Final = ("iss", "sub", "aud", "exp", "iat", "nonce")
_SUBJECT: Final = 255
_FAR: Final = 1 << 36


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the provider says this is; `several`: by more than one factor; `at`: when they proved it there."""

    subject: str
    several: bool
    at: datetime | None


def challenge(verifier: str) -> str:
    """Return what the provider is shown of the verifier (RFC 7636 section 4.2)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def authorization_address(provider: Provider, back: str, said: tuple[str, str, str], *, again: bool = False) -> str:
    """Return where the browser goes, for `said` (state, nonce, verifier); `again` asks for a new proof there."""
    state, nonce, verifier = said
    asked = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": back,
        "scope": "openid",
        "state": state,
        "nonce": nonce,
        "code_challenge": challenge(verifier),
        "code_challenge_method": "S256",
    }
    if again:
        asked |= {"prompt": "login", "max_age": "0"}
    return f"{provider.authorize_url}?{urlencode(asked)}"


def require_identity(
    token: str, keys: Sequence[Mapping[str, Any]], provider: Provider, nonce: str, now: datetime
) -> Identity:
    """Return whom a provider's id_token names; NotSignedInError for anything that is not exactly as asked for."""
    if len(token) > MAX_CHARACTERS:
        raise NotSignedInError("id_token_too_long")
    header, _ = read_strictly(token)
    algorithm = str(header.get("alg"))
    named = [key for key in keys if key.get("kid") == header.get("kid") and key.get("use", "sig") == "sig"]
    if algorithm not in _ASYMMETRIC & set(provider.algorithms) or len(named) != 1 or "crit" in header:
        raise NotSignedInError("id_token_header")
    try:
        claims = jwt.decode(
            token,
            jwt.PyJWK(dict(named[0]), algorithm=algorithm),
            algorithms=[algorithm],
            audience=provider.client_id,
            issuer=provider.issuer,
            options={"require": list(_REQUIRED), "verify_exp": False, "verify_iat": False, "verify_nbf": False},
        )
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
        raise NotSignedInError("id_token_refused") from None
    return _identity(claims, provider, nonce, now)


def _identity(claims: Mapping[str, Any], provider: Provider, nonce: str, now: datetime) -> Identity:
    """Check what a signature does not: for us alone, for this attempt, and now."""
    if claims["aud"] not in (provider.client_id, [provider.client_id]) or claims["nonce"] != nonce:
        raise NotSignedInError("id_token_refused")
    if claims.get("azp", provider.client_id) != provider.client_id:
        raise NotSignedInError("id_token_refused")
    issued, expires = _instant(claims["iat"]), _instant(claims["exp"])
    if not issued - LEEWAY <= now < expires + LEEWAY or expires - issued > LONGEST or now - issued > LONGEST:
        raise NotSignedInError("id_token_expired")
    subject, means = claims["sub"], claims.get("amr", [])
    if not isinstance(subject, str) or not 0 < len(subject) <= _SUBJECT:
        raise NotSignedInError("id_token_refused")
    several = isinstance(means, list) and not _SEVERAL.isdisjoint(str(one) for one in means)
    proved = claims.get("auth_time")
    return Identity(subject, several, None if proved is None else _instant(proved))


def _instant(value: object) -> datetime:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < _FAR:
        raise NotSignedInError("id_token_refused")
    return datetime.fromtimestamp(value, UTC)
