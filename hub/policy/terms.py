"""What agreements and house rules say, as values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from hub.policy.decision import Level

ANY: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Match:
    """What a rule speaks of, dimension by dimension; an empty set means any value of the closed list.

    `parts`, `relationships` and `also` (a second list of relationships) ask for at least one of theirs.
    """

    sources: frozenset[str] = ANY
    recipients: frozenset[str] = ANY
    roles: frozenset[str] = ANY
    purposes: frozenset[str] = ANY
    categories: frozenset[str] = ANY
    sensitivities: frozenset[str] = ANY
    handlings: frozenset[str] = ANY
    audiences: frozenset[str] = ANY
    parts: frozenset[str] = ANY
    relationships: frozenset[str] = ANY
    also: frozenset[str] = ANY


@dataclass(frozen=True, slots=True)
class ConsentTerm:
    """What the data subject must have said; `not_engaged` says why confidence is not at stake (`because`)."""

    need: str
    openings: frozenset[str]
    overrides_refusal: bool
    lasts: str
    because: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One permission."""

    id: str
    words: str
    when: Match
    consent: ConsentTerm
    route: str
    obligations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Never:
    """One prohibition; any of the `unless_*` lifts it, nothing else does.

    `asks_holder` prohibits showing, and leaves it to the gaps who may know whom to ask (originator's handling).
    """

    id: str
    words: str
    when: Match
    unless_relationships: frozenset[str]
    unless_roles: frozenset[str]
    unless_recipient_kinds: frozenset[str]
    level: Level
    unless_openings: frozenset[str] = ANY
    unless_consents: frozenset[str] = ANY
    asks_holder: bool = False


@dataclass(frozen=True, slots=True)
class Gap:
    """How a label that is withheld (and not prohibited) shows, to whom; without one it is hidden."""

    id: str
    words: str
    when: Match
    level: Level
    obligations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Party:
    """One agency that signs: its code, kind, controller role and safeguarding lead."""

    code: str
    name: str
    kind: str
    controller: str
    lead: str


@dataclass(frozen=True, slots=True)
class Purpose:
    """One purpose with each ground apart: Art 6, Art 9 and Sch 1, Art 10, confidence, Article 8 ECHR."""

    id: str
    words: str
    art6: str
    art9: str
    art10: str
    confidentiality: str
    article8: str


@dataclass(frozen=True, slots=True)
class Obligation:
    """A duty that comes with seeing: before (may block), with (shapes the page) or after (a task with a deadline).

    `by` says who does it (DOERS), `to` whom it reaches (REACHED); both "" when the agreement does not say.
    """

    id: str
    words: str
    when: str
    within: str
    blocking: bool
    by: str = ""
    to: str = ""


@dataclass(frozen=True, slots=True)
class Agreement:
    """One version of one agreement. In force from 00:00 UTC of the first day to 00:00 UTC after the last."""

    id: str
    version: int
    title: str
    parties: Mapping[str, Party]
    starts: datetime
    ends: datetime
    review: date
    purposes: Mapping[str, Purpose]
    rules: tuple[Rule, ...]
    nevers: tuple[Never, ...]
    gaps: tuple[Gap, ...]
    obligations: Mapping[str, Obligation]
    people: Mapping[str, Sequence[str]]
    worked_cases: tuple[Mapping[str, Any], ...]
    content: Mapping[str, Any]
    source: str
    options: Mapping[str, tuple[Never, ...]] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Return id and version, as decisions print them: `EFS-2026-04/3`."""
        return f"{self.id}/{self.version}"


@dataclass(frozen=True, slots=True)
class HouseRules:
    """Prohibitions that no agreement overrides; signed by every agency."""

    id: str
    version: int
    nevers: tuple[Never, ...]
    digest: str

    @property
    def key(self) -> str:
        """Return id and version: `HOUSE/1`."""
        return f"{self.id}/{self.version}"
