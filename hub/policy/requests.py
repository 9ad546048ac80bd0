"""What can be asked of another agency, from `requests.yaml`: functions, clocks, duties. Pure; outside the core."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from marshmallow import fields

from hub.policy.reading import YES_NO, by_word, nested, plain, read, shape, word

_WORD = r"[a-z0-9_]{1,40}"


@dataclass(frozen=True, slots=True)
class Function:
    """Why it is lawful to ask; `opening` must stand first, and for kinds in `duty_on` answering is a duty."""

    words: str
    law: str
    within: str
    opening: str = ""
    duty_on: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class RequestRules:
    """The whole file; `information` is kind of agency -> the field of an answer that it writes in."""

    remind_before: timedelta
    functions: Mapping[str, Function]
    information: Mapping[str, str]


def load_requests(text: str, source: str) -> RequestRules:
    """Read `requests.yaml`; PolicyError with file, line and column when it is not exactly what it may be."""
    found = read(text, source).checked(shape(_declared()))
    functions = {
        code: Function(
            one["words"], one["law"], one["within"], one.get("opening", ""), frozenset(one.get("duty_on", ()))
        )
        for code, one in found["functions"].items()
    }
    return RequestRules(timedelta(hours=int(found["remind_hours_before"])), functions, found["information"])


def _declared() -> dict[str, fields.Field[Any]]:
    function = {
        "words": plain(),
        "law": plain(),
        "within": plain(r"P(?:\d{1,3}D|T\d{1,3}H)"),
        "opening": plain(_WORD, required=False),
        "duty_on": fields.List(plain(_WORD)),
    }
    return {
        "version": plain(),
        "source": plain(),
        "verified": word(YES_NO),
        "remind_hours_before": plain(r"\d{1,3}"),
        "functions": by_word(None, nested(function)),
        "information": by_word(None, plain(_WORD)),
    }
