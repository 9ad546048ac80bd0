"""Opens nothing: asks of what a desk has opened anyway who tells and who is spoken of, by the desk's rules.

INVARIANT: the front door's answer is the one it would get if nobody protected were named in any message.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from hub.domain.clock import Clock
from hub.domain.ids import FamilyId, PersonId
from hub.domain.partial_date import PartialDate
from hub.gate.disclosure import Disclosure
from hub.gate.finder import Finder
from hub.policy.signals import SignalRules
from hub.services.claims import claims, messages
from hub.services.placing import Placing
from hub.services.protected import protected_among
from hub.services.register import Register, moment_words
from hub.store.clear import cases
from hub.store.clear.proposals import Proposal
from hub.store.session import Transactions


@dataclass(frozen=True, slots=True)
class OtherWay:
    """A referral that tells it the other way round."""

    referral: str
    agency: str
    received_words: str


@dataclass(frozen=True, slots=True)
class Sides:
    """What a desk reads of it: remarks with their rule, and where to read the other side.

    `elsewhere`: a candidate's family is worked with by a team, and what was told there is not for this desk. It is said
    of every such family, whatever was told in it: the desk is not to take silence for one side only.
    """

    remarks: tuple[str, ...] = ()
    others: tuple[OtherWay, ...] = ()
    elsewhere: bool = False


class BothSides:
    """Built by wiring, for the front door and for the protected identity desk."""

    def __init__(self, finder: Finder, placing: Placing, rules: SignalRules, clear: Transactions, clock: Clock) -> None:
        """Take who knows whom matching proposes and who is protected, the rules, and clear rows."""
        self._finder, self._placing, self._rules = finder, placing, rules
        self._clear, self._clock = clear, clock

    def at_the_door(
        self, own: Disclosure, others: Sequence[Disclosure], proposed: Iterable[Proposal], register: Register
    ) -> Sides:
        """Return it without anybody protected, on whichever side they stand."""
        people = {
            person: shown.family
            for shown in (own, *others)
            for person in {*shown.persons, *(one for record in shown.records for one in record.persons)}
        }
        return self._sides(own, others, proposed, protected_among(self._finder, self._placing, people), register)

    def at_the_named_desk(
        self, own: Disclosure, others: Sequence[Disclosure], proposed: Iterable[Proposal], register: Register
    ) -> Sides:
        """Return it with everybody, to the desk that keeps protected identities."""
        return self._sides(own, others, proposed, frozenset(), register)

    def _sides(
        self,
        own: Disclosure,
        others: Sequence[Disclosure],
        proposed: Iterable[Proposal],
        hidden: Collection[PersonId],
        register: Register,
    ) -> Sides:
        candidates = list(proposed)
        are = self._finder.persons_behind({one.reference for one in candidates})
        same: dict[PersonId, set[PersonId]] = {}
        for one in candidates:
            same.setdefault(are[one.reference], set()).add(one.person)
        told = [message for shown in others for message in messages(shown, hidden)]
        today = PartialDate.of(self._clock()).first
        found = claims(messages(own, hidden), told, same, today, self._rules)
        return Sides(found.remarks, self._referrals(set(found.other_way) - {own.family}, register))

    def _referrals(self, families: Collection[FamilyId], register: Register) -> tuple[OtherWay, ...]:
        with self._clear.read() as connection:
            found = cases.received_in(connection, self._clear.partnership, families)
        return tuple(OtherWay(one.id, register.agency(one.agency), moment_words(one.received_at)) for one in found)
