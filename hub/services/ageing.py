"""Birthdays: the worker finds out once when each person turns 16 and 18, and asks for what follows on the day.

Birth dates are sealed. They are read through the gate, by the matching program, under an entry of their own; what is
kept is a LIFE fact that stands from the first instant of the day, so that policy decides by facts and instant alone.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import structlog
from sqlalchemy import Connection

from hub.domain.access import Act
from hub.domain.clock import Clock
from hub.domain.errors import AccessRefusedError, HubError, InvalidRequestError
from hub.domain.facts import Fact, FactKind, family_chain, person_chain
from hub.domain.fields import RecordKind
from hub.domain.ids import AgencyId, FactId, FamilyId, IdMaker, PersonId
from hub.domain.life import AGES, LifeEvent, birthdays
from hub.domain.partial_date import PartialDate
from hub.gate.disclosure import ShownRecord
from hub.gate.reader import Reader
from hub.gate.view import View
from hub.gate.writer import Actor, Writer
from hub.services.intake import SYSTEM
from hub.services.involved import agencies_with
from hub.services.life_tasks import Desk, WorkingDays, sources_of, tasks_of
from hub.services.placing import BIRTHDAYS
from hub.services.setup import MATCHER
from hub.store.clear import cases, work
from hub.store.session import Transactions

log = structlog.get_logger("hub.ageing")
_ALWAYS: Final = datetime(9999, 1, 1, tzinfo=UTC)
"""Birthdays stand from a day to come: asked as of then, every one that was not undone stands."""
_MARK: Final = "life_day"
_ALL: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class _Birthday:
    person: PersonId
    event: LifeEvent
    at: datetime


class Ageing:
    """Derives birthdays and raises the tasks they ask for. Built by wiring for the worker."""

    def __init__(
        self, reader: Reader, writer: Writer, clear: Transactions, clock: Clock, ids: IdMaker, days: WorkingDays
    ) -> None:
        """Take the gate, clear rows and the calendar of working days."""
        self._reader, self._writer, self._clear = reader, writer, clear
        self._clock, self._ids, self._days = clock, ids, days

    def run_once(self) -> int:
        """Look for birthdays where people were placed; once a day, ask for what the day brings."""
        with self._clear.read() as connection:
            waiting = work.waiting_jobs(connection, self._clear.partnership, BIRTHDAYS)
            # A family in which people were placed may have been placed in another since.
            jobs = [(cases.placed_from(connection, self._clear.partnership, FamilyId(f)) or f, j) for j, f in waiting]
            today = PartialDate.of(self._clock()).first.isoformat()
            seen = work.position(connection, self._clear.partnership, _MARK)
        done = sum(self._tried(FamilyId(family), job) for family, job in jobs)
        return done if seen == today else done + self._day(today, first=not seen)

    def _tried(self, family: FamilyId, job: str) -> int:
        """Do one job; a failure is logged by code, leaves the job waiting, and does not stop the next."""
        try:
            self._look(family)
            with self._clear.write() as connection:
                work.job_done(connection, self._clear.partnership, job, self._clock())
        except HubError as error:
            log.error("birthdays_failed", job=job, code=error.code)  # noqa: TRY400  a trace could carry values
            return 0
        return 1

    def _day(self, today: str, *, first: bool) -> int:
        """Go through all families once a local day; on the very first day, look for their birthdays as well."""
        with self._clear.read() as connection:
            families = cases.accepted_families(connection, self._clear.partnership, _ALL)
        done = sum(self._raised(row.id, look=first) for row in families)
        with self._clear.write() as connection:
            work.set_position(connection, self._clear.partnership, _MARK, today)
        return done

    def _raised(self, family: FamilyId, *, look: bool) -> int:
        try:
            if look:
                self._look(family)
                return 0
            asked = self._asked(family, self._known(self._members(family)))
            with self._clear.write() as connection:
                return self._add(connection, asked)
        except HubError as error:
            log.error("life_day_failed", family=family, code=error.code)  # noqa: TRY400  a trace could carry values
            return 0

    def _look(self, family: FamilyId) -> None:
        """Derive the birthdays of a family's people; a corrected birth date undoes what was derived from the wrong one.

        An undone birthday never stood, as it is known from then on.
        """
        members = self._members(family)
        known = {(_person(fact), fact.body["event"]): fact for fact in self._known(members)}
        facts: list[Fact] = []
        undone: list[Fact] = []
        for birthday in self._birthdays(family, members):
            old = known.get((birthday.person, birthday.event.value))
            if old is not None and old.valid_from == birthday.at:
                continue
            if old is not None:
                undone.append(old)
            facts.append(self._fact(birthday))
            known[birthday.person, birthday.event.value] = facts[-1]

        endings, asked = [self._ending(old) for old in undone], self._asked(family, known.values())

        def tasks(connection: Connection) -> None:
            for fact in undone:
                work.finish_tasks_from(connection, self._clear.partnership, sources_of(fact), SYSTEM, self._clock())
            self._add(connection, asked)

        if facts:
            self._writer.record(
                Actor(SYSTEM), Act.LIFE_DERIVE, family, [*endings, *facts], purpose="intake", alongside=tasks
            )

    def _birthdays(self, family: FamilyId, members: Iterable[PersonId]) -> list[_Birthday]:
        now, found = self._clock(), []
        for person, born in self._born(family).items():
            days = birthdays(born.values()) if person in members else {}
            grown = bool(days) and days[LifeEvent.TURNS_18] <= now
            found += [_Birthday(person, e, at) for e, at in days.items() if not (grown and e is LifeEvent.TURNS_16)]
        return found

    def _born(self, family: FamilyId) -> Mapping[PersonId, Mapping[AgencyId, PartialDate]]:
        """Open the birth dates: of each person, the newest that each agency gave."""
        now = self._clock()
        view = View(Act.LIFE_DERIVE, MATCHER, family, "intake", frozenset({RecordKind.PERSON}), at=now, known=now)
        try:
            shown = self._reader.disclose(view).records
        except AccessRefusedError:  # nobody sent anything that may be read for this; there is no day to derive
            return {}
        found: dict[PersonId, dict[AgencyId, PartialDate]] = {}
        for record in sorted(shown, key=lambda record: record.recorded):
            born = _born(record)
            if born is not None:
                for person in record.persons:
                    found.setdefault(person, {})[record.owner] = born
        return found

    def _members(self, family: FamilyId) -> frozenset[PersonId]:
        facts = self._writer.standing_facts([family_chain(family)], self._clock())
        return frozenset(_person(fact) for fact in facts if fact.kind is FactKind.MEMBERSHIP)

    def _known(self, members: Iterable[PersonId]) -> list[Fact]:
        """Return the birthdays that were derived before and not undone, past and to come."""
        facts = self._writer.standing_facts([person_chain(person) for person in sorted(members)], _ALWAYS)
        return [fact for fact in facts if fact.kind is FactKind.LIFE and fact.body.get("event") in set(AGES)]

    def _asked(self, family: FamilyId, facts: Iterable[Fact]) -> list[work.Task]:
        now = self._clock()
        desk = Desk(
            family, lambda person: agencies_with(self._writer, family, person, now), now, self._days, self._ids.new
        )
        return tasks_of(facts, desk)

    def _add(self, connection: Connection, tasks: Iterable[work.Task]) -> int:
        """Write the tasks that are new; returns how many."""
        return sum(work.add_task(connection, self._clear.partnership, task) for task in tasks)

    def _fact(self, birthday: _Birthday, ends: FactId | None = None) -> Fact:
        body = {"event": birthday.event.value, "person": birthday.person}
        chain, now = person_chain(birthday.person), self._clock()
        return Fact(FactId(self._ids.new()), chain, 0, FactKind.LIFE, body, birthday.at, None, now, SYSTEM, ends)

    def _ending(self, old: Fact) -> Fact:
        undone = _Birthday(_person(old), LifeEvent(str(old.body["event"])), old.valid_from)
        return self._fact(undone, ends=old.id)


def _born(record: ShownRecord) -> PartialDate | None:
    try:
        return PartialDate.parse(record.fields.get("birth_date", ""))
    except InvalidRequestError:
        return None


def _person(fact: Fact) -> PersonId:
    return PersonId(str(fact.body["person"]))
