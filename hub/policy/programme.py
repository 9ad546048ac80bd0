"""The local settings of a team's work with families, from `programme.yaml`. Pure; outside the trusted core."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from marshmallow import INCLUDE, Schema

from hub.policy.reading import by_word, nested, plain, read

_WORDS = nested({"words": plain(), "family": plain(required=False)})


@dataclass(frozen=True, slots=True)
class CaseworkRules:
    """`allocate_within` as a period of working days; outcomes as code -> (practitioners' words, family's words)."""

    allocate_within: str
    longest_duty: timedelta
    closing_outcomes: Mapping[str, tuple[str, str]]


class _Sections(Schema):
    """The other sections of the file are read by whoever needs them."""

    class Meta:
        """Nothing more than that."""

        unknown = INCLUDE

    casework = nested(
        {
            "allocate_within": plain(r"P\d{1,3}D"),
            "longest_duty_hours": plain(r"\d{1,3}"),
            "closing_outcomes": by_word(None, _WORDS),
        }
    )


def load_casework(text: str, source: str) -> CaseworkRules:
    """Read the section `casework`; PolicyError with file, line and column when it is not exactly that."""
    found: dict[str, Any] = read(text, source).checked(_Sections)["casework"]
    outcomes = {
        code: (one["words"], one.get("family", one["words"])) for code, one in found["closing_outcomes"].items()
    }
    return CaseworkRules(found["allocate_within"], timedelta(hours=int(found["longest_duty_hours"])), outcomes)
