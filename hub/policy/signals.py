"""The rules of remarks on patterns, from `signals.yaml`: what is counted, from which number on, in what words. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from marshmallow import fields

from hub.domain.fields import SHAPES, RecordKind
from hub.policy.reading import YES_NO, by_word, nested, plain, read, shape, word, words

COUNTS: Final = ("reports", "agencies", "children", "same_adult", "worries", "gap", "silence")
REFERRER_PARTY, TURNED_ROUND = "referrer_party", "turned_round"
DESK_COUNTS: Final = (REFERRER_PARTY, TURNED_ROUND)
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
    """All rules in the order of the file; `reports` are the kinds of record with which an agency wrote to us.

    `desk` are those of who tells and who is spoken of: the front door's, about a referral that it decides on.
    """

    reports: frozenset[RecordKind]
    rules: Mapping[str, SignalRule]
    desk: Mapping[str, SignalRule]


def load_signals(text: str, source: str) -> SignalRules:
    """Read `signals.yaml`; PolicyError with file, line and column when it is not exactly what it may be."""
    rule = {"at_least": plain(_NUMBER), "within_days": plain(_NUMBER), "words": plain()}
    kinds = [kind.value for kind, kind_shape in SHAPES.items() if kind_shape.in_chronology]
    declared: dict[str, fields.Field[Any]] = {
        "version": plain(),
        "source": plain(),
        "verified": word(YES_NO),
        "reports": words(kinds),
        "rules": by_word(None, nested({"count": word(COUNTS), **rule})),
        "desk": by_word(None, nested({"count": word(DESK_COUNTS), **rule})),
    }
    document = read(text, source)
    found = document.checked(shape(declared))
    rules: dict[str, dict[str, SignalRule]] = {"rules": {}, "desk": {}}
    for part, made in rules.items():
        for code, one in found[part].items():
            if not set(_PLACES.findall(one["words"])) <= _ALLOWED:
                raise document.refusal("unknown_place", (part, code, "words"), ", ".join(sorted(_ALLOWED)))
            made[code] = SignalRule(one["count"], int(one["at_least"]), int(one["within_days"]), one["words"])
    return SignalRules(frozenset(RecordKind(kind) for kind in found["reports"]), rules["rules"], rules["desk"])
