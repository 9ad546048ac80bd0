"""Opening a family: purpose and reason once per sitting, then one view, one entry, one page."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from hub.domain.clock import Clock
from hub.domain.errors import AccessRefusedError, NotFoundError
from hub.domain.facts import Fact, FactKind, family_chain, standing
from hub.domain.fields import RecordKind
from hub.domain.ids import AccountId, AgencyId, FamilyId, PersonId
from hub.gate.disclosure import Disclosure, ShownRecord
from hub.gate.finder import Finder, Standing
from hub.gate.policybook import PolicyBook
from hub.gate.reader import Reader
from hub.gate.view import View
from hub.gate.writer import Writer
from hub.policy.circumstances import AT_NIGHT
from hub.services import arranging, persons
from hub.services.chronology import Asked, Chronology, as_known, chronology
from hub.services.entry_lines import EntryLine
from hub.services.register import Register, day_words
from hub.services.sessions import Caller
from hub.services.view_kinds import CHRONOLOGY, PAGE, WHOLE, WITH_FILES, Look, require_cursor
from hub.store.clear import accounts, agencies, cases, sessions
from hub.store.session import Transactions

PURPOSES = ("support_family", "protect_child")
EMERGENCY = "emergency"
_AT_NIGHT: Final = ("protect_child",)
"""What a desk that is on duty at night opens a family for: its rules name nothing else."""
_WAYS: Final = {"allocated": "allocated", "co_allocated": "working jointly", "covering": "covering for a colleague"}
_PROTECTING = frozenset(
    {"strategy_discussion", "s47_enquiry", "child_protection_plan", "pre_proceedings", "care_proceedings"}
)


@dataclass(frozen=True, slots=True)
class FamilyPage:
    """Everything the family page prints, in the order it prints it.

    `whole` are all records this reader may see; None where only a part of them, or an earlier day, was looked through.
    """

    family_id: FamilyId
    reference: str
    purpose_words: str
    lead: arranging.WorkerLine | None
    people: tuple[persons.PersonLine, ...]
    involved: tuple[arranging.WorkerLine, ...]
    coverage: tuple[arranging.CoverageLine, ...]
    openings: tuple[arranging.OpeningLine, ...]
    chronology: Chronology
    gaps: tuple[arranging.GapLine, ...]
    files: tuple[ShownRecord, ...] = field(default=(), repr=False)
    whole: tuple[ShownRecord, ...] | None = field(default=None, repr=False)

    @property
    def entries(self) -> tuple[EntryLine, ...]:
        """The entries of the chronology in order of event."""
        return self.chronology.entries


EVERYTHING: Final = Asked()


@dataclass(frozen=True, slots=True)
class Stated:
    """What a reader said they are doing, and why, in this sitting."""

    purpose: str
    reason: str


@dataclass(frozen=True, slots=True)
class Known:
    """What a request has read already: names and words, and how the reader stands to the family."""

    register: Register | None = None
    who: Standing | None = None


NOTHING_READ: Final = Known()


@dataclass(frozen=True, slots=True)
class Named:
    """The people a reader may name, and their standing consent facts that this reader may hear of, oldest first."""

    people: Mapping[PersonId, persons.PersonLine]
    consents: tuple[Fact, ...]


class FamilyPages:
    """Opens families for people. Built once by wiring."""

    def __init__(
        self,
        reader: Reader,
        finder: Finder,
        writer: Writer,
        policy: PolicyBook,
        clear: Transactions,
        clock: Clock,
        sealing: tuple[Callable[[bytes], bytes], Callable[[bytes], bytes]],
    ) -> None:
        """Take the gate, clear rows, and the pair that seals and opens stated reasons."""
        self._reader, self._finder, self._writer, self._policy = reader, finder, writer, policy
        self._clear, self._clock = clear, clock
        self._seal, self._unseal = sealing

    def stated(self, caller: Caller, family: FamilyId, who: Standing | None = None) -> Stated | None:
        """Return what was stated in this sitting; None once a decision was recorded or ended since: ask again.

        What was said for an emergency is over with it. `who`, how the reader stands to this family, saves reading it.
        """
        kept = self._kept(caller, family)
        if kept and kept[0].purpose == EMERGENCY and EMERGENCY not in self.purposes(caller.account, family):
            return None
        return kept[0] if kept and kept[1] == self._decisions(family, who) else None

    def earlier_reason(self, caller: Caller, family: FamilyId) -> str:
        """Return the reason last written in this sitting, to begin the next one with."""
        kept = self._kept(caller, family)
        return kept[0].reason if kept else ""

    def state(self, caller: Caller, family: FamilyId, stated: Stated) -> None:
        """Keep purpose and reason for this sitting, with the decisions that stood when it was written."""
        key = (caller.session_hash, str(family), stated.purpose)
        sealed = self._seal(json.dumps([stated.reason, self._decisions(family)]).encode())
        with self._clear.write() as connection:
            sessions.keep_reason(connection, self._clear.partnership, key, sealed, self._clock())

    def _kept(self, caller: Caller, family: FamilyId) -> tuple[Stated, list[str]] | None:
        with self._clear.read() as connection:
            kept = sessions.reasons(connection, self._clear.partnership, caller.session_hash, family)
        if not kept:
            return None
        purpose, sealed = list(kept.items())[-1]
        reason, decisions = json.loads(self._unseal(sealed))
        return Stated(purpose, reason), decisions

    def _decisions(self, family: FamilyId, who: Standing | None = None) -> list[str]:
        """Return the ids of the decisions in force that make protecting a child the purpose."""
        chain, now = family_chain(family), self._clock()
        if who and who.gathered and who.gathered.family == family:
            facts = standing((fact for fact in who.gathered.facts if fact.chain == chain), at=now, known=now)
        else:
            facts = self._writer.standing_facts([chain], now)
        return sorted(f.id for f in facts if f.kind is FactKind.OPENING and f.body["opening"] in _PROTECTING)

    def decisions(self, family: FamilyId) -> dict[str, str]:
        """Return the decisions in force that make protecting a child the purpose: id -> words, for a manager's form."""
        register, found = self.register(), set(self._decisions(family))
        facts = self._writer.standing_facts([family_chain(family)], self._clock())
        lines = (arranging.opening(fact, register, can_end=True) for fact in facts if fact.id in found)
        return {line.id: f"{line.words}, since {line.since_words}" for line in lines}

    def enter(self, account: AccountId, family: FamilyId) -> Standing:
        """Return how the reader is related to the family; without a relationship the refusal is entered and raised."""
        who = self._finder.standing(account, family)
        if not who.relationships:
            self.disclose(account, family, Stated(PURPOSES[0], ""), limit=1)
            raise AccessRefusedError("no_relationship", where=family)
        return who

    def purposes(self, account: AccountId, family: FamilyId) -> tuple[str, ...]:
        """Return the purposes this reader may choose from, the one that the state of the case proposes first."""
        found = open_to(self._finder.standing(account, family))
        return tuple(reversed(found)) if found == PURPOSES and self._decisions(family) else found

    def standing(self, account: AccountId, family: FamilyId | None = None) -> Standing:
        """Return role, agency and relationships at this moment."""
        return self._finder.standing(account, family)

    def disclose(
        self,
        account: AccountId,
        family: FamilyId,
        stated: Stated,
        *,
        cursor: str = "",
        limit: int = PAGE,
        look: Look = CHRONOLOGY,
        who: Standing | None = None,
    ) -> Disclosure:
        """Return one view of a family through the gate; a cursor that no page gave out is refused."""
        require_cursor(cursor)
        now = self._clock()
        met = {"state_purpose"} | ({"state_reason"} if stated.reason.strip() else set())
        view = View(
            look.act,
            account,
            family,
            stated.purpose,
            look.kinds,
            at=now,
            known=now,
            justification=stated.reason,
            satisfied=frozenset(met),
            cursor=cursor,
            limit=limit,
            gathered=who.gathered if who else None,
        )
        return self._reader.disclose(view)

    def page(
        self,
        account: AccountId,
        family: FamilyId,
        stated: Stated,
        asked: Asked = EVERYTHING,
        *,
        manager: bool = False,
        known: Known = NOTHING_READ,
    ) -> FamilyPage:
        """Return the family page for one reader; what is asked for narrows the chronology and changes no right.

        `manager` offers to end decisions (recording checks who does); what is `known` is not read once more.
        """
        disclosure = self._looked_through(account, family, stated, asked, known.who)
        register = known.register or self.register()
        workers = [(line.lead, arranging.worker(line, register)) for line in disclosure.involved]
        return FamilyPage(
            family,
            self.reference(family),
            register.vocabulary.words(stated.purpose),
            next((line for lead, line in workers if lead), None),
            persons.people(disclosure, register),
            tuple(line for lead, line in workers if not lead),
            arranging.coverage(disclosure, register),
            tuple(arranging.opening(fact, register, can_end=manager) for fact in disclosure.openings),
            chronology(disclosure, register, asked, PAGE),
            arranging.gaps(disclosure, register),
            tuple(record for record in disclosure.records if record.kind is RecordKind.ATTACHMENT),
            None if disclosure.cursor or asked.after or asked.known else disclosure.records,
        )

    def _looked_through(
        self, account: AccountId, family: FamilyId, stated: Stated, asked: Asked, who: Standing | None
    ) -> Disclosure:
        """Return one page of what may be seen; all of it where a filter has to look through it."""
        if not asked.whole:
            return self.disclose(account, family, stated, cursor=asked.after, limit=PAGE, look=WITH_FILES, who=who)
        require_cursor(asked.after)
        return as_known(self.disclose(account, family, stated, limit=WHOLE, look=WITH_FILES, who=who), asked.known)

    def named(self, account: AccountId, family: FamilyId, stated: Stated) -> Named:
        """Return the people this reader may name, for the choices of a form, and what they said about sharing."""
        disclosure = self.disclose(account, family, stated, limit=1)
        lines = persons.people(disclosure, self.register())
        return Named({PersonId(line.person): line for line in lines}, disclosure.consents)

    def register(self) -> Register:
        """Return names and words for a page."""
        with self._clear.read() as connection:
            partnership = self._clear.partnership
            return Register(
                {a.id: a for a in agencies.all_agencies(connection, partnership)},
                {a.id: a for a in accounts.find_accounts(connection, partnership)},
                self._policy.current(),
            )

    def reference(self, family: FamilyId) -> str:
        """Return a family's case number; NotFoundError when there is none."""
        with self._clear.read() as connection:
            found = cases.find_families(connection, self._clear.partnership, [family])
        if not found:
            raise NotFoundError(where=family)
        return found[0].reference

    def families(self, account: AccountId) -> list[tuple[FamilyId, str, str]]:
        """Return (family, reference, how the reader is related, since when) of the reader's allocations."""
        found = self._finder.families_for(account)
        with self._clear.read() as connection:
            rows = cases.find_families(connection, self._clear.partnership, found)
        words = {family: ", ".join(_related(fact) for fact in facts) for family, facts in found.items()}
        return [(row.id, row.reference, words[row.id]) for row in rows]

    def agency_of(self, account: AccountId) -> AgencyId:
        """Return the agency an account belongs to at this moment."""
        return AgencyId(self._finder.standing(account).agency)


def open_to(who: Standing) -> tuple[str, ...]:
    """Return the purposes that a reader who stands to a family in this way may choose from."""
    at_night = bool(AT_NIGHT & who.relationships) and not _works_there(who)
    if "emergency_reader" in who.relationships:
        return EMERGENCY, *(PURPOSES if _works_there(who) else _AT_NIGHT if at_night else ())
    if at_night:
        return _AT_NIGHT
    if {"front_door_staff", "on_duty_front_door"} & who.relationships:
        return ("front_door", *PURPOSES)
    return PURPOSES


def _works_there(who: Standing) -> bool:
    return bool({"allocated_to_family", "allocated_to_adult"} & who.relationships)


def _related(fact: Fact) -> str:
    """Say how an allocation relates its worker to the family, since when, and until which day it counts in full."""
    way = (
        "lead practitioner"
        if fact.body.get("lead") == "yes"
        else _WAYS.get(str(fact.body["capacity"]), _WAYS["allocated"])
    )
    until = f" until {day_words(fact.valid_until - timedelta(microseconds=1))}" if fact.valid_until else ""
    return f"{way} since {day_words(fact.valid_from)}{until}"
