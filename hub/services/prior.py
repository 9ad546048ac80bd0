"""What came before about the people of a referral, as far as this reader may see: read before it is closed.

Matching compares every child and adult of a referral, by every name, with everybody the hub knows; this opens what the
front door may read of the families that it proposed: those whose referrals wait, and those that were decided here.
A family that works with a team is the team's: its record is not for this desk.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from hub.domain.errors import AccessRefusedError
from hub.domain.fields import RecordKind
from hub.domain.ids import AccountId, FamilyId, PersonId
from hub.gate.disclosure import Disclosure, ShownRecord
from hub.services import entry_lines
from hub.services.family_page import FamilyPages, Stated
from hub.services.persons import PersonLine, people
from hub.services.register import Register, day_words
from hub.services.view_kinds import SHOWN_KINDS, Look

AT_THE_DESK: Final = Look(kinds=SHOWN_KINDS | {RecordKind.NOTE, RecordKind.REFERRER})
"""The front door also reads what it wrote itself when it decided, and who told us."""


@dataclass(frozen=True, slots=True)
class NoteLine:
    """One reason that the front door wrote down at an earlier time."""

    when_words: str
    words: str


@dataclass(frozen=True, slots=True)
class Prior:
    """The earlier contacts: what was told us then, and what was decided; the rest is for the signals.

    `elsewhere` says that a family was not this reader's to open: a team works with it.
    """

    entries: tuple[entry_lines.EntryLine, ...]
    notes: tuple[NoteLine, ...]
    records: tuple[ShownRecord, ...]
    children: frozenset[PersonId]
    shown: tuple[Disclosure, ...] = ()
    elsewhere: bool = False


def prior(
    pages: FamilyPages, account: AccountId, families: Iterable[FamilyId], stated: Stated, register: Register
) -> Prior:
    """Open these families for this reader, each under an entry of its own; one that is not theirs adds nothing."""
    opened = [_opened(pages, account, family, stated) for family in families]
    shown = [found for found in opened if found is not None]
    records = tuple(record for found in shown for record in found.records)
    return Prior(
        tuple(line for found in shown for line in entry_lines.entries(found, register)),
        notes(records),
        records,
        frozenset().union(*(children_of(people(found, register)) for found in shown)),
        tuple(shown),
        len(shown) < len(opened),
    )


def children_of(lines: Iterable[PersonLine]) -> frozenset[PersonId]:
    """Return the children among people that a reader may know."""
    return frozenset(PersonId(line.person) for line in lines if line.child)


def notes(records: Iterable[ShownRecord]) -> tuple[NoteLine, ...]:
    """Return what the front door wrote, newest first."""
    found = [record for record in records if record.kind is RecordKind.NOTE and record.fields.get("text")]
    newest = sorted(found, key=lambda record: record.recorded, reverse=True)
    return tuple(NoteLine(day_words(record.recorded_at), record.fields["text"]) for record in newest)


def _opened(pages: FamilyPages, account: AccountId, family: FamilyId, stated: Stated) -> Disclosure | None:
    try:
        return pages.disclose(account, family, stated, look=AT_THE_DESK)
    except AccessRefusedError:
        return None
