"""Adding an entry: written once, about several people, each text narrowed where it speaks of fewer.

INVARIANT: who may write is asked of the gate at the moment of writing, for every person the writer works with.
INVARIANT: an entry is never changed: a correction stands in its place, and both times are kept.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from sqlalchemy import Connection

from hub.domain.access import Act
from hub.domain.clock import Clock
from hub.domain.entries import EVENTS, SIGNIFICANCE, STATEMENTS, FamilyVisibility
from hub.domain.errors import AccessRefusedError, InvalidRequestError
from hub.domain.facts import Fact
from hub.domain.fields import ENTRY_FRAME, RecordKind
from hub.domain.ids import AccountId, AgencyId, FamilyId, IdMaker, PersonId, RecordId
from hub.domain.labels import Audience, Sensitivity
from hub.domain.partial_date import PartialDate
from hub.gate.disclosure import ShownRecord
from hub.gate.finder import Standing
from hub.gate.records import NewRecord
from hub.gate.writer import Actor, Writer
from hub.services import team_tasks
from hub.services.family_page import FamilyPages, Stated
from hub.services.lives import Lives
from hub.services.reading import Reading
from hub.services.register import moment_words
from hub.services.remarks import Carried, Remarks
from hub.services.subjects import Subjects
from hub.store.clear import team, work
from hub.store.session import Transactions

MAIN: Final = "what_happened"
_OF_SERVICE: Final = (MAIN, "concern", "child_impact", "strengths", "parent_view")
TEXTS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    dict.fromkeys(
        ("social_worker", "team_manager", "family_support_worker", "psychologist"),
        (MAIN, "child_voice", "parent_view", "child_impact", "concern", "strengths", "next_steps"),
    )
    | {
        "recovery_worker": (*_OF_SERVICE, "substance_use"),
        "mh_practitioner": (*_OF_SERVICE, "mental_health"),
        "victim_worker": _OF_SERVICE,
        "perpetrator_worker": _OF_SERVICE,
    }
)
"""Role -> the texts it writes. A role that is not here writes no entry."""
ONE_SIDE: Final = frozenset({"victim_worker", "perpetrator_worker"})
"""Who writes about their own clients only: what their service holds about anybody else they could not read again."""
ENTRY_KINDS: Final = frozenset({RecordKind.TEAM_ENTRY, RecordKind.SERVICE_ENTRY})
_CARE: Final = frozenset({"social_worker", "team_manager", "family_support_worker", "psychologist"})
_MANAGER: Final = "team_manager"


@dataclass(frozen=True, slots=True)
class Said:
    """One text and whom it speaks of; nobody named means everyone the entry is about."""

    text: str = field(repr=False)
    about: Sequence[PersonId] = ()


@dataclass(frozen=True, slots=True)
class NewEntry:
    """One event or report as it is written down; the words are those of `hub.domain.entries`.

    `own_only` keeps it inside the writer's own agency, whatever an agreement says. `chapter` is a role, for a summary
    in its workbook chapter; `supervision` the id of the group supervision it was said in.
    """

    event: str
    statement: str
    occurred: PartialDate
    about: Sequence[PersonId]
    texts: Mapping[str, Said]
    significance: str = "routine"
    reported_by: str = field(default="", repr=False)
    family: FamilyVisibility = field(default_factory=FamilyVisibility)
    sensitivity: Sensitivity = Sensitivity.SENSITIVE
    own_only: bool = False
    chapter: str = ""
    supervision: str = ""


@dataclass(frozen=True, slots=True)
class Correction:
    """Which entry is superseded, as the corrector sees it, and why."""

    earlier: ShownRecord
    reason: str = field(repr=False)


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
        return own and (found.fields.get("writer") == account or who.role == _MANAGER)

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
        _check(new, who.role, PartialDate.of(self._clock()))
        self._subjects.require_members(family, new.about)
        record = self._record(by, who, new, correction)
        carried = self._carried(by, family, stated, record, correction)
        now, partnership, agency = self._clock(), self._clear.partnership, AgencyId(who.agency)
        owed = team_tasks.owed_for(new.family, record.id, agency, family, by, now, self._ids.new)

        def rows(connection: Connection) -> None:
            for earlier, later in carried.replaced.items():
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
            records=[record, *carried.records],
            may_also=self._rights(by, family, who.role, new.about),
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
        frame = self._frame(by, new) | _of_correction(correction)
        return NewRecord(
            id_,
            RecordKind.TEAM_ENTRY if who.role in _CARE else RecordKind.SERVICE_ENTRY,
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


def _check(new: NewEntry, role: str, today: PartialDate) -> None:
    """Refuse what is not a whole entry. A role that writes none is left to the gate, which enters the refusal."""
    offered = TEXTS.get(role, (MAIN,))
    for where, value, words in (
        ("event", new.event, EVENTS),
        ("statement", new.statement, STATEMENTS),
        ("significance", new.significance, SIGNIFICANCE),
    ):
        if value not in words:
            raise InvalidRequestError("word_unknown", where=where)
    if new.texts.get(MAIN) is None or not new.texts[MAIN].text.strip():
        raise InvalidRequestError("text_missing", where=MAIN)
    if role in TEXTS and not set(new.texts) <= set(offered):
        raise InvalidRequestError("text_not_offered", where=" ".join(sorted(set(new.texts) - set(offered))))
    if any(not set(said.about) <= set(new.about) for said in new.texts.values()):
        raise InvalidRequestError("not_among_those_named", where="about")
    if new.statement == "reported_by" and not new.reported_by.strip():
        raise InvalidRequestError("source_missing", where="reported_by")
    if new.occurred.first > today.first:
        raise InvalidRequestError("day_to_come", where="occurred", next_step="enter_when_it_happened")
    new.family.check(today.first)


def _of_correction(correction: Correction | None) -> dict[str, str]:
    """Keep what is superseded, when that was first recorded, and why it was corrected."""
    if correction is None:
        return {}
    earlier = correction.earlier
    return {
        "corrects": earlier.record,
        "first_entry": earlier.fields.get("first_entry", earlier.record),
        "first_recorded": earlier.fields.get("first_recorded", moment_words(earlier.recorded_at)),
        "correction_reason": correction.reason.strip(),
    }
