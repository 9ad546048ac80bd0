"""Handing over the receipt for a consent event: to the person who spoke, and nowhere that is not safe.

INVARIANT: an address is used only if it is safe (`hub.services.safe_contact`); else the act stops, and the receipt is
handed over in person.
INVARIANT: a copy is made only under an entry that names its recipient (design section 4.11).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from hub.domain.access import Act, Operation
from hub.domain.clock import Clock
from hub.domain.consent import Asking, Channel
from hub.domain.errors import AccessRefusedError, ConflictError, NotFoundError
from hub.domain.facts import Fact, person_chain
from hub.domain.fields import RecordKind
from hub.domain.ids import AccountId, FactId, FamilyId, PersonId
from hub.domain.life import PRACTITIONERS
from hub.gate.disclosure import Disclosure, ShownRecord
from hub.gate.doorkeeper import Doorkeeper
from hub.gate.reader import Reader
from hub.gate.view import View
from hub.gate.writer import Writer
from hub.services.consent_record import Line, lines_of, record_of
from hub.services.family_page import Stated
from hub.services.lives import Lives
from hub.services.register import Register
from hub.services.safe_contact import CONTACT_KINDS, name_of, own_records, safe_detail

_MAKERS: Final = PRACTITIONERS | {"team_manager"}


@dataclass(frozen=True, slots=True)
class Receipt:
    """A copy to hand over by `channel`; `chosen` is the one the person chose. `address` is "" in person."""

    event: FactId
    name: str
    about_self: bool
    lines: tuple[Line, ...]
    record: Mapping[str, object]
    channel: Channel
    chosen: Channel
    address: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which event, for which sitting's purpose and reason, and how it is to be handed over."""

    family: FamilyId
    event: FactId
    stated: Stated
    channel: Channel = Channel.IN_PERSON


class ConsentReceipts:
    """Makes receipts. Built once by wiring."""

    def __init__(self, reader: Reader, doorkeeper: Doorkeeper, writer: Writer, lives: Lives, clock: Clock) -> None:
        """Take the gate, and who knows whose clients people are."""
        self._reader, self._doorkeeper, self._writer = reader, doorkeeper, writer
        self._lives, self._clock = lives, clock

    def make(self, by: AccountId, wanted: Wanted, register: Register) -> Receipt:
        """Return the receipt, after entering that it is handed over, and to whom.

        Raises:
            NotFoundError: no such event of anybody this worker works with.
            ConflictError: the way asked for is not the one chosen, or is not safe; nothing was written on anything.
        """
        seen = self._reader.disclose(self._view(by, wanted))
        fact = self._event(by, wanted, seen)
        asking = Asking.of(fact.body)
        subject = PersonId(fact.chain.removeprefix("person:"))
        taker = PersonId(asking.given_by or subject)
        own = own_records(taker, seen)
        name, address = name_of(taker, seen), safe_detail(wanted.channel, asking.channel, taker, seen)
        if address is None:
            self._refuse(by, wanted)
        self._hand_over(by, wanted, taker, own if name or address else [])
        return Receipt(
            fact.id,
            name,
            taker == subject,
            lines_of(fact, register),
            record_of(fact, register, self._clock()),
            wanted.channel,
            asking.channel,
            address or "",
        )

    def _view(self, by: AccountId, wanted: Wanted) -> View:
        now, stated = self._clock(), wanted.stated
        met = {"state_purpose"} | ({"state_reason"} if stated.reason.strip() else set())
        view = View(Act.CONSENT_RECEIPT, by, wanted.family, stated.purpose, CONTACT_KINDS, at=now, known=now)
        return replace(view, justification=stated.reason, satisfied=frozenset(met))

    def _event(self, by: AccountId, wanted: Wanted, seen: Disclosure) -> Fact:
        clients = self._lives.clients(by, wanted.family, list(seen.persons))
        chains = {person_chain(person) for person in clients}
        found = next((fact for fact in seen.consents if fact.chain in chains and fact.id == wanted.event), None)
        if found is None:
            raise NotFoundError(where=wanted.event)
        return found

    def _hand_over(self, by: AccountId, wanted: Wanted, taker: PersonId, own: list[ShownRecord]) -> None:
        self._doorkeeper.let_in(
            by,
            Act.CONSENT_RECEIPT,
            _MAKERS,
            operation=Operation.DISCLOSURE,
            purpose=wanted.stated.purpose,
            family=wanted.family,
            justification=wanted.stated.reason,
            recipient=person_chain(taker),
            records=[record.record for record in own if record.kind is not RecordKind.PROTECTED_CONTACT],
        )

    def _refuse(self, by: AccountId, wanted: Wanted) -> None:
        """Enter that this way was not taken, and say what to do instead; why it is not safe is told to nobody."""
        try:
            self._doorkeeper.let_in(by, Act.CONSENT_RECEIPT, (), family=wanted.family, purpose=wanted.stated.purpose)
        except AccessRefusedError:
            raise ConflictError("not_a_safe_way", where=wanted.event, next_step="hand_it_over_in_person") from None
