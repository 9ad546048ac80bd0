"""An agency's tasks: what agreements, refusals and reviews ask of it, with a clock."""

from dataclasses import dataclass

from hub.domain.clock import Clock
from hub.domain.errors import NotFoundError
from hub.domain.facts import FactKind, family_chain
from hub.domain.ids import AccountId, AgencyId, FamilyId, PersonId, RecordId
from hub.gate.finder import Finder
from hub.gate.writer import Writer
from hub.services.register import day_words, moment_words
from hub.store.clear import work
from hub.store.session import Transactions

_WORDS = {
    "decide_sharing": "Decide whether to share an item about which sharing was refused (Children Act 2004 s16LA)",
    "tell_person_or_record_why_not": "Tell the person that their information was seen, or record why not",
    "notify_source": "Tell the originating agency that its information was seen",
}
_TWO_SIDES = frozenset({"victim_worker", "perpetrator_worker"})
"""Two sides of one service never learn of each other's work: an agency's tasks are not for them."""
_CHILD_PARTS = frozenset({"child", "unborn_child", "sibling"})


@dataclass(frozen=True, slots=True)
class TaskLine:
    """One open task; `decide` says that it has a page of its own."""

    id: str
    words: str
    due_words: str
    overdue: bool
    decide: bool


@dataclass(frozen=True, slots=True)
class HolderTask:
    """A holder's decision that waits: the item, and the people of the family by part."""

    id: str
    family: FamilyId
    record: RecordId
    agency: AgencyId
    received_words: str
    children: tuple[PersonId, ...]
    adults: tuple[PersonId, ...]


class Tasks:
    """Lists tasks for an account's own agency. Built once by wiring."""

    def __init__(self, finder: Finder, writer: Writer, clear: Transactions, clock: Clock) -> None:
        """Take the gate's finder and clear rows."""
        self._finder, self._writer, self._clear, self._clock = finder, writer, clear, clock

    def open_for(self, account: AccountId) -> list[TaskLine]:
        """Return the open tasks of this account's agency, most urgent first."""
        now, agency = self._clock(), self._agency(account)
        if agency is None:
            return []
        with self._clear.read() as connection:
            found = work.open_tasks(connection, self._clear.partnership, agency)
        return [
            TaskLine(
                task.id,
                _WORDS.get(task.kind, task.kind.replace("_", " ").capitalize()),
                f"by {moment_words(task.due_at)}",
                now > task.due_at,
                task.kind == "decide_sharing",
            )
            for task in found
        ]

    def holder_task(self, account: AccountId, task_id: str) -> HolderTask:
        """Return a decision that waits for this account's agency; NotFoundError for anybody else's."""
        agency = self._agency(account)
        with self._clear.read() as connection:
            task = work.find_task(connection, self._clear.partnership, task_id)
            if task is None or task.agency != agency or task.record is None or task.kind != "decide_sharing":
                raise NotFoundError(where=task_id)
            family = work.family_of_record(connection, self._clear.partnership, task)
        children, adults = self._members(family)
        received = day_words(task.created_at)
        return HolderTask(task.id, family, task.record, task.agency, received, children, adults)

    def _agency(self, account: AccountId) -> AgencyId | None:
        who = self._finder.standing(account)
        return None if who.role in _TWO_SIDES else AgencyId(who.agency)

    def _members(self, family: FamilyId) -> tuple[tuple[PersonId, ...], tuple[PersonId, ...]]:
        """Return (children, adults) of a family."""
        facts = self._writer.standing_facts([family_chain(family)], self._clock())
        parts: dict[PersonId, set[str]] = {}
        for fact in facts:
            if fact.kind is FactKind.MEMBERSHIP:
                said = fact.body["parts"]
                parts.setdefault(PersonId(str(fact.body["person"])), set()).update(
                    said if isinstance(said, list) else []
                )
        children = tuple(person for person, found in parts.items() if found & _CHILD_PARTS)
        return children, tuple(person for person in parts if person not in children)
