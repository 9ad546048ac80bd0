import base64
import hashlib
import hmac
import json
from collections.abc import Callable

import jwt
from flask import Flask

from tests.factories import SmallWorld
from tests.journeys.senders import Sender

Forge = Callable[[Sender], str]


def _part(value: object) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _header(**more: object) -> Forge:
    return lambda s: jwt.encode(s.claims(), s.private, algorithm="ES256", headers={"kid": s.kid, **more})


def _claims(**changes: object) -> Forge:
    return _raw(None, lambda s: s.claims(**changes))


def _later(**seconds: int) -> Forge:
    """Sign with times moved by so many seconds from now."""

    def forge(sender: Sender) -> str:
        now = int(sender.world.clock().timestamp())
        return sender.signed(**{name: now + delta for name, delta in seconds.items()})

    return forge


def _raw(header: object, claims: Callable[[Sender], object]) -> Forge:
    """Sign exactly these bytes with the right key, as no library would write them."""

    def forge(sender: Sender) -> str:
        said = header if isinstance(header, bytes) else {"alg": "ES256", "kid": sender.kid}
        signed = f"{_part(said)}.{_part(claims(sender))}"
        key = jwt.algorithms.ECAlgorithm(jwt.algorithms.ECAlgorithm.SHA256).prepare_key(sender.private)
        signature = jwt.algorithms.ECAlgorithm(jwt.algorithms.ECAlgorithm.SHA256).sign(signed.encode(), key)
        return f"{signed}.{_part(signature)}"

    return forge


def _none(sender: Sender) -> str:
    return f"{_part({'alg': 'none', 'kid': sender.kid})}.{_part(sender.claims())}."


def _public_key_as_secret(sender: Sender) -> str:
    signed = f"{_part({'alg': 'HS256', 'kid': sender.kid})}.{_part(sender.claims())}"
    return f"{signed}.{_part(hmac.new(sender.public.encode(), signed.encode(), hashlib.sha256).digest())}"


def _twice(name: str) -> Callable[[Sender], bytes]:
    def claims(sender: Sender) -> bytes:
        said = json.dumps(sender.claims())
        return (said[:-1] + f', "{name}": {json.dumps(sender.claims()[name])}' + "}").encode()

    return claims


def _other_key(sender: Sender) -> str:
    other = Sender(sender.world, sender.http.application, "police")
    return jwt.encode(sender.claims(), other.private, algorithm="ES256", headers={"kid": sender.kid})


ATTACKS: dict[str, Forge] = {
    "alg none": _none,
    "HS256 with the public key": _public_key_as_secret,
    "another client's key": _other_key,
    "unknown kid": _header(kid="key-2"),
    "kid as a path": _header(kid="../../dev/null"),
    "no kid": lambda s: jwt.encode(s.claims(), s.private, algorithm="ES256"),
    "jku": _header(jku="https://example.org/keys"),
    "jwk": _header(jwk={"kty": "EC"}),
    "x5u": _header(x5u="https://example.org/cert"),
    "x5c": _header(x5c=["x"]),
    "crit": _header(crit=["exp"]),
    "b64": _header(b64=False),
    "no exp": _claims(exp=None),
    "exp too far": _later(exp=301),
    "exp in words": _claims(exp="tomorrow"),
    "exp beyond all calendars": _claims(exp=10**30),
    "exp not whole": _claims(exp=1.5),
    "expired": _later(iat=-400, exp=-200),
    "iat in the future": _later(iat=120, exp=240),
    "nbf in the future": _later(nbf=120),
    "no iat": _claims(iat=None),
    "aud as a list": lambda s: s.signed(aud=[s.claims()["aud"]]),
    "wrong aud": _claims(aud="https://example.org/oauth2/token"),
    "no aud": _claims(aud=None),
    "wrong iss": _claims(iss="somebody"),
    "iss with a NUL": _claims(iss="a\x00b"),
    "iss as a list": _claims(iss=["police"]),
    "wrong sub": _claims(sub="somebody"),
    "no sub": _claims(sub=None),
    "no jti": _claims(jti=None),
    "empty jti": _claims(jti=" "),
    "jti with a NUL": _claims(jti="a\x00b"),
    "jti with half a character": _raw(None, lambda s: json.dumps(s.claims(jti="\ud800")).encode()),
    "jti as a number": _claims(jti=7),
    "act as a string": _claims(act="otto"),
    "act for nobody": _claims(act={"sub": ""}),
    "act for an unknown user": _claims(act={"sub": "nobody-here"}),
    "act with a NUL": _claims(act={"sub": "ot\x00to"}),
    "act for another agency's user": _claims(act={"sub": "sally"}),
    "iss twice": _raw(None, _twice("iss")),
    "exp twice": _raw(None, _twice("exp")),
    "alg twice": _raw(b'{"alg": "none", "alg": "ES256", "kid": "key-1"}', lambda s: s.claims()),
    "claims as a list": _raw(None, lambda _: [1]),
    "claims with NaN": _raw(None, lambda s: json.dumps(s.claims(x=float("nan"))).encode()),
    "claims too deep": _raw(None, lambda _: b"[" * 5000),
    "huge": _claims(filler="x" * 9000),
    "four parts": lambda s: s.signed() + ".x",
    "no signature": lambda s: s.signed().rpartition(".")[0] + ".",
    "not a token": lambda _: "\u00e9.\u00e9.\u00e9",
    "empty": lambda _: "",
}


def test_no_forged_assertion_gets_a_token_and_a_sound_one_does_once(world: SmallWorld, app: Flask) -> None:
    police = Sender(world, app, "police")
    for name, forge in ATTACKS.items():
        answer = police.ask(forge(police))
        assert (name, answer.status_code) == (name, 401)
        assert answer.content_type == "application/problem+json"
    sound = police.signed()
    assert police.ask(sound).status_code == 200
    assert police.ask(sound).status_code == 401
    assert police.ask(_raw(None, lambda s: s.claims())(police)).status_code == 200
    assert police.ask(police.signed(act={"sub": "otto"})).status_code == 200


def test_only_the_one_grant_is_known(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    police = Sender(sqlite_world, sqlite_app, "police")
    for form in ({}, {"grant_type": "password"}, {"grant_type": "client_credentials", "client_secret": "x"}):
        answer = police.http.post("/oauth2/token", data=form)
        assert (answer.status_code, answer.content_type) == (422, "application/problem+json")
