"""Copies of a family's chronology for a named recipient: a worker, an agency, or a member of the family.

INVARIANT: a copy holds only what its maker and its recipient may both see, each by a decision of their own, and it is
opened only under an entry that names the recipient (design section 4.11).
INVARIANT: an address is never typed: it is the recipient's safe contact at this moment, or the act stops.
INVARIANT: a copy for a member of the family holds no entry before the day from which the family may see it, and none
that is withheld; which day it is, is asked when the copy is made.
INVARIANT: no copy for a member of the family quotes where anybody else lives, learns or is treated.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Never

from hub.domain.access import Act, Operation
from hub.domain.clock import Clock
from hub.domain.consent import Asking, Channel
from hub.domain.entries import FamilyVisibility
from hub.domain.errors import AccessRefusedError, ConflictError, NotFoundError
from hub.domain.facts import person_chain
from hub.domain.fields import SHAPES, RecordKind
from hub.domain.ids import AccountId, AgencyId, FamilyId, PersonId, RecordId
from hub.domain.life import PRACTITIONERS
from hub.domain.partial_date import LOCAL
from hub.gate.disclosure import Disclosure, ShownRecord
from hub.gate.doorkeeper import Doorkeeper
from hub.gate.reader import Reader
from hub.gate.view import View
from hub.policy import taking
from hub.services import beside, court_copy
from hub.services.court_copy import Copy
from hub.services.family_page import Stated
from hub.services.lives import Lives
from hub.services.persons import people
from hub.services.places import quoted
from hub.services.register import Register, moment_words
from hub.services.safe_contact import CONTACT_KINDS, name_of, own_records, safe_detail

MAKERS: Final = PRACTITIONERS | {"team_manager"}
WORKER, AGENCY, PERSON = "worker", "agency", "person"
_BESIDE: Final = frozenset({RecordKind.PERSON, RecordKind.REMARK})
_KINDS: Final = frozenset(kind for kind, shape in SHAPES.items() if shape.in_chronology) | _BESIDE
_OWN: Final = "family_visibility"
"""What an entry of the team says of when the family may see it; reports of other senders have no such word."""
_MOST: Final = 10_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """A copy for whom (`worker:ID`, `agency:ID` or `person:ID`), for which sitting's purpose, handed over how."""

    family: FamilyId
    recipient: str
    stated: Stated
    reference: str
    channel: Channel = Channel.IN_PERSON


@dataclass(frozen=True, slots=True)
class Audience:
    """Who it is for, as the copy says it, how to reach them, and what the gate has to ask beside the maker's rights."""

    name: str
    reach: str
    taker: taking.Taker | None = None
    agency: AgencyId | None = None
    person: str = ""
    address: tuple[str, ...] = ()


class Prints:
    """Makes copies. Built once by wiring."""

    def __init__(self, reader: Reader, doorkeeper: Doorkeeper, lives: Lives, clock: Clock) -> None:
        """Take the gate, and who knows whose clients people are."""
        self._reader, self._doorkeeper, self._lives, self._clock = reader, doorkeeper, lives, clock

    def choices(self, by: AccountId, family: FamilyId, stated: Stated, register: Register) -> dict[str, str]:
        """Return recipient -> words: workers whom the maker may know of, agencies, and the maker's own clients."""
        seen = self._reader.disclose(self._view(by, family, stated, frozenset({RecordKind.PERSON})))
        lines = [line for line in people(seen, register) if "unborn_child" not in seen.persons[PersonId(line.person)]]
        clients = self._lives.clients(by, family, [PersonId(line.person) for line in lines])
        workers = {
            f"{WORKER}:{line.account}": f"{account.name}, {register.agency(line.agency)}"
            for line in seen.involved
            if (account := register.accounts.get(line.account))
        }
        agencies = {f"{AGENCY}:{id_}": agency.name for id_, agency in register.agencies.items()}
        own = f"{AGENCY}:{register.accounts[by].agency}"
        members = {f"{PERSON}:{line.person}": line.name for line in lines if line.person in clients}
        return members | workers | {key: name for key, name in agencies.items() if key != own}

    def make(self, by: AccountId, wanted: Wanted, register: Register) -> Copy:
        """Return the copy, after entering for whom it is made.

        Raises:
            NotFoundError: the recipient is nobody whom this maker may make a copy for.
            ConflictError: `not_a_safe_way`, or `quotes_a_place`; nothing was made.
        """
        audience = self.audience(by, wanted, register)
        if audience.person:
            return self._for_member(by, wanted, audience, register)
        if wanted.channel is not Channel.IN_PERSON:
            self._refuse(by, wanted, "not_a_safe_way")
        return self._copy(by, wanted, audience, self._reader.disclose(self._print(by, wanted, audience)), register)

    def audience(self, by: AccountId, wanted: Wanted, register: Register) -> Audience:
        """Return whose decisions count beside the maker's; NotFoundError for whom this maker may make no copy for."""
        if wanted.recipient not in self.choices(by, wanted.family, wanted.stated, register):
            raise NotFoundError(where="recipient")
        kind, _, id_ = wanted.recipient.partition(":")
        if kind == WORKER:
            account = register.accounts[AccountId(id_)]
            reach = f"{register.agency(account.agency)}, {account.phone or 'no phone recorded'}"
            return Audience(account.name, reach, taking.worker(account.id))
        if kind == AGENCY:
            agency = AgencyId(id_)
            return Audience(register.agency(agency), register.contact(agency), agency=agency)
        person = PersonId(id_)
        return Audience("A member of the family", "Handed over in person", taking.member(person), person=person)

    def _for_member(self, by: AccountId, wanted: Wanted, audience: Audience, register: Register) -> Copy:
        person = PersonId(audience.person)
        seen = self._reader.disclose(self._view(by, wanted.family, wanted.stated, CONTACT_KINDS))
        address = safe_detail(wanted.channel, _chosen(person, seen), person, seen)
        if address is None:
            self._refuse(by, wanted, "not_a_safe_way")
        shown = self._reader.disclose(replace(self._print(by, wanted, audience), only=self.told(by, wanted)))
        taker = replace(audience, name=name_of(person, seen) or audience.name)
        if address:
            taker = replace(taker, reach="Sent the way they chose", address=(taker.name, *address.splitlines()))
        copy = self._copy(by, wanted, taker, shown, register)
        if quoted(" ".join(copy.words()), seen, person):
            self._refuse(by, wanted, "quotes_a_place")
        self._hand_over(by, wanted, person, seen)
        return copy

    def told(self, by: AccountId, wanted: Wanted) -> frozenset[RecordId]:
        """Return the records that the family may see today: an entry of the team only when it says so.

        Whoever may not read what an entry says of that cannot know it, and hands nothing of the entry over. A
        disagreement is theirs; a challenge between professionals and its answer are not.
        """
        shown = self._reader.disclose(self._view(by, wanted.family, wanted.stated, _KINDS))
        today = shown.at.astimezone(LOCAL).date()
        return frozenset(record.record for record in shown.records if _for_the_family(record, today))

    def _copy(self, by: AccountId, wanted: Wanted, taker: Audience, shown: Disclosure, register: Register) -> Copy:
        if shown.cursor:
            self._refuse(by, wanted, "too_long_for_one_copy")
        maker, made = register.accounts[by], moment_words(shown.at)
        rows = court_copy.rows_of(shown, register)
        ask = f"Ask: {register.contact(maker.agency)}"
        return Copy(
            "Chronology",
            (
                ("Family", wanted.reference),
                ("For", taker.name),
                ("Reached", taker.reach),
                ("Made by", f"{maker.name}, {register.agency(maker.agency)}"),
                ("On", made),
            ),
            rows,
            (*(() if rows else (court_copy.NOTHING,)), court_copy.ONLY, ask, court_copy.NO_FURTHER),
            f"For {taker.name}. Made by {maker.name}, {made}",
            taker.address,
        )

    def _view(self, by: AccountId, family: FamilyId, stated: Stated, kinds: frozenset[RecordKind]) -> View:
        now = self._clock()
        met = {"state_purpose"} | ({"state_reason"} if stated.reason.strip() else set())
        view = View(Act.CHRONOLOGY_PRINT, by, family, stated.purpose, kinds, at=now, known=now, limit=_MOST)
        return replace(view, justification=stated.reason, satisfied=frozenset(met))

    def _print(self, by: AccountId, wanted: Wanted, audience: Audience) -> View:
        view = self._view(by, wanted.family, wanted.stated, _KINDS)
        return replace(view, operation=Operation.PRINT, taker=audience.taker, recipient=audience.agency)

    def _hand_over(self, by: AccountId, wanted: Wanted, person: PersonId, seen: Disclosure) -> None:
        """Enter that their own name, and the address when it is posted, leave with the copy."""
        kinds = {RecordKind.PERSON} | ({RecordKind.CONTACT_POINT} if wanted.channel is not Channel.IN_PERSON else set())
        self._doorkeeper.let_in(
            by,
            Act.CHRONOLOGY_PRINT,
            MAKERS,
            operation=Operation.DISCLOSURE,
            purpose=wanted.stated.purpose,
            family=wanted.family,
            justification=wanted.stated.reason,
            recipient=person_chain(person),
            records=[record.record for record in own_records(person, seen) if record.kind in kinds],
        )

    def _refuse(self, by: AccountId, wanted: Wanted, code: str) -> Never:
        """Enter that no copy was made, and say what to do instead; why a way is not safe is told to nobody."""
        selection: Mapping[str, object] = {"code": code}
        try:
            self._doorkeeper.let_in(
                by,
                Act.CHRONOLOGY_PRINT,
                (),
                purpose=wanted.stated.purpose,
                family=wanted.family,
                recipient=wanted.recipient,
                selection=selection,
            )
        except AccessRefusedError:
            raise ConflictError(code, where=wanted.family, next_step="see_page") from None
        raise ConflictError(code, where=wanted.family, next_step="see_page")


def _for_the_family(record: ShownRecord, today: date) -> bool:
    remark = beside.read(record)
    if remark is not None:
        return remark.what == beside.DISAGREEMENT
    said = record.fields.get(_OWN, "")
    return _OWN not in SHAPES[record.kind].fields or FamilyVisibility.read(said).shared_on(today)


def _chosen(person: PersonId, seen: Disclosure) -> Channel:
    """Return the way this person last chose for what is sent to them, of what the maker may hear; else nowhere."""
    said = [Asking.of(fact.body) for fact in seen.consents if fact.chain == person_chain(person)]
    own = [asking.channel for asking in said if asking.given_by in {"", person}]
    return own[-1] if own else Channel.NONE
