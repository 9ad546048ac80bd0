"""Asks another service over HTTP: one address, no redirects, no proxies, five seconds, 64 kB."""

import base64
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Final
from urllib.parse import quote_plus, urlencode, urlsplit

from hub.domain.errors import NotSignedInError
from hub.settings import LOOPBACK

SECONDS: Final = 5
MOST_BYTES: Final = 65_536
_OK: Final = 200


def fetch(url: str, form: Mapping[str, str] | None = None, basic: tuple[str, str] | None = None) -> bytes:
    """Return the body of a GET, or of a POST of `form`; NotSignedInError for anything but a short 200."""
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    if not secure and parts.hostname not in LOOPBACK:
        raise NotSignedInError("provider_insecure")
    kind = HTTPSConnection if secure else HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=SECONDS)
    headers = {"Accept": "application/json"}
    if form is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    if basic is not None:
        pair = ":".join(quote_plus(part) for part in basic)
        headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
    path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    try:
        connection.request("GET" if form is None else "POST", path, None if form is None else urlencode(form), headers)
        answer = connection.getresponse()
        body = answer.read(MOST_BYTES + 1)
    except (OSError, HTTPException):
        raise NotSignedInError("provider_unreachable") from None
    finally:
        connection.close()
    if answer.status != _OK or len(body) > MOST_BYTES:
        raise NotSignedInError("provider_refused")
    return body
