"""The first agencies of a partnership, their administrators, and the keys of their case systems, from one file.

Everybody else is started by an administrator of their own agency, never by the operator of the machine.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from marshmallow import Schema, fields

from hub.domain.clock import Randomness
from hub.domain.errors import InvalidRequestError
from hub.domain.ids import AgencyId
from hub.identity.secrets import new_secret
from hub.policy.reading import Document, nested, plain, read, shape, word
from hub.policy.vocabulary import Vocabulary
from hub.services.setup import NewAgency, NewPerson, Setup
from hub.services.starting import Starting
from hub.store.clear import accounts, agencies
from hub.store.session import Transactions

ADMINISTRATORS: Final = 2
"""For each agency: they confirm each other's accounts, and one starts the other anew."""
_ROLE: Final = "agency_admin"
_CODE: Final = r"[a-z][a-z0-9-]{0,31}"
_CLIENT: Final = re.compile(r"[\x21-\x7e]{1,128}")
_SMALLEST_RSA: Final = 2048
KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "EdDSA": ("ed25519",),
    "ES256": ("secp256r1",),
    "ES384": ("secp384r1",),
    "PS256": ("rsa",),
    "RS512": ("rsa",),
}


@dataclass(frozen=True, slots=True)
class Started:
    """An administrator and the code they start with, shown once."""

    agency: str
    username: str
    name: str
    code: str = field(repr=False)


class Beginning:
    """Built once by wiring."""

    def __init__(
        self, ways: tuple[Setup, Starting], clear: Transactions, vocabulary: Vocabulary, randomness: Randomness
    ) -> None:
        """Take how agencies and people are added, how codes are given out, clear rows, the words and chance."""
        (self._setup, self._starting), self._clear = ways, clear
        self._vocabulary, self._randomness = vocabulary, randomness

    def begin(self, text: str, source: str) -> list[Started]:
        """Add the agencies, and every administrator who has no account yet; returns those with their codes.

        A second time it adds administrators only: an agency that lost both of them gets another from here, in the log.

        Raises:
            PolicyError: the file, by line and column.
            InvalidRequestError: `other_agencies` when the partnership already began with others.
        """
        document = read(text, source)
        said: Sequence[Mapping[str, Any]] = document.checked(self._shape())["agencies"]
        _require_unlike(document, said)
        ids = self._agencies(said)
        taken = {one.username.casefold() for one in self._accounts()}
        return [
            self._start(agency["code"], ids[agency["code"]], person)
            for agency in said
            for person in agency["administrators"]
            if person["username"].casefold() not in taken
        ]

    def register_client(self, agency: str, client_id: str, kid: str, algorithm: str, pem: str) -> None:
        """Let an agency's case system call: its public key, used with one algorithm only; InvalidRequestError if not.

        Source: RFC 7523, section 2.2; the hub never holds a client's secret.
        """
        if not (_CLIENT.fullmatch(client_id) and _CLIENT.fullmatch(kid)):
            raise InvalidRequestError("client_malformed", next_step="id and key id: visible letters, no spaces")
        _require_key(algorithm, pem)
        with self._clear.read() as connection:
            known = {one.code: one.id for one in agencies.all_agencies(connection, self._clear.partnership)}
            taken = agencies.find_client(connection, self._clear.partnership, client_id)
        if agency not in known:
            raise InvalidRequestError("agency_unknown", next_step=f"one of: {', '.join(sorted(known))}")
        if taken is not None:
            raise InvalidRequestError("client_taken", next_step="another client id")
        self._setup.add_client(agencies.AgencyClient(client_id, known[agency], kid, algorithm, pem, active=True))

    def _agencies(self, said: Sequence[Mapping[str, Any]]) -> Mapping[str, AgencyId]:
        with self._clear.read() as connection:
            known = {one.code: one.id for one in agencies.all_agencies(connection, self._clear.partnership)}
        if not known:
            named = ("code", "kind", "name", "contact_name", "contact_phone")
            return self._setup.add_agencies([NewAgency(*(one[key] for key in named)) for one in said])
        if known.keys() != {one["code"] for one in said}:
            raise InvalidRequestError("other_agencies", next_step=f"the agencies it has: {', '.join(sorted(known))}")
        return known

    def _start(self, code: str, agency: AgencyId, person: Mapping[str, str]) -> Started:
        nobody_knows = new_secret(self._randomness)
        new = NewPerson(person["username"], person["name"], person["phone"], agency, _ROLE, nobody_knows)
        account = self._setup.add_person(new)
        starting_code, keep = self._starting.issue(account)
        with self._clear.write() as connection:
            keep(connection)
        return Started(code, new.username, new.name, starting_code)

    def _accounts(self) -> Sequence[accounts.Account]:
        with self._clear.read() as connection:
            return accounts.find_accounts(connection, self._clear.partnership)

    def _shape(self) -> type[Schema]:
        person = nested({"username": plain(r"[A-Za-z0-9][A-Za-z0-9_.-]{1,63}"), "name": plain(), "phone": plain()})
        agency = nested(
            {
                "code": plain(_CODE),
                "kind": word(self._vocabulary.agency_kinds),
                "name": plain(),
                "contact_name": plain(),
                "contact_phone": plain(),
                "administrators": fields.List(person, required=True),
            }
        )
        return shape({"agencies": fields.List(agency, required=True)})


def _require_unlike(document: Document, said: Sequence[Mapping[str, Any]]) -> None:
    if not said:
        raise document.refusal("no_agencies", ("agencies",), "at least the lead agency, first")
    names = [person["username"].casefold() for agency in said for person in agency["administrators"]]
    twice = {name for name, times in Counter(names).items() if times > 1}
    codes: set[str] = set()
    for at, agency in enumerate(said):
        place = ("agencies", at)
        if agency["code"] in codes:
            raise document.refusal("duplicate_code", (*place, "code"), "each agency once")
        codes.add(agency["code"])
        if len(agency["administrators"]) < ADMINISTRATORS:
            raise document.refusal("administrators_too_few", (*place, "administrators"), "two: they confirm each other")
        for number, person in enumerate(agency["administrators"]):
            if person["username"].casefold() in twice:
                where = (*place, "administrators", number, "username")
                raise document.refusal("duplicate_username", where, "each user name once")


def _require_key(algorithm: str, pem: str) -> None:
    if algorithm not in KEYS:
        raise InvalidRequestError("algorithm_unknown", next_step=f"one of: {', '.join(KEYS)}")
    try:
        key = serialization.load_pem_public_key(pem.encode())
    except (ValueError, UnsupportedAlgorithm):
        raise InvalidRequestError("key_unreadable", next_step="the public key, as PEM") from None
    if isinstance(key, ed25519.Ed25519PublicKey):
        kind = "ed25519"
    elif isinstance(key, ec.EllipticCurvePublicKey):
        kind = key.curve.name
    else:
        kind = "rsa" if isinstance(key, rsa.RSAPublicKey) and key.key_size >= _SMALLEST_RSA else ""
    if kind not in KEYS[algorithm]:
        raise InvalidRequestError("key_unfit", next_step=f"a key for {algorithm}; RSA of at least {_SMALLEST_RSA} bits")
