"""What a request says and how it is listed: values for the pages of both sides. Pure."""

from dataclasses import dataclass

from hub.domain.ids import AgencyId, ReferenceId
from hub.services import entry_lines


@dataclass(frozen=True, slots=True)
class Named:
    """One person as the request names them to the holder: words, and the references that are this person."""

    words: str
    child: bool
    references: tuple[ReferenceId, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """What a request says, opened: whom it is about, why now and about which time."""

    people: tuple[Named, ...]
    why: str
    period: str


@dataclass(frozen=True, slots=True)
class RequestLine:
    """One request on a list."""

    id: str
    agency: AgencyId
    function_words: str
    asked_words: str
    due_words: str
    answer: str
    answer_words: str
    overdue: bool


@dataclass(frozen=True, slots=True)
class RequestPage:
    """One request as who asked reads it, with what the gate opens of the answer."""

    line: RequestLine
    question: Question
    law: str
    reason: str
    checked_words: str
    entries: tuple[entry_lines.EntryLine, ...]
