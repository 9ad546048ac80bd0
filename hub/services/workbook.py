"""The workbook: one chapter per role, with monthly summaries, modules of the programme and MI sessions.

A summary is an entry like any other: written once, it stands in the chronology and in its chapter. Marks of importance
and confidence are the person's own; nothing here measures a worker's skill (domain reference 1.4).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from hub.domain.access import Act
from hub.domain.clock import Clock
from hub.domain.entries import MODULE_STATES, STAGES, said
from hub.domain.errors import InvalidRequestError
from hub.domain.fields import SHAPES, RecordKind, words_for
from hub.domain.ids import AccountId, AgencyId, FamilyId, IdMaker, PersonId, RecordId
from hub.domain.labels import Sensitivity
from hub.domain.partial_date import PartialDate
from hub.gate.disclosure import ShownRecord
from hub.gate.records import NewRecord
from hub.gate.writer import Actor, Writer
from hub.policy.programme import Programme
from hub.services.entries import MAIN, Entries, NewEntry, Said
from hub.services.family_page import FamilyPages, Stated
from hub.services.reading import Reading
from hub.services.register import Register
from hub.services.subjects import Subjects

NOT_STARTED: Final = "not_started"
_UNPRINTED: Final = frozenset({"chapter", "module", "module_state"})


@dataclass(frozen=True, slots=True)
class Session:
    """One Motivational Interviewing session with one person, in that person's words.

    `will_tell` is what the worker will tell others, `person_knows` whether the person knows that.
    """

    person: PersonId
    day: PartialDate
    focus: str = field(repr=False)
    goal: str = field(default="", repr=False)
    change_talk: str = field(default="", repr=False)
    importance: int | None = None
    confidence: int | None = None
    stage: str = ""
    next_step: str = field(default="", repr=False)
    will_tell: str = field(default="", repr=False)
    person_knows: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One summary or session of a chapter: when, about whom, by whom, and what it says."""

    when_words: str
    title: str
    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ModuleLine:
    """A module and how far it is, newest word of this chapter; "" for whom when it was not begun."""

    title: str
    state_words: str
    whose: str
    note: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """The chapter of one role, as far as this reader sees it."""

    role: str
    words: str
    own: bool
    summaries: tuple[Line, ...]
    sessions: tuple[Line, ...]
    modules: tuple[ModuleLine, ...]


class Workbook:
    """Reads and writes chapters through the gate. Built once by wiring."""

    def __init__(  # noqa: PLR0913, PLR0917  what a workbook is made of
        self,
        writer: Writer,
        pages: FamilyPages,
        reading: Reading,
        entries: Entries,
        subjects: Subjects,
        programme: Programme,
        clock: Clock,
        ids: IdMaker,
    ) -> None:
        """Take the gate's writer, what reads a family, what adds entries, and the programme's settings."""
        self._writer, self._pages, self._reading, self._entries = writer, pages, reading, entries
        self._subjects, self.programme, self._clock, self._ids = subjects, programme, clock, ids

    def chapters(self, account: AccountId, family: FamilyId, stated: Stated) -> tuple[Chapter, ...]:
        """Return every chapter of which this reader sees something, their own first and always."""
        shown, names = self._reading.everything(account, family, stated)
        register, own = self._pages.register(), self._pages.standing(account, family).role
        by_role: dict[str, list[ShownRecord]] = {own: []}
        for record in shown:
            if record.fields.get("chapter"):
                by_role.setdefault(record.fields["chapter"], []).append(record)
        return tuple(self._chapter(role, role == own, found, names, register) for role, found in by_role.items())

    def summarise(self, by: AccountId, family: FamilyId, stated: Stated, month: PartialDate, said_: Said) -> RecordId:
        """Add a month's summary to the writer's own chapter; it is an entry of the chronology too."""
        role = self._pages.standing(by, family).role
        new = NewEntry("workbook", "professional_opinion", month, said_.about, {MAIN: Said(said_.text)}, chapter=role)
        return self._entries.add(by, family, stated, new)

    def note_session(self, by: AccountId, family: FamilyId, stated: Stated, session: Session) -> RecordId:
        """Keep one session with a person the worker works with."""
        highest = self.programme.highest
        marks = {"importance": session.importance, "confidence": session.confidence}
        for where, mark in marks.items():
            if mark is not None and not 0 <= mark <= highest:
                raise InvalidRequestError("mark_out_of_range", where=where)
        if not session.focus.strip() or session.stage not in {"", *STAGES}:
            raise InvalidRequestError("text_missing", where="focus" if not session.focus.strip() else "stage")
        fields = {
            "focus": session.focus,
            "goal": session.goal,
            "change_talk": session.change_talk,
            "stage": session.stage,
            "next_step": session.next_step,
            "will_tell": session.will_tell,
            "person_knows": "yes" if session.person_knows else "no",
        } | {name: str(mark) for name, mark in marks.items() if mark is not None}
        return self._keep(by, family, stated, RecordKind.MI_SESSION, session.person, session.day, fields)

    def set_module(
        self, by: AccountId, family: FamilyId, stated: Stated, person: PersonId, module: tuple[str, str], note: str = ""
    ) -> RecordId:
        """Say how far a person is with a module (number, state); what was said before stays."""
        number, state = module
        if number not in self.programme.modules or state not in MODULE_STATES:
            raise InvalidRequestError("module_unknown", where="module")
        fields = {"module": number, "module_state": state, "note": note}
        today = PartialDate.of(self._clock())
        return self._keep(by, family, stated, RecordKind.PROGRAMME_MODULE, person, today, fields)

    def _keep(
        self,
        by: AccountId,
        family: FamilyId,
        stated: Stated,
        kind: RecordKind,
        person: PersonId,
        day: PartialDate,
        fields: Mapping[str, str],
    ) -> RecordId:
        self._subjects.require_members(family, [person])
        who = self._pages.standing(by, family)
        account = self._pages.register().accounts.get(by)
        record = NewRecord(
            RecordId(self._ids.new()),
            kind,
            AgencyId(who.agency),
            day,
            self._subjects.references(person),
            dict(fields) | {"chapter": who.role, "written_by": account.name if account else ""},
            Sensitivity.SENSITIVE,
        )
        self._writer.record(
            Actor(by),
            Act.WORKBOOK_RECORD,
            family,
            [],
            purpose=stated.purpose,
            records=[record],
            may_also=[self._subjects.right_to_write(by, person)],
        )
        return record.id

    def _chapter(
        self,
        role: str,
        own: bool,  # noqa: FBT001  which chapter it is
        records: Sequence[ShownRecord],
        names: Mapping[PersonId, str],
        register: Register,
    ) -> Chapter:
        latest = sorted(records, key=lambda record: (record.event_date, record.recorded), reverse=True)
        of_kind = {kind: [r for r in latest if r.kind is kind] for kind in RecordKind}
        summaries = [*of_kind[RecordKind.TEAM_ENTRY], *of_kind[RecordKind.SERVICE_ENTRY]]
        return Chapter(
            role,
            register.vocabulary.words(role),
            own,
            tuple(_line(record, "Summary", names, (MAIN, "written_by")) for record in summaries),
            tuple(_line(record, "Session", names) for record in of_kind[RecordKind.MI_SESSION]),
            self._modules(of_kind[RecordKind.PROGRAMME_MODULE], names),
        )

    def _modules(self, records: Sequence[ShownRecord], names: Mapping[PersonId, str]) -> tuple[ModuleLine, ...]:
        """Return each module with the newest word on it of each person; one that nobody began says so."""
        newest: dict[tuple[str, str], ShownRecord] = {}
        for record in sorted(records, key=lambda one: one.recorded):
            newest[record.fields.get("module", ""), _about(record, names)] = record
        lines = []
        for number, title in self.programme.modules.items():
            found = [(whose, record.fields) for (module, whose), record in newest.items() if module == number]
            lines += [
                ModuleLine(title, said("module_state", one["module_state"]), whose, one.get("note", ""))
                for whose, one in found
            ] or [ModuleLine(title, MODULE_STATES[NOT_STARTED], "", "")]
        return tuple(lines)


def _about(record: ShownRecord, names: Mapping[PersonId, str]) -> str:
    return ", ".join(sorted(names[person] for person in record.persons if person in names))


def _line(record: ShownRecord, title: str, names: Mapping[PersonId, str], only: Sequence[str] | None = None) -> Line:
    declared = only or SHAPES[record.kind].fields
    shown = [name for name in declared if name in record.fields and name not in _UNPRINTED]
    about = _about(record, names)
    return Line(
        PartialDate.parse(record.event_date).in_words(),
        f"{title}: {about}" if about else title,
        tuple((words_for(name), said(name, record.fields[name])) for name in shown),
    )
