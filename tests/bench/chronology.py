"""A chronology of 2,000 entries through the API against the same entries stored plain; see design section 12."""

import json
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from flask.testing import FlaskClient

from hub.api.agencies import ASSERTION
from hub.settings import Settings
from hub.store.clear.agencies import AgencyClient
from hub.wiring import web_app
from tests.bench.family import ENTRIES, deposit
from tests.bench.measure import Row, medians
from tests.bench.plain import plain_app
from tests.factories import SmallWorld, make_world

SEED, ROUNDS, CLIENT = 12, 41, "bench"
ASKED = {"purpose": "protect_child", "reason": "a measurement", "limit": str(ENTRIES)}


def chronology_api_vs_plain() -> Row:
    """Return what deciding, logging and opening cost beside plain rows."""
    with tempfile.TemporaryDirectory(prefix="hub-bench-") as name:
        folder = Path(name)
        world = make_world(replace(Settings.in_folder(folder / "hub"), max_page=ENTRIES))
        made = deposit(world, SEED)
        path = f"/v1/families/{made.family}/chronology"
        client = web_app(world.hub).test_client()
        ours = _asking(client, path, ASKED, _token(world, client))
        other = _asking(plain_app(folder, made.family, made.entries).test_client(), path, {}, "")
        _require_same(ours(), other())
        mine, plain, ratio = medians(ours, other, ROUNDS)
        world.close()
    unit = "CPU seconds per chronology"
    return Row("chronology_api_vs_plain", mine, plain, unit, ratio, 2.5, "lower")


def _asking(client: FlaskClient, path: str, asked: dict[str, str], token: str) -> Callable[[], bytes]:
    bearer = {"Authorization": f"Bearer {token}"} if token else {}
    method = "POST" if asked else "GET"
    return lambda: client.open(path, method=method, json=asked or None, headers=bearer).data


def _require_same(ours: bytes, other: bytes) -> None:
    """Both sides must answer the same entries in the same order, all of them."""
    mine, plain = json.loads(ours), json.loads(other)
    if len(plain["entries"]) != ENTRIES or mine["entries"] != plain["entries"] or mine.keys() != plain.keys():
        raise AssertionError("the two sides do not answer the same entries")


def _token(world: SmallWorld, client: FlaskClient) -> str:
    """Sign in as children's services' own system, for the social worker `sally`."""
    key = Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    world.hub.setup.add_client(AgencyClient(CLIENT, world.agencies["csc"], CLIENT, "EdDSA", public, active=True))
    now = world.clock()
    claims = {
        "iss": CLIENT,
        "sub": CLIENT,
        "aud": world.settings.base_url + "/oauth2/token",
        "iat": now,
        "exp": now + timedelta(seconds=60),
        "jti": "once",
        "act": {"sub": "sally"},
    }
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": ASSERTION,
        "client_assertion": jwt.encode(claims, key, algorithm="EdDSA", headers={"kid": CLIENT}),
    }
    return str(client.post("/oauth2/token", data=form).json["access_token"])
