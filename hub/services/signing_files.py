"""The two files that travel between hub and signatory: what is to be signed, and the signature.

A signing request carries the page and the exact values that are signed; it can be signed on a machine that has never
seen the hub. INVARIANT: nothing is signed whose page is not the one that the signed values name by its digest.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from hub.domain.canonical import canonical
from hub.domain.errors import PolicyError
from hub.gate.rosters import roster_document
from hub.policy.page import page_digest
from hub.services.signing_keys import SigningKey

REQUEST, SIGNATURE = "hub-signing-request/1", "hub-signature/1"
ROSTER: Final = "roster "
TYPED: Final = 8
"""How many characters of the page's digest a signatory types: enough to have looked at it, on paper or on screen."""
LONGEST: Final = 4_000_000
_OF_A_VERSION: Final = frozenset(
    {"agreement", "version", "parties", "sha256", "text_sha256", "checked_with", "party", "resumes"}
)
_OF_A_ROSTER: Final = frozenset({"agency_code", "number", "previous", "signatories"})


@dataclass(frozen=True, slots=True)
class SigningRequest:
    """What one signatory is asked to sign: a page, and the values whose canonical bytes are signed."""

    page: str
    document: Mapping[str, Any]

    @property
    def digest(self) -> str:
        """SHA-256 of the page: it stands at the foot of every sheet of the PDF."""
        return page_digest(self.page)

    @property
    def what(self) -> str:
        """`EFS-2026-04/1`, or `roster da/2`."""
        if set(self.document) == _OF_A_ROSTER:
            return f"{ROSTER}{self.document['agency_code']}/{self.document['number']}"
        return f"{self.document['agreement']}/{self.document['version']}"

    @property
    def party(self) -> str:
        """The code of the agency it is signed for."""
        return str(self.document.get("party", self.document.get("agency_code", "")))

    @property
    def resumes(self) -> Sequence[str]:
        """The suspensions that the signature would end."""
        return tuple(self.document.get("resumes", ()))

    @property
    def message(self) -> bytes:
        """The exact bytes that are signed."""
        return canonical(self.document)

    @property
    def text(self) -> str:
        """The file."""
        return _written({"format": REQUEST, "page": self.page, "document": self.document})

    def require_sound(self) -> None:
        """Return silently when the page is the one that the signed values speak of; else raise PolicyError."""
        said, lines = self.document, self.page.splitlines()
        if set(said) == _OF_A_ROSTER:
            sound = self.page == roster_page(said)
        else:
            heads = any(line.endswith(f": {self.what}") for line in lines[:3])
            named = any(line.endswith(f": {said['sha256']}") for line in lines[:3])
            sound = said["text_sha256"] == self.digest and heads and named
        if not sound:
            raise PolicyError("another_page", where=self.what, next_step="do not sign; fetch the signing request again")

    def signed(self, key: SigningKey) -> "SignatureFile":
        """Sign it, after looking once more that page and values belong together."""
        self.require_sound()
        return SignatureFile(self.what, self.party, key.key_id, key.sign(self.message).hex())

    @classmethod
    def read(cls, text: str) -> "SigningRequest":
        """Read a request; PolicyError when it is none."""
        said = _read(text, REQUEST)
        page, document = said.get("page"), said.get("document")
        known = isinstance(document, dict) and set(document) in {_OF_A_VERSION, _OF_A_ROSTER}
        if not isinstance(page, str) or not isinstance(document, dict) or not known:
            raise _not_one(REQUEST)
        return cls(page, document)

    @classmethod
    def of_version(cls, page: str, message: bytes) -> "SigningRequest":
        """Return the request for the bytes that the hub says are to be signed."""
        return cls(page, json.loads(message))

    @classmethod
    def of_roster(cls, body: Mapping[str, Any]) -> "SigningRequest":
        """Return the request for a roster that its predecessor signs."""
        document = json.loads(roster_document(body))
        return cls(roster_page(document), document)


@dataclass(frozen=True, slots=True)
class SignatureFile:
    """A signature on its way to the hub; there is nothing secret in it."""

    what: str
    party: str
    key_id: str
    signature: str

    @property
    def text(self) -> str:
        """The file."""
        said = {"what": self.what, "party": self.party, "key_id": self.key_id, "signature": self.signature}
        return _written({"format": SIGNATURE, **said})

    @property
    def raw(self) -> bytes:
        """The 64 bytes."""
        return bytes.fromhex(self.signature)

    @classmethod
    def read(cls, text: str) -> "SignatureFile":
        """Read a signature file; PolicyError when it is none."""
        said = _read(text, SIGNATURE)
        names = ("what", "party", "key_id", "signature")
        if set(said) != {"format", *names} or not all(isinstance(said[name], str) for name in names):
            raise _not_one(SIGNATURE)
        try:
            bytes.fromhex(said["signature"])
        except ValueError:
            raise _not_one(SIGNATURE) from None
        return cls(*(said[name] for name in names))


def roster_page(body: Mapping[str, Any]) -> str:
    """Return a roster as people read it: who signs for the agency, with the fingerprint of each key in groups."""
    lines = [f"Roster {body['number']} of the signatories of {body['agency_code']}"]
    lines += [f"It follows the roster with SHA-256 {body['previous']}" if body["previous"] else "It is the first."]
    for one in body["signatories"]:
        lines += [f"{one['name']}, {one['office']}", f"  key {in_groups(one['key_id'])}"]
    return "\n".join(lines) + "\n"


def in_groups(fingerprint: str) -> str:
    """Write a fingerprint in groups of four, as people read it to each other."""
    return " ".join(fingerprint[at : at + 4] for at in range(0, len(fingerprint), 4))


def _written(said: Mapping[str, Any]) -> str:
    return json.dumps(said, ensure_ascii=False, indent=1) + "\n"


def _read(text: str, kind: str) -> dict[str, Any]:
    try:
        said = json.loads(text[: LONGEST + 1], object_pairs_hook=_once, parse_constant=_never)
    except (ValueError, RecursionError):
        raise _not_one(kind) from None
    if len(text) > LONGEST or not isinstance(said, dict) or said.get("format") != kind:
        raise _not_one(kind)
    return said


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("duplicate")
    return found


def _never(_constant: str) -> None:
    raise ValueError("constant")


def _not_one(kind: str) -> PolicyError:
    if kind == SIGNATURE:
        return PolicyError("not_a_signature", where="file", next_step="the whole file that `hub policy sign` wrote")
    return PolicyError("not_a_signing_request", where="file", next_step="the file of `hub policy request`, or the page")
