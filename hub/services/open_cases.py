"""A referral about an open case goes straight to the worker who leads it: placing it leaves them a task.

Where nobody leads the family, it leaves the managers one.
INVARIANT: only when something of it opens to that worker. A task about what stays hidden from them would tell them that
it exists.
"""

from collections.abc import Mapping
from types import MappingProxyType

from hub.domain.access import Act
from hub.domain.clock import Clock
from hub.domain.facts import AGENCIES_CHAIN, family_chain, in_force
from hub.domain.fields import RecordKind
from hub.domain.ids import AccountId, AgencyId, FamilyId, IdMaker, PersonId, ReferenceId
from hub.gate.finder import Finder
from hub.gate.reader import Reader
from hub.gate.view import View
from hub.gate.writer import Writer
from hub.policy.front_door import CLOSED_HERE
from hub.policy.working_days import Calendar
from hub.services import door_tasks, owners
from hub.services.deciding import Deciding
from hub.services.placing import Placing
from hub.services.telling import Telling
from hub.store.clear import cases, door, work
from hub.store.session import Transactions

_READ_WITHIN = "P1D"
_KINDS = frozenset(RecordKind) - {RecordKind.ORIGINAL, RecordKind.NOTE}
_MET = frozenset({"state_purpose", "state_reason"})
_PURPOSES = ("support_family", "protect_child")


class PlacingOpenCases(Placing):
    """Places as ever, and tells who leads the family. Built once by wiring, for everybody who places."""

    def __init__(
        self,
        writer: Writer,
        clear: Transactions,
        clock: Clock,
        ids: IdMaker,
        gate: tuple[Reader, Finder],
        calendar: Calendar,
        front_door: tuple[Deciding, Telling],
    ) -> None:
        """Take what placing takes, what says who may see it, working days, and what the front door goes by."""
        super().__init__(writer, clear, clock, ids, front_door)
        self._reader, self._finder = gate
        self._calendar = calendar

    def attach(
        self,
        by: AccountId,
        referral: cases.Referral,
        target: FamilyId,
        same: Mapping[ReferenceId, PersonId],
        answers: Mapping[str, str] = MappingProxyType({}),
        said: Mapping[ReferenceId, tuple[str, bytes]] = MappingProxyType({}),
    ) -> FamilyId:
        """Place the referral, then leave the lead a task when it shows them something that was not there.

        Where nobody leads, or the family is closed, the managers have it: they read every family of theirs.
        A family that was decided without becoming one is taken up again with it: nothing joins what nobody works with.
        """
        self._take_up(by, target)
        lead = self._lead(target)
        before = self._visible(lead, target) if lead else frozenset()
        placed = super().attach(by, referral, target, same, answers, said)
        if lead is None:
            self._tell_managers(referral, target)
        elif self._visible(lead, target) - before:
            self._tell(lead, referral, target)
        return placed

    def _take_up(self, by: AccountId, family: FamilyId) -> None:
        with self._clear.read() as connection:
            earlier = door.closed_in(connection, self._clear.partnership, family, CLOSED_HERE)
        for one in earlier:
            with self._clear.write() as connection:
                why = "Another referral about the same people was placed with it."
                self._deciding.again(connection, by, one.id, why)
            self.accept(by, one)

    def _lead(self, family: FamilyId) -> AccountId | None:
        now = self._clock()
        facts = self._writer.dated_facts([family_chain(family)])
        leads = [fact for fact in owners.allocations(facts, now) if owners.leads(fact) and in_force(fact, now)]
        lead = owners.worker_of(leads[0]) if leads else None
        # An account that was stopped leads nothing.
        return lead if lead and self._finder.standing(lead).agency else None

    def _visible(self, lead: AccountId, family: FamilyId) -> frozenset[int]:
        """Return the labels that the lead may see at this moment; nothing is opened."""
        now = self._clock()
        views = [
            View(Act.CHRONOLOGY_CONSULT, lead, family, purpose, _KINDS, at=now, known=now, satisfied=_MET)
            for purpose in _PURPOSES
        ]
        return frozenset().union(*(self._reader.visible_to_all([view]) for view in views))

    def _tell(self, lead: AccountId, referral: cases.Referral, family: FamilyId) -> None:
        now, agency = self._clock(), AgencyId(self._finder.standing(lead).agency)
        due = self._calendar.due(now, _READ_WITHIN)
        task = door_tasks.to_lead(referral.id, family, lead, agency, now, due, self._ids.new())
        with self._clear.write() as connection:
            work.add_task(connection, self._clear.partnership, task)

    def _tell_managers(self, referral: cases.Referral, family: FamilyId) -> None:
        now = self._clock()
        facts = self._writer.standing_facts([AGENCIES_CHAIN], now)
        due = self._calendar.due(now, _READ_WITHIN)
        for body in (fact.body for fact in facts if fact.body.get("kind") == "local_authority"):
            agency = AgencyId(str(body["agency"]))
            task = door_tasks.to_managers(referral.id, family, agency, now, due, self._ids.new())
            with self._clear.write() as connection:
                work.add_task(connection, self._clear.partnership, task)
