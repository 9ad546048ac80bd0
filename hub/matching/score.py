"""Whether two people may be one. A wrong merge shows one family's troubles to another, so the machine rarely decides.

Fellegi and Sunter (1969): each field that both sides give agrees on a level, each level has a weight in bits, weights
add up. Name, birth date, number and sex say which *person* it is; family name, address, telephone and who is beside
them say which *house* it is. They are added up separately as well, because a house alone makes nobody of its people.
INVARIANT: ATTACH needs both numbers traced and equal, the same whole date of birth and an agreeing given name;
everything else is at most a proposal, which a person confirms.
"""

from dataclasses import dataclass
from enum import StrEnum
from math import log2
from typing import Final

from hub.matching.identity import Identity
from hub.matching.levels import Prepared, levels, prepare
from hub.matching.weights import WEIGHTS

KNOWN: Final = 50_000
"""How many people are known, unless it is said: the least population that an index is made for."""
ENOUGH_OF_PERSON: Final = 5.0
"""Bits that must come from what is a person's own, and not from the house."""
SURE: Final = 12.0
"""Bits beyond even odds from which a proposal is called likely; there is still a person who decides."""
_OF_PERSON = frozenset({"given", "names", "born", "number", "sex", "email"})
_SAID: Final = {
    "given": "given_name",
    "family": "family_name",
    "born": "birth_date",
    "number": "nhs_number",
    "place": "address",
    "beside": "household",
}
_NUMBER_SAME = frozenset({"number:traced", "number:same", "number:slip"})
_NAME_SURE = frozenset({"given:same", "given:short", "names:turned"})  # twins are often given names that are alike
_NAME_AGREES = frozenset({"given:same", "given:near", "given:short", "given:like", "names:turned"})
_DATES = frozenset({"born:same", "born:turned", "born:slip"})


class Grade(StrEnum):
    """What may follow from a comparison."""

    NONE = "none"
    PROPOSE = "propose"
    LIKELY = "likely"
    ATTACH = "attach"


@dataclass(frozen=True, slots=True)
class Comparison:
    """The grade, its weight in bits, and its reasons, as codes without values: `given_name_same` and so on."""

    grade: Grade
    reasons_for: tuple[str, ...]
    reasons_against: tuple[str, ...]
    weight: float = 0.0


def compare(a: Identity, b: Identity, known: int = KNOWN) -> Comparison:
    """Compare two people, of so many known; symmetric."""
    return weigh(prepare(a), prepare(b), known)


def weigh(a: Prepared, b: Prepared, known: int = KNOWN) -> Comparison:
    """Compare two people who were made ready; symmetric.

    The more people are known, the likelier two of them agree by chance: a weight of log2(known) makes even odds.
    """
    found = levels(a, b)
    for_ = tuple(_code(level) for level in found if WEIGHTS[level] > 0)
    against = tuple(_code(level) for level in found if WEIGHTS[level] <= 0)
    weight = sum(WEIGHTS[level] for level in found)
    return Comparison(_grade(found, weight - log2(known)), for_, against, round(weight, 1))


def _grade(found: tuple[str, ...], odds: float) -> Grade:
    said = frozenset(found)
    named = not said.isdisjoint(_NAME_AGREES)
    if {"number:traced", "born:same"} <= said and named:
        return Grade.ATTACH
    if "number:traced" in said:
        return Grade.PROPOSE
    of_person = sum(WEIGHTS[level] for level in found if level.partition(":")[0] in _OF_PERSON)
    if odds < 0 or of_person < ENOUGH_OF_PERSON:
        return Grade.NONE
    numbered = not said.isdisjoint(_NUMBER_SAME)
    if not numbered and {"given:differ"} & said:  # twins share all but this
        return Grade.NONE
    sure = odds >= SURE and not (said.isdisjoint(_NAME_SURE) or said.isdisjoint(_DATES)) and "number:differ" not in said
    return Grade.LIKELY if sure else Grade.PROPOSE


def _code(level: str) -> str:
    field, _, word = level.partition(":")
    return f"{_SAID.get(field, field)}_{word}"
