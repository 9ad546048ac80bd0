"""Who in a decided referral may be somebody the hub knows, and nobody has said yet: asked until it is answered.

What matching found only after somebody had decided, and what placing one person left unanswered about the others.
INVARIANT: asked anew at every look, because a shield may be younger than the question it hides.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from hub.domain.facts import FactKind, person_chain
from hub.domain.ids import AccountId, ReferenceId, ReferralId
from hub.gate.finder import Finder
from hub.gate.writer import Writer
from hub.policy.front_door import CLOSED_HERE
from hub.services import door_tasks
from hub.services.placing import PLACED, Placing
from hub.services.protected import hidden_candidates
from hub.store.clear import cases, proposals, work
from hub.store.session import Transactions

DECIDED: Final = PLACED.union(CLOSED_HERE)
"""States in which a person has decided: what is found or left then waits for an answer of its own."""


class OpenQuestions:
    """Finds them. Built by whoever asks."""

    def __init__(self, writer: Writer, finder: Finder, placing: Placing, clear: Transactions) -> None:
        """Take the gate's writer and finder, who knows what is restricted, and clear rows."""
        self._writer, self._finder, self._placing, self._clear = writer, finder, placing, clear

    def since(self) -> dict[ReferralId, datetime]:
        """Return since when each decided referral waits, whoever may hear of it, the oldest first."""
        with self._clear.read() as connection:
            return proposals.left_open(connection, self._clear.partnership, PLACED, CLOSED_HERE)

    def may_be_heard(self, number: ReferralId) -> bool:
        """Say whether anything of what waits about a decided referral is for the ordinary desk."""
        with self._clear.read() as connection:
            referral = cases.find_referral(connection, self._clear.partnership, number)
        return referral is not None and referral.state in DECIDED and bool(self.about(referral))

    def shown(self, account: AccountId, referral_id: str) -> tuple[cases.Referral, list[proposals.Proposal]] | None:
        """Return a decided referral with what is asked about it; None when this account hears of nothing there."""
        with self._clear.read() as connection:
            referral = cases.find_referral(connection, self._clear.partnership, referral_id)
        if referral is None or referral.state not in DECIDED or self._finder.standing(account, referral.family).shut:
            return None
        found = self.about(referral)
        shut = {family for family in {one.family for one in found} if self._finder.standing(account, family).shut}
        left = [one for one in found if one.family not in shut]
        return (referral, left) if left else None

    def heard(self, account: AccountId, tasks: Sequence[work.Task]) -> list[work.Task]:
        """Leave out the tasks that speak of a family or of somebody of whom this account may not hear by now."""
        shut = self._finder.standing
        return [
            one
            for one in tasks
            if (one.kind != door_tasks.KNOWN or self.shown(account, str(one.subject)))
            and (one.kind != door_tasks.UNLED or not shut(account, one.family).shut)
        ]

    def about(self, referral: cases.Referral) -> list[proposals.Proposal]:
        """Return what waits for an answer, without anybody protected by now."""
        with self._clear.read() as connection:
            found = proposals.proposals_for(connection, self._clear.partnership, referral.id, proposals.ORDINARY)
            since = proposals.since_decided(connection, self._clear.partnership, referral.id)
        open_ = [one for one in found if referral.state in PLACED or one.id in since]
        are = self._finder.persons_behind({one.reference for one in open_})
        by_now = [one for one in map(self._by_now, open_) if one is not None and one.reference in are]
        left = [one for one in by_now if one.person != are[one.reference]]
        hidden = hidden_candidates(self._finder, self._placing, referral, {one.person: one.family for one in left})
        return [one for one in left if one.person not in hidden]

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
