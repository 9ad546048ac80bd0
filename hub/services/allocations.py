"""Who works with a family: allocated, jointly, covering; changed, ended; and never without a named owner.

A family has one lead practitioner. The lead ends only when another takes over (see `hub.services.handovers`), or when
the manager who ends it holds the family meanwhile: that is named in the same transaction.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from hub.domain.access import Act
from hub.domain.clock import Clock
from hub.domain.errors import AccessRefusedError, InvalidRequestError
from hub.domain.facts import Fact, FactKind, account_chain, family_chain, listed
from hub.domain.fields import RecordKind
from hub.domain.ids import AccountId, AgencyId, FactId, FamilyId, IdMaker, PersonId, RecordId
from hub.domain.labels import Sensitivity
from hub.domain.partial_date import PartialDate
from hub.gate.doorkeeper import Doorkeeper
from hub.gate.finder import Finder
from hub.gate.records import NewRecord
from hub.gate.writer import Actor, Writer
from hub.services import owners
from hub.services.recording import Period
from hub.store.clear import accounts, closings, work
from hub.store.session import Transactions

MANAGERS = frozenset({"team_manager"})


@dataclass(frozen=True, slots=True)
class NewAllocation:
    """A worker joins: in which capacity, as lead or not, with whom (nobody named: the whole family), from and until."""

    worker: AccountId
    period: Period
    capacity: str = "allocated"
    lead: bool = False
    works_with: Sequence[PersonId] = ()


@dataclass(frozen=True, slots=True)
class Allocated:
    """One allocation that stands or is to come; `offered` is the worker who has been asked to take it over."""

    id: FactId
    account: AccountId
    role: str
    capacity: str
    lead: bool
    works_with: tuple[PersonId, ...]
    since: datetime
    until: datetime | None
    offered: AccountId | None
    offer: FactId | None


class Allocations:
    """Records allocations through the gate, which decides who may. Built once by wiring."""

    def __init__(
        self, gate: tuple[Writer, Finder, Doorkeeper], clear: Transactions, clock: Clock, ids: IdMaker
    ) -> None:
        """Take the gate's writer, finder and doorkeeper, and clear rows."""
        self._writer, self._finder, self._doorkeeper = gate
        self._clear, self._clock, self._ids = clear, clock, ids

    def allocated(self, by: AccountId, family: FamilyId) -> list[Allocated]:
        """Return who works with the family, for its manager; the look is entered."""
        self.require_manager(by, family)
        self._doorkeeper.let_in(by, Act.ALLOCATION_RECORD, MANAGERS, family=family)
        facts, now = self._writer.dated_facts([family_chain(family)]), self._clock()
        offers = {str(fact.body.get("ends")): fact for fact in _offers(facts, now)}
        found = owners.allocations(facts, now)
        roles = owners.active(self._staff(owners.worker_of(fact) for fact in found))
        return [_allocated(fact, roles, offers.get(fact.id)) for fact in found]

    def ended(self, family: FamilyId, worker: AccountId, since: datetime) -> datetime | None:
        """Return when the last allocation of a worker that began on a day ended, or was first heard of as over by then.

        None when none is over.
        """
        facts, now = self._writer.dated_facts([family_chain(family)]), self._clock()
        of = [f for f in facts if f.kind is FactKind.ALLOCATION and owners.worker_of(f) == worker]
        over = [(f.valid_until, f) for f in of if f.valid_from == since and f.valid_until and f.valid_until <= now]
        return max((max(end, fact.recorded_at) for end, fact in over), default=None)

    def workers(self, family: FamilyId) -> dict[AccountId, tuple[str, str]]:
        """Return account -> (role, agency) of everybody who can be allocated: in force, and not shut out."""
        with self._clear.read() as connection:
            everybody = [row.id for row in accounts.find_accounts(connection, self._clear.partnership)]
        return {
            account: found
            for account, found in owners.active(self._staff(everybody)).items()
            if found[0] in owners.PRACTITIONERS and not self._finder.standing(account, family).shut
        }

    def allocate(self, by: AccountId, family: FamilyId, new: NewAllocation) -> FactId:
        """Give a worker a dated relationship with the family, or with named people in it.

        Raises:
            InvalidRequestError: what does not fit; `where` names the field.
        """
        self.require_manager(by, family)
        self.require_open(family)
        if new.worker not in self.workers(family):
            raise InvalidRequestError("unknown_worker", where="account")
        standing = owners.allocations(self._writer.dated_facts([family_chain(family)]), self._clock())
        _require_sound(new, standing)
        fact = self.fact(by, family, FactKind.ALLOCATION, _body(new), new.period)
        self._writer.record(Actor(by), Act.ALLOCATION_RECORD, family, [fact])
        return fact.id

    def change(self, by: AccountId, family: FamilyId, fact: FactId, works_with: Sequence[PersonId]) -> FactId:
        """Change with whom a worker works, from now; everything else of the allocation stays, its end too.

        Raises:
            InvalidRequestError: it has been offered to somebody, as it stands.
        """
        self.require_manager(by, family)
        old = self.standing(family, fact)
        if any(one.body.get("ends") == fact for one in self.offers(family)):
            raise InvalidRequestError("offered_already", where="works_with", next_step="take it back first")
        now = self._clock()
        begins = max(now, old.valid_from)
        body = {**old.body, "works_with": list(works_with)}
        new = self.fact(by, family, FactKind.ALLOCATION, body, Period(begins, old.valid_until))
        ending = self.ending(by, family, old, begins)
        self._writer.record(Actor(by), Act.ALLOCATION_RECORD, family, [ending, new])
        return new.id

    def end(self, by: AccountId, family: FamilyId, fact: FactId, at: datetime, why: str, *, hold: bool = False) -> None:
        """End an allocation at an instant; why is sealed. `hold`: the manager is named as holder, jointly, from then.

        Raises:
            InvalidRequestError: `no_successor`: it is the lead, and nobody would be named as owner.
        """
        self.require_manager(by, family)
        if not why.strip():
            raise InvalidRequestError("reason_missing", where="reason")
        old = self.standing(family, fact)
        if owners.leads(old) and (not hold or owners.worker_of(old) == by):
            raise InvalidRequestError("no_successor", where="hold", next_step="hand over, or hold it yourself")
        facts = [self.ending(by, family, old, max(at, old.valid_from))]
        if owners.leads(old):
            holder = NewAllocation(by, Period(max(at, old.valid_from)), "co_allocated", lead=True)
            facts.insert(0, self.fact(by, family, FactKind.ALLOCATION, _body(holder), holder.period))
        offers = [one for one in self.offers(family) if one.body.get("ends") == fact]
        facts += [self.ending(by, family, one, self._clock()) for one in offers]

        def close(connection: Connection) -> None:
            for one in offers:
                work.finish_tasks_from(connection, self._clear.partnership, source_of(one.id), by, self._clock())

        note = self.note(by, why)
        self._writer.record(Actor(by), Act.ALLOCATION_RECORD, family, facts, records=[note], alongside=close)

    def standing(self, family: FamilyId, fact: FactId) -> Fact:
        """Return an allocation that stands or is to come; InvalidRequestError when there is none by that id."""
        found = owners.allocations(self._writer.dated_facts([family_chain(family)]), self._clock())
        old = next((one for one in found if one.id == fact), None)
        if old is None:
            raise InvalidRequestError("nothing_to_end", where=fact, next_step="see_family")
        return old

    def offers(self, family: FamilyId) -> list[Fact]:
        """Return the handovers of a family that wait to be accepted."""
        return _offers(self._writer.dated_facts([family_chain(family)]), self._clock())

    def require_manager(self, by: AccountId, family: FamilyId) -> None:
        """Return silently for a manager whom the family is not shut to; else it has no such page."""
        who = self._finder.standing(by, family)
        if who.shut or who.role not in MANAGERS:
            raise AccessRefusedError("role_may_not_record", where=family)

    def require_open(self, family: FamilyId) -> None:
        """Return silently for a family that is not closed; nobody joins a closed one before it is reopened."""
        with self._clear.read() as connection:
            if closings.standing(connection, self._clear.partnership, family) is not None:
                raise InvalidRequestError("family_closed", where="account", next_step="reopen it first")

    def fact(self, by: AccountId, family: FamilyId, kind: FactKind, body: Mapping[str, object], period: Period) -> Fact:
        """Return a new fact of the family."""
        id_, now = FactId(self._ids.new()), self._clock()
        return Fact(id_, family_chain(family), 0, kind, dict(body), period.start, period.end, now, by)

    def ending(self, by: AccountId, family: FamilyId, old: Fact, at: datetime) -> Fact:
        """Return the ending of a fact at an instant."""
        id_, now = FactId(self._ids.new()), self._clock()
        return Fact(id_, family_chain(family), 0, old.kind, old.body, at, None, now, by, old.id)

    def _staff(self, people: Iterable[AccountId]) -> Sequence[Fact]:
        return self._writer.standing_facts([account_chain(one) for one in sorted(set(people))], self._clock())

    def note(self, by: AccountId, text: str) -> NewRecord:
        """Return what somebody wrote about the whole family, to be sealed as their agency's."""
        today, id_ = PartialDate.of(self._clock()), RecordId(self._ids.new())
        owner = AgencyId(self._finder.standing(by).agency)
        return NewRecord(id_, RecordKind.NOTE, owner, today, frozenset(), {"text": text}, Sensitivity.RESTRICTED)


def source_of(offer: FactId) -> str:
    """Return the source of the task that asks a worker to accept."""
    return f"handover/{offer}"


def _offers(facts: Iterable[Fact], at: datetime) -> list[Fact]:
    return [f for f in facts if f.kind is FactKind.HANDOVER and (f.valid_until is None or at < f.valid_until)]


def _body(new: NewAllocation) -> dict[str, object]:
    lead = "yes" if new.lead else "no"
    return {"account": new.worker, "capacity": new.capacity, "lead": lead, "works_with": list(new.works_with)}


def _allocated(fact: Fact, roles: Mapping[AccountId, tuple[str, str]], offer: Fact | None) -> Allocated:
    account = owners.worker_of(fact)
    return Allocated(
        fact.id,
        account,
        roles.get(account, ("", ""))[0],
        str(fact.body.get("capacity")),
        owners.leads(fact),
        tuple(PersonId(person) for person in listed(fact.body.get("works_with"))),
        fact.valid_from,
        fact.valid_until,
        owners.worker_of(offer) if offer else None,
        offer.id if offer else None,
    )


def _require_sound(new: NewAllocation, standing: Iterable[Fact]) -> None:
    """Refuse a cover without an end, a lead that runs out or comes second, and the same work twice."""
    others = list(standing)
    if new.capacity == "covering" and new.period.end is None:
        raise InvalidRequestError("cover_needs_an_end", where="ends")
    if new.capacity == "covering" and new.lead:
        raise InvalidRequestError("cover_does_not_lead", where="lead")
    if new.lead and new.period.end is not None:
        raise InvalidRequestError("lead_runs_out", where="ends")
    if new.lead and any(owners.leads(one) for one in others):
        raise InvalidRequestError("lead_stands", where="lead", next_step="hand over")
    same = [o for o in others if owners.worker_of(o) == new.worker and o.body.get("capacity") == new.capacity]
    if any(_overlap(one, new.period) for one in same):
        raise InvalidRequestError("allocated_already", where="account", next_step="change whom they work with")


def _overlap(one: Fact, period: Period) -> bool:
    before = one.valid_until is not None and one.valid_until <= period.start
    after = period.end is not None and period.end <= one.valid_from
    return not (before or after)
