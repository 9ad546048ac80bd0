"""What practitioners record of a person's life: competence, capacity, orders, who was appointed to speak, death."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from hub.domain.access import Act
from hub.domain.clock import Clock
from hub.domain.errors import InvalidRequestError
from hub.domain.facts import Fact, FactKind, family_chain, person_chain
from hub.domain.fields import RecordKind
from hub.domain.ids import AccountId, AgencyId, FactId, FamilyId, IdMaker, PersonId, RecordId, ReferenceId
from hub.domain.labels import Sensitivity
from hub.domain.life import NAMES_HOLDERS, RECORDED_BY, LifeEvent
from hub.domain.partial_date import PartialDate
from hub.gate.records import NewRecord
from hub.gate.writer import Actor, Writer
from hub.services.involved import agencies_with
from hub.services.life_tasks import Desk, WorkingDays, sources_of, tasks_of
from hub.store.clear import work
from hub.store.session import Transactions


@dataclass(frozen=True, slots=True)
class NewEvent:
    """What happened to whom, from which instant; `said` is how it is known, kept sealed as a note of `agency`."""

    person: PersonId
    event: LifeEvent
    at: datetime
    agency: AgencyId
    said: str = field(repr=False)
    holders: Sequence[PersonId] = ()


class Lives:
    """Records life events through the gate, which decides who may. Built once by wiring."""

    def __init__(self, writer: Writer, clear: Transactions, clock: Clock, ids: IdMaker, days: WorkingDays) -> None:
        """Take the gate's writer, clear rows for the tasks that follow, and the calendar of working days."""
        self._writer, self._clear, self._clock, self._ids, self._days = writer, clear, clock, ids, days

    def record(self, by: AccountId, family: FamilyId, new: NewEvent) -> FactId:
        """Record what happened; every consent, reader and proxy is judged by it from its instant on."""
        if new.event not in RECORDED_BY:
            raise InvalidRequestError("derived_by_the_hub", where="event")
        body: dict[str, object] = {"event": new.event.value, "person": new.person}
        if new.event in NAMES_HOLDERS:
            body["holders"] = list(new.holders)
        fact = self._fact(by, new.person, body, new.at)
        now = self._clock()
        desk = Desk(family, lambda who: agencies_with(self._writer, family, who, now), now, self._days, self._ids.new)
        tasks = tasks_of([fact], desk)

        def ask(connection: Connection) -> None:
            for task in tasks:
                work.add_task(connection, self._clear.partnership, task)

        note = self._note(new.agency, new.person, new.said)
        self._writer.record(Actor(by), Act.LIFE_RECORD, family, [fact], records=[note], alongside=ask)
        return fact.id

    def end(self, by: AccountId, family: FamilyId, old: Fact, ended: NewEvent, *, wrong: bool) -> None:
        """Say that an event is over from `ended.at`, or that it was recorded wrongly and never stood.

        What was decided while it was believed stays visible when asked as it was known then.
        """
        person = PersonId(old.chain.removeprefix("person:"))
        at = old.valid_from if wrong else max(ended.at, old.valid_from)
        ending = self._fact(by, person, dict(old.body), at, old.id)

        def close(connection: Connection) -> None:
            work.finish_tasks_from(connection, self._clear.partnership, sources_of(old), by, self._clock())

        note = self._note(ended.agency, person, ended.said)
        self._writer.record(Actor(by), Act.LIFE_RECORD, family, [ending], records=[note], alongside=close)

    def recorded(self, persons: Collection[PersonId]) -> tuple[Fact, ...]:
        """Return the events in force that people recorded about these persons, oldest first; no birthdays."""
        facts = self._writer.standing_facts([person_chain(person) for person in sorted(persons)], self._clock())
        found = [f for f in facts if f.kind is FactKind.LIFE and f.body.get("event") in set(RECORDED_BY)]
        return tuple(sorted(found, key=lambda fact: (fact.valid_from, fact.number)))

    def clients(self, account: AccountId, family: FamilyId, people: Collection[PersonId]) -> frozenset[PersonId]:
        """Return whom of these people this account works with: only about them does it record, or read, an event."""
        found: set[PersonId] = set()
        for fact in self._writer.standing_facts([family_chain(family)], self._clock()):
            if fact.kind is FactKind.ALLOCATION and fact.body.get("account") == account:
                named = fact.body.get("works_with")
                found |= set(named) if isinstance(named, list) and named else set(people)
        return frozenset(found & set(people))

    def _note(self, owner: AgencyId, person: PersonId, text: str) -> NewRecord:
        """Seal how it is known, as a note about this person alone."""
        if not text.strip():
            raise InvalidRequestError("reason_missing", where="reason")
        now = self._clock()
        links = self._writer.standing_facts([person_chain(person)], now)
        about = frozenset(ReferenceId(str(f.body["reference"])) for f in links if f.kind is FactKind.IDENTITY)
        return NewRecord(
            RecordId(self._ids.new()),
            RecordKind.NOTE,
            owner,
            PartialDate.of(now),
            about,
            {"text": text},
            Sensitivity.RESTRICTED,
        )

    def _fact(
        self, by: AccountId, person: PersonId, body: dict[str, object], at: datetime, ends: FactId | None = None
    ) -> Fact:
        id_, now = FactId(self._ids.new()), self._clock()
        return Fact(id_, person_chain(person), 0, FactKind.LIFE, body, at, None, now, by, ends)
