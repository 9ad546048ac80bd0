"""Signatures of batches: a JWT that lies beside a file and says, under an agency's registered key, what the file is.

The key is the one that signs the agency's assertions (RFC 7523); the audience is another, so neither serves as the
other. It is not single-use and has no expiry: it may wait in a folder, and the same file gives the same receipts.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import jwt

from hub.domain.errors import NotSignedInError
from hub.identity.assertions import LEEWAY, MAX_CHARACTERS, ClientKey, instant_of, signer_of

PATH: Final = "/v1/batches"
"""Where batches are sent to; with the hub's address before it, the audience of every batch signature."""
MOST_ROWS: Final = 10_000_000
_SHA256 = re.compile("[0-9a-f]{64}")
_CONNECTOR = re.compile("[a-z0-9_.-]{1,64}")


@dataclass(frozen=True, slots=True)
class BatchClaims:
    """What the signer says of the file: SHA-256 in hex, number of rows or records, and which connector reads it."""

    client_id: str
    connector: str
    sha256: str
    rows: int


def require_batch_signature(
    token: str, find: Callable[[str], ClientKey | None], *, audience: str, now: datetime
) -> BatchClaims:
    """Return what a batch signature says; NotSignedInError for anything else, with a code and never the token."""
    if not token.isascii() or not 0 < len(token) <= MAX_CHARACTERS:
        raise NotSignedInError("signature_unreadable", where="Batch-Signature")
    client = signer_of(token, find)
    claims = _claims(token, client, audience)
    if instant_of(claims["iat"]) - LEEWAY > now:
        raise NotSignedInError("signature_refused")
    connector, sha256, rows = claims.get("connector"), claims.get("sha256"), claims.get("rows")
    if not isinstance(connector, str) or not _CONNECTOR.fullmatch(connector):
        raise NotSignedInError("signature_incomplete", where="connector")
    if not isinstance(sha256, str) or not _SHA256.fullmatch(sha256):
        raise NotSignedInError("signature_incomplete", where="sha256")
    if isinstance(rows, bool) or not isinstance(rows, int) or not 0 <= rows <= MOST_ROWS:
        raise NotSignedInError("signature_incomplete", where="rows")
    return BatchClaims(client.client_id, connector, sha256, rows)


def _claims(token: str, client: ClientKey, audience: str) -> dict[str, object]:
    try:
        claims: dict[str, object] = jwt.decode(
            token,
            client.public_key,
            algorithms=[client.algorithm],
            audience=audience,
            issuer=client.client_id,
            options={"require": ["iss", "aud", "iat"], "strict_aud": True, "verify_iat": False, "verify_exp": False},
        )
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
        raise NotSignedInError("signature_refused") from None
    return claims
