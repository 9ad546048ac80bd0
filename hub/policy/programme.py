"""The local settings of a team's work with families, from `programme.yaml`. Pure; outside the trusted core.

The titles of the eight modules are local data: none is public knowledge here, so the hub ships numbers only (domain
reference 1.3).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from marshmallow import fields

from hub.policy.reading import by_word, many, nested, plain, read, shape, word

STATES = ("not_started", "in_progress", "completed", "not_applicable")
_SCALE = r"0-[1-9]\d?"


@dataclass(frozen=True, slots=True)
class Programme:
    """Module number -> title, in the order of the file; the highest mark of importance and confidence."""

    modules: Mapping[str, str]
    highest: int


@dataclass(frozen=True, slots=True)
class CaseworkRules:
    """`allocate_within` as a period of working days; outcomes as code -> (practitioners' words, family's words)."""

    allocate_within: str
    longest_duty: timedelta
    closing_outcomes: Mapping[str, tuple[str, str]]


def load_programme(text: str, source: str) -> Programme:
    """Read modules and marks; PolicyError with file, line and column when the file is not exactly what it may be."""
    values = _read(text, source)
    highest = int(values["motivational_interviewing"]["importance"].partition("-")[2])
    return Programme({one["number"]: one["title"] for one in values["modules"]}, highest)


def load_casework(text: str, source: str) -> CaseworkRules:
    """Read the section `casework`; PolicyError as for the programme."""
    found = _read(text, source)["casework"]
    outcomes = {
        code: (one["words"], one.get("family", one["words"])) for code, one in found["closing_outcomes"].items()
    }
    return CaseworkRules(found["allocate_within"], timedelta(hours=int(found["longest_duty_hours"])), outcomes)


def _read(text: str, source: str) -> dict[str, Any]:
    casework = {
        "allocate_within": plain(r"P\d{1,3}D"),
        "longest_duty_hours": plain(r"\d{1,3}"),
        "closing_outcomes": by_word(None, nested({"words": plain(), "family": plain(required=False)})),
    }
    declared = {
        "version": plain(),
        "modules": many({"number": plain(r"\d{1,2}"), "title": plain(r".{1,120}")}),
        "module_states": fields.List(word(STATES), required=True),
        "motivational_interviewing": nested({"importance": plain(_SCALE), "confidence": plain(_SCALE)}),
        "ratings": many({"name": plain(), "hours": plain()}),
        "casework": nested(casework),
    }
    return read(text, source).checked(shape(declared))
