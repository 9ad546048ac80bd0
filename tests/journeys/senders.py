"""An agency's system as it meets the hub over HTTP: one registered key, signed assertions, tokens, messages."""

from datetime import timedelta
from itertools import count

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from flask import Flask
from werkzeug.test import TestResponse

from hub.store.clear.agencies import AgencyClient
from tests.factories import SmallWorld

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_NUMBERS = count(1)


class Sender:
    """One machine client of one agency."""

    def __init__(self, world: SmallWorld, app: Flask, code: str, algorithm: str = "ES256") -> None:
        self.world, self.http, self.algorithm = world, app.test_client(), algorithm
        self.client_id, self.kid = f"{code}-records-{next(_NUMBERS)}", "key-1"
        key = ed25519.Ed25519PrivateKey.generate() if algorithm == "EdDSA" else ec.generate_private_key(ec.SECP256R1())
        self.private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        self.public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
        client = AgencyClient(self.client_id, world.agencies[code], self.kid, algorithm, self.public, active=True)
        world.hub.setup.add_client(client)

    def claims(self, **changes: object) -> dict[str, object]:
        """Return what a sound assertion claims, with some of it replaced; a change to None takes the claim away."""
        now = self.world.clock()
        sound = {
            "iss": self.client_id,
            "sub": self.client_id,
            "aud": self.world.settings.base_url + "/oauth2/token",
            "iat": int(now.timestamp()),
            "exp": int((now + timedelta(minutes=4)).timestamp()),
            "jti": f"jti-{next(_NUMBERS)}",
        }
        return {name: value for name, value in (sound | changes).items() if value is not None}

    def signed(self, **changes: object) -> str:
        return jwt.encode(self.claims(**changes), self.private, algorithm=self.algorithm, headers={"kid": self.kid})

    def ask(self, assertion: str) -> TestResponse:
        """Ask for a token."""
        form = {"grant_type": "client_credentials", "client_assertion_type": ASSERTION, "client_assertion": assertion}
        return self.http.post("/oauth2/token", data=form)

    def headers(self, user: str = "") -> dict[str, str]:
        """Return the header with a fresh token, for intake alone or for a named user."""
        act = {"sub": user} if user else None
        answer = self.ask(self.signed(act=act))
        assert answer.status_code == 200, answer.text
        assert answer.json["expires_in"] <= 300
        return {"Authorization": f"Bearer {answer.json['access_token']}"}

    def post(self, path: str, body: bytes, media: str = "application/json", **headers: str) -> TestResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.http.post(path, data=body, content_type=media, headers=self.headers() | named)

    def chronology(self, family: str, user: str = "", **query: object) -> TestResponse:
        asked = {"purpose": "protect_child", "reason": "a visit tomorrow"} | query
        return self.http.post(f"/v1/families/{family}/chronology", json=asked, headers=self.headers(user))
