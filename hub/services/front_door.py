"""The front door: what was received, what it says, whether the family is known, and where it goes."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from hub.domain.access import Act
from hub.domain.clock import Clock
from hub.domain.errors import ConflictError, InvalidRequestError, NotFoundError
from hub.domain.ids import AccountId, FamilyId
from hub.gate.doorkeeper import Doorkeeper
from hub.gate.finder import Finder
from hub.services import entry_lines, persons
from hub.services.family_page import FamilyPages, Stated
from hub.services.matching import ORDINARY
from hub.services.placing import Placing
from hub.services.register import Register, moment_words
from hub.store.clear import cases, proposals, receipts
from hub.store.session import Transactions

DECIDE_WITHIN = timedelta(days=1)
"""One working day (Working Together); weekends come with the front-door workflow."""
WAITING = ("received", "quarantined")
_AT_THE_DOOR = frozenset({"on_duty_front_door", "front_door_staff"})
REASON = "Deciding on a referral received at the front door"


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """One referral on the list."""

    id: str
    received_words: str
    agency: str
    kind_words: str
    state_words: str
    clock_words: str
    overdue: bool


@dataclass(frozen=True, slots=True)
class CandidateLine:
    """One family this referral may belong to, with reasons as words; `id` is the family."""

    id: FamilyId
    family_reference: str
    reasons_for: tuple[str, ...]
    reasons_against: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class IssueLine:
    """One remark on the message: what, and where in it."""

    words: str
    location: str


@dataclass(frozen=True, slots=True)
class ReferralPage:
    """One referral as the front door reads it; one that could not be read can be looked at and not placed."""

    id: str
    received_words: str
    agency: str
    placeable: bool
    issues: tuple[IssueLine, ...]
    entries: tuple[entry_lines.EntryLine, ...]
    people: tuple[persons.PersonLine, ...]
    candidates: tuple[CandidateLine, ...]


class FrontDoor:
    """Lists, shows and decides referrals. Built once by wiring."""

    def __init__(
        self,
        pages: FamilyPages,
        finder: Finder,
        doorkeeper: Doorkeeper,
        placing: Placing,
        clear: Transactions,
        clock: Clock,
    ) -> None:
        """Take the family pages, the gate's finder and doorkeeper, and clear rows."""
        self._pages, self._finder, self._doorkeeper, self._placing = pages, finder, doorkeeper, placing
        self._clear, self._clock = clear, clock

    def waiting(self, account: AccountId) -> list[WaitingLine]:
        """Return what waits, oldest first; the look is entered, and refused to everyone else."""
        self._require_on_duty(account, Act.FRONT_DOOR_LIST)
        register, now = self._pages.register(), self._clock()
        with self._clear.read() as connection:
            found = cases.referrals_in(connection, self._clear.partnership, WAITING)
        return [_waiting(referral, register, now) for referral in found]

    def page(self, account: AccountId, referral_id: str) -> ReferralPage:
        """Return one referral through the gate, with its candidates."""
        referral = self._find(account, referral_id)
        disclosure = self._pages.disclose(account, referral.family, Stated("front_door", REASON))
        register = self._pages.register()
        return ReferralPage(
            referral.id,
            moment_words(referral.received_at),
            register.agency(referral.agency),
            referral.state == "received",
            self._issues(referral),
            entry_lines.entries(disclosure, register),
            persons.people(disclosure, register),
            tuple(self._candidates(referral)),
        )

    def decide(self, account: AccountId, referral_id: str, family: FamilyId | None) -> FamilyId:
        """Attach the referral to a candidate's family, or accept it as a new one (None)."""
        referral = self._find(account, referral_id)
        if family is None:
            return self._placing.accept(account, referral)
        chosen = [proposal for proposal in self._proposals(referral) if proposal.family == family]
        if not chosen:
            raise InvalidRequestError("not_a_candidate", where="candidate", next_step="choose_a_candidate")
        same = {proposal.reference: proposal.person for proposal in chosen}
        return self._placing.attach(account, referral, family, same, tuple(p.id for p in chosen))

    def _require_on_duty(self, account: AccountId, act: Act) -> None:
        self._doorkeeper.let_in(account, act, _AT_THE_DOOR, purpose="front_door")

    def _find(self, account: AccountId, referral_id: str) -> cases.Referral:
        self._require_on_duty(account, Act.REFERRAL_CONSULT)
        with self._clear.read() as connection:
            referral = cases.find_referral(connection, self._clear.partnership, referral_id)
        if referral is None:
            raise NotFoundError(where=referral_id)
        if referral.state not in WAITING:
            raise ConflictError("already_decided", where=referral_id, next_step="see_front_door")
        return referral

    def _issues(self, referral: cases.Referral) -> tuple[IssueLine, ...]:
        with self._clear.read() as connection:
            receipt = receipts.receipt_numbered(connection, self._clear.partnership, referral.receipt)
        records = json.loads(receipt.body)["records"] if receipt else []
        return tuple(
            IssueLine(issue["code"].replace("_", " ").capitalize(), issue["location"])
            for record in records
            if record["pointer"] == referral.pointer
            for issue in record["issues"]
        )

    def _proposals(self, referral: cases.Referral) -> list[proposals.Proposal]:
        """Return what matching proposed, without anybody shielded by now: a shield may be younger than the match."""
        with self._clear.read() as connection:
            found = proposals.proposals_for(connection, self._clear.partnership, referral.id, ORDINARY)
        shielded = self._finder.shielded({proposal.person for proposal in found})
        return [proposal for proposal in found if proposal.person not in shielded]

    def _candidates(self, referral: cases.Referral) -> list[CandidateLine]:
        found = self._proposals(referral)
        with self._clear.read() as connection:
            families = {
                family.id: family.reference
                for family in cases.find_families(connection, self._clear.partnership, {p.family for p in found})
            }
        grouped: dict[FamilyId, list[proposals.Proposal]] = {}
        for proposal in found:
            grouped.setdefault(proposal.family, []).append(proposal)
        return [
            CandidateLine(
                family,
                families.get(family, ""),
                _words(code for p in those for code in p.reasons_for),
                _words(code for p in those for code in p.reasons_against),
            )
            for family, those in grouped.items()
        ]


def _words(codes: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(code.replace("_", " ").capitalize() for code in codes))


def _waiting(referral: cases.Referral, register: Register, now: datetime) -> WaitingLine:
    due = referral.received_at + DECIDE_WITHIN
    return WaitingLine(
        referral.id,
        moment_words(referral.received_at),
        register.agency(referral.agency),
        referral.connector.replace("_", " ").capitalize(),
        referral.state.capitalize(),
        f"decide by {moment_words(due)}",
        now > due,
    )
