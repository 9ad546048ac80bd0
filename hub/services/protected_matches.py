"""The protected identity desk's own matches: a referral may be about somebody of whom the front door must not hear.

The front door's page reads as for no match. The desk sees who sent it and whom to ring there, compares as far as it may
see, and says what came of it. It joins nobody: a joining would put the referral beside the protected record.
"""

from dataclasses import dataclass, replace

from hub.domain.access import Act
from hub.domain.errors import InvalidRequestError, NotFoundError
from hub.domain.ids import AccountId
from hub.gate.doorkeeper import Doorkeeper
from hub.gate.finder import Finder
from hub.services.both_sides import BothSides, Sides
from hub.services.candidates import REASON, CandidatesPage, compared
from hub.services.family_page import FamilyPages, Stated
from hub.services.matching import ORDINARY, RESTRICTED
from hub.services.new_identities import ON_DUTY
from hub.services.placing import Placing
from hub.services.prior import prior
from hub.services.protected import hidden_candidates
from hub.services.register import moment_words
from hub.store.clear import cases, proposals
from hub.store.session import Transactions

OUTCOMES = ("sender_asked", "one_person", "two_people")
"""What the desk says: it asked the sender and goes on; it is that person; it is somebody else."""


@dataclass(frozen=True, slots=True)
class DeskLine:
    """One referral that waits at the desk."""

    referral: str
    agency: str
    received_words: str


@dataclass(frozen=True, slots=True)
class DeskPage:
    """One referral at the desk: whom to ring at the sender, and who it may be."""

    contact: str
    received_words: str
    compared: CandidatesPage
    sides: Sides


class ProtectedMatches:
    """Lists, shows and closes the desk's matches. Built once by wiring."""

    def __init__(
        self,
        pages: FamilyPages,
        gate: tuple[Finder, Doorkeeper],
        placing: Placing,
        sides: BothSides,
        clear: Transactions,
    ) -> None:
        """Take the family pages, the gate's finder and doorkeeper, who asks who tells, and clear rows."""
        self._sides = sides
        self._pages, self._placing, self._clear = pages, placing, clear
        self._finder, self._doorkeeper = gate

    def waiting(self, account: AccountId) -> list[DeskLine]:
        """Return what waits at the desk, oldest first; the look is entered, and refused to everyone off the desk."""
        self._let_in(account)
        with self._clear.read() as connection:
            numbers = [
                number
                for queue in (RESTRICTED, ORDINARY)
                for number in proposals.referrals_with(connection, self._clear.partnership, queue)
            ]
        found = [referral for number in dict.fromkeys(numbers) if (referral := self._referral(number))]
        register = self._pages.register()
        return [
            DeskLine(one.id, register.agency(one.agency), moment_words(one.received_at))
            for one in found
            if self._open(one)
        ]

    def page(self, account: AccountId, referral_id: str) -> DeskPage:
        """Return one referral at the desk; NotFoundError when nothing of it waits here."""
        self._let_in(account, referral_id)
        referral, found = self._at_the_desk(referral_id)
        shown = compared(self._pages, self._finder, self._clear, account, referral, found)
        contact = self._pages.register().contact(referral.agency)
        sides = self._told(account, referral, found)
        return DeskPage(contact, moment_words(referral.received_at), shown, sides)

    def answer(self, account: AccountId, referral_id: str, outcome: str, note: str) -> None:
        """Say what came of it, with words; after `sender_asked` it waits on, else it leaves the desk."""
        if outcome not in OUTCOMES or not note.strip():
            raise InvalidRequestError("answer_incomplete", where="note")
        self._let_in(account, referral_id, said=f"{outcome}: {note}")
        _, found = self._at_the_desk(referral_id)
        if outcome != "sender_asked":
            with self._clear.write() as connection:
                proposals.answer(connection, self._clear.partnership, [one.id for one in found], outcome)

    def _told(self, account: AccountId, referral: cases.Referral, found: list[proposals.Proposal]) -> Sides:
        """Return who tells and who is spoken of, with everybody in it, from what this reader may see."""
        with self._clear.read() as connection:
            ordinary = proposals.proposals_for(connection, self._clear.partnership, referral.id, ORDINARY)
        proposed = {one.id: one for one in (*found, *ordinary)}.values()
        register, stated = self._pages.register(), Stated("front_door", REASON)
        own = prior(self._pages, account, [referral.family], stated, register).shown
        families = dict.fromkeys(one.family for one in proposed if one.family != referral.family)
        before = prior(self._pages, account, families, stated, register)
        told = self._sides.at_the_named_desk(own[0], before.shown, proposed, register) if own else Sides()
        return replace(told, elsewhere=before.elsewhere)

    def _let_in(self, account: AccountId, referral_id: str = "", said: str = "") -> None:
        self._doorkeeper.let_in(
            account,
            Act.PROTECTED_MATCH,
            (ON_DUTY,),
            purpose="front_door",
            justification=said,
            selection={"referral": referral_id} if referral_id else {},
        )

    def _at_the_desk(self, referral_id: str) -> tuple[cases.Referral, list[proposals.Proposal]]:
        referral = self._referral(referral_id)
        found = self._open(referral) if referral is not None else []
        if referral is None or not found:
            raise NotFoundError(where=referral_id)
        return referral, found

    def _referral(self, referral_id: str) -> cases.Referral | None:
        with self._clear.read() as connection:
            return cases.find_referral(connection, self._clear.partnership, referral_id)

    def _open(self, referral: cases.Referral) -> list[proposals.Proposal]:
        """Return the desk's own, and what was proposed at the front door of somebody who is protected by now."""
        with self._clear.read() as connection:
            own = proposals.proposals_for(connection, self._clear.partnership, referral.id, RESTRICTED)
            open_ = proposals.proposals_for(connection, self._clear.partnership, referral.id, ORDINARY)
        people = {one.person: one.family for one in open_}
        protected = hidden_candidates(self._finder, self._placing, referral, people)
        return [*own, *(one for one in open_ if one.person in protected)]
