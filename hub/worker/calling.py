"""Calls an address that a partner registered: https, a public address, no redirect, five seconds, no answer read.

The name is resolved once per call; every address it has must be public, and the call goes to one of those: a name that
answers differently the next moment changes nothing (DNS rebinding). Proxies of the environment are not used.
"""

import socket
import ssl
from collections.abc import Callable, Sequence
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Final
from urllib.parse import SplitResult, urlsplit

import structlog

from hub.domain.addresses import is_loopback, is_public
from hub.domain.errors import InvalidRequestError

log = structlog.get_logger("hub.calling")
SECONDS: Final = 5
Resolve = Callable[[str, int], Sequence[str]]
"""(host, port) -> addresses as text; raises OSError when the name is not known."""


def system_resolve(host: str, port: int) -> Sequence[str]:
    """Ask the machine's resolver."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


class WebhookCaller:
    """Calls, or does not. Built once by wiring."""

    def __init__(self, resolve: Resolve = system_resolve, *, loopback: bool = False) -> None:
        """Take the resolver; `loopback` lets a demonstration or a test call this machine over http."""
        self._resolve, self._loopback = resolve, loopback

    def require_allowed(self, url: str) -> None:
        """Return silently when the address may be called at this moment.

        Raises:
            InvalidRequestError: `not_https`, `address_unreadable`, `name_unknown` or `address_not_public`.
        """
        self._address(_read(url))

    def call(self, url: str, headers: dict[str, str], body: bytes) -> int:
        """POST and return the status, 0 when there was none or the address may not be called."""
        try:
            parts = _read(url)
            connection = self._connection(parts, self._address(parts))
        except InvalidRequestError as error:
            log.warning("webhook_not_called", code=error.code)
            return 0
        path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        try:
            connection.request("POST", path, body, headers)
            return connection.getresponse().status
        except (OSError, HTTPException):
            return 0
        finally:
            connection.close()

    def _address(self, parts: SplitResult) -> str:
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        try:
            found = list(self._resolve(host, port))
        except (OSError, UnicodeError):
            found = []
        if not found:
            raise InvalidRequestError("name_unknown", where="url")
        if self._loopback and all(is_loopback(one) for one in found):
            return found[0]
        if parts.scheme != "https":
            raise InvalidRequestError("not_https", where="url", next_step="an address that begins with https://")
        if not all(is_public(one) for one in found):
            raise InvalidRequestError("address_not_public", where="url", next_step="an address on the public internet")
        return found[0]

    def _connection(self, parts: SplitResult, address: str) -> HTTPConnection:
        if parts.scheme == "https":
            context = ssl.create_default_context()
            made: HTTPConnection = HTTPSConnection(parts.hostname or "", parts.port, timeout=SECONDS, context=context)
        else:
            made = HTTPConnection(parts.hostname or "", parts.port, timeout=SECONDS)
        port = made.port

        def to_that_address(*_asked: object, **_named: object) -> socket.socket:
            return socket.create_connection((address, port), SECONDS)

        made._create_connection = to_that_address  # type: ignore[attr-defined]  # noqa: SLF001  the one hook there is
        return made


def _read(url: str) -> SplitResult:
    """Read an address that may be called: http or https, a host, no user, no fragment, no odd characters."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise InvalidRequestError("address_unreadable", where="url") from None
    plain = url.isascii() and url.isprintable() and " " not in url and "\\" not in url
    if not plain or not parts.hostname or "@" in parts.netloc or parts.fragment:
        raise InvalidRequestError("address_unreadable", where="url")
    if parts.scheme not in {"http", "https"}:
        raise InvalidRequestError("not_https", where="url", next_step="an address that begins with https://")
    return parts
