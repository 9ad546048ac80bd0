"""What pages show of an agency's tasks, and what somebody says on finishing one."""

from dataclasses import dataclass
from datetime import date

from hub.domain.ids import AgencyId, FamilyId, PersonId, RecordId


@dataclass(frozen=True, slots=True)
class TaskLine:
    """One open task; `page` says which page it is done on, `subject` what that page is about; `family` is an id or "".

    `opens` says whether that page is this reader's: an overseer sees what waits for others, and cannot do it for them.
    """

    id: str
    words: str
    due_words: str
    overdue: bool
    late_words: str
    page: str
    subject: str
    opens: bool
    family: str

    @property
    def decide(self) -> bool:
        """Say whether it is a holder's decision."""
        return self.page == "decide"


@dataclass(frozen=True, slots=True)
class EventLine:
    """One thing that happened to a task, with what was written then."""

    when_words: str
    words: str


@dataclass(frozen=True, slots=True)
class TaskPage:
    """One task with its history; `reference` is the family's, or "" for a reader who does not work with it.

    `about` is (name, words) of whatever else it takes to do it.
    """

    line: TaskLine
    note: str
    reference: str
    done: bool
    events: tuple[EventLine, ...]
    about: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Finished:
    """What somebody says on finishing: told whom and when ("yes" with a day, "no" with a note), and a note."""

    note: str = ""
    told: str = ""
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Queue:
    """An agency's week: what is late, oldest first; what is due within seven days; what comes later; what was done."""

    late: tuple[TaskLine, ...]
    week: tuple[TaskLine, ...]
    later: tuple[TaskLine, ...]
    done: int


@dataclass(frozen=True, slots=True)
class HolderTask:
    """A holder's decision that waits: the items, who asks (or "" for a refusal that came in), the family by part.

    `named` are the children whom the holder may choose among. Of a refusal they are those of its own message: others
    would tell that the hub knew somebody in it.
    """

    id: str
    family: FamilyId
    record: RecordId
    agency: AgencyId
    received_words: str
    children: tuple[PersonId, ...]
    adults: tuple[PersonId, ...]
    named: tuple[PersonId, ...]
    request: str = ""
