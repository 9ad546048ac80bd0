"""The programme's local settings: the eight modules and their states. Pure.

The titles are local data: none is public knowledge here, so the hub ships numbers only (domain reference 1.3).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from marshmallow import fields

from hub.policy.reading import many, nested, plain, read, shape, word

STATES = ("not_started", "in_progress", "completed", "not_applicable")


@dataclass(frozen=True, slots=True)
class Programme:
    """Module number -> title, in the order of the file; the highest mark of importance and confidence."""

    modules: Mapping[str, str]
    highest: int


def load_programme(text: str, source: str) -> Programme:
    """Read `programme.yaml`; PolicyError with file, line and column when it is not exactly that."""
    scale = plain(r"0-[1-9]\d?")
    declared = {
        "version": plain(),
        "modules": many({"number": plain(r"\d{1,2}"), "title": plain(r".{1,120}")}),
        "module_states": fields.List(word(STATES), required=True),
        "motivational_interviewing": nested({"importance": scale, "confidence": plain(r"0-[1-9]\d?")}),
        "ratings": many({"name": plain(), "hours": plain()}),
    }
    values = read(text, source).checked(shape(declared))
    highest = int(values["motivational_interviewing"]["importance"].partition("-")[2])
    return Programme({one["number"]: one["title"] for one in values["modules"]}, highest)
