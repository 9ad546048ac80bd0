"""Whether two people may be one. A wrong merge shows one family's troubles to another, so the machine rarely decides.

INVARIANT: ATTACH needs both numbers verified and equal, the same whole date of birth and an agreeing name; everything
else is at most a proposal, which a person confirms.
"""

from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz.distance import JaroWinkler

from hub.domain.partial_date import PartialDate
from hub.matching.block import whole
from hub.matching.identity import Identity
from hub.matching.normalise import sound, telling_parts

_NEAR = 0.92
_SHORT_NEAR = 0.8
_LONG_ENOUGH = 4  # likeness of shorter names is chance


class Grade(StrEnum):
    """What may follow from a comparison."""

    NONE = "none"
    PROPOSE = "propose"
    ATTACH = "attach"


@dataclass(frozen=True, slots=True)
class Comparison:
    """The grade and its reasons, as codes without values.

    For: `nhs_number_same`, `birth_date_same`, `birth_date_turned` (day and month), `name_agrees`, `name_part_agrees`.
    Against: `nhs_numbers_differ`, `birth_dates_differ`, `names_differ`, `name_parts_differ`.
    """

    grade: Grade
    reasons_for: tuple[str, ...]
    reasons_against: tuple[str, ...]


def compare(a: Identity, b: Identity) -> Comparison:
    """Compare two people; symmetric."""
    reasons = (*_number(a, b), *_birth(a.birth_date, b.birth_date), *_name(a, b))
    for_, against = (
        tuple(code for code in reasons if code and code.endswith("differ") is differs) for differs in (False, True)
    )
    return Comparison(_grade(frozenset(for_), frozenset(against)), for_, against)


def _grade(for_: frozenset[str], against: frozenset[str]) -> Grade:
    if {"nhs_number_same", "birth_date_same", "name_agrees"} <= for_ and "nhs_numbers_differ" not in against:
        return Grade.ATTACH
    born = for_ & {"birth_date_same", "birth_date_turned"}
    if "nhs_number_same" in for_ or (born and "name_agrees" in for_):
        return Grade.PROPOSE
    return Grade.NONE


def _number(a: Identity, b: Identity) -> tuple[str, ...]:
    if not (a.nhs_verified and b.nhs_verified and a.nhs_number and b.nhs_number):
        return ()
    return ("nhs_number_same",) if a.nhs_number == b.nhs_number else ("nhs_numbers_differ",)


def _birth(a: PartialDate | None, b: PartialDate | None) -> tuple[str, ...]:
    if a is None or b is None or not (whole(a) and whole(b)):
        return ()
    if a == b:
        return ("birth_date_same",)
    turned = (a.first.year, a.first.month, a.first.day) == (b.first.year, b.first.day, b.first.month)
    return ("birth_date_turned",) if turned else ("birth_dates_differ",)


def _name(a: Identity, b: Identity) -> tuple[str, ...]:
    pairs = [(telling_parts(x), telling_parts(y)) for x in a.names for y in b.names]
    known = [(x, y) for x, y in pairs if x and y]
    if any(_agree(x, y) for x, y in known):
        return ("name_agrees",)
    if any(_shared(x, y) for x, y in known):
        return ("name_part_agrees", "name_parts_differ")
    return ("names_differ",) if known else ()


def _agree(a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    # A first name alone is enough, because family names change with marriage and flight; a family name alone is not,
    # because twins share it and their date of birth.
    shared = _shared(a, b)
    fewest = min(len(a), len(b))
    return shared >= 2 or (shared == 1 and (fewest == 1 or _alike(a[0], b[0])))  # noqa: PLR2004  two parts: a whole name


def _shared(a: tuple[str, ...], b: tuple[str, ...]) -> int:
    rest = list(b)
    count = 0
    for part in a:
        match = next((other for other in rest if _alike(part, other)), None)
        if match is not None:
            rest.remove(match)
            count += 1
    return count


def _alike(a: str, b: str) -> bool:
    likeness = JaroWinkler.similarity(a, b)
    key = sound(a)
    if key == sound(b):
        # Maya and Mia sound alike only because one consonant is all there is.
        return len(key) > 1 or likeness >= _SHORT_NEAR
    return min(len(a), len(b)) >= _LONG_ENOUGH and likeness >= _NEAR
