"""The words in which the team records: kinds of event and of statement, significance, and what the family sees when.

Sources: domain reference 1.7 (restorative practice), 6.1 (significant events); fact is told apart from opinion as the
Data Protection Act 2018 s38 asks of law enforcement data.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final

from hub.domain.errors import InvalidRequestError
from hub.domain.partial_date import PartialDate

EVENTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "visit": "Visit",
        "contact": "Call, message or conversation",
        "meeting": "Meeting",
        "appointment": "Appointment",
        "was_not_brought": "A child was not brought",
        "missed": "A missed appointment",
        "health": "Injury, illness or health event",
        "education": "School or nursery",
        "police": "Police or court",
        "move": "Address, school, GP or household changed",
        "relationship": "New partner, separation, pregnancy or birth",
        "treatment": "Start, change or end of treatment or support",
        "crisis": "Crisis or relapse",
        "loss": "Bereavement or loss",
        "strength": "Strength, progress or turning point",
        "decision": "Decision",
        "group_supervision": "Said in group supervision",
        "workbook": "Monthly summary of a workbook chapter",
        "other": "Something else",
    }
)
STATEMENTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "fact_observed": "Observed by the writer",
        "reported_by": "Reported by somebody else",
        "allegation": "Allegation",
        "professional_opinion": "Professional opinion",
        "decision": "Decision",
        "child_voice": "The child's voice",
        "parent_voice": "The parent's voice",
    }
)
SIGNIFICANCE: Final[Mapping[str, str]] = MappingProxyType({"routine": "Routine", "significant": "Significant"})
WITHHELD_FOR: Final[Mapping[str, str]] = MappingProxyType(
    {
        "risk_of_harm": "Showing it would put a child or somebody else at risk",
        "third_party": "It would tell of somebody who is not of the family",
        "prejudice_to_crime": "Showing it would prejudice the investigation of a crime",
        "court": "A court order or a court's papers",
        "source": "It would tell who gave the information",
    }
)
STAGES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "precontemplation": "Not thinking about change yet",
        "contemplation": "Thinking about change",
        "preparation": "Getting ready",
        "action": "Changing",
        "maintenance": "Keeping it up",
        "relapse": "Back to how it was, for now",
    }
)
"""Stages of change as Motivational Interviewing speaks of them; a view of the worker's, never a score of the person."""
MODULE_STATES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "not_started": "Not started",
        "in_progress": "In progress",
        "completed": "Completed",
        "not_applicable": "Not applicable",
    }
)
SHARED, LATER, WITHHELD = "shared", "to_be_shared_by", "withheld"
LONGEST_WITHHELD_DAYS: Final = 92
"""Withholding always runs into a review, at the latest after about three months (a local setting of the programme)."""


@dataclass(frozen=True, slots=True)
class FamilyVisibility:
    """Who in the family may see an entry, and when: now, from a day on, or not before a review.

    `day` is the day of sharing or of the review; `reason` is a word of WITHHELD_FOR. What is shared from a day on is
    shared once it has come, whatever else was done; what is withheld is not, before somebody says so anew.
    """

    state: str = SHARED
    day: date | None = None
    reason: str = ""

    def check(self, today: date) -> None:
        """Refuse what has no end: withheld needs a reason and a review within reach, later needs its day."""
        if self.state not in {SHARED, LATER, WITHHELD}:
            raise InvalidRequestError("visibility_unknown", where="family_state")
        if self.state == SHARED:
            return
        if self.day is None or self.day <= today:
            raise InvalidRequestError("day_missing", where="family_day", next_step="enter_a_day_to_come")
        if self.state == WITHHELD and self.reason not in WITHHELD_FOR:
            raise InvalidRequestError("reason_missing", where="family_reason")
        if self.state == WITHHELD and (self.day - today).days > LONGEST_WITHHELD_DAYS:
            raise InvalidRequestError("review_too_late", where="family_day", next_step="review_within_three_months")

    def shared_on(self, today: date) -> bool:
        """Say whether the family may see it on this local day; a word that nobody knows says no."""
        return self.state == SHARED or (self.state == LATER and self.day is not None and self.day <= today)

    def __str__(self) -> str:
        """Write it as `read` reads it."""
        return " ".join(filter(None, (self.state, self.reason, self.day.isoformat() if self.day else "")))

    @classmethod
    def read(cls, text: str) -> "FamilyVisibility":
        """Read what `__str__` wrote."""
        state, *more = text.split(" ")
        day = date.fromisoformat(more[-1]) if more else None
        return cls(state, day, more[0] if len(more) > 1 else "")

    def in_words(self) -> str:
        """Write it for a page."""
        day = PartialDate(self.day).in_words() if self.day else ""
        if self.state == WITHHELD:
            return f"Withheld: {WITHHELD_FOR.get(self.reason, self.reason)}. Reviewed by {day}."
        return f"Shared from {day} on" if self.state == LATER else "Shared"


_WORDS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "event_kind": EVENTS,
        "statement_type": STATEMENTS,
        "significance": SIGNIFICANCE,
        "stage": STAGES,
        "module_state": MODULE_STATES,
        "person_knows": {"yes": "Yes", "no": "No"},
    }
)
UNSAID: Final = frozenset({"corrects", "first_entry", "writer", "chapter", "supervision"})
"""Fields that hold ids: they order a page and are never printed."""


def said(name: str, value: str) -> str:
    """Return what a page prints for the value of a field: codes in words, anything else as it is."""
    if name == "family_visibility":
        return FamilyVisibility.read(value).in_words()
    return _WORDS.get(name, {}).get(value, value)
