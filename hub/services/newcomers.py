"""Who is named first in an amendment of a referral that is placed already, and may be somebody the hub knows.

The family is a team's by then: the front door sees that somebody may be known and what speaks for it, and a manager
joins them, or says that it is somebody new. Nothing is joined by itself, and a joining can be taken apart.
INVARIANT: where the family or a candidate is protected, all of it waits at the named desk, and nothing of it is here.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from hub.domain.access import Act
from hub.domain.errors import InvalidRequestError, NotFoundError
from hub.domain.facts import FactKind, person_chain
from hub.domain.ids import AccountId, FamilyId, ReferenceId, ReferralId
from hub.gate.doorkeeper import Doorkeeper
from hub.gate.finder import Finder
from hub.gate.writer import Writer
from hub.services.candidates import CandidatesPage, compared
from hub.services.family_page import FamilyPages
from hub.services.matching import ORDINARY
from hub.services.merging import AT_THE_DOOR, MAY_TAKE_APART, Merging
from hub.services.placing import PLACED, Placing
from hub.services.protected import hidden_candidates
from hub.services.register import moment_words
from hub.store.clear import cases, proposals
from hub.store.session import Transactions

NOBODY: Final = "nobody"
"""Before the number of a person: none of the candidates is that person."""


@dataclass(frozen=True, slots=True)
class NewcomerLine:
    """One placed referral with somebody new to compare."""

    referral: str
    agency: str
    reference: str
    received_words: str


@dataclass(frozen=True, slots=True)
class NewcomersPage:
    """The new people of one placed referral, each beside whom they may be; `may_join` for a manager."""

    reference: str
    received_words: str
    compared: CandidatesPage
    may_join: bool


class Newcomers:
    """Lists, compares and joins them. Built once by wiring."""

    def __init__(
        self,
        pages: FamilyPages,
        gate: tuple[Writer, Finder, Doorkeeper],
        placing: Placing,
        merging: Merging,
        clear: Transactions,
    ) -> None:
        """Take the family pages, the gate's parts, and what places and joins."""
        self._pages, self._placing, self._merging, self._clear = pages, placing, merging, clear
        self._writer, self._finder, self._doorkeeper = gate

    def waiting(self, account: AccountId) -> list[NewcomerLine]:
        """Return the placed referrals with somebody to compare, oldest first, after entering that it was asked for."""
        self._let_in(account)
        with self._clear.read() as connection:
            numbers = proposals.referrals_with(connection, self._clear.partnership, ORDINARY)
        found = [one for number in numbers if (one := self._placed(account, number)) and self._open(account, one)]
        register, references = self._pages.register(), self._references({one.family for one in found})
        return [
            NewcomerLine(one.id, register.agency(one.agency), references[one.family], moment_words(one.received_at))
            for one in found
        ]

    def waiting_since(self) -> dict[ReferralId, datetime]:
        """Return since when each referral waits that has an open candidate, placed or not."""
        with self._clear.read() as connection:
            return proposals.waiting_since(connection, self._clear.partnership, ORDINARY)

    def may_be_compared(self, number: ReferralId) -> bool:
        """Say whether somebody new in a placed referral waits for the ordinary desk, which may hear of it."""
        with self._clear.read() as connection:
            referral = cases.find_referral(connection, self._clear.partnership, number)
        if referral is None or referral.state not in PLACED or self._placing.restricted(referral.family):
            return False
        return any(not self._placing.restricted(one.family) for one in self._unshielded(referral))

    def page(self, account: AccountId, referral_id: str) -> NewcomersPage:
        """Return the comparison as this reader may see either side; NotFoundError when there is nobody to compare."""
        may_join = self._let_in(account, referral_id)
        referral, found = self._find(account, referral_id)
        shown = compared(self._pages, self._finder, self._clear, account, referral, found)
        reference = self._references({referral.family})[referral.family]
        return NewcomersPage(reference, moment_words(referral.received_at), shown, may_join)

    def answer(self, account: AccountId, referral_id: str, chosen: str, reason: str) -> None:
        """Say that somebody new is this candidate, or (`nobody/PERSON`) none of them, and why.

        Raises:
            AccessRefusedError: the answer is a manager's, entered.
            InvalidRequestError: it is no candidate by now, or no reason is written.
        """
        self._let_in(account, referral_id, said=reason, manager=True)
        referral, found = self._find(account, referral_id)
        if not reason.strip():
            raise InvalidRequestError("reason_missing", where="reason")
        are = self._finder.persons_behind({one.reference for one in found})
        told = [one for one in found if chosen in {one.id, f"{NOBODY}/{are[one.reference]}"}]
        if not told:
            raise InvalidRequestError("not_a_candidate", where="chosen", next_step="choose_a_candidate")
        new = told[0].reference
        if told[0].id == chosen:
            self._merging.merge(account, referral, told[0].person, are[new], reason)
        with self._clear.write() as connection:
            joined = [chosen] if told[0].id == chosen else []
            proposals.answer(connection, self._clear.partnership, joined, proposals.ACCEPTED)
            rest = [one.id for one in found if one.reference == new and one.id not in joined]
            proposals.answer(connection, self._clear.partnership, rest, proposals.DECLINED)

    def _let_in(self, account: AccountId, referral: str = "", said: str = "", *, manager: bool = False) -> bool:
        """Let in, entered, who may compare, or (`manager`) who may join; says whether this account may join."""
        may = MAY_TAKE_APART if manager else AT_THE_DOOR | MAY_TAKE_APART
        who = self._doorkeeper.let_in(
            account,
            Act.CANDIDATES_READ,
            may,
            purpose="front_door",
            justification=said,
            selection={"referral": referral} if referral else {},
        )
        return who.role in MAY_TAKE_APART

    def _find(self, account: AccountId, referral_id: str) -> tuple[cases.Referral, list[proposals.Proposal]]:
        referral = self._placed(account, referral_id)
        found = self._open(account, referral) if referral is not None else []
        if referral is None or not found:
            raise NotFoundError(where=referral_id)
        return referral, found

    def _placed(self, account: AccountId, referral_id: str) -> cases.Referral | None:
        """Return a placed referral; one whose family is shut to this reader is none."""
        with self._clear.read() as connection:
            referral = cases.find_referral(connection, self._clear.partnership, referral_id)
        placed = referral is not None and referral.state in PLACED
        return referral if referral and placed and not self._finder.standing(account, referral.family).shut else None

    def _open(self, account: AccountId, referral: cases.Referral) -> list[proposals.Proposal]:
        """Return what waits, without anybody protected by now or in a family that is shut to this reader."""
        found = self._unshielded(referral)
        shut = {family for family in {one.family for one in found} if self._finder.standing(account, family).shut}
        return [one for one in found if one.family not in shut]

    def _unshielded(self, referral: cases.Referral) -> list[proposals.Proposal]:
        """Return what waits, without anybody protected by now."""
        with self._clear.read() as connection:
            open_ = proposals.proposals_for(connection, self._clear.partnership, referral.id, ORDINARY)
        are = self._finder.persons_behind({one.reference for one in open_})
        by_now = [one for one in map(self._by_now, open_) if one is not None and one.reference in are]
        found = [one for one in by_now if one.person != are[one.reference]]
        people = {one.person: one.family for one in found}
        hidden = hidden_candidates(self._finder, self._placing, referral, people)
        return [one for one in found if one.person not in hidden]

    def _by_now(self, proposal: proposals.Proposal) -> proposals.Proposal | None:
        """Return a candidate as whom and where they are by now: they may have been joined or placed since.

        None where that cannot be told: nobody is joined with somebody whose links are broken.
        """
        facts = self._writer.dated_facts([person_chain(proposal.person)])
        named = [ReferenceId(str(f.body["reference"])) for f in facts if f.kind is FactKind.IDENTITY]
        are = self._finder.persons_behind(named)
        linked = [one for one in named if one in are]
        reference = next((one for one in linked if are[one] == proposal.person), linked[0] if linked else None)
        if reference is None:
            return None
        with self._clear.read() as connection:
            _, referral = cases.records_behind(connection, self._clear.partnership, [reference])[reference]
            place = cases.find_referral(connection, self._clear.partnership, referral)
        return replace(proposal, person=are[reference], family=place.family if place else proposal.family)

    def _references(self, families: set[FamilyId]) -> dict[FamilyId, str]:
        with self._clear.read() as connection:
            found = cases.find_families(connection, self._clear.partnership, families)
        return {family.id: family.reference for family in found}
