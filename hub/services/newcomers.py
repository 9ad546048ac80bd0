"""Who in a referral that is decided already may be somebody the hub knows: named or found since, or left unanswered.

Where it is placed, the family is a team's: the front door sees that somebody may be known and what speaks for it, and
a manager joins them, or says that it is somebody new. What was decided without a family is taken up again, or left.
Nothing is joined by itself, and a joining can be taken apart.
INVARIANT: where the family or a candidate is protected, all of it waits at the named desk, and nothing of it is here.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from hub.domain.access import Act
from hub.domain.errors import InvalidRequestError, NotFoundError
from hub.domain.ids import AccountId, FamilyId, ReferralId
from hub.gate.doorkeeper import Doorkeeper
from hub.gate.finder import Finder
from hub.gate.writer import Writer
from hub.policy.front_door import CLOSED_HERE
from hub.services.candidates import CandidatesPage, compared
from hub.services.family_page import FamilyPages
from hub.services.merging import AT_THE_DOOR, MAY_TAKE_APART, Merging
from hub.services.open_questions import OpenQuestions
from hub.services.placing import Placing
from hub.services.register import moment_words
from hub.store.clear import cases, proposals
from hub.store.session import Transactions

NOBODY: Final = "nobody"
"""Before the number of a person: none of the candidates is that person."""


@dataclass(frozen=True, slots=True)
class NewcomerLine:
    """One decided referral with somebody to compare."""

    referral: str
    agency: str
    reference: str
    received_words: str


@dataclass(frozen=True, slots=True)
class NewcomersPage:
    """The people of one decided referral, each beside whom they may be; `may_answer`: a manager, where it is placed.

    `closed`: it was decided without a family, and is taken up again where somebody is one of these.
    """

    reference: str
    received_words: str
    compared: CandidatesPage
    may_answer: bool
    closed: bool


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
        self._pages, self._merging, self._clear = pages, merging, clear
        writer, self._finder, self._doorkeeper = gate
        self._questions = OpenQuestions(writer, self._finder, placing, clear)

    def waiting(self, account: AccountId) -> list[NewcomerLine]:
        """Return the decided referrals with somebody to compare, oldest first, after entering that it was asked for."""
        self._let_in(account)
        asked = [self._questions.shown(account, number) for number in self._questions.since()]
        found = [one[0] for one in asked if one is not None]
        register, references = self._pages.register(), self._references({one.family for one in found})
        return [
            NewcomerLine(one.id, register.agency(one.agency), references[one.family], moment_words(one.received_at))
            for one in found
        ]

    def waiting_since(self) -> dict[ReferralId, datetime]:
        """Return since when each decided referral waits, whoever may hear of it."""
        return self._questions.since()

    def may_be_compared(self, number: ReferralId) -> bool:
        """Say whether somebody in a decided referral waits for the ordinary desk, which may hear of it."""
        return self._questions.may_be_heard(number)

    def page(self, account: AccountId, referral_id: str) -> NewcomersPage:
        """Return the comparison as this reader may see either side; NotFoundError when there is nobody to compare."""
        manages = self._let_in(account, referral_id)
        referral, found = self._find(account, referral_id)
        shown = compared(self._pages, self._finder, self._clear, account, referral, found)
        reference = self._references({referral.family})[referral.family]
        closed = referral.state in CLOSED_HERE
        return NewcomersPage(reference, moment_words(referral.received_at), shown, manages or closed, closed)

    def answer(self, account: AccountId, referral_id: str, chosen: str, reason: str) -> None:
        """Say that somebody new is this candidate, or (`nobody/PERSON`) none of them, and why.

        Raises:
            AccessRefusedError: where the referral is placed, the answer is a manager's; entered.
            InvalidRequestError: it is no candidate by now, no reason is written, or the referral was decided without a
                family: that joins nobody, and is taken up again first.
        """
        self._let_in(account, referral_id, said=reason, manager=not self._closed(referral_id))
        referral, found = self._find(account, referral_id)
        if not reason.strip():
            raise InvalidRequestError("reason_missing", where="reason")
        are = self._finder.persons_behind({one.reference for one in found})
        told = [one for one in found if chosen in {one.id, f"{NOBODY}/{are[one.reference]}"}]
        if not told:
            raise InvalidRequestError("not_a_candidate", where="chosen", next_step="choose_a_candidate")
        if told[0].id == chosen and referral.state in CLOSED_HERE:
            raise InvalidRequestError("decided_without_a_family", where="chosen", next_step="take_it_up_again")
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
        found = self._questions.shown(account, referral_id)
        if found is None:
            raise NotFoundError(where=referral_id)
        return found

    def _closed(self, referral_id: str) -> bool:
        with self._clear.read() as connection:
            referral = cases.find_referral(connection, self._clear.partnership, referral_id)
        return referral is not None and referral.state in CLOSED_HERE

    def _references(self, families: set[FamilyId]) -> dict[FamilyId, str]:
        with self._clear.read() as connection:
            found = cases.find_families(connection, self._clear.partnership, families)
        return {family.id: family.reference for family in found}
