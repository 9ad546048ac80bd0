"""What a view of a family can be for, how much of it stands on a page, and where a page goes on."""

import re
from dataclasses import dataclass
from typing import Final

from hub.domain.access import Act
from hub.domain.errors import InvalidRequestError
from hub.domain.fields import RecordKind

_NOT_SHOWN: Final = {
    RecordKind.ORIGINAL,
    RecordKind.NOTE,
    RecordKind.ATTACHMENT,
    RecordKind.REFERRER,
    RecordKind.SCHOOL_NOTICE,
}
SHOWN_KINDS: Final = frozenset(RecordKind) - _NOT_SHOWN
PAGE, WHOLE = 200, 2_000
"""Entries on a page, and how many are looked through for a filter."""
_CURSOR: Final = re.compile(r"-?[0-9]{1,7}\.[0-9a-f-]{36}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Look:
    """Which act a view is for, and the kinds of record it opens."""

    act: Act = Act.CHRONOLOGY_CONSULT
    kinds: frozenset[RecordKind] = SHOWN_KINDS


CHRONOLOGY: Final = Look()
WITH_FILES: Final = Look(kinds=SHOWN_KINDS | {RecordKind.ATTACHMENT})
"""A page lists what is attached; the API, which would hand out the shares of a file's key, does not."""


def require_cursor(cursor: str) -> None:
    """Refuse a cursor that no page gave out."""
    if cursor and not _CURSOR.fullmatch(cursor):
        raise InvalidRequestError("cursor_unknown", where="after", next_step="begin_again")
