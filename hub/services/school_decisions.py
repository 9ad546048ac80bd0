"""The police's own decision behind each notice for a school: these records, for that one recipient.

They decide by sending the notice in this format, and the hub notes it in their name, as it notes what a message says of
consent. It stands while the notice does, and is said again where the records lie after a referral was placed.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import Connection

from hub.domain.access import Act
from hub.domain.clock import Clock
from hub.domain.facts import Fact, FactKind, family_chain, listed
from hub.domain.ids import FactId, IdMaker
from hub.gate.writer import Actor, Alongside, Deposit, Writer
from hub.services.arrivals import SYSTEM
from hub.store.clear.cases import Referral
from hub.store.clear.school_notices import SchoolNotice

PURPOSE: Final = "support_pupil"
READABLE: Final = timedelta(days=90)
"""How long a notice can be opened again."""
_OPENING: Final = "holder_decision"


class SchoolDecisions:
    """Composes and records. Built by wiring."""

    def __init__(self, writer: Writer, clock: Clock, ids: IdMaker) -> None:
        """Take the gate's writer."""
        self._writer, self._clock, self._ids = writer, clock, ids

    def made(self, referral: Referral, notices: Iterable[SchoolNotice]) -> list[Fact]:
        """Return the decisions to give these notices out."""
        return [self._decision(referral, one) for one in notices if one.agency]

    def ended(self, referral: Referral, notices: Sequence[SchoolNotice]) -> list[Fact]:
        """Return what ends the decisions behind these notices."""
        now, chain = self._clock(), family_chain(referral.family)
        return [
            Fact(FactId(self._ids.new()), chain, 0, fact.kind, fact.body, now, None, now, SYSTEM, fact.id)
            for fact in self._behind(referral, notices)
        ]

    def record(self, referral: Referral, facts: Sequence[Fact], alongside: Alongside) -> None:
        """Record facts in the name of the agency that sent the referral, with clear rows in the same transaction."""

        def nothing(_connection: Connection) -> None:
            return

        said = [Deposit(referral.family, (), facts)]
        actor = Actor(SYSTEM, on_behalf=referral.agency)
        self._writer.deposit(actor, Act.SCHOOL_NOTICE_ROUTE, said, nothing, alongside)

    def see_that_it_stands(self, referral: Referral, notice: SchoolNotice) -> None:
        """Say the decision behind a notice again where it does not stand: its records moved to another family."""
        if not self._behind(referral, [notice]):
            self.record(referral, self.made(referral, [notice]), lambda _connection: None)

    def _behind(self, referral: Referral, notices: Sequence[SchoolNotice]) -> list[Fact]:
        wanted = {(one.agency, frozenset(one.records)) for one in notices}
        facts = self._writer.standing_facts([family_chain(referral.family)], self._clock()) if wanted else ()
        return [
            fact
            for fact in facts
            if fact.kind is FactKind.OPENING
            and fact.body.get("opening") == _OPENING
            and (fact.body.get("recipient"), frozenset(listed(fact.body.get("items")))) in wanted
        ]

    def _decision(self, referral: Referral, notice: SchoolNotice) -> Fact:
        body: dict[str, object] = {"opening": _OPENING, "agency": referral.agency, "recipient": notice.agency or ""}
        body |= {"items": list(notice.records), "children": [], "adults": [], "review": ""}
        now, chain = self._clock(), family_chain(referral.family)
        return Fact(FactId(self._ids.new()), chain, 0, FactKind.OPENING, body, now, None, now, SYSTEM)
