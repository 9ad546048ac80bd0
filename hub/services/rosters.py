"""Who signs for each agency: a roster is signed by the one before it, or its fingerprints are compared by officers."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hub.domain.access import Act
from hub.domain.canonical import digest
from hub.domain.clock import Clock
from hub.domain.errors import ConflictError, InvalidRequestError, PolicyError
from hub.domain.facts import AGREEMENTS_CHAIN, Fact, FactKind, roster_chain
from hub.domain.ids import AccountId, FactId, IdMaker
from hub.gate.rosters import CONFIRMATIONS, Body, Rosters, roster_document
from hub.gate.writer import Actor, Writer
from hub.policy.procedure import confirmed_by, rosters_said, waiting_roster
from hub.services.intake import SYSTEM
from hub.services.signing import Signing
from hub.services.signing_keys import fingerprint, public_bytes

SHORTEST = 16
"""How many characters of a fingerprint must be compared at least: 64 bits, read in four groups of four."""


@dataclass(frozen=True, slots=True)
class NewSignatory:
    """A person who signs for an agency, and the public half (hexadecimal or PEM) of the key only they hold."""

    name: str
    office: str
    public_key: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """A roster that was offered and is not in force yet."""

    body: Body
    confirmations: int
    needed: int


class SignatoryRosters:
    """Offers, confirms and enters rosters. Built once by wiring."""

    def __init__(self, signing: Signing, writer: Writer, clock: Clock, ids: IdMaker) -> None:
        """Take the gate's writer."""
        self._signing, self._writer, self._clock, self._ids = signing, writer, clock, ids

    def newest(self, agency_code: str) -> Body | None:
        """Return an agency's roster in force."""
        return Rosters(rosters_said(self._facts(agency_code))).newest(agency_code)

    def waiting(self, agency_code: str) -> Waiting | None:
        """Return the roster that waits to be confirmed or signed."""
        facts = self._facts(agency_code)
        offered = waiting_roster(agency_code, facts)
        if offered is None:
            return None
        first = self.newest(agency_code) is None
        return Waiting(offered.body, len(confirmed_by(offered, facts)), CONFIRMATIONS[first])

    def offer(self, account: AccountId, people: Sequence[NewSignatory]) -> bytes:
        """Offer a roster for this account's agency; returns the bytes the previous roster may sign.

        It replaces a roster that waits. Adding and ending a signatory are the same: a new roster, with or without them.
        """
        if not people or any(not one.name.strip() or not one.office.strip() for one in people):
            raise InvalidRequestError("nobody_named", where="signatories", next_step="name and office of each")
        party = self._signing.known(account).party
        before = self.newest(party)
        body = {
            "agency_code": party,
            "number": 1 if before is None else before["number"] + 1,
            "previous": "" if before is None else _digest(before),
            "signatories": [_entry(one) for one in people],
        }
        said = {**body, "step": "offered", "party": party, "digest": _digest(body)}
        self._writer.record(Actor(account), Act.ROSTER_RECORD, None, [self._fact(roster_chain(party), said)])
        return roster_document(body)

    def confirm(self, account: AccountId, agency_code: str, fingerprints: str) -> None:
        """Say that the fingerprints were compared with the signatories themselves; enough people enter the roster.

        Raises:
            InvalidRequestError: what was typed is not the fingerprint of every key on it.
        """
        waiting = self._waiting(agency_code)
        typed = [word for word in re.split(r"[,;\s]+", _groups_joined(fingerprints)) if len(word) >= SHORTEST]
        for one in waiting.body["signatories"]:
            if not any(one["key_id"].startswith(word) for word in typed):
                raise InvalidRequestError("another_fingerprint", where="fingerprints", next_step="do not confirm; ask")
        said = {"agency_code": agency_code, "step": "confirmed", "digest": waiting.body["digest"]}
        words = "Fingerprints compared: " + ", ".join(one["key_id"] for one in waiting.body["signatories"])
        fact = self._fact(roster_chain(agency_code), said)
        self._writer.record(Actor(account), Act.ROSTER_RECORD, None, [fact], justification=words)
        again = self._waiting(agency_code)
        if again.confirmations >= again.needed:
            offered = waiting_roster(agency_code, self._facts(agency_code))
            people = confirmed_by(offered, self._facts(agency_code)) if offered else set()
            self._enter(again.body, {"confirmed_by": sorted(people), "signed_by": "", "signature": ""})

    def submit(self, account: AccountId, key_id: str, signature: bytes) -> None:
        """Hand in the previous roster's signature over the one that waits: it is in force at once."""
        party = self._signing.known(account).party
        waiting, facts = self._waiting(party), self._facts(party)
        if self.newest(party) is None:
            raise ConflictError("first_roster", where=party, next_step="the first is confirmed by fingerprint")
        how = {"confirmed_by": [], "signed_by": key_id, "signature": signature.hex()}
        Rosters([*rosters_said(facts), {**_roster(waiting.body), **how}])
        self._enter(waiting.body, how)

    def to_sign(self, account: AccountId) -> bytes:
        """Return the bytes of this agency's waiting roster."""
        return roster_document(self._waiting(self._signing.known(account).party).body)

    def _enter(self, offered: Body, how: Mapping[str, object]) -> None:
        fact = self._fact(AGREEMENTS_CHAIN, {**_roster(offered), **how}, FactKind.ROSTER)
        self._writer.record(Actor(SYSTEM), Act.ROSTER_RECORD, None, [fact])

    def _waiting(self, agency_code: str) -> Waiting:
        found = self.waiting(agency_code)
        if found is None:
            raise ConflictError("nothing_to_confirm", where=agency_code, next_step="offer a roster first")
        return found

    def _facts(self, agency_code: str) -> tuple[Fact, ...]:
        return self._writer.standing_facts([AGREEMENTS_CHAIN, roster_chain(agency_code)], self._clock())

    def _fact(self, chain: str, body: Mapping[str, object], kind: FactKind = FactKind.STEP) -> Fact:
        now = self._clock()
        return Fact(FactId(self._ids.new()), chain, 0, kind, body, now, None, now, SYSTEM)


def _roster(body: Body) -> dict[str, object]:
    return {name: body[name] for name in ("agency_code", "number", "previous", "signatories")}


def _digest(body: Body) -> str:
    return digest(_roster(body))


def _entry(one: NewSignatory) -> dict[str, str]:
    try:
        public = public_bytes(one.public_key)
    except ValueError:
        raise PolicyError(
            "not_a_public_key", where="public_key", next_step="the PUBLIC line of hub policy key"
        ) from None
    return {
        "key_id": fingerprint(public),
        "public_key": public.hex(),
        "name": one.name.strip(),
        "office": one.office.strip(),
    }


def _groups_joined(typed: str) -> str:
    """Join what people type in groups of four: `ab12 cd34 ...` is one fingerprint, a comma or a line ends it."""
    return ",".join(re.sub(r"[\s:-]+", "", part) for part in re.split(r"[,;\n]+", typed.casefold()))
