"""The rules of remarks on patterns, from `signals.yaml`: what is counted, from which number on, in what words. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from marshmallow import fields

from hub.domain.fields import SHAPES, RecordKind
from hub.policy.reading import YES_NO, by_word, nested, plain, read, shape, word, words

COUNTS: Final = ("reports", "agencies", "children", "same_adult", "worries", "gap", "silence")
_NUMBER: Final = r"[1-9]\d{0,3}"
_PLACES: Final = re.compile(r"\{([^}]*)\}")
_ALLOWED: Final = frozenset({"count", "days", "limit"})


@dataclass(frozen=True, slots=True)
class SignalRule:
    """One remark: said when the count within so many days reaches the limit."""

    count: str
    at_least: int
    within_days: int
    words: str

    def say(self, count: int) -> str:
        """Return the remark with its numbers."""
        said = self.words.replace("{count}", str(count)).replace("{days}", str(self.within_days))
        return said.replace("{limit}", str(self.at_least))


@dataclass(frozen=True, slots=True)
class SignalRules:
    """All rules in the order of the file; `reports` are the kinds of record with which an agency wrote to us."""

    reports: frozenset[RecordKind]
    rules: Mapping[str, SignalRule]


def load_signals(text: str, source: str) -> SignalRules:
    """Read `signals.yaml`; PolicyError with file, line and column when it is not exactly what it may be."""
    rule = {"count": word(COUNTS), "at_least": plain(_NUMBER), "within_days": plain(_NUMBER), "words": plain()}
    kinds = [kind.value for kind, kind_shape in SHAPES.items() if kind_shape.in_chronology]
    declared: dict[str, fields.Field[Any]] = {
        "version": plain(),
        "source": plain(),
        "verified": word(YES_NO),
        "reports": words(kinds),
        "rules": by_word(None, nested(rule)),
    }
    document = read(text, source)
    found = document.checked(shape(declared))
    for code, one in found["rules"].items():
        if not set(_PLACES.findall(one["words"])) <= _ALLOWED:
            raise document.refusal("unknown_place", ("rules", code, "words"), ", ".join(sorted(_ALLOWED)))
    rules = {
        code: SignalRule(one["count"], int(one["at_least"]), int(one["within_days"]), one["words"])
        for code, one in found["rules"].items()
    }
    return SignalRules(frozenset(RecordKind(kind) for kind in found["reports"]), rules)
