"""A family that moves: handed to another partnership as a sealed, signed bundle, received as one, receipted both ways.

The other partnership stands in the register as an agency, so that policy decides what it may be given as for anybody,
and its system has a credential of its own. Its keys are pinned by information governance officers, out of band.
INVARIANT: the bundle holds only what its maker may see and its recipient may be given; nothing that a sender limited,
nothing that goes no further, and no address that is kept safe.
INVARIANT: signed, then sealed; both keys stand in what is signed, so a bundle cannot be passed on as somebody else's.
INVARIANT: a bundle that was sent again gives the same receipt, byte for byte.
"""

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from hub.domain.access import Act, Operation
from hub.domain.canonical import digest
from hub.domain.clock import Clock, Randomness, stamp
from hub.domain.errors import ConflictError, NotFoundError, RejectedMessageError
from hub.domain.fields import SHAPES, RecordKind
from hub.domain.ids import AccountId, AgencyId, FamilyId, IdMaker
from hub.domain.referral import Connector, Limits
from hub.gate.disclosure import Disclosure
from hub.gate.doorkeeper import Doorkeeper
from hub.gate.reader import Reader
from hub.gate.view import View
from hub.services.carried_files import BROKEN, CarriedFiles
from hub.services.family_page import Stated
from hub.services.intake import Intake, Message
from hub.services.neighbours import Neighbours
from hub.services.receiving import read_records
from hub.services.register import Register
from hub.services.transfer_bundle import family_given, files_given
from hub.services.transfer_keys import OwnKeys, PublicKeys, signed_bytes
from hub.services.transfer_sealing import BUNDLE, Envelope, seal, signed_document
from hub.store.clear import transfers as rows
from hub.store.session import Transactions

RECEIPT: Final = "hub-transfer-receipt/2"
CONNECTOR: Final = "transfer_bundle"
MAKERS: Final = frozenset({"team_manager"})
LIFE: Final = timedelta(days=30)
"""How old a bundle may be when it arrives: later it is refused by name, and made anew."""
_AHEAD: Final = timedelta(minutes=10)
_KINDS: Final = frozenset(kind for kind, shape in SHAPES.items() if shape.in_chronology) | {
    RecordKind.PERSON,
    RecordKind.ATTACHMENT,
}
_MOST: Final = 10_000


@dataclass(frozen=True, slots=True)
class Ours:
    """This partnership's side: its keys, the pinned keys of others, what opens files, and its log's name."""

    keys: OwnKeys
    neighbours: Neighbours
    files: CarriedFiles
    origin: str


class Transfers:
    """Hands over and receives. Built once by wiring."""

    def __init__(
        self,
        gate: tuple[Reader, Doorkeeper],
        intake: Intake,
        formats: tuple[Mapping[str, Connector], Limits],
        ours: Ours,
        clear: Transactions,
        hands: tuple[Clock, IdMaker, Randomness],
    ) -> None:
        """Take the gate, the intake, the formats, this partnership's side, and clear rows."""
        (self._reader, self._doorkeeper), self._intake, self._ours = gate, intake, ours
        (self._connectors, self._limits), self._clear = formats, clear
        self._clock, self._ids, self._randomness = hands

    @property
    def public_keys(self) -> PublicKeys:
        """The keys that the other partnership is given; KeyUnavailableError when there are none yet."""
        return self._ours.keys.newest.public

    def recipients(self, register: Register) -> dict[str, str]:
        """Return the partnerships whose keys count, by name."""
        return self._ours.neighbours.known(register)

    def hand_over(
        self, by: AccountId, family: FamilyId, recipient: AgencyId, stated: Stated, register: Register
    ) -> bytes:
        """Return the bundle, sealed to its recipient, after entering that it goes to them.

        Raises:
            AccessRefusedError: the maker may not (answered like 'not found').
            NotFoundError: the recipient is no partnership whose keys count.
            ConflictError: there is nothing that it may be given, or too much for one bundle.
        """
        self._doorkeeper.let_in(by, Act.FAMILY_TRANSFER, MAKERS, family=family, recipient=recipient)
        theirs, pair = self._ours.neighbours.keys_of(recipient), self._ours.keys.newest
        if theirs is None:
            raise NotFoundError(where="recipient", next_step="hub transfer trust")
        shown = self._reader.disclose(self._view(by, family, recipient, stated))
        said, pieces = self._said(by, shown, register)
        if shown.cursor or not said["people"]:
            raise ConflictError("nothing_to_hand_over" if not shown.cursor else "too_much", where=family)
        id_, now = self._ids.new(), self._clock()
        document = {
            "transfer": id_,
            "sender": self._ours.origin,
            "sender_key": pair.public.fingerprint,
            "recipient": register.agency(recipient),
            "recipient_key": theirs.fingerprint,
            "made_at": stamp(now),
            "reason": stated.reason,
            **said,
        }
        with self._clear.write() as connection:
            made = rows.Transfer(id_, family, recipient, digest(document), now, by)
            rows.add(connection, self._clear.partnership, made)
        return seal([pair.signed(BUNDLE, document), *pieces], pair.public, theirs, self._randomness)

    def receive(self, agency: AgencyId, body: bytes) -> bytes:
        """Take in a bundle that another partnership sealed to this one; returns the signed receipt.

        Raises:
            RejectedMessageError: `another_format`, `sender_key_unknown`, `sender_key_differs`, `another_recipient`,
                `bundle_changed`, `signature_does_not_hold`, `required`, `bundle_too_old`, `file_differs`.
            ConflictError: the same transfer came with another content.
        """
        envelope, theirs = Envelope.read(body), self._pinned(agency)
        if envelope.sender != theirs.fingerprint:
            raise RejectedMessageError("sender_key_differs", where="/sender", next_step="hub transfer trust")
        signed, *pieces = envelope.opened(self._ours.keys)
        document = _verified(theirs, BUNDLE, signed)
        self._require_meant(document, envelope)
        whole = _whole(signed, document, pieces)
        parsed = list(read_records(self._connectors[CONNECTOR].parse, whole, self._limits))
        message = Message(agency, CONNECTOR, f"transfer {document['transfer']}", whole, "application/json", parsed)
        receipt = self._intake.receive(message)
        said = {
            "transfer": document["transfer"],
            "bundle_sha256": digest(document),
            "receiver": self._ours.origin,
            "receipt": receipt["receipt"],
            "received_at": receipt["received_at"],
        }
        return self._ours.keys.newest.signed(RECEIPT, said)

    def acknowledge(self, by: AccountId, body: bytes) -> str:
        """Keep the receiver's receipt for a family that was handed over; returns the transfer's id. It is entered.

        Raises:
            RejectedMessageError: not a receipt, not signed by whom the family went to, or for another bundle.
        """
        said = signed_document(RECEIPT, body)["document"]
        with self._clear.read() as connection:
            made = rows.find(connection, self._clear.partnership, str(said.get("transfer", "")))
        if made is None:
            raise RejectedMessageError("transfer_unknown", where="/document/transfer")
        document = _verified(self._pinned(made.recipient), RECEIPT, body)
        if document.get("bundle_sha256") != made.bundle_digest:
            raise RejectedMessageError("another_bundle", where="/document/bundle_sha256")
        detail = {"transfer": made.id, "receipt": str(document.get("receipt", ""))}
        self._doorkeeper.let_in(
            by, Act.FAMILY_TRANSFER, MAKERS, family=made.family, recipient=made.recipient, selection=detail
        )
        with self._clear.write() as connection:
            rows.receipted(connection, self._clear.partnership, made.id, body.decode(), self._clock())
        return made.id

    def _said(self, by: AccountId, shown: Disclosure, register: Register) -> tuple[dict[str, Any], Sequence[bytes]]:
        """Return what the bundle says of the family, and the pieces of its files."""
        given = family_given(shown, register)
        carried = self._ours.files.beside(given.files)
        for broken in (file for file in carried if file.left_out == BROKEN):
            self._doorkeeper.alarm(
                Act.FAMILY_TRANSFER, "integrity_fault", agency=broken.owner, family=shown.family, detail={"by": by}
            )
        files, left, pieces = files_given(carried, given.places, register)
        withheld = [*given.withheld, *left]
        return {"people": given.people, "entries": given.entries, "files": files, "withheld": withheld}, pieces

    def _pinned(self, agency: AgencyId) -> PublicKeys:
        found = self._ours.neighbours.keys_of(agency)
        if found is None:
            raise RejectedMessageError("sender_key_unknown", where="/sender", next_step="hub transfer trust")
        return found

    def _require_meant(self, document: Mapping[str, Any], envelope: Envelope) -> None:
        """Refuse what was signed for somebody else and sealed again to us, what has no id, and what is too old."""
        transfer = document.get("transfer")
        if not isinstance(transfer, str) or not transfer.strip():  # nothing could be receipted
            raise RejectedMessageError("required", where="/document/transfer", next_step="name the transfer")
        if (document.get("sender_key"), document.get("recipient_key")) != (envelope.sender, envelope.recipient):
            raise RejectedMessageError("another_recipient", where="/document/recipient_key")
        try:
            made = datetime.fromisoformat(str(document.get("made_at")))
            age = self._clock() - made
        except (ValueError, TypeError):
            raise RejectedMessageError("not_a_date", where="/document/made_at") from None
        if not -_AHEAD <= age <= LIFE:
            raise RejectedMessageError("bundle_too_old", where="/document/made_at", next_step="ask_for_a_new_one")

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


def _verified(keys: PublicKeys, kind: str, body: bytes) -> Mapping[str, Any]:
    """Return the document once its signature holds under these keys."""
    said = signed_document(kind, body)
    try:
        key = Ed25519PublicKey.from_public_bytes(keys.signing)
        key.verify(bytes.fromhex(str(said["signature"])), signed_bytes(kind, said["document"]))
    except (InvalidSignature, KeyError, ValueError, TypeError):
        raise RejectedMessageError("signature_does_not_hold", where="/signature") from None
    document: Mapping[str, Any] = said["document"]
    return document


def _whole(signed: bytes, document: Mapping[str, Any], pieces: Sequence[bytes]) -> bytes:
    """Return the signed file with its files inside it, each as it was signed: what the connector reads."""
    contents = [base64.b64encode(content).decode() for content in _files(document, pieces)]
    return json.dumps({**json.loads(signed), "contents": contents}, ensure_ascii=False, sort_keys=True).encode()


def _files(document: Mapping[str, Any], pieces: Sequence[bytes]) -> Iterator[bytes]:
    """Yield each file's content; RejectedMessageError when it is not the one that was signed, or one is too many."""
    left = list(pieces)
    try:
        for number, file in enumerate(document["files"]):
            count = int(file["parts"])
            content, left = b"".join(left[:count]), left[count:]
            if hashlib.sha256(content).hexdigest() != file["sha256"]:
                raise RejectedMessageError("file_differs", where=f"/document/files/{number}")
            yield content
    except (KeyError, TypeError, ValueError):
        raise RejectedMessageError("required", where="/document/files") from None
    if left:
        raise RejectedMessageError("file_differs", where="/document/files")
