"""An entry on its way to being sealed: what is written down, what makes it whole, an earlier one once more. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from hub.domain.entries import EVENTS, SIGNIFICANCE, STATEMENTS, FamilyVisibility
from hub.domain.errors import InvalidRequestError
from hub.domain.fields import RecordKind, category_of
from hub.domain.ids import PersonId, RecordId, ReferenceId
from hub.domain.labels import Sensitivity
from hub.domain.partial_date import PartialDate
from hub.gate.disclosure import ShownRecord
from hub.gate.records import NewRecord
from hub.services.reading import Found
from hub.services.register import moment_words

MAIN: Final = "what_happened"
_KEPT: Final = ("writer", "chapter", "supervision")
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
CARE: Final = frozenset({"social_worker", "team_manager", "family_support_worker", "psychologist"})
MANAGER: Final = "team_manager"


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


def check(new: NewEntry, role: str, today: PartialDate) -> None:
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


def of_correction(correction: Correction | None) -> dict[str, str]:
    """Keep what is superseded, when that was first recorded, and why it was corrected."""
    if correction is None:
        return {}
    earlier = correction.earlier
    return {
        "corrects": earlier.record,
        "first_entry": earlier.fields.get("first_entry", earlier.record),
        "first_recorded": earlier.fields.get("first_recorded", moment_words(earlier.recorded_at)),
        "correction_reason": correction.reason.strip(),
        **{name: earlier.fields[name] for name in _KEPT if name in earlier.fields},
    }


def again(found: Found, id_: RecordId, changes: Mapping[str, str]) -> NewRecord:
    """Return an entry once more, with some of its frame changed, about the people it was about.

    A view says of a category, not of each field, whom it speaks of: where an entry narrowed two texts of one category
    differently, both then speak of all of them, and the stricter decision holds.
    """
    record, labels = found.record, [found.disclosure.labels[number] for number in found.record.labels]
    of: dict[str, frozenset[ReferenceId]] = {}
    for label in labels:
        of[label.category] = of.get(label.category, frozenset()) | label.subjects
    fields = dict(record.fields) | dict(changes)
    return NewRecord(
        id_,
        record.kind,
        record.owner,
        PartialDate.parse(record.event_date),
        frozenset().union(*of.values()),
        fields,
        labels[0].sensitivity,
        {name: of[category_of(record.kind, name)] for name in fields},
        labels[0].handling,
        labels[0].audience,
    )
