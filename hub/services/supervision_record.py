"""What a group supervision shows, is told and comes to: its record, its actions as tasks. Pure."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from hub.domain.errors import InvalidRequestError
from hub.domain.fields import RecordKind
from hub.domain.ids import AccountId, AgencyId, FamilyId, PersonId, RecordId, ReferenceId
from hub.domain.labels import Sensitivity
from hub.domain.partial_date import PartialDate
from hub.gate.disclosure import Disclosure
from hub.gate.records import NewRecord
from hub.services import entry_lines, persons, team_tasks
from hub.store.clear import work


@dataclass(frozen=True, slots=True)
class Room:
    """The shared screen: names of those present, and what every one of them may see."""

    attendees: tuple[str, ...]
    people: tuple[persons.PersonLine, ...]
    entries: tuple[entry_lines.EntryLine, ...]
    view: Disclosure = field(repr=False)


@dataclass(frozen=True, slots=True)
class Action:
    """What somebody present will do, by when."""

    words: str = field(repr=False)
    owner: AccountId
    due: date


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the supervision came to; `relied_on` are entries of the shared screen, which the decision pins."""

    about: Sequence[PersonId]
    decision: str = field(repr=False)
    risk: str = field(default="", repr=False)
    danger: str = field(default="", repr=False)
    strength: str = field(default="", repr=False)
    dissent: str = field(default="", repr=False)
    actions: Sequence[Action] = ()
    relied_on: Sequence[RecordId] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One supervision in a list."""

    id: str
    words: str
    open: bool
    chaired: bool


@dataclass(frozen=True, slots=True)
class Sitting:
    """One supervision as its record speaks of it: the chair and their agency, and who is there, by name."""

    id: str
    family: FamilyId
    chair: AccountId
    agency: AgencyId
    there: Mapping[AccountId, str]
    at: datetime


def check(outcome: Outcome, sitting: Sitting) -> None:
    """Refuse an outcome without a decision, or an action that nobody present owns or that lies in the past."""
    if not outcome.decision.strip():
        raise InvalidRequestError("text_missing", where="decision")
    for action in outcome.actions:
        if not action.words.strip() or action.owner not in sitting.there:
            raise InvalidRequestError("action_without_owner", where="actions")
        if action.due < PartialDate.of(sitting.at).first:
            raise InvalidRequestError("day_past", where="actions", next_step="enter_a_day_to_come")


def record_of(id_: str, outcome: Outcome, sitting: Sitting, about: Collection[ReferenceId]) -> NewRecord:
    """Return the record. What was decided may reach the whole team where the agreement says so: it is personal."""
    there = sitting.there
    actions = [
        f"{one.words.strip()} ({there[one.owner]}, by {PartialDate(one.due).in_words()})" for one in outcome.actions
    ]
    fields = {
        "decision": outcome.decision,
        "dissent": outcome.dissent,
        "attendees": ", ".join(there.values()),
        "supervision": sitting.id,
        "written_by": there.get(sitting.chair, ""),
        "actions": "\n".join(actions),
        "risk": outcome.risk,
        "danger_statement": outcome.danger,
        "strength_statement": outcome.strength,
    }
    return NewRecord(
        RecordId(id_),
        RecordKind.GROUP_SUPERVISION,
        sitting.agency,
        PartialDate.of(sitting.at),
        frozenset(about),
        {name: value for name, value in fields.items() if value.strip()},
        Sensitivity.PERSONAL,
    )


def tasks_of(
    outcome: Outcome,
    sitting: Sitting,
    record: RecordId,
    agencies: Mapping[AccountId, AgencyId],
    new_id: Callable[[], str],
) -> list[work.Task]:
    """Return one task for each action: whose it is, and by the end of which day."""
    return [
        work.Task(
            id_ := new_id(),
            id_,
            team_tasks.ACTION,
            agencies[action.owner],
            sitting.family,
            record,
            sitting.at,
            team_tasks.end_of(action.due),
            action.owner,
        )
        for action in outcome.actions
    ]
