"""Legal routes that a lawyer has not confirmed: a named officer accepts one here, or it carries nothing.

Source: design section 5 (each route has its source and says whether it is verified).
"""

from dataclasses import dataclass

from hub.domain.access import Act
from hub.domain.clock import Clock
from hub.domain.errors import InvalidRequestError
from hub.domain.facts import AGREEMENTS_CHAIN, Fact, FactKind
from hub.domain.ids import AccountId, FactId, IdMaker
from hub.gate.policybook import PolicyBook
from hub.gate.writer import Actor, Writer


@dataclass(frozen=True, slots=True)
class RouteLine:
    """One route: its words and source, whether it is confirmed, and whether it may be relied on here."""

    id: str
    words: str
    law: str
    source: str
    note: str
    verified: bool
    usable: bool


class Routes:
    """Accepts routes. Built once by wiring."""

    def __init__(self, policy: PolicyBook, writer: Writer, clock: Clock, ids: IdMaker) -> None:
        """Take the policy in force and the gate's writer, which decides who may accept."""
        self._policy, self._writer, self._clock, self._ids = policy, writer, clock, ids

    def listed(self) -> tuple[RouteLine, ...]:
        """Return every route of the gateways, in the order of the file."""
        unaccepted = self._policy.current().unaccepted
        return tuple(
            RouteLine(r.id, r.words, r.law, r.source, r.note, r.verified, r.id not in unaccepted)
            for r in self._policy.foundations.gateways.routes.values()
        )

    def accept(self, by: AccountId, route: str, reason: str) -> FactId:
        """Record that an IG officer takes this route, as its text is now, for this partnership.

        Raises:
            InvalidRequestError: unknown_route; already_usable; reason_missing.
            AccessRefusedError: not an IG officer.
        """
        found = self._policy.foundations.gateways.routes.get(route)
        if found is None:
            raise InvalidRequestError("unknown_route", where="route", next_step="hub policy routes")
        if not reason.strip():
            raise InvalidRequestError("reason_missing", where="reason")
        if route not in self._policy.current().unaccepted:
            raise InvalidRequestError("already_usable", where=route)
        now = self._clock()
        body = {"route": route, "digest": found.digest, "reason": reason.strip()}
        fact = Fact(FactId(self._ids.new()), AGREEMENTS_CHAIN, 0, FactKind.ROUTE_ACCEPTED, body, now, None, now, by)
        self._writer.record(Actor(by), Act.ROUTE_ACCEPT, None, [fact])
        return fact.id
