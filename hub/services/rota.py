"""Who is on duty at which desk, from when until when: set by a manager, and over by itself.

What a desk opens is what the agreements' rules name for it; nothing here widens them. The desks are closed words of the
vocabulary. A shift has an end, and a manager does not put themselves on the rota.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from hub.domain.access import Act
from hub.domain.clock import Clock
from hub.domain.errors import AccessRefusedError, InvalidRequestError, NotFoundError
from hub.domain.facts import Fact, FactKind, account_chain, family_chain
from hub.domain.ids import AccountId, AgencyId, FactId, FamilyId, IdMaker
from hub.gate.doorkeeper import Doorkeeper
from hub.gate.finder import Finder
from hub.gate.writer import Actor, Writer
from hub.policy.circumstances import AT_NIGHT
from hub.policy.programme import CaseworkRules
from hub.services import owners
from hub.services.allocations import MANAGERS
from hub.services.recording import Period
from hub.store.clear import accounts, cases
from hub.store.session import Transactions

STAFF: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "front_door": frozenset({"front_door_worker", "duty_worker", "team_manager"}),
        "edt": frozenset({"duty_worker"}),
        "on_call_manager": MANAGERS,
        "protected_identity": frozenset({"front_door_worker", "team_manager"}),
        "restricted": frozenset({"social_worker", "team_manager", "front_door_worker", "duty_worker"}),
    }
)
"""Desk -> whose work it is: the roles that the desks' rules name. Nobody else is put there: it would open nothing."""
PREFIX: Final = "on_duty_"
_HUB: Final = AccountId("system")


@dataclass(frozen=True, slots=True)
class Shift:
    """One duty that stands or is to come."""

    id: FactId
    account: AccountId
    desk: str
    start: datetime
    end: datetime | None


class Rota:
    """Records duties through the gate, which decides who may. Built once by wiring."""

    def __init__(
        self,
        gate: tuple[Writer, Finder, Doorkeeper],
        rules: CaseworkRules,
        clear: Transactions,
        clock: Clock,
        ids: IdMaker,
    ) -> None:
        """Take the gate, the local settings (how long a shift may be), and clear rows."""
        self._writer, self._finder, self._doorkeeper = gate
        self._rules, self._clear, self._clock, self._ids = rules, clear, clock, ids

    def shifts(self, by: AccountId) -> list[Shift]:
        """Return the duties of the manager's own agency that stand or are to come, the first to begin first."""
        agency = self._require_manager(by)
        return self._shifts(sorted(self._staff_of(agency)))

    def staff(self, by: AccountId) -> dict[AccountId, str]:
        """Return account -> role of those whom this manager can put on the rota: not themselves."""
        found = self._staff_of(self._require_manager(by))
        wanted = frozenset[str]().union(*STAFF.values())
        return {account: role for account, role in found.items() if role in wanted and account != by}

    def put(self, by: AccountId, account: AccountId, desk: str, period: Period) -> FactId:
        """Put somebody on duty at a desk.

        Raises:
            InvalidRequestError: no such desk or person, not their work, no sound end, or there already at that time.
        """
        role = self.staff(by).get(account)
        if account == by:
            raise InvalidRequestError("own_duty", where="account", next_step="another manager does it")
        if role is None:
            raise InvalidRequestError("unknown_worker", where="account")
        if role not in STAFF.get(desk, frozenset()):
            raise InvalidRequestError("not_their_desk", where="desk")
        now = self._clock()
        start = max(now, period.start)
        if period.end is None or period.end <= start:
            raise InvalidRequestError("duty_ends_first", where="ends")
        if period.end - start > self._rules.longest_duty:
            raise InvalidRequestError("duty_too_long", where="ends")
        if any(one.desk == desk and _overlap(one, start, period.end) for one in self._shifts([account])):
            raise InvalidRequestError("duty_twice", where="account")
        body = {"account": account, "desk": desk}
        id_ = FactId(self._ids.new())
        fact = Fact(id_, account_chain(account), 0, FactKind.DUTY, body, start, period.end, now, by)
        self._writer.record(Actor(by), Act.DUTY_RECORD, None, [fact])
        return id_

    def end(self, by: AccountId, shift: FactId) -> None:
        """End a duty now, or take one back that is to come."""
        old = next((one for one in self.shifts(by) if one.id == shift), None)
        if old is None:
            raise NotFoundError(where=shift)
        now = self._clock()
        body = {"account": old.account, "desk": old.desk}
        id_, at = FactId(self._ids.new()), max(now, old.start)
        ending = Fact(id_, account_chain(old.account), 0, FactKind.DUTY, body, at, None, now, by, old.id)
        self._writer.record(Actor(by), Act.DUTY_RECORD, None, [ending])

    def mine(self, account: AccountId) -> list[Shift]:
        """Return this account's own duties that stand at this moment."""
        desks, now = self.desks(account), self._clock()
        return [one for one in self._shifts([account]) if one.start <= now and one.desk in desks]

    def desks(self, account: AccountId) -> frozenset[str]:
        """Return the desks at which this account is on duty at this moment."""
        words = self._finder.standing(account).relationships
        return frozenset(word.removeprefix(PREFIX) for word in words if word.startswith(PREFIX))

    def take_up(self, account: AccountId, reference: str) -> FamilyId:
        """Return the family with this reference, which whoever is on duty at night takes up; the look is entered first.

        Their desk reads it until their shift ends. NotFoundError alike for one that does not exist, one that waits, and
        one that is shut to this reader.
        """
        self._doorkeeper.let_in(account, Act.DUTY_OPEN, AT_NIGHT, purpose="protect_child")
        with self._clear.read() as connection:
            family = cases.find_reference(connection, self._clear.partnership, reference.strip().upper())
        if family is None or family.provisional:
            raise NotFoundError
        if self._finder.standing(account, family.id).shut:
            raise NotFoundError(where=family.id)
        taken_up = self._taken_up(account, family.id)
        if taken_up:
            self._writer.record(Actor(_HUB), Act.DUTY_OPEN, family.id, taken_up)
        return family.id

    def _taken_up(self, account: AccountId, family: FamilyId) -> list[Fact]:
        """Say of each desk of the night where this account is that it takes the family up, once per shift."""
        now, chain = self._clock(), family_chain(family)
        known = self._writer.standing_facts([chain], now)
        there = {fact.body["desk"] for fact in known if fact.kind is FactKind.DUTY}
        return [
            self._duty(chain, shift, now)
            for shift in self.mine(account)
            if f"{PREFIX}{shift.desk}" in AT_NIGHT and shift.desk not in there
        ]

    def _duty(self, chain: str, shift: Shift, now: datetime) -> Fact:
        body = {"account": shift.account, "desk": shift.desk}
        return Fact(FactId(self._ids.new()), chain, 0, FactKind.DUTY, body, now, shift.end, now, _HUB)

    def _require_manager(self, by: AccountId) -> AgencyId:
        who = self._finder.standing(by)
        if who.role not in MANAGERS:
            raise AccessRefusedError("role_may_not_record", where=Act.DUTY_RECORD.value)
        return AgencyId(who.agency)

    def _staff_of(self, agency: AgencyId) -> dict[AccountId, str]:
        with self._clear.read() as connection:
            rows = accounts.find_accounts(connection, self._clear.partnership)
        facts = self._writer.standing_facts([account_chain(row.id) for row in rows], self._clock())
        return {account: role for account, (role, where) in owners.active(facts).items() if where == agency}

    def _shifts(self, people: Sequence[AccountId]) -> list[Shift]:
        now, facts = self._clock(), self._writer.dated_facts([account_chain(one) for one in people])
        found = [f for f in facts if f.kind is FactKind.DUTY and (f.valid_until is None or now < f.valid_until)]
        return sorted((_shift(fact) for fact in found), key=lambda one: (one.start, one.desk, one.id))


def _shift(fact: Fact) -> Shift:
    return Shift(fact.id, owners.worker_of(fact), str(fact.body.get("desk")), fact.valid_from, fact.valid_until)


def _overlap(one: Shift, start: datetime, end: datetime) -> bool:
    return one.start < end and (one.end is None or start < one.end)
