"""Handing a family over: offered in writing by its manager, accepted by the next worker, who is then allocated.

INVARIANT: until the next worker accepts, the earlier one stays; both changes are one transaction.
What is written is sealed with the task of the next worker, and is read by them alone.
"""

from dataclasses import dataclass

from sqlalchemy import Connection

from hub.domain.access import Act
from hub.domain.clock import Clock
from hub.domain.errors import ConflictError, InvalidRequestError, NotFoundError
from hub.domain.facts import Fact, FactKind, family_chain
from hub.domain.ids import AccountId, AgencyId, FactId, FamilyId, IdMaker
from hub.gate.doorkeeper import Doorkeeper
from hub.gate.finder import Finder
from hub.gate.writer import Actor, Writer
from hub.policy.working_days import Calendar
from hub.services import owners
from hub.services.allocations import Allocations, source_of
from hub.services.recording import Period
from hub.services.register import moment_words
from hub.services.sealed_words import SealedWords
from hub.store.clear import cases, duties, work
from hub.store.session import Transactions

ACCEPT, DECLINED = "accept_handover", "handover_declined"
ANSWER_WITHIN = "P2D"
"""Working days within which the next worker answers; the manager's queue shows what is late."""


@dataclass(frozen=True, slots=True)
class HandoverPage:
    """What the next worker reads before they accept: from whom, which family, what was written, by when."""

    reference: str
    earlier: AccountId
    lead: bool
    written: str
    due_words: str


class Handovers:
    """Offers, accepts, declines and takes back handovers. Built once by wiring."""

    def __init__(
        self,
        gate: tuple[Writer, Finder, Doorkeeper],
        allocations: Allocations,
        words: SealedWords,
        calendar: Calendar,
        clear: Transactions,
        clock: Clock,
        ids: IdMaker,
    ) -> None:
        """Take the gate, the allocations, what seals words, working days and clear rows."""
        self._writer, self._finder, self._doorkeeper = gate
        self._allocations, self._words, self._calendar = allocations, words, calendar
        self._clear, self._clock, self._ids = clear, clock, ids

    def offer(self, by: AccountId, family: FamilyId, fact: FactId, to: AccountId, written: str) -> FactId:
        """Ask a worker to take an allocation over, with the handover in writing.

        Raises:
            InvalidRequestError: nothing is written, it is offered already, or it goes to the same worker or oneself.
        """
        self._allocations.require_manager(by, family)
        self._allocations.require_open(family)
        old = self._allocations.standing(family, fact)
        if not written.strip():
            raise InvalidRequestError("handover_missing", where="written")
        if any(one.body.get("ends") == fact for one in self._allocations.offers(family)):
            raise InvalidRequestError("offered_already", where="account", next_step="take it back first")
        if to in {by, owners.worker_of(old)}:
            raise InvalidRequestError("own_handover", where="account", next_step="choose another worker")
        if to not in self._allocations.workers(family):
            raise InvalidRequestError("unknown_worker", where="account")
        return self._record_offer(by, family, old, to, written)

    def _record_offer(self, by: AccountId, family: FamilyId, old: Fact, to: AccountId, written: str) -> FactId:
        now = self._clock()
        capacity = "allocated" if owners.leads(old) else old.body.get("capacity")
        body = {"account": to, "ends": old.id, "gives": {**old.body, "account": to, "capacity": capacity}}
        offer = self._allocations.fact(by, family, FactKind.HANDOVER, body, Period(now))
        task, event = self._ids.new(), self._ids.new()
        agency, due = AgencyId(self._finder.standing(to).agency), self._calendar.due(now, ANSWER_WITHIN)
        asked = work.Task(task, source_of(offer.id), ACCEPT, agency, family, None, now, due, to, offer.id)
        left = duties.TaskEvent(event, task, duties.LEFT, now, by, self._words.close(event, {"note": written}))

        def ask(connection: Connection) -> None:
            work.add_task(connection, self._clear.partnership, asked)
            duties.add_event(connection, self._clear.partnership, left)

        self._writer.record(Actor(by), Act.ALLOCATION_RECORD, family, [offer], alongside=ask)
        return offer.id

    def take_back(self, by: AccountId, family: FamilyId, offer: FactId) -> None:
        """Take an offer back that has not been accepted; the earlier worker simply stays."""
        self._allocations.require_manager(by, family)
        found = self._offer(family, offer)
        ending = self._allocations.ending(by, family, found, self._clock())

        def close(connection: Connection) -> None:
            work.finish_tasks_from(connection, self._clear.partnership, source_of(offer), by, self._clock())

        self._writer.record(Actor(by), Act.ALLOCATION_RECORD, family, [ending], alongside=close)

    def page(self, account: AccountId, task_id: str) -> HandoverPage:
        """Return what was written, to whom it was written, after entering that it was read; NotFoundError otherwise."""
        task, family, offer = self._mine(account, task_id)
        who = self._finder.standing(account)
        self._doorkeeper.let_in(account, Act.HANDOVER_ACCEPT, [who.role], family=family)
        with self._clear.read() as connection:
            events = duties.events_of(connection, self._clear.partnership, task.id)
            rows = cases.find_families(connection, self._clear.partnership, [family])
        written = [self._words.open(e.id, e.sealed).get("note", "") for e in events if e.what == duties.LEFT]
        old = self._earlier(family, offer)
        earlier, lead = owners.worker_of(old) if old else AccountId(""), bool(old and owners.leads(old))
        return HandoverPage(rows[0].reference, earlier, lead, "\n\n".join(written), moment_words(task.due_at))

    def accept(self, account: AccountId, task_id: str) -> FamilyId:
        """Take the work over: from now on this worker is allocated, and the earlier one is not.

        Raises:
            ConflictError: somebody else leads the family meanwhile, or it was closed.
        """
        task, family, offer = self._mine(account, task_id)
        now, gives = self._clock(), offer.body["gives"]
        old = self._earlier(family, offer)
        if not isinstance(gives, dict) or old is None:
            raise ConflictError("handover_over", where=task_id, next_step="ask the manager")
        begins = max(now, old.valid_from)
        new = self._allocations.fact(account, family, FactKind.ALLOCATION, gives, Period(begins, old.valid_until))
        endings = [self._allocations.ending(account, family, one, at) for one, at in ((old, begins), (offer, now))]

        def close(connection: Connection) -> None:
            if not work.finish_task(connection, self._clear.partnership, task.id, account, now):
                raise ConflictError("task_closed", where=task.id, next_step="see_tasks")

        self._writer.record(Actor(account), Act.HANDOVER_ACCEPT, family, [new, *endings], alongside=close)
        return family

    def decline(self, account: AccountId, task_id: str, why: str) -> None:
        """Say no, and why: the earlier worker stays, and the manager who asked has a task to find somebody else."""
        task, family, offer = self._mine(account, task_id)
        if not why.strip():
            raise InvalidRequestError("reason_missing", where="reason")
        now, id_, event = self._clock(), self._ids.new(), self._ids.new()
        manager = offer.recorded_by
        agency, due = AgencyId(self._finder.standing(manager).agency), self._calendar.due(now, "P1D")
        back = work.Task(id_, f"declined/{offer.id}", DECLINED, agency, family, None, now, due, manager, offer.id)
        said = duties.TaskEvent(event, id_, duties.LEFT, now, account, self._words.close(event, {"note": why}))

        def close(connection: Connection) -> None:
            work.finish_task(connection, self._clear.partnership, task.id, account, now)
            work.add_task(connection, self._clear.partnership, back)
            duties.add_event(connection, self._clear.partnership, said)

        ending = self._allocations.ending(account, family, offer, now)
        self._writer.record(Actor(account), Act.HANDOVER_ACCEPT, family, [ending], alongside=close)

    def _mine(self, account: AccountId, task_id: str) -> tuple[work.Task, FamilyId, Fact]:
        with self._clear.read() as connection:
            task = work.find_task(connection, self._clear.partnership, task_id)
        if task is None or task.kind != ACCEPT or task.account != account or task.family is None:
            raise NotFoundError(where=task_id)
        if not self._finder.standing(account).role or self._finder.standing(account, task.family).shut:
            raise NotFoundError(where=task_id)
        return task, task.family, self._offer(task.family, FactId(task.subject or ""))

    def _offer(self, family: FamilyId, offer: FactId) -> Fact:
        found = next((one for one in self._allocations.offers(family) if one.id == offer), None)
        if found is None:
            raise NotFoundError(where=offer)
        return found

    def _earlier(self, family: FamilyId, offer: Fact) -> Fact | None:
        """Return the allocation that is handed over, while it stands."""
        current = owners.allocations(self._writer.dated_facts([family_chain(family)]), self._clock())
        return next((one for one in current if one.id == offer.body.get("ends")), None)
