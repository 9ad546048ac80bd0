"""A client for agencies' own systems: signs in, sends, tries again, reads receipts, checks webhooks.

It is one file that needs Python 3.11, PyJWT and `cryptography`; copy it beside your own code. It knows nothing of the
hub's inside: the published description at `/openapi.json` decides.

    hub = HubClient("https://hub.example.gov.uk", ClientKey("police-records", "key-1", pem))
    receipt = hub.submit("/v1/notices", body, key="notice 4711 version 1")

Every error is one of `HubClientError`: `RefusedError`, `UnreachableError`, `UnclearAnswerError`, `WebhookRefusedError`.

INVARIANT: a message is sent again only under the key it was first sent with, so that it arrives once.
"""

import base64
import binascii
import hmac
import json
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.client import HTTPException
from typing import Any, Final
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, OpenerDirector, Request, build_opener

import jwt

ASSERTION: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
PATIENCE: Final = timedelta(minutes=5)
"""How old a webhook may be, and how far its clock may be ahead of ours."""
_LIFE: Final = timedelta(minutes=4)
_SPARE: Final = timedelta(seconds=30)
_SECONDS: Final = 30
_LARGEST: Final = 16_000_000
_TAKEN: Final = range(200, 300)
_UNAUTHORIZED: Final = 401
_AGAIN: Final = frozenset({429, 500, 502, 503, 504})
_PREFIX: Final = "whsec_"


@dataclass(frozen=True, slots=True)
class ClientKey:
    """The client's id at the hub, its key's id, the private key (PEM), and the algorithm it was registered with."""

    client_id: str
    kid: str
    private: bytes = field(repr=False)
    algorithm: str = "EdDSA"


class HubClientError(Exception):
    """Root of what this client raises."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    body: bytes = field(repr=False)

    def json(self) -> Any:  # noqa: ANN401  whatever the answer holds
        """Return the body's value, None when it is empty.

        Raises:
            UnclearAnswerError: it is no JSON.
        """
        try:
            return json.loads(self.body or b"null")
        except (ValueError, RecursionError):
            raise UnclearAnswerError(self.status) from None

    def members(self) -> dict[str, Any]:
        """Return the body's members.

        Raises:
            UnclearAnswerError: it is no JSON object.
        """
        said = self.json()
        if not isinstance(said, dict):
            raise UnclearAnswerError(self.status)
        return said


class UnreachableError(HubClientError):
    """No answer came: whether the hub has the message is not known, and it is safe to send it again."""


class UnclearAnswerError(HubClientError):
    """What answered is not what the hub describes, as a gateway's own page: send again later under the same key."""

    def __init__(self, status: int) -> None:
        """Keep the status; what came is not repeated."""
        self.status = status
        super().__init__(f"status {status}, and no answer of a hub")


class RefusedError(HubClientError):
    """The hub said no, or said 429 or 5xx at every attempt; `problem` holds codes and places.

    It is a problem (RFC 9457) or a FHIR OperationOutcome, and empty when what came is neither.
    """

    def __init__(self, answer: Answer) -> None:
        """Keep status and problem."""
        self.status = answer.status
        try:
            self.problem = answer.members()
        except UnclearAnswerError:
            self.problem = {}
        super().__init__(f"refused with status {answer.status}")


class WebhookRefusedError(HubClientError):
    """A call is not what the hub signed, or is too old; answer it with 400 and do nothing."""


Transport = Callable[[str, str, Mapping[str, str], bytes | None], Answer]
"""(method, address, headers, body) -> answer; raises UnreachableError when none came."""


class _NoRedirect(HTTPRedirectHandler):
    """Hands a redirect back as an answer: a token is never carried to another address."""

    def redirect_request(self, *_args: object, **_kwargs: object) -> None:
        return None


_OPENER: Final[OpenerDirector] = build_opener(_NoRedirect)


def over_http(method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
    """Ask over HTTPS, or over HTTP on this machine; no redirects, 30 seconds, 16 MB."""
    parts = urlsplit(url)
    if parts.scheme != "https" and parts.hostname not in {"127.0.0.1", "::1", "localhost"}:
        raise ValueError("https only")
    request = Request(url, body, dict(headers), method=method)  # noqa: S310  https, or this machine: looked at above
    try:
        with _OPENER.open(request, timeout=_SECONDS) as answer:
            return Answer(answer.status, answer.read(_LARGEST))
    except HTTPError as refused:
        with refused:
            return Answer(refused.code, refused.read(_LARGEST))
    except (OSError, HTTPException):
        raise UnreachableError from None


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251  the caller's own clock, which may be handed in


class HubClient:
    """One client of one agency. Not for several threads at once."""

    def __init__(
        self,
        base_url: str,
        key: ClientKey,
        *,
        user: str = "",
        transport: Transport = over_http,
        clock: Callable[[], datetime] = _now,
        sleep: Callable[[float], None] = time.sleep,
        attempts: int = 6,
    ) -> None:
        """Take the hub's address, the key, and, for reading, a user of the agency who is registered at the hub."""
        self._base, self._key, self._user = base_url.rstrip("/"), key, user
        self._transport, self._clock, self._sleep, self._attempts = transport, clock, sleep, attempts
        self._token, self._until = "", datetime.fromtimestamp(0, UTC)

    def submit(self, path: str, body: bytes, *, key: str, media: str = "application/json") -> dict[str, Any]:
        """Send a message until it is answered; returns the receipt.

        `key` is the sender's own name of this message and version; keep it until the receipt is stored.

        Raises:
            RefusedError: the hub said no (409: the key was used for another content), or 429 or 5xx every time.
            UnreachableError: no answer after all attempts; send it again later under the same key.
            UnclearAnswerError: an answer without a receipt; likewise.
        """
        return self.deliver(path, body, {"Content-Type": media, "Idempotency-Key": key}).members()

    def deliver(self, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Send a message in a dialect whose answer is no JSON receipt (HL7 v2), or with more headers; as `submit`.

        `headers` hold `Content-Type` and, unless the format has a number of its own, `Idempotency-Key`.

        Raises:
            RefusedError, UnreachableError, UnclearAnswerError: as `submit`; the last for the token's answer alone.
        """
        return self._answered("POST", path, headers, body)

    def receipts(self) -> list[dict[str, Any]]:
        """Return the agency's newest receipts."""
        found: list[dict[str, Any]] = self._asked("GET", "/v1/receipts")["receipts"]
        return found

    def receipt(self, receipt: str) -> dict[str, Any]:
        """Return one receipt with the state of each of its records as it is now."""
        return self._asked("GET", f"/v1/receipts/{receipt}")

    def access_notices(self) -> list[dict[str, Any]]:
        """Return when something that the agency sent was used, as far as that may be told."""
        found: list[dict[str, Any]] = self._asked("GET", "/v1/access-notices")["notices"]
        return found

    def get(self, path: str) -> dict[str, Any]:
        """Read anything else that the description names."""
        return self._asked("GET", path)

    def post(self, path: str, said: Mapping[str, Any]) -> dict[str, Any]:
        """Send a small JSON value, such as an answer to a request."""
        return self._asked("POST", path, {"Content-Type": "application/json"}, json.dumps(said).encode())

    def _asked(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> dict[str, Any]:
        answer = self._answered(method, path, headers or {}, body)
        return answer.members() if answer.body else {}

    def _answered(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        """Ask until there is an answer that another attempt would not change, `attempts` times at most."""
        answer: Answer | None = None
        for attempt in range(self._attempts):
            if attempt:
                self._sleep(_pause(attempt))
            try:
                answer = self._once(method, path, headers, body)
            except UnreachableError:
                answer = None
                continue
            if answer.status not in _AGAIN:
                break
        if answer is None:
            raise UnreachableError
        if answer.status not in _TAKEN:
            raise RefusedError(answer)
        return answer

    def _once(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        """Ask once; with a fresh token when the one in hand turns out to be over."""
        answer = self._with_token(method, path, headers, body, fresh=False)
        return answer if answer.status != _UNAUTHORIZED else self._with_token(method, path, headers, body, fresh=True)

    def _with_token(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes | None, *, fresh: bool
    ) -> Answer:
        signed = {"Authorization": f"Bearer {self._signed_in(fresh=fresh)}", "Accept": "*/*", **headers}
        return self._transport(method, self._base + path, signed, body)

    def _signed_in(self, *, fresh: bool) -> str:
        if fresh or self._clock() >= self._until - _SPARE:
            form = {
                "grant_type": "client_credentials",
                "client_assertion_type": ASSERTION,
                "client_assertion": self._assertion(),
            }
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
            answer = self._transport("POST", f"{self._base}/oauth2/token", headers, urlencode(form).encode())
            if answer.status in _AGAIN:
                raise UnreachableError
            if answer.status not in _TAKEN:
                raise RefusedError(answer)
            said = answer.members()
            token, seconds = said.get("access_token"), said.get("expires_in")
            if not isinstance(token, str) or not isinstance(seconds, int):
                raise UnclearAnswerError(answer.status)
            self._token, self._until = token, self._clock() + timedelta(seconds=seconds)
        return self._token

    def _assertion(self) -> str:
        now, key = self._clock(), self._key
        claims: dict[str, Any] = {
            "iss": key.client_id,
            "sub": key.client_id,
            "aud": f"{self._base}/oauth2/token",
            "iat": int(now.timestamp()),
            "exp": int((now + _LIFE).timestamp()),
            "jti": secrets.token_urlsafe(24),
        }
        named = {"act": {"sub": self._user}} if self._user else {}
        return jwt.encode(claims | named, key.private, algorithm=key.algorithm, headers={"kid": key.kid})


def verified(headers: Mapping[str, str], body: bytes, secret: str, now: datetime | None = None) -> dict[str, Any]:
    """Return the event of a call that the hub signed (Standard Webhooks 1.0, `v1`).

    Args:
        headers: of the call; names in any case.
        body: the bytes as they arrived.
        secret: as the hub showed it once, with `whsec_`; while it is rotated, either secret verifies.
        now: the time it came, for tests.

    Raises:
        WebhookRefusedError: the signature does not hold, the call is older than five minutes, or it holds no event.
    """
    found = {name.casefold(): value for name, value in headers.items()}
    id_, stamp = found.get("webhook-id", ""), found.get("webhook-timestamp", "")
    if not id_ or not stamp.isascii() or not stamp.isdecimal():
        raise WebhookRefusedError("headers")
    sent = datetime.fromtimestamp(int(stamp[:11]), UTC)
    if abs((now or _now()) - sent) > PATIENCE:
        raise WebhookRefusedError("too_old")
    wanted = signature(secret, id_, stamp, body)
    offered = found.get("webhook-signature", "").split()
    if not any(hmac.compare_digest(one.encode(errors="replace"), wanted.encode()) for one in offered):
        raise WebhookRefusedError("signature")
    try:
        event = json.loads(body)
    except (ValueError, RecursionError):
        event = None
    if not isinstance(event, dict):
        raise WebhookRefusedError("body")
    return event


def signature(secret: str, id_: str, stamp: str, body: bytes) -> str:
    """Return what stands in `webhook-signature` for one secret."""
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raise WebhookRefusedError("secret") from None
    said = b".".join((id_.encode(errors="replace"), stamp.encode(), body))
    return "v1," + base64.b64encode(hmac.new(key, said, "sha256").digest()).decode()


def _pause(attempt: int) -> float:
    """Return seconds to wait: doubling from half a second to a minute, with jitter against marching in step."""
    longest = min(0.5 * float(2**attempt), 60.0)
    return longest * (0.5 + secrets.randbelow(1000) / 2000)
