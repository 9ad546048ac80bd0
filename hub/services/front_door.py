"""The front door: what was received, what it says, whether the family is known, and where it goes."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from hub.domain.access import Act
from hub.domain.clock import Clock
from hub.domain.errors import InvalidRequestError
from hub.domain.ids import AccountId, FamilyId
from hub.domain.partial_date import PartialDate
from hub.gate.doorkeeper import Doorkeeper
from hub.gate.finder import Finder
from hub.policy.front_door import CLOSED_HERE
from hub.policy.signals import SignalRules
from hub.services import entry_lines, persons
from hub.services.both_sides import BothSides, Sides
from hub.services.comparing import Comparing, comparing
from hub.services.deciding import AT_THE_DOOR, Deciding
from hub.services.family_page import FamilyPages, Stated
from hub.services.matching import ORDINARY
from hub.services.placing import Placing
from hub.services.prior import AT_THE_DESK, NoteLine, children_of, notes, prior
from hub.services.protected import protected_among
from hub.services.register import Register, moment_words
from hub.services.repaired import repaired
from hub.services.signals import signals
from hub.services.spelling import message_words, sender_words, spelt
from hub.services.task_lines import EventLine
from hub.store.clear import cases, door, proposals, receipts
from hub.store.session import Transactions

_LATELY = 200
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
    rating_words: str
    unread: bool


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
    """One referral as the front door reads it; one that could not be read can be looked at and not placed.

    `comparing` says how far it is compared with the people the hub knows: until then, nothing below says more.
    `prior` is what came before about the same people, and `notes` what was written when it was decided, as far as this
    reader may see; `again` says that it was decided without a family and can be taken up again.
    """

    id: str
    family: FamilyId
    received_words: str
    agency: str
    placeable: bool
    again: bool
    comparing: Comparing
    clock_words: str
    overdue: bool
    rating_words: str
    closes: bool
    history: tuple[EventLine, ...]
    issues: tuple[IssueLine, ...]
    entries: tuple[entry_lines.EntryLine, ...]
    people: tuple[persons.PersonLine, ...]
    candidates: tuple[CandidateLine, ...]
    prior: tuple[entry_lines.EntryLine, ...]
    notes: tuple[NoteLine, ...]
    signals: tuple[str, ...]
    sides: Sides


class FrontDoor:
    """Lists, shows and decides referrals. Built once by wiring."""

    def __init__(  # noqa: PLR0913, PLR0917  what the front door is made of
        self,
        pages: FamilyPages,
        finder: Finder,
        doorkeeper: Doorkeeper,
        placing: Placing,
        deciding: Deciding,
        signal_rules: SignalRules,
        clear: Transactions,
        clock: Clock,
    ) -> None:
        """Take family pages, the gate's finder and doorkeeper, what places, decides and remarks, and clear rows."""
        self._pages, self._finder, self._doorkeeper, self._placing = pages, finder, doorkeeper, placing
        self._deciding, self._signals, self._clear, self._clock = deciding, signal_rules, clear, clock
        self._sides = BothSides(finder, placing, signal_rules, clear, clock)

    def waiting(self, account: AccountId) -> list[WaitingLine]:
        """Return what waits, the most urgent first; the look is entered, and refused to everyone else."""
        return self._listed(account, cases.UNDECIDED)

    def closed_here(self, account: AccountId) -> list[WaitingLine]:
        """Return what was lately decided without a family, newest first: it can be taken up again."""
        return self._listed(account, CLOSED_HERE, newest=_LATELY)[::-1]

    def page(self, account: AccountId, referral_id: str) -> ReferralPage:
        """Return one referral through the gate, with its candidates and what came before."""
        referral = self._deciding.find(account, referral_id, (*cases.UNDECIDED, *CLOSED_HERE))
        stated, far = Stated("front_door", REASON), comparing(self._clear, referral.id, self._clock())
        disclosure = self._pages.disclose(account, referral.family, stated, look=AT_THE_DESK)
        register, proposed = self._pages.register(), self._proposals(referral)
        others = dict.fromkeys(p.family for p in proposed if p.family != referral.family)
        before = prior(self._pages, account, others, stated, register)
        records, lines = (*disclosure.records, *before.records), persons.people(disclosure, register)
        events = self._deciding.events([referral])[referral.id]
        line, rating = self._line(referral, events, register, self._clock()), self._deciding.standing_rating(events)
        return ReferralPage(
            referral.id,
            referral.family,
            line.received_words,
            line.agency,
            referral.state == "received",
            referral.state in CLOSED_HERE,
            far,
            line.clock_words,
            line.overdue,
            line.rating_words,
            rating is None or rating.closes,
            repaired(self._clear, register, referral.id) + self._deciding.history(events),
            self._issues(referral),
            entry_lines.entries(disclosure, register),
            lines,
            tuple(self._candidates(proposed)),
            before.entries,
            notes(records),
            signals(records, children_of(lines) | before.children, PartialDate.of(self._clock()).first, self._signals),
            replace(self._sides.at_the_door(disclosure, before.shown, proposed, register), elsewhere=before.elsewhere),
        )

    def decide(self, account: AccountId, referral_id: str, family: FamilyId | None) -> FamilyId:
        """Attach the referral to a candidate's family, or accept it as a new one (None).

        Raises:
            ConflictError: `still_quarantined`, or somebody was faster.
            InvalidRequestError: that family is no candidate.
        """
        referral = self._deciding.find(account, referral_id)
        shown = self._proposals(referral)
        if family is None:
            return self._placing.accept(account, referral, [one.id for one in shown])
        chosen = [proposal for proposal in shown if proposal.family == family]
        if not chosen:
            raise InvalidRequestError("not_a_candidate", where="candidate", next_step="choose_a_candidate")
        same = {proposal.reference: proposal.person for proposal in chosen}
        return self._placing.attach(account, referral, family, same, {one.id: proposals.ACCEPTED for one in chosen})

    def _listed(self, account: AccountId, states: tuple[str, ...], newest: int = 0) -> list[WaitingLine]:
        self._doorkeeper.let_in(account, Act.FRONT_DOOR_LIST, AT_THE_DOOR, purpose="front_door")
        register, now = self._pages.register(), self._clock()
        with self._clear.read() as connection:
            found = cases.referrals_in(connection, self._clear.partnership, states)[-newest:]
        events = self._deciding.events(found)
        linkage = self._deciding.rules.linkage_only
        lines = [((one.connector in linkage, self._deciding.due(one, events[one.id])), one) for one in found]
        lines.sort(key=lambda pair: pair[0])
        return [self._line(one, events[one.id], register, now) for _, one in lines]

    def _line(
        self, referral: cases.Referral, events: list[door.DoorEvent], register: Register, now: datetime
    ) -> WaitingLine:
        due, waits = self._deciding.due(referral, events), referral.state in cases.UNDECIDED
        linkage = waits and referral.connector in self._deciding.rules.linkage_only
        rating = self._deciding.standing_rating(events)
        return WaitingLine(
            referral.id,
            moment_words(referral.received_at),
            sender_words(referral.connector, register.agency(referral.agency)),
            message_words(referral.connector),
            referral.state.replace("_", " ").capitalize(),
            "for linkage only, no clock" if linkage else f"decide by {moment_words(due)}" if waits else "",
            waits and not linkage and now > due,
            rating.words if rating else "",
            referral.state == "quarantined",
        )

    def _issues(self, referral: cases.Referral) -> tuple[IssueLine, ...]:
        with self._clear.read() as connection:
            receipt = receipts.receipt_numbered(connection, self._clear.partnership, referral.receipt)
        records = json.loads(receipt.body)["records"] if receipt else []
        return tuple(
            IssueLine(spelt(issue["code"]), issue["location"])
            for record in records
            if record["pointer"] == referral.pointer
            for issue in record["issues"]
        )

    def _proposals(self, referral: cases.Referral) -> list[proposals.Proposal]:
        """Return what matching proposed, without anybody protected by now: that may be younger than the match."""
        with self._clear.read() as connection:
            found = proposals.proposals_for(connection, self._clear.partnership, referral.id, ORDINARY)
        people = {proposal.person: proposal.family for proposal in found}
        protected = protected_among(self._finder, self._placing, people)
        return [proposal for proposal in found if proposal.person not in protected]

    def _candidates(self, found: list[proposals.Proposal]) -> list[CandidateLine]:
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
    return tuple(dict.fromkeys(spelt(code) for code in codes))
