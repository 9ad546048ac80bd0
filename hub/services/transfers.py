"""A family that moves: handed to another partnership as a signed bundle, received as one, receipted both ways.

The other partnership stands in the register as an agency, so that policy decides what it may be given as for anybody,
and its system has a credential of its own. Its signing key is exchanged between people, out of band, once.
INVARIANT: the bundle holds only what its maker may see and its recipient may be given; nothing that a sender limited,
nothing that goes no further, and no address that is kept safe.
INVARIANT: a bundle that was sent again gives the same receipt, byte for byte.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from hub.domain.access import Act, Operation
from hub.domain.canonical import canonical, digest
from hub.domain.clock import Clock, stamp
from hub.domain.errors import ConflictError, InvalidRequestError, NotFoundError, RejectedMessageError
from hub.domain.fields import SHAPES, RecordKind
from hub.domain.ids import AccountId, AgencyId, FamilyId, IdMaker
from hub.domain.referral import Connector, Limits
from hub.gate.doorkeeper import Doorkeeper
from hub.gate.reader import Reader
from hub.gate.view import View
from hub.services.family_page import Stated
from hub.services.intake import Intake, Message
from hub.services.register import Register
from hub.services.transfer_bundle import family_given
from hub.store.clear import transfers as rows
from hub.store.session import Transactions

BUNDLE, RECEIPT = "hub-transfer/1", "hub-transfer-receipt/1"
CONNECTOR: Final = "transfer_bundle"
MAKERS: Final = frozenset({"team_manager"})
_KINDS: Final = frozenset(kind for kind, shape in SHAPES.items() if shape.in_chronology) | {RecordKind.PERSON}
_MOST: Final = 10_000


@dataclass(frozen=True, slots=True)
class TransferKey:
    """The partnership's own key for bundles and receipts."""

    private: Ed25519PrivateKey

    @property
    def public(self) -> str:
        """What the other side checks with: 64 hexadecimal characters."""
        return self.private.public_key().public_bytes_raw().hex()

    def signed(self, kind: str, document: Mapping[str, Any]) -> bytes:
        """Return a file: the document and a signature over its canonical bytes, with the kind of file before them."""
        signature = self.private.sign(_signed_bytes(kind, document)).hex()
        said = {"format": kind, "document": document, "key_id": digest(self.public)[:16], "signature": signature}
        return (json.dumps(said, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


class Transfers:
    """Hands over and receives. Built once by wiring."""

    def __init__(
        self,
        gate: tuple[Reader, Doorkeeper],
        intake: Intake,
        formats: tuple[Mapping[str, Connector], Limits],
        key: TransferKey,
        origin: str,
        clear: Transactions,
        hands: tuple[Clock, IdMaker],
    ) -> None:
        """Take the gate, the intake, the partnership's key and its log's name, and clear rows."""
        (self._reader, self._doorkeeper), self._intake, self._key, self._origin = gate, intake, key, origin
        (self._connectors, self._limits), self._clear = formats, clear
        self._clock, self._ids = hands

    @property
    def public_key(self) -> str:
        """The key that the other partnership is given."""
        return self._key.public

    def trust(self, agency: AgencyId, public_key: str) -> None:
        """Keep the key with which another partnership signs; InvalidRequestError when it is none."""
        said = public_key.strip()
        try:
            Ed25519PublicKey.from_public_bytes(bytes.fromhex(said))
        except ValueError:
            raise InvalidRequestError("not_a_key", where="key", next_step="the line of `hub transfer key`") from None
        with self._clear.write() as connection:
            rows.trust(connection, self._clear.partnership, agency, said)

    def recipients(self, register: Register) -> dict[str, str]:
        """Return the partnerships whose keys are known, by name."""
        with self._clear.read() as connection:
            known = rows.known_keys(connection, self._clear.partnership)
        return {agency: register.agency(agency) for agency in known}

    def hand_over(
        self, by: AccountId, family: FamilyId, recipient: AgencyId, stated: Stated, register: Register
    ) -> bytes:
        """Return the signed bundle, after entering that it goes to this recipient.

        Raises:
            AccessRefusedError: the maker may not (answered like 'not found').
            NotFoundError: the recipient is no partnership whose key is known.
            ConflictError: there is nothing that it may be given, or too much for one bundle.
        """
        self._doorkeeper.let_in(by, Act.FAMILY_TRANSFER, MAKERS, family=family, recipient=recipient)
        with self._clear.read() as connection:
            if rows.key_of(connection, self._clear.partnership, recipient) is None:
                raise NotFoundError(where="recipient", next_step="hub transfer trust")
        shown = self._reader.disclose(self._view(by, family, recipient, stated))
        id_, now = self._ids.new(), self._clock()
        document = {
            "transfer": id_,
            "sender": self._origin,
            "recipient": register.agency(recipient),
            "made_at": stamp(now),
            "reason": stated.reason,
            **family_given(shown, register),
        }
        if shown.cursor or not document["people"]:
            raise ConflictError("nothing_to_hand_over" if not shown.cursor else "too_much", where=family)
        bundle = self._key.signed(BUNDLE, document)
        with self._clear.write() as connection:
            made = rows.Transfer(id_, family, recipient, digest(document), now, by)
            rows.add(connection, self._clear.partnership, made)
        return bundle

    def receive(self, agency: AgencyId, body: bytes) -> bytes:
        """Take in a bundle that another partnership signed; returns the signed receipt, the same for the same bundle.

        Raises:
            RejectedMessageError: not a bundle, without an id, or not signed with the key of the agency that sends it.
            ConflictError: the same transfer came with another content.
        """
        parsed = list(self._connectors[CONNECTOR].parse(body, self._limits))
        document = self._verified(agency, BUNDLE, body)
        transfer = document.get("transfer")
        if not isinstance(transfer, str) or not transfer.strip():  # nothing could be receipted
            raise RejectedMessageError("required", where="/document/transfer", next_step="name the transfer")
        message = Message(agency, CONNECTOR, f"transfer {transfer}", body, "application/json", parsed)
        receipt = self._intake.receive(message)
        said = {
            "transfer": transfer,
            "bundle_sha256": digest(document),
            "receiver": self._origin,
            "receipt": receipt["receipt"],
            "received_at": receipt["received_at"],
        }
        return self._key.signed(RECEIPT, said)

    def acknowledge(self, by: AccountId, body: bytes) -> str:
        """Keep the receiver's receipt for a family that was handed over; returns the transfer's id. It is entered.

        Raises:
            RejectedMessageError: not a receipt, not signed by whom the family went to, or for another bundle.
        """
        said = _outer(RECEIPT, body)["document"]
        with self._clear.read() as connection:
            made = rows.find(connection, self._clear.partnership, str(said.get("transfer", "")))
        if made is None:
            raise RejectedMessageError("transfer_unknown", where="/document/transfer")
        document = self._verified(made.recipient, RECEIPT, body)
        if document.get("bundle_sha256") != made.bundle_digest:
            raise RejectedMessageError("another_bundle", where="/document/bundle_sha256")
        detail = {"transfer": made.id, "receipt": str(document.get("receipt", ""))}
        self._doorkeeper.let_in(
            by, Act.FAMILY_TRANSFER, MAKERS, family=made.family, recipient=made.recipient, selection=detail
        )
        with self._clear.write() as connection:
            rows.receipted(connection, self._clear.partnership, made.id, body.decode(), self._clock())
        return made.id

    def _verified(self, agency: AgencyId, kind: str, body: bytes) -> Mapping[str, Any]:
        """Return the document once its signature holds under the key of this agency."""
        said = _outer(kind, body)
        with self._clear.read() as connection:
            known = rows.key_of(connection, self._clear.partnership, agency)
        if known is None:
            raise RejectedMessageError("sender_key_unknown", where="/key_id")
        try:
            key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(known))
            key.verify(bytes.fromhex(str(said["signature"])), _signed_bytes(kind, said["document"]))
        except (InvalidSignature, ValueError, TypeError):
            raise RejectedMessageError("signature_does_not_hold", where="/signature") from None
        document: Mapping[str, Any] = said["document"]
        return document

    def _view(self, by: AccountId, family: FamilyId, recipient: AgencyId, stated: Stated) -> View:
        now = self._clock()
        met = {"state_purpose"} | ({"state_reason"} if stated.reason.strip() else set())
        return View(
            Act.FAMILY_TRANSFER,
            by,
            family,
            stated.purpose,
            _KINDS,
            at=now,
            known=now,
            justification=stated.reason,
            satisfied=frozenset(met),
            recipient=recipient,
            operation=Operation.EXPORT,
            limit=_MOST,
        )


def _signed_bytes(kind: str, document: object) -> bytes:
    return kind.encode() + b"\n" + canonical(document)


def _outer(kind: str, body: bytes) -> dict[str, Any]:
    """Read the outer shape; RejectedMessageError when it is another kind of file."""
    try:
        said = json.loads(body.decode(), object_pairs_hook=_once)
    except (ValueError, RecursionError):
        raise RejectedMessageError("malformed_json", where="/") from None
    if not isinstance(said, dict) or said.get("format") != kind or not isinstance(said.get("document"), dict):
        raise RejectedMessageError("another_format", where="/format")
    return said


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("duplicate")
    return found
