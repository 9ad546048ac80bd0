"""An OpenID provider over real HTTP on loopback: one person at its door, codes taken once, PKCE and the client checked.

`claims`, `header` and `key` are what a test plants; without them every token is as it should be.
"""

import base64
import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, unquote_plus, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from hub.domain.clock import Clock
from hub.settings import Provider

SECRET = "a client's secret/with+signs"


@cache
def made_once() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class OidcProvider:
    """What the provider knows: who stands at its door, and what it has given out."""

    clock: Clock
    subject: str = "subject-of-sally"
    claims: dict[str, Any] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=dict)
    algorithm: str = "RS256"
    key: Any = field(default_factory=made_once)
    signing: Any = None
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    address: str = ""
    asked: dict[str, str] = field(default_factory=dict)

    def settings(self) -> Provider:
        at = self.address
        addresses = f"{at}/authorize", f"{at}/token", f"{at}/keys"
        return Provider("Test sign-on", at, *addresses, "hub-client", SECRET)

    def authorize(self, query: str) -> str:
        """Let the person at the door in, and return where their browser goes."""
        self.asked = dict(parse_qsl(query))
        code = f"code-{len(self.codes)}"
        self.codes[code] = self.asked
        back = {"code": code, "state": self.asked["state"]}
        return f"{self.asked['redirect_uri']}?{urlencode(back)}"

    def token(self, form: dict[str, str], authorization: str) -> dict[str, str] | None:
        asked = self.codes.pop(form.get("code", ""), None)
        pair = base64.b64decode(authorization.removeprefix("Basic ")).decode().split(":")
        if asked is None or [unquote_plus(part) for part in pair] != ["hub-client", SECRET]:
            return None
        shown = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        if shown != asked["code_challenge"] or form["redirect_uri"] != asked["redirect_uri"]:
            return None
        return {"id_token": self.id_token(asked["nonce"]), "access_token": "unused", "token_type": "Bearer"}

    def id_token(self, nonce: str) -> str:
        now = int(self.clock().timestamp())
        claims = {
            "iss": self.address,
            "sub": self.subject,
            "aud": "hub-client",
            "iat": now,
            "exp": now + 300,
            "auth_time": now,
            "nonce": nonce,
            "amr": ["pwd", "mfa"],
        }
        said = {name: value for name, value in (claims | self.claims).items() if value is not None}
        return jwt.encode(said, self.signing or self.key, self.algorithm, {"kid": "k1"} | self.header)

    def keys(self) -> dict[str, list[dict[str, Any]]]:
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [public | {"kid": "k1", "use": "sig", "alg": "RS256"}]}


@contextmanager
def running(clock: Clock) -> Iterator[OidcProvider]:
    """Serve a provider on a free port."""
    provider = OidcProvider(clock)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            if parts.path == "/authorize":
                self.send_response(302)
                self.send_header("Location", provider.authorize(parts.query))
                self.end_headers()
            else:
                self._json(provider.keys() if parts.path == "/keys" else None)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self._json(provider.token(form, self.headers.get("Authorization", "")))

        def _json(self, said: object) -> None:
            body = json.dumps(said or {"error": "invalid_grant"}).encode()
            self.send_response(200 if said else 400)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def visit(address: str) -> str:
    """Go to the provider as a browser would; returns the path and query of the hub's page it leads back to."""
    parts = urlsplit(address)
    connection = HTTPConnection(parts.hostname, parts.port, timeout=5)
    connection.request("GET", f"{parts.path}?{parts.query}")
    back = urlsplit(connection.getresponse().headers["Location"])
    connection.close()
    return f"{back.path}?{back.query}"
