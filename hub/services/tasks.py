"""An agency's tasks: what agreements, refusals and reviews ask of it, with a clock, until somebody says it is done."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Final

from hub.domain.access import Act
from hub.domain.clock import Clock
from hub.domain.errors import InvalidRequestError, NotFoundError
from hub.domain.facts import family_chain
from hub.domain.ids import AccountId, AgencyId, FamilyId, IdMaker
from hub.domain.partial_date import PartialDate
from hub.gate.doorkeeper import Doorkeeper
from hub.gate.finder import Finder, Standing
from hub.gate.writer import Writer
from hub.policy.working_days import Calendar
from hub.services import (
    door_tasks,
    life_tasks,
    opening_decisions,
    partner_tasks,
    request_tasks,
    school_tasks,
    team_tasks,
)
from hub.services.amending import AMENDED, WITHDRAWN
from hub.services.composing import SAID_IN
from hub.services.members import members
from hub.services.open_questions import OpenQuestions
from hub.services.placing import Placing
from hub.services.quarantine import QUARANTINE
from hub.services.register import day_words, moment_words
from hub.services.sealed_words import SealedWords
from hub.services.task_lines import EventLine, Finished, HolderTask, Queue, TaskLine, TaskPage
from hub.services.withdrawal import ACKNOWLEDGE, CONFLICT, REVIEW_TEXT, TWO_SIDES
from hub.store.clear import duties, work
from hub.store.session import Transactions

OVERSEERS = frozenset({"team_manager", "ig_officer"})
DAY_TEAM = frozenset({"front_door_worker", "team_manager", "on_duty_front_door"})
AT_THE_DOOR = frozenset({"front_door_worker", "on_duty_front_door"})
_WEEK = timedelta(days=7)
_REVIEWS: Final = frozenset({"review_emergency", "review_not_shared"})
"""What is never done by whom it is about; `account` of such a task is that person."""
_OF_THE_TEAM: Final = frozenset({"challenge", "visibility", "strategy"})
"""Pages in a family's record: whoever is not allocated has no such page, on duty or not."""
_ONE_PERSONS: Final = frozenset({"handover", "school"})
"""Pages of the one person whom the task names."""
_ALLOCATED: Final = "allocated_"
_WHAT: Final = {
    duties.DONE: "Done.",
    duties.REOPENED: "Taken up again.",
    duties.ALARMED: "The time passed.",
    duties.LEFT: "Left for you:",
}


@dataclass(frozen=True, slots=True)
class Kind:
    """How a task is worded; `note` is may | must | told; `page` names one of its own.

    `roles` (or relationships of whoever is on duty) limit who sees it.
    """

    words: str
    note: str = "may"
    roles: frozenset[str] = frozenset()
    page: str = "do"


KINDS: Final[Mapping[str, Kind]] = MappingProxyType(
    {
        "decide_sharing": Kind("Decide whether to share an item (Children Act 2004 s16LA)", page="decide"),
        "tell_person_or_record_why_not": Kind(
            "Tell the person that their information was seen, or record why not", "told"
        ),
        "notify_source": Kind("Note that information your agency holds was seen, and check that it was right"),
        "notify_source_emergency": Kind("Information your agency holds was opened in an emergency: note it and check"),
        "review_emergency": Kind("Review an emergency access", roles=OVERSEERS, page="emergency"),
        "review_not_shared": Kind("Review a decision not to share", roles=OVERSEERS, page="not_shared"),
        ACKNOWLEDGE: Kind("Somebody took back a yes: write what became of the copies your agency made", "must"),
        "accept_handover": Kind("A family is handed over to you: read what was written, then accept", page="handover"),
        "family_closing": Kind(
            "A family you work with was closed: your view ends with that day. Finish your recording"
        ),
        "duty_note": Kind("Word was left by whoever was on duty: read it", roles=DAY_TEAM),
        "handover_declined": Kind("A handover was declined: read why, and find somebody else"),
        REVIEW_TEXT: Kind("A text you wrote relies on something taken back since: look at it again", "must"),
        QUARANTINE: Kind(
            "A file was stopped when it came in and is kept sealed: have it checked, write what came of it",
            "must",
            roles=OVERSEERS,
        ),
        AMENDED: Kind(
            "A sender amended a message that is placed: see that its family reads it, and look under Joined people",
            roles=AT_THE_DOOR,
        ),
        WITHDRAWN: Kind("A message was withdrawn by its sender: close what waits because of it", roles=AT_THE_DOOR),
        CONFLICT: Kind("Holders of parental responsibility disagree: speak with them, write what came of it", "must"),
    }
    | {kind: Kind(words, roles=roles, page=page) for kind, (words, roles, page) in partner_tasks.WORDS.items()}
    | {kind: Kind(*said) for kind, said in school_tasks.WORDS.items()}
    | {kind: Kind(words) for kind, words in life_tasks.WORDS.items()}
    | {kind: Kind(words, "must") for kind, words in opening_decisions.WORDS.items()}
    | {kind: Kind(words, "must", page=team_tasks.PAGES.get(kind, "do")) for kind, words in team_tasks.WORDS.items()}
    | {
        kind: Kind(words, roles=roles, page=(door_tasks.PAGES | request_tasks.PAGES).get(kind, "do"))
        for kind, (words, roles) in (*door_tasks.WORDS.items(), *request_tasks.WORDS.items())
    }
)


class Tasks:
    """Lists and finishes tasks for an account's own agency. Built once by wiring."""

    def __init__(  # noqa: PLR0913, PLR0917  what tasks are made of
        self,
        finder: Finder,
        writer: Writer,
        doorkeeper: Doorkeeper,
        placing: Placing,
        words: SealedWords,
        calendar: Calendar,
        clear: Transactions,
        clock: Clock,
        ids: IdMaker,
    ) -> None:
        """Take the gate's finder and doorkeeper, who knows what is restricted, what seals notes, and clear rows."""
        self._questions = OpenQuestions(writer, finder, placing, clear)
        self._finder, self._writer, self._doorkeeper, self._words = finder, writer, doorkeeper, words
        self._calendar, self._clear, self._clock, self._ids = calendar, clear, clock, ids

    def open_for(
        self, account: AccountId, family: FamilyId | None = None, who: Standing | None = None
    ) -> list[TaskLine]:
        """Return the open tasks of this account and its agency, most urgent first; of one family where it is given.

        What only those who work with the family can do is listed for them, and for who oversees.
        `who` is the account's standing at this moment, where it is known already.
        """
        now, who = self._clock(), who or self._finder.standing(account)
        if not who.agency:
            return []
        with self._clear.read() as connection:
            open_ = work.open_tasks(connection, self._clear.partnership, AgencyId(who.agency))
        wanted = (task for task in self._questions.heard(account, open_) if family is None or task.family == family)
        lines = [self._line(task, now, account, who) for task in wanted if _for(task, account, who)]
        return [line for line in lines if line.opens or who.role in OVERSEERS]

    def queue(self, account: AccountId) -> Queue:
        """Return an agency's whole queue for its managers and IG officers; the look is entered."""
        who, now = self._doorkeeper.let_in(account, Act.QUEUE_READ, OVERSEERS), self._clock()
        with self._clear.read() as connection:
            open_ = work.open_tasks(connection, self._clear.partnership, AgencyId(who.agency))
            done = duties.lately_done(connection, self._clear.partnership, AgencyId(who.agency), now - _WEEK)
        found = self._questions.heard(account, open_)
        late = [task for task in found if task.due_at < now]
        week = [task for task in found if now <= task.due_at < now + _WEEK]
        later = [task for task in found if task.due_at >= now + _WEEK]
        own = self._finder.standing(account)
        lines = [tuple(self._line(task, now, account, own) for task in part) for part in (late, week, later)]
        return Queue(lines[0], lines[1], lines[2], len(done))

    def page(self, account: AccountId, task_id: str) -> TaskPage:
        """Return one task with its history, after entering that it was read; NotFoundError for anybody else's."""
        task, who = self._mine(account, task_id)
        self._doorkeeper.let_in(account, Act.TASK_DO, [who.role], family=task.family or "")
        with self._clear.read() as connection:
            events = duties.events_of(connection, self._clear.partnership, task.id)
            about = partner_tasks.whom_to_tell(connection, self._clear.partnership, task)
            about += school_tasks.about(connection, self._clear.partnership, task)
        reference = str(task.family or "") if self._works_with(account, task) else ""
        lines = tuple(self._event(event) for event in events)
        line = self._line(task, self._clock(), account, who)
        return TaskPage(line, kind_of(task.kind).note, reference, task.done_at is not None, lines, about)

    def finish(self, account: AccountId, task_id: str, said: Finished) -> None:
        """Close a task with who, when and what was written.

        Raises:
            InvalidRequestError: what the duty asks is missing, or the task was closed meanwhile.
        """
        task, who = self._mine(account, task_id)
        kind = kind_of(task.kind)
        if kind.page != "do":
            raise NotFoundError(where=task_id)
        _require_said(kind, said, PartialDate.of(self._clock()).first)
        self._doorkeeper.let_in(account, Act.TASK_DO, [who.role], family=task.family or "")
        words = {"note": said.note, "told": said.told, "day": said.day.isoformat() if said.day else ""}
        event = self._happened(task.id, duties.DONE, account, words)
        with self._clear.write() as connection:
            if not duties.done(connection, self._clear.partnership, event):
                raise InvalidRequestError("task_closed", where=task_id, next_step="see_tasks")

    def reopen(self, account: AccountId, task_id: str, why: str) -> None:
        """Take a task up again that was closed by mistake; why is kept."""
        task, who = self._mine(account, task_id)
        if kind_of(task.kind).page != "do":
            raise NotFoundError(where=task_id)
        if not why.strip():
            raise InvalidRequestError("note_missing", where="note")
        self._doorkeeper.let_in(account, Act.TASK_DO, [who.role], family=task.family or "")
        event = self._happened(task.id, duties.REOPENED, account, {"note": why})
        with self._clear.write() as connection:
            if not duties.reopened(connection, self._clear.partnership, event):
                raise InvalidRequestError("task_open", where=task_id, next_step="see_tasks")

    def holder_task(self, account: AccountId, task_id: str) -> HolderTask:
        """Return a decision that waits for this account's agency; NotFoundError for anybody else's."""
        task, _ = self._mine(account, task_id)
        if task.record is None or task.kind != "decide_sharing" or task.done_at is not None:
            raise NotFoundError(where=task_id)
        with self._clear.read() as connection:
            family, referral = work.family_of_record(connection, self._clear.partnership, task)
        facts, asked = self._writer.standing_facts([family_chain(family)], self._clock()), task.subject or ""
        children, adults = members(facts)
        named, _ = members(fact for fact in facts if asked or fact.body.get(SAID_IN) == referral)
        received = day_words(task.created_at)
        return HolderTask(task.id, family, task.record, task.agency, received, children, adults, named, asked)

    def _mine(self, account: AccountId, task_id: str) -> tuple[work.Task, Standing]:
        who = self._finder.standing(account)
        with self._clear.read() as connection:
            task = duties.any_task(connection, self._clear.partnership, task_id)
        if (
            task is None
            or task.agency != who.agency
            or not (_for(task, account, who) and self._questions.heard(account, [task]))
        ):
            raise NotFoundError(where=task_id)
        return task, who

    def _works_with(self, account: AccountId, task: work.Task) -> bool:
        return bool(task.family and self._finder.standing(account, task.family).relationships)

    def _happened(self, task: str, what: str, by: AccountId, words: Mapping[str, str]) -> duties.TaskEvent:
        id_ = self._ids.new()
        return duties.TaskEvent(id_, task, what, self._clock(), by, self._words.close(id_, words))

    def _event(self, event: duties.TaskEvent) -> EventLine:
        said = self._words.open(event.id, event.sealed)
        told = {"yes": f"Told on {said.get('day', '')}.", "no": "Not told."}.get(said.get("told", ""), "")
        what = _WHAT[event.what]
        return EventLine(moment_words(event.at), " ".join(filter(None, (what, told, said.get("note", "")))))

    def _line(self, task: work.Task, now: datetime, account: AccountId, who: Standing) -> TaskLine:
        kind, overdue = kind_of(task.kind), now > task.due_at
        late = self._calendar.between(PartialDate.of(task.due_at).first, PartialDate.of(now).first)
        days = f"{late} working {'day' if late == 1 else 'days'} late" if late else "late since today"
        due = f"by {moment_words(task.due_at)}"
        opens = self._opens(task, account, who)
        late_words = days if overdue else ""
        about = task.subject or "", opens, task.family or ""
        return TaskLine(task.id, kind.words, due, overdue, late_words, kind.page, *about)

    def _opens(self, task: work.Task, account: AccountId, who: Standing) -> bool:
        """Say whether the page of a task that this account may list is this account's to open."""
        page = kind_of(task.kind).page
        if page in _OF_THE_TEAM:
            words = self._finder.standing(account, task.family).relationships if task.family else ()
            return any(word.startswith(_ALLOCATED) for word in words)
        if page == "quarantined":
            return bool(AT_THE_DOOR & {who.role, *who.relationships})
        if page in _ONE_PERSONS:
            return task.account == account
        return _for(task, account, who)


def kind_of(word: str) -> Kind:
    """Return how a task is worded; one that no table names is worded by its own name."""
    return KINDS.get(word, Kind(word.replace("_", " ").capitalize()))


def _for(task: work.Task, account: AccountId, who: Standing) -> bool:
    """Say whether a task of the agency is this person's to see.

    What one person owes is seen by that person and by who oversees; a review is never done by whom it is about.
    """
    roles = kind_of(task.kind).roles
    if task.kind in _REVIEWS and task.account == account:
        return False
    if roles:
        return bool(roles & {who.role, *who.relationships})
    if task.account is not None:
        return task.account == account or who.role in OVERSEERS
    return who.role not in TWO_SIDES


def _require_said(kind: Kind, said: Finished, today: date) -> None:
    if kind.note == "must" and not said.note.strip():
        raise InvalidRequestError("note_missing", where="note")
    if kind.note != "told":
        return
    if said.told == "yes" and said.day is not None and said.day <= today:
        return
    if said.told == "no" and said.note.strip():
        return
    raise InvalidRequestError("told_or_why_not", where="told", next_step="say_when_or_why_not")
