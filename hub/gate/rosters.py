"""Who signs for an agency: rosters, each signed by its previous one; the first confirmed by people, by fingerprint.

INVARIANT: a key counts for the rosters it stands in and for no other; a signature names its roster, so that what was
signed before a signatory left stays signed.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from hub.domain.canonical import canonical, digest
from hub.domain.errors import PolicyError
from hub.vault.signatures import fingerprint, require_signature

_SIGNED: Final = ("agreement", "version", "parties", "sha256", "text_sha256", "checked_with")
_ROSTER: Final = ("agency_code", "number", "previous", "signatories")
CONFIRMATIONS: Final = {True: 1, False: 2}
"""How many people must have compared the fingerprint of a roster that no earlier one signed: is it the first?"""

Body = Mapping[str, Any]


def what_is_signed(said: Body, party: str, resumes: Sequence[str] = ()) -> bytes:
    """Return the exact bytes a signatory of `party` signs.

    Shape: the version, its canonical form's digest, the digest of the page they saw, the digests of what it was
    checked with; `resumes` names the suspensions that the signature would end.
    """
    return canonical({**{key: said[key] for key in _SIGNED}, "party": party, "resumes": sorted(resumes)})


def roster_document(body: Body) -> bytes:
    """Return the exact bytes that a roster's predecessor signs."""
    return canonical({key: body[key] for key in _ROSTER})


class Rosters:
    """Every agency's rosters, oldest first, after each was checked."""

    def __init__(self, bodies: Iterable[Body]) -> None:
        """Take the bodies in the order they were recorded; PolicyError names the first that does not follow."""
        self._known: dict[str, list[Body]] = defaultdict(list)
        for body in bodies:
            self._require_follows(body)
            self._known[body["agency_code"]].append(body)

    def newest(self, agency_code: str) -> Body | None:
        """Return the roster in force, or None."""
        return self._known[agency_code][-1] if self._known.get(agency_code) else None

    def signatory(self, agency_code: str, number: int, key_id: str) -> Mapping[str, str]:
        """Return who holds a key in one roster (name, office, public_key); PolicyError when nobody does."""
        found = [body for body in self._known.get(agency_code, ()) if body["number"] == number]
        held: list[Mapping[str, str]] = [one for body in found for one in body["signatories"]]
        for one in held:
            if one["key_id"] == key_id == fingerprint(bytes.fromhex(one["public_key"])):
                return one
        raise PolicyError("unknown_signatory", where=f"{agency_code}:{key_id[:16]}", next_step="a key of the roster")

    def require_signed(self, said: Body, given: Body, resumes: Sequence[str] = ()) -> None:
        """Return silently when one signature record is good for what was said; else raise PolicyError."""
        who = self.signatory(given["party"], given["roster"], given["key_id"])
        message = what_is_signed(said, given["party"], resumes)
        require_signature(bytes.fromhex(who["public_key"]), message, bytes.fromhex(given["signature"]))

    def _require_follows(self, body: Body) -> None:
        before = self.newest(body["agency_code"])
        where = f"{body['agency_code']}/{body['number']}"
        expected = "" if before is None else digest({key: before[key] for key in _ROSTER})
        if (body["number"], body["previous"]) != (1 if before is None else before["number"] + 1, expected):
            raise PolicyError("roster_out_of_order", where=where)
        if before is not None and body["signed_by"]:
            signer = self.signatory(body["agency_code"], before["number"], body["signed_by"])
            return require_signature(
                bytes.fromhex(signer["public_key"]), roster_document(body), bytes.fromhex(body["signature"])
            )
        if len(set(body["confirmed_by"])) < CONFIRMATIONS[before is None]:
            raise PolicyError("roster_unconfirmed", where=where, next_step="confirm its fingerprint")
        return None
