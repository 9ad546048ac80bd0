"""What is said beside an entry: a person's disagreement, a professional challenge, its answer.

INVARIANT: a remark stands under the label that lets its entry show, widened by whoever it quotes: who may not see the
entry never sees the remark, and who may see the entry sees it with the remark.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from hub.domain.access import Act
from hub.domain.clock import Clock
from hub.domain.errors import AccessRefusedError, InvalidRequestError
from hub.domain.facts import family_chain
from hub.domain.fields import SHAPES, RecordKind
from hub.domain.ids import AccountId, FamilyId, IdMaker, PersonId, RecordId, ReferenceId
from hub.domain.labels import Label
from hub.domain.partial_date import PartialDate
from hub.gate.records import NewRecord
from hub.gate.writer import Actor, Writer
from hub.policy.working_days import Calendar
from hub.services import team_tasks
from hub.services.beside import ANSWER, CHALLENGE, DISAGREEMENT, Remark, beside, first_of, read
from hub.services.family_page import FamilyPages, Stated
from hub.services.lives import Lives
from hub.services.members import members
from hub.services.reading import Found, Reading
from hub.services.register import moment_words
from hub.services.subjects import Subjects
from hub.store.clear import duties, work
from hub.store.session import Transactions

ANSWER_WITHIN: Final = "P5D"


@dataclass(frozen=True, slots=True)
class Carried:
    """New records and which earlier record each of them replaces (earlier -> later)."""

    records: Sequence[NewRecord]
    replaced: Mapping[RecordId, RecordId]


def outline_label(found: Found) -> Label:
    """Return the label that lets an entry show, as `NewRecord.outline_label` chose it when it was sealed.

    Whoever sees the entry sees a field under that label, so it is among the labels of the view.
    """
    labels = [found.disclosure.labels[number] for number in found.record.labels]
    main = [label for label in labels if label.category == SHAPES[found.record.kind].outline]
    if main:
        return min(main, key=lambda label: (len(label.subjects), sorted(label.subjects)))
    return max(labels, key=lambda label: (len(label.subjects), label.category))


class Remarks:
    """Records remarks through the gate. Built once by wiring."""

    def __init__(  # noqa: PLR0913, PLR0917  what remarks are made of
        self,
        writer: Writer,
        pages: FamilyPages,
        reading: Reading,
        lives: Lives,
        subjects: Subjects,
        calendar: Calendar,
        clear: Transactions,
        clock: Clock,
        ids: IdMaker,
    ) -> None:
        """Take the gate's writer, what reads a family, who works with whom, and clear rows."""
        self._writer, self._pages, self._reading, self._lives = writer, pages, reading, lives
        self._subjects, self._calendar = subjects, calendar
        self._clear, self._clock, self._ids = clear, clock, ids

    def disagree(self, by: AccountId, family: FamilyId, stated: Stated, entry: str, said: tuple[PersonId, str]) -> str:
        """Record that a person of the family disagrees with an entry, in their words; returns the remark's id.

        AccessRefusedError when the recorder does not see the entry or does not work with that person.
        """
        person, words = said
        found = self._reading.find(by, family, stated, entry)
        remark = self._remark(by, found, DISAGREEMENT, words, whose=person)
        self._store(by, family, stated, found, remark, person)
        return remark.id

    def challenge(self, by: AccountId, family: FamilyId, stated: Stated, entry: str, words: str) -> str:
        """Challenge an entry as a professional; its agency has five working days to answer."""
        found = self._reading.find(by, family, stated, entry)
        remark = self._remark(by, found, CHALLENGE, words)
        now = self._clock()
        due = self._calendar.due(now, ANSWER_WITHIN)
        owner, record = found.record.owner, found.record.record
        task = work.Task(
            self._ids.new(), remark.id, team_tasks.CHALLENGE, owner, family, record, now, due, subject=remark.id
        )
        self._store(by, family, stated, found, remark, self.client(by, family), owed=task)
        return remark.id

    def answer(self, by: AccountId, stated: Stated, task: work.Task, words: str) -> None:
        """Answer a challenge that waits for this account's agency, and close its task."""
        family, challenge = task.family or FamilyId(""), task.subject or ""
        found = self._challenged(by, family, stated, challenge)
        remark = self._remark(by, found, ANSWER, words, answers=challenge)
        self._store(by, family, stated, found, remark, self.client(by, family), done=task)

    def waiting(self, account: AccountId, challenge: str) -> work.Task:
        """Return the task of a challenge that waits for this account's agency; AccessRefusedError for anybody else."""
        with self._clear.read() as connection:
            task = duties.task_about(connection, self._clear.partnership, team_tasks.CHALLENGE, challenge)
        if task is None or task.agency != self._pages.agency_of(account):
            raise AccessRefusedError("no_such_challenge", where=challenge)
        return task

    def challenged(self, account: AccountId, stated: Stated, task: work.Task) -> Remark:
        """Return the challenge behind a task, as this reader sees it beside its entry."""
        family, challenge = task.family or FamilyId(""), task.subject or ""
        found = self._challenged(account, family, stated, challenge)
        return next(one for one in beside(found.disclosure.records)[first_of(found.record)] if one.id == challenge)

    def carry(self, found: Found, to: NewRecord) -> Carried:
        """Return the remarks beside an entry once more, under the label of the entry that takes its place."""
        label = to.outline_label()
        records, replaced = [], {}
        for record in found.disclosure.records:
            remark = read(record)
            if remark is not None and remark.beside == first_of(found.record):
                records.append(self._sealed(remark, label))
                replaced[record.record] = records[-1].id
        return Carried(records, replaced)

    def _challenged(self, by: AccountId, family: FamilyId, stated: Stated, challenge: str) -> Found:
        shown = self._pages.disclose(by, family, stated, limit=1)
        first = next((r.beside for r in map(read, shown.records) if r is not None and r.id == challenge), None)
        cursor = ""
        while first is not None:
            shown = self._pages.disclose(by, family, stated, cursor=cursor)
            for record in shown.records:
                if first_of(record) == first and record.kind is not RecordKind.REMARK:
                    return Found(record, shown)
            cursor = shown.cursor
            if not cursor:
                break
        raise AccessRefusedError("not_seen", where=challenge)

    def client(self, by: AccountId, family: FamilyId) -> PersonId:
        """Return somebody this account works with; when there is nobody, somebody for the gate to refuse."""
        children, adults = members(self._writer.standing_facts([family_chain(family)], self._clock()))
        clients = self._lives.clients(by, family, [*children, *adults])
        return min(clients or {*children, *adults})

    def _remark(
        self, by: AccountId, found: Found, what: str, words: str, *, whose: str = "", answers: str = ""
    ) -> Remark:
        if not words.strip():
            raise InvalidRequestError("text_missing", where="words")
        account = self._pages.register().accounts.get(by)
        name, id_ = account.name if account else "", self._ids.new()
        when = moment_words(self._clock())
        return Remark(what, words.strip(), name, when, first_of(found.record), id_, whose, answers)

    def _sealed(self, remark: Remark, label: Label) -> NewRecord:
        """Seal a remark under its entry's label; whom it quotes is a subject too, so the stricter decision holds."""
        quoted: frozenset[ReferenceId] = frozenset()
        if remark.whose:
            quoted = self._subjects.references(PersonId(remark.whose))
        return NewRecord(
            RecordId(self._ids.new()),
            RecordKind.REMARK,
            label.owner,
            PartialDate.of(self._clock()),
            label.subjects | quoted,
            remark.fields(label.category),
            label.sensitivity,
            handling=label.handling,
            audience=label.audience,
        )

    def _store(  # noqa: PLR0913  what one remark is made of
        self,
        by: AccountId,
        family: FamilyId,
        stated: Stated,
        found: Found,
        remark: Remark,
        works_with: PersonId,
        *,
        owed: work.Task | None = None,
        done: work.Task | None = None,
    ) -> None:
        def rows(connection: Connection) -> None:
            if owed is not None:
                work.add_task(connection, self._clear.partnership, owed)
            if done is not None:
                work.finish_task(connection, self._clear.partnership, done.id, by, self._clock())

        self._writer.record(
            Actor(by),
            Act.REMARK_RECORD,
            family,
            [],
            purpose=stated.purpose,
            records=[self._sealed(remark, outline_label(found))],
            may_also=[self._subjects.right_to_write(by, works_with)],
            alongside=rows,
        )
