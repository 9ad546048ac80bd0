"""How people say they are related, as lines that can be drawn: `mother of Maya Hart (from 2016, until 2020)`. Pure.

The words are the sender's and stay in the list; a word that is not known here is listed and never drawn.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Tie(StrEnum):
    """What a line between two people stands for."""

    BIRTH = "birth"
    ADOPTED = "adopted"
    CARE = "care"
    GRAND = "grand"
    SIBLING = "sibling"
    MARRIED = "married"
    PARTNERS = "partners"
    ENDED = "ended"
    OTHER = "other"


PARENTAL: Final = frozenset({Tie.BIRTH, Tie.ADOPTED, Tie.CARE})
"""The first person is a parent of the second, or cares for them as one."""
COUPLE: Final = frozenset({Tie.MARRIED, Tie.PARTNERS, Tie.ENDED})
_WORDS: Final[Mapping[Tie, str]] = MappingProxyType(
    {
        Tie.ENDED: "ex|former|divorced|separated",
        Tie.ADOPTED: "adoptive|adopted",
        Tie.CARE: "step|foster|kinship|guardian|carer|private foster",
        Tie.GRAND: "grandmother|grandfather|grandparent|grandma|grandad",
        Tie.SIBLING: "brother|sister|sibling|half-brother|half-sister|twin",
        Tie.BIRTH: "mother|father|parent|mum|dad",
        Tie.MARRIED: "husband|wife|spouse|married|civil partner",
        Tie.PARTNERS: "partner|boyfriend|girlfriend|cohabiting|fiance|fiancee",
    }
)
"""The first tie of which a word is said is meant: `step mother` is care, `former husband` has ended."""
_CHILD: Final = re.compile(r"\b(son|daughter|child|stepson|stepdaughter|grandson|granddaughter|grandchild)\b")
_PATTERNS: Final = tuple((tie, re.compile(rf"\b(?:{words})")) for tie, words in _WORDS.items())
_DATES: Final = re.compile(r"(.*?) \((?:from ([0-9-]+~?))?(?:, )?(?:until ([0-9-]+~?))?\)")


@dataclass(frozen=True, slots=True)
class Said:
    """One relationship as it was said: `kind` of the person called `name`; dates as PartialDate writes them, or ""."""

    kind: str
    name: str
    since: str = ""
    until: str = ""


def read(text: str, known: frozenset[str]) -> Iterator[Said]:
    """Read a `relationships` text; a name is one of the `known` where it can be, else all after the first `of`."""
    for part in filter(None, (part.strip() for part in text.split(";"))):
        dated = _DATES.fullmatch(part)
        said, since, until = (dated[1], dated[2] or "", dated[3] or "") if dated else (part, "", "")
        splits = [(said[: at.start()], said[at.end() :]) for at in re.finditer(" of ", said)]
        found = next((split for split in splits if split[1] in known), splits[0] if splits else None)
        if found:
            yield Said(found[0], found[1], since, until)


def tie_of(kind: str) -> tuple[Tie, bool]:
    """Return the tie that a word stands for, and whether it runs from the second person to the first (`son of`)."""
    words = kind.casefold()
    turned = bool(_CHILD.search(words))
    if turned:
        tie = Tie.GRAND if "grand" in words else Tie.CARE if re.search("step|foster", words) else Tie.BIRTH
        return (Tie.ADOPTED if "adopt" in words else tie), True
    return next((tie for tie, pattern in _PATTERNS if pattern.search(words)), Tie.OTHER), False
