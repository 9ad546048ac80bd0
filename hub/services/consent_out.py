"""A standing word about sharing, for the system of an agency that it concerns: only what that agency may see.

INVARIANT: only a named user who works with the person reads it, and only for an agency that holds or receives what it
is about; to everybody else it does not exist. It leaves as a disclosure to that agency, entered before it is written.
INVARIANT: a list says no more than what still stands of this word: what a later word took back is left out.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from hub.domain.access import Act, Operation
from hub.domain.clock import Clock
from hub.domain.consent import Asking
from hub.domain.errors import NotFoundError
from hub.domain.facts import Fact, FactKind, family_chain, listed, person_chain
from hub.domain.fields import SHAPES, RecordKind
from hub.domain.ids import AccountId, AgencyId, FactId, FamilyId, PersonId
from hub.domain.life import PRACTITIONERS
from hub.domain.speaking import Lives as Spoken
from hub.gate.disclosure import Disclosure
from hub.gate.doorkeeper import Doorkeeper
from hub.gate.finder import Finder
from hub.gate.reader import Reader
from hub.gate.view import View
from hub.gate.writer import Writer
from hub.policy.consent import consent_state
from hub.services.family_page import Stated
from hub.services.lives import Lives
from hub.services.register import Register

HELD: Final = tuple(sorted({category for shape in SHAPES.values() for category in shape.fields.values()}))
_YES: Final = frozenset({"given", "given_with_conditions"})
_NO: Final = frozenset({"refused", "withdrawn"})
_THEIR_OWN: Final = frozenset({"", "adult", "gillick"})
_ALWAYS: Final = datetime(9999, 1, 1, tzinfo=UTC)
"""A birthday to come says that somebody is a child today: asked as of then, every one stands."""
_READERS: Final = PRACTITIONERS | {"team_manager"}
_KINDS: Final = frozenset({RecordKind.PERSON})


@dataclass(frozen=True, slots=True)
class Standing:
    """A word with its lists written out in codes, as far as it stands; `over` when nothing of a yes is left."""

    fact: Fact
    asking: Asking
    own: bool
    categories: tuple[str, ...]
    sources: tuple[str, ...]
    recipients: tuple[str, ...]
    purposes: tuple[str, ...]
    over: bool
    taker: str
    patient: Mapping[str, str]


class ConsentOut:
    """Hands words on. Built once by wiring."""

    def __init__(self, gate: tuple[Reader, Finder, Writer, Doorkeeper], lives: Lives, clock: Clock) -> None:
        """Take the gate, and who knows whose clients people are."""
        self._reader, self._finder, self._writer, self._doorkeeper = gate
        self._lives, self._clock = lives, clock

    def read(self, by: AccountId, event: FactId, stated: Stated, register: Register) -> Standing:
        """Return one word, after entering that it is handed to the caller's agency.

        Raises:
            NotFoundError: no word that stands, of anybody this worker works with, that concerns their agency.
        """
        family, fact = self._find(by, event)
        seen = self._reader.disclose(self._view(by, family, stated))
        subject = PersonId(fact.chain.removeprefix("person:"))
        if subject not in self._lives.clients(by, family, list(seen.persons)) or fact.id not in _heard(seen):
            raise NotFoundError(where=event)
        agency = AgencyId(self._finder.standing(by, family).agency)
        found = self._standing(fact, subject, register, register.agencies[agency].code)
        own = [record for record in seen.records if record.persons == frozenset({subject})]
        self._doorkeeper.let_in(
            by,
            Act.CONSENT_READ,
            _READERS,
            operation=Operation.DISCLOSURE,
            purpose=stated.purpose,
            family=family,
            justification=stated.reason,
            recipient=agency,
            records=[record.record for record in own],
            selection={"facts": [f"{fact.kind.value}:{fact.id}"]},
        )
        return replace(found, patient=_patient(seen, subject))

    def _find(self, by: AccountId, event: FactId) -> tuple[FamilyId, Fact]:
        """Look for the word among the people of the families this account is allocated to, and nowhere else."""
        now = self._clock()
        for family in self._finder.families_for(by):
            case = self._writer.standing_facts([family_chain(family)], now)
            members = {person_chain(PersonId(str(f.body["person"]))) for f in case if f.kind is FactKind.MEMBERSHIP}
            for fact in self._writer.standing_facts(sorted(members), now):
                if fact.id == event and fact.kind is FactKind.CONSENT:
                    return family, fact
        raise NotFoundError(where=event)

    def _view(self, by: AccountId, family: FamilyId, stated: Stated) -> View:
        now, met = self._clock(), {"state_purpose"} | ({"state_reason"} if stated.reason.strip() else set())
        view = View(Act.CONSENT_READ, by, family, stated.purpose, _KINDS, at=now, known=now)
        return replace(view, justification=stated.reason, satisfied=frozenset(met))

    def _life(self, fact: Fact, now: datetime) -> list[Fact]:
        """Return what happened in this person's life: as it stood when they spoke, as it stands, and days to come."""
        found = {
            one.id: one
            for at in (_ALWAYS, fact.valid_from, now)
            for one in self._writer.standing_facts([fact.chain], at)
            if one.kind is FactKind.LIFE
        }
        return list(found.values())

    def _standing(self, fact: Fact, subject: PersonId, register: Register, taker: str) -> Standing:
        now = self._clock()
        facts = self._writer.standing_facts([fact.chain], now)
        lives = Spoken(self._life(fact, now))
        codes = {agency.id: agency.code for agency in register.agencies.values()}
        said = [_in_codes(one, codes) for one in facts if one.kind is FactKind.CONSENT and lives.counts(one, now)]
        purposes = sorted({code for signed in register.policy.agreements for code in signed.agreement.purposes})
        found = _written_out(_in_codes(fact, codes), sorted(codes.values()), purposes, taker)
        status = str(fact.body["status"])
        if status not in _YES | _NO or taker not in {*found.sources, *found.recipients}:
            raise NotFoundError(where=fact.id)
        categories = tuple(c for c in found.categories if all(_stands(fact, said, flow) for flow in _flows(c, found)))
        if not categories and status in _NO:
            raise NotFoundError(where=fact.id)
        own = found.asking.given_by in {"", subject} and lives.capacity(fact) in _THEIR_OWN
        return replace(found, own=own, categories=categories, over=not categories)


def _heard(seen: Disclosure) -> set[FactId]:
    return {fact.id for fact in seen.consents}


def _written_out(fact: Fact, agencies: Sequence[str], purposes: Sequence[str], taker: str) -> Standing:
    """Write out `*` as what it means today: read back later, it says no more than that."""

    def lists(key: str, everything: Sequence[str]) -> tuple[str, ...]:
        chosen = listed(fact.body[key])
        return tuple(everything) if "*" in chosen else tuple(one for one in chosen if one in everything)

    return Standing(
        fact,
        Asking.of(fact.body),
        own=False,
        categories=lists("categories", HELD),
        sources=lists("sources", agencies),
        recipients=lists("recipients", agencies),
        purposes=lists("purposes", purposes),
        over=False,
        taker=taker,
        patient={},
    )


def _flows(category: str, found: Standing) -> Iterator[dict[str, str]]:
    for source in found.sources:
        for recipient in found.recipients:
            for purpose in found.purposes:
                yield {"category": category, "source": source, "recipient": recipient, "purpose": purpose}


def _stands(fact: Fact, said: Collection[Fact], flow: Mapping[str, str]) -> bool:
    """Say whether this word is the one that counts for a flow; one that no longer counts never is."""
    return consent_state(said, **flow)[1] == fact.id


def _in_codes(fact: Fact, codes: Mapping[AgencyId, str]) -> Fact:
    lists = {
        key: [codes.get(AgencyId(one), one) for one in listed(fact.body[key])] for key in ("sources", "recipients")
    }
    return replace(fact, body={**fact.body, **lists})


def _patient(seen: Disclosure, subject: PersonId) -> dict[str, str]:
    """Return who it is about, from what this reader sees of that person alone; the newest of each."""
    found: dict[str, str] = {}
    for record in sorted(seen.records, key=lambda record: record.recorded):
        if record.persons == frozenset({subject}):
            found |= {
                name: record.fields[name] for name in ("name", "birth_date", "nhs_number") if name in record.fields
            }
    return found
