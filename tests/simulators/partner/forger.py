"""Somebody who pretends: forged, stale and borrowed signatures and tokens. All is refused, and nothing is kept."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlencode

import jwt
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from connectors.client import ASSERTION, Answer, ClientKey, Transport, UnreachableError
from tests.simulators.partner.batches import BY_API, FILES, Signer
from tests.simulators.partner.dialects import Saying
from tests.simulators.partner.message import SIGNATURE, Message

OK, REFUSED = 200, 401
_ATTEMPTS: Final = 6
_AGAIN: Final = frozenset({429, 500, 502, 503, 504})
_FILE: Final = FILES["adults_file"]


class Forger:
    """Plays tricks by name; every one must be answered 401. It has a client of its own, with a sound key.

    `victim` is the id of another agency's client, and `stopped` a key that the hub has stopped: without them, who is
    pretended to be is nobody the hub knows.
    """

    def __init__(self, line: Transport, own: Signer, victim: str = "nobody", stopped: ClientKey | None = None) -> None:
        self._line, self._own, self._victim = line, own, victim
        self._stopped = stopped or replace(own.key, client_id="long-gone")
        self._foreign = replace(own.key, private=_new_key(), algorithm="EdDSA")
        self._kept, self._numbers, self.refused = "", 0, Counter[str]()
        self.faults: list[str] = []
        self.stolen: Message | None = None
        self.tricks: Mapping[str, Callable[[], Answer]] = {
            "key_of_nobody": lambda: self._token(self._foreign),
            "in_anothers_name": lambda: self._token(own.key, iss=victim, sub=victim),
            "half_in_anothers_name": lambda: self._token(own.key, sub=victim),
            "unknown_client": lambda: self._token(replace(own.key, client_id="agency-of-nowhere")),
            "stopped_client": lambda: self._token(self._stopped),
            "stale": lambda: self._token(own.key, iat=self._seconds(-3_600), exp=self._seconds(-3_400)),
            "too_long_a_life": lambda: self._token(own.key, exp=self._seconds(86_400)),
            "for_another_hub": lambda: self._token(own.key, aud="https://hub.example.org/oauth2/token"),
            "used_twice": self._twice,
            "no_token": lambda: self._file(""),
            "token_made_up": lambda: self._file("Bearer " + "A" * 43),
            "token_of_yesterday": self._of_yesterday,
            "file_signed_by_nobody": lambda: self._signed_file(replace(own, key=self._foreign)),
            "file_in_anothers_name": lambda: self._signed_file(own, iss=victim),
            "token_as_a_signature": lambda: self._signed_file(own, aud=f"{own.address}/oauth2/token"),
            "file_from_tomorrow": lambda: self._signed_file(own, iat=self._seconds(86_400)),
            "file_of_another_agency": self._of_another,
        }

    def play(self, trick: str) -> None:
        """Try one trick until it is answered, and keep what came."""
        answer = self.tricks[trick]()
        self.refused[trick] += answer.status == REFUSED
        if answer.status != REFUSED:
            self.faults.append(f"{trick}: answered {answer.status}, must be {REFUSED}")

    def sound_token(self) -> str:
        """Return a token that the forger's own client gets honestly; one whose answer is lost is asked for anew."""
        answers = (self._token(self._own.key) for _ in range(_ATTEMPTS))
        return f"Bearer {next(one for one in answers if one.status == OK).json()['access_token']}"

    def keep_a_token(self) -> None:
        """Put a token aside, to be tried when it is over."""
        self._kept = self.sound_token()

    def _token(self, key: ClientKey, **changes: object) -> Answer:
        return self._ask(self._assertion(key, **changes))

    def _ask(self, assertion: str) -> Answer:
        form = {"grant_type": "client_credentials", "client_assertion_type": ASSERTION, "client_assertion": assertion}
        media = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._call("/oauth2/token", media, urlencode(form).encode())

    def _assertion(self, key: ClientKey, **changes: object) -> str:
        self._numbers += 1
        claims: dict[str, Any] = {"iss": key.client_id, "sub": key.client_id, "iat": self._seconds(0)}
        claims |= {"aud": f"{self._own.address}/oauth2/token", "exp": self._seconds(200)}
        claims |= {"jti": f"{key.client_id}-forged-{self._numbers}"}
        return jwt.encode(claims | changes, key.private, algorithm=key.algorithm, headers={"kid": key.kid})

    def _twice(self) -> Answer:
        assertion = self._assertion(self._own.key)
        self._ask(assertion)
        return self._ask(assertion)

    def _of_yesterday(self) -> Answer:
        """Use a token that was put aside; the forger puts the next one aside afterwards."""
        return self._file(self._kept or "Bearer none")

    def _of_another(self) -> Answer:
        """Send a file that another agency signed, whole as it is."""
        if self.stolen is None:
            return self._signed_file(self._own, iss=self._victim)
        headers = self.stolen.all_headers | {"Authorization": self.sound_token()}
        return self._call(BY_API, headers, self.stolen.body)

    def _signed_file(self, signer: Signer, **changes: object) -> Answer:
        return self._file(self.sound_token(), signer, **changes)

    def _file(self, bearer: str, signer: Signer | None = None, **changes: object) -> Answer:
        """Send a file that would be taken if whoever it says it is had sent it."""
        self._numbers += 1
        body = _FILE.write([Saying(f"forged-{self._numbers}", 1, "new", 1)], "")
        signed = (signer or self._own).sign(body, _FILE.connector, 1, **changes)
        headers = {"Content-Type": _FILE.media, SIGNATURE: signed}
        return self._call(BY_API, headers | ({"Authorization": bearer} if bearer else {}), body)

    def _call(self, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        for _ in range(_ATTEMPTS):
            try:
                answer = self._line("POST", self._own.address + path, headers, body)
            except UnreachableError:
                continue
            if answer.status not in _AGAIN:
                return answer
        raise UnreachableError

    def _seconds(self, later: int) -> int:
        return int((self._own.clock() + timedelta(seconds=later)).timestamp())


def _new_key() -> bytes:
    return ed25519.Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
