"""All that ever leaves the gate. A field held back openly is `Withheld`, never None or an empty text."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from hub.domain.clock import from_micros
from hub.domain.facts import Fact
from hub.domain.fields import RecordKind
from hub.domain.ids import AccountId, AgencyId, EntryId, FamilyId, PersonId, RecordId
from hub.domain.labels import Label
from hub.policy.decision import Decision, Level


@dataclass(frozen=True, slots=True)
class Withheld:
    """Something held back openly: at which level, why (a code), of which category and whose it is."""

    level: Level
    reason: str
    category: str
    owner: AgencyId
    missing: tuple[str, ...] = ()


class ShownRecord(NamedTuple):
    """One record as this reader may see it: its outline, the open fields, and what is held back openly.

    A tuple: a page makes thousands. `labels` are the numbers under which its open fields were decided
    (see `Disclosure.decisions`).
    """

    record: RecordId
    kind: RecordKind
    event_date: str
    recorded: int
    owner: AgencyId
    persons: frozenset[PersonId]
    fields: Mapping[str, str]
    labels: tuple[int, ...]
    withheld: tuple[Withheld, ...] = ()

    @property
    def recorded_at(self) -> datetime:
        """Since when the hub knows of it."""
        return from_micros(self.recorded)


@dataclass(frozen=True, slots=True)
class Gap:
    """What an agency holds beyond the records shown; `count` only where the level says count."""

    withheld: Withheld
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Involved:
    """A worker this reader may know to be involved."""

    account: AccountId
    agency: AgencyId
    role: str
    lead: bool
    since: datetime
    works_with: tuple[PersonId, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """What may be said of one agency: shown, nothing_shown, not_checked or not_connected (design section 4.6)."""

    agency: AgencyId
    state: str


@dataclass(frozen=True, slots=True)
class Disclosure:
    """The answer to one view, after its entry was committed.

    `kept_safe` is asked for when something is to be handed over only: it names whose address must not be used.
    """

    entry: EntryId
    family: FamilyId
    at: datetime
    records: tuple[ShownRecord, ...]
    gaps: tuple[Gap, ...]
    involved: tuple[Involved, ...]
    coverage: tuple[Coverage, ...]
    openings: tuple[Fact, ...]
    consents: tuple[Fact, ...]
    persons: Mapping[PersonId, frozenset[str]]
    labels: Mapping[int, Label]
    decisions: Mapping[int, Decision]
    cursor: str = ""
    kept_safe: frozenset[PersonId] = frozenset()
