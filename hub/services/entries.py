"""Adding an entry: written once, about several people, each text narrowed where it speaks of fewer.

INVARIANT: who may write is asked of the gate at the moment of writing, for every person the writer works with.
INVARIANT: an entry is never changed: a correction stands in its place, and both times are kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from hub.domain.access import Act
from hub.domain.clock import Clock
from hub.domain.entries import FamilyVisibility
from hub.domain.errors import AccessRefusedError, InvalidRequestError
from hub.domain.facts import Fact
from hub.domain.fields import ENTRY_FRAME, RecordKind
from hub.domain.ids import AccountId, AgencyId, FamilyId, IdMaker, PersonId, RecordId
from hub.domain.labels import Audience
from hub.domain.partial_date import PartialDate
from hub.gate.disclosure import ShownRecord
from hub.gate.finder import Standing
from hub.gate.records import NewRecord
from hub.gate.writer import Actor, Writer
from hub.services import team_tasks
from hub.services.family_page import FamilyPages, Stated
from hub.services.lives import Lives
from hub.services.new_entry import (
    CARE,
    ENTRY_KINDS,
    MAIN,
    MANAGER,
    ONE_SIDE,
    TEXTS,
    Correction,
    NewEntry,
    Said,
    again,
    check,
    of_correction,
)
from hub.services.reading import Reading
from hub.services.remarks import Carried, Remarks
from hub.services.subjects import Subjects
from hub.store.clear import duties, team, work
from hub.store.session import Transactions

__all__ = ["MAIN", "ONE_SIDE", "TEXTS", "Correction", "Entries", "NewEntry", "Said"]


@dataclass(frozen=True, slots=True)
class _Writing:
    """One record on its way, what it replaces, when the family may see it, and whom it is about."""

    record: NewRecord
    carried: Carried
    family: FamilyVisibility
    about: tuple[PersonId, ...]


class Entries:
    """Adds and corrects entries through the gate. Built once by wiring."""

    def __init__(  # noqa: PLR0913, PLR0917  what entries are made of
        self,
        writer: Writer,
        pages: FamilyPages,
        reading: Reading,
        lives: Lives,
        subjects: Subjects,
        remarks: Remarks,
        clear: Transactions,
        clock: Clock,
        ids: IdMaker,
    ) -> None:
        """Take the gate's writer, what reads a family, who works with whom, and clear rows."""
        self._writer, self._pages, self._reading = writer, pages, reading
        self._lives, self._subjects, self._remarks = lives, subjects, remarks
        self._clear, self._clock, self._ids = clear, clock, ids

    def texts_for(self, account: AccountId, family: FamilyId) -> tuple[str, ...]:
        """Return the texts this account's role writes, the main one first; AccessRefusedError when it writes none."""
        role = self._pages.standing(account, family).role
        if role not in TEXTS:
            raise AccessRefusedError("role_may_not_record", where="entry")
        return TEXTS[role]

    def only_clients(self, account: AccountId, family: FamilyId) -> bool:
        """Say whether this account writes about the people it works with, and about nobody else."""
        return self._pages.standing(account, family).role in ONE_SIDE

    def add(self, by: AccountId, family: FamilyId, stated: Stated, new: NewEntry) -> RecordId:
        """Add an entry of the writer's own agency.

        Raises:
            AccessRefusedError: role or relationship does not allow it; the refusal is in the log.
            InvalidRequestError: something the entry needs is missing; `where` names the field.
        """
        return self._store(by, family, stated, new, Act.ENTRY_RECORD)

    def correct(
        self, by: AccountId, family: FamilyId, stated: Stated, new: NewEntry, correction: Correction
    ) -> RecordId:
        """Let a new entry stand in the place of an earlier one, with the remarks beside it and both times kept.

        The writer corrects, or a manager of the same agency: somebody else might not see all of it, and lose a part.
        """
        if not correction.reason.strip():
            raise InvalidRequestError("reason_missing", where="correction_reason")
        if not self.may_correct(by, family, correction.earlier):
            raise AccessRefusedError("not_the_writer", where=correction.earlier.record)
        return self._store(by, family, stated, new, Act.ENTRY_CORRECT, correction)

    def entry(self, account: AccountId, family: FamilyId, stated: Stated, record: str) -> ShownRecord:
        """Return one entry of the team as this reader sees it and may correct it; AccessRefusedError otherwise."""
        found = self._reading.find(account, family, stated, record).record
        if not self.may_correct(account, family, found):
            raise AccessRefusedError("not_the_writer", where=record)
        return found

    def may_correct(self, account: AccountId, family: FamilyId, found: ShownRecord) -> bool:
        """Say whether an entry this reader sees is one that they may correct."""
        who = self._pages.standing(account, family)
        own = found.kind in ENTRY_KINDS and found.owner == who.agency and who.role in TEXTS
        return own and (found.fields.get("writer") == account or who.role == MANAGER)

    def _store(
        self,
        by: AccountId,
        family: FamilyId,
        stated: Stated,
        new: NewEntry,
        act: Act,
        correction: Correction | None = None,
    ) -> RecordId:
        who = self._pages.standing(by, family)
        check(new, who.role, PartialDate.of(self._clock()))
        self._subjects.require_members(family, new.about)
        record = self._record(by, who, new, correction)
        carried = self._carried(by, family, stated, record, correction)
        return self._put(by, family, stated, act, _Writing(record, carried, new.family, tuple(new.about)))

    def show_family(
        self, by: AccountId, family: FamilyId, stated: Stated, shown: tuple[str, FamilyVisibility], why: str
    ) -> RecordId:
        """Say anew when the family may see an entry: what is kept from them runs from review to review.

        It is a correction like any other; the words, and whom they speak of, stay as they are.
        """
        record, visibility = shown
        visibility.check(PartialDate.of(self._clock()).first)
        if not why.strip():
            raise InvalidRequestError("reason_missing", where="correction_reason")
        correction = Correction(self.entry(by, family, stated, record), why)
        found = self._reading.find(by, family, stated, record)
        changes = of_correction(correction) | {"family_visibility": str(visibility)}
        later = again(found, RecordId(self._ids.new()), changes)
        carried = self._carried(by, family, stated, later, correction)
        about = tuple(sorted(found.record.persons))
        return self._put(by, family, stated, Act.ENTRY_CORRECT, _Writing(later, carried, visibility, about))

    def waiting(self, account: AccountId, entry: str) -> work.Task:
        """Return the open task about when the family may see an entry; AccessRefusedError for anybody else's."""
        with self._clear.read() as connection:
            found = [duties.task_about(connection, self._clear.partnership, k, entry) for k in team_tasks.VISIBILITY]
        task = next((one for one in found if one is not None), None)
        if task is None or task.agency != self._pages.agency_of(account):
            raise AccessRefusedError("no_such_task", where=entry)
        return task

    def _put(self, by: AccountId, family: FamilyId, stated: Stated, act: Act, said: "_Writing") -> RecordId:
        now, partnership, who = self._clock(), self._clear.partnership, self._pages.standing(by, family)
        record = said.record
        owed = team_tasks.owed_for(said.family, record.id, record.owner, family, by, now, self._ids.new)

        def rows(connection: Connection) -> None:
            for earlier, later in said.carried.replaced.items():
                team.supersede(connection, partnership, earlier, later, now)
                work.finish_tasks_from(connection, partnership, earlier, by, now)
            for task in owed:
                work.add_task(connection, partnership, task)

        self._writer.record(
            Actor(by),
            act,
            family,
            [],
            purpose=stated.purpose,
            records=[record, *said.carried.records],
            may_also=self._rights(by, family, who.role, said.about),
            alongside=rows,
        )
        return record.id

    def _rights(self, by: AccountId, family: FamilyId, role: str, about: Sequence[PersonId]) -> list[Fact]:
        """Return what the gate is asked: of everyone for a worker of one side, else of whom the writer works with."""
        clients = self._lives.clients(by, family, about)
        asked = sorted(about) if role in ONE_SIDE or not clients else sorted(clients)
        return [self._subjects.right_to_write(by, person) for person in asked]

    def _record(self, by: AccountId, who: Standing, new: NewEntry, correction: Correction | None) -> NewRecord:
        everyone = self._subjects.all_references(new.about)
        texts = {name: said.text for name, said in new.texts.items() if said.text.strip()}
        narrowed = {name: self._subjects.all_references(said.about) for name, said in new.texts.items() if said.about}
        main = narrowed.get(MAIN, everyone)
        id_ = RecordId(self._ids.new())
        frame = self._frame(by, new) | of_correction(correction)
        return NewRecord(
            id_,
            RecordKind.TEAM_ENTRY if who.role in CARE else RecordKind.SERVICE_ENTRY,
            AgencyId(who.agency),
            new.occurred,
            everyone,
            texts | frame,
            new.sensitivity,
            dict.fromkeys(ENTRY_FRAME, main) | narrowed,
            audience=Audience.ORIGINATOR if new.own_only else Audience.ANY,
        )

    def _frame(self, by: AccountId, new: NewEntry) -> dict[str, str]:
        account = self._pages.register().accounts.get(by)
        return {
            "event_kind": new.event,
            "statement_type": new.statement,
            "reported_by": new.reported_by.strip(),
            "significance": new.significance,
            "family_visibility": str(new.family),
            "written_by": account.name if account else "",
            "writer": by,
            "chapter": new.chapter,
            "supervision": new.supervision,
        }

    def _carried(
        self, by: AccountId, family: FamilyId, stated: Stated, record: NewRecord, correction: Correction | None
    ) -> Carried:
        """Say which records are replaced by which: the entry, and the remarks beside it, which travel with it."""
        if correction is None:
            return Carried((), {})
        beside = self._remarks.carry(self._reading.find(by, family, stated, correction.earlier.record), record)
        return Carried(beside.records, {correction.earlier.record: record.id, **beside.replaced})
