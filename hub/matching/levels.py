"""How far two people agree, field by field, as one of a few named levels: what the weights are estimated for.

A level is `field:word`. A field that one side does not give has no level: it says nothing for and nothing against.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz.distance import DamerauLevenshtein
from rapidfuzz.fuzz import token_set_ratio

from hub.domain.partial_date import PartialDate, Precision
from hub.matching.block import whole
from hub.matching.identity import Identity
from hub.matching.names import Name, name_levels, written
from hub.matching.normalise import telling_parts

_SAME_PLACE = 85
_ABOUT_YEARS = 2
_POSTCODE = re.compile(r"\b([a-z]{1,2}[0-9][0-9a-z]?) ?([0-9][a-z]{2})\b")
_NO_DIGIT, _DIGITS = re.compile(r"[^0-9]+", re.ASCII), 10  # without +44 or the nought that stands for it
_WORDS = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Place:
    """One address: postcode without its space ("" when it has none), and its words."""

    postcode: str
    words: str
    numbered: bool


@dataclass(frozen=True, slots=True)
class Prepared:
    """An identity made ready for comparing with many."""

    identity: Identity
    names: tuple[Name, ...]
    places: tuple[Place, ...]
    phones: frozenset[str]
    emails: frozenset[str]
    beside: frozenset[str]


def prepare(identity: Identity) -> Prepared:
    """Return an identity with everything done that would be done again at each comparison."""
    return Prepared(
        identity,
        tuple(dict.fromkeys(name for said in identity.names for name in written(said))),
        tuple(dict.fromkeys(place for said in identity.places if (place := _place(said)).words)),
        frozenset(
            kept for said in identity.contacts if "@" not in said and (kept := _NO_DIGIT.sub("", said)[-_DIGITS:])
        ),
        frozenset(said.strip().casefold() for said in identity.contacts if "@" in said),
        frozenset(kept for said in identity.beside if (kept := " ".join(sorted(telling_parts(said))))),
    )


def levels(a: Prepared, b: Prepared) -> tuple[str, ...]:
    """Return the level of every field that both sides give; symmetric."""
    one, other = a.identity, b.identity
    found = [
        *name_levels(a.names, b.names),
        _birth(one.birth_date, other.birth_date),
        _number(one, other),
        _sex(one.sex, other.sex),
        _place_level(a.places, b.places),
        _shared("phone", a.phones, b.phones),
        _shared("email", a.emails, b.emails),
        _shared("beside", a.beside, b.beside),
    ]
    return tuple(level for level in found if level)


def _birth(a: PartialDate | None, b: PartialDate | None) -> str:
    if a is None or b is None:
        return ""
    if whole(a) and whole(b):
        return _days(a, b)
    if a.approximate or b.approximate:
        return "born:about" if abs(a.first.year - b.first.year) <= _ABOUT_YEARS else "born:differ"
    least = Precision.YEAR if Precision.YEAR in {a.precision, b.precision} else Precision.MONTH
    same = a.first.year == b.first.year and (least is Precision.YEAR or a.first.month == b.first.month)
    return f"born:{least.value}" if same else "born:differ"


def _days(a: PartialDate, b: PartialDate) -> str:
    if a.first == b.first:
        return "born:same"
    if (a.first.year, a.first.month, a.first.day) == (b.first.year, b.first.day, b.first.month):
        return "born:turned"
    slip = DamerauLevenshtein.distance(f"{a.first:%Y%m%d}", f"{b.first:%Y%m%d}", score_cutoff=1) == 1
    return "born:slip" if slip else "born:one_year" if a.first.year == b.first.year else "born:differ"


def _number(a: Identity, b: Identity) -> str:
    one, other = a.nhs_number, b.nhs_number
    if not (one and other):
        return ""
    traced = a.nhs_verified and b.nhs_verified
    if one == other:
        return "number:traced" if traced else "number:same"
    if traced:
        return "number:differ"
    return "number:slip" if DamerauLevenshtein.distance(one, other, score_cutoff=1) == 1 else "number:other"


def _sex(a: str, b: str) -> str:
    one, other = a.strip().casefold()[:1], b.strip().casefold()[:1]
    if not {one, other} <= set("fm") or not one or not other:
        return ""
    return "sex:same" if one == other else "sex:differ"


def _place(said: str) -> Place:
    folded = said.casefold()
    postcode = _POSTCODE.search(folded)
    words = " ".join(_WORDS.sub(" ", folded).split())
    return Place("".join(postcode.groups()) if postcode else "", words, any(c.isdigit() for c in words))


def _place_level(a: Iterable[Place], b: Iterable[Place]) -> str:
    found = {_near(one, other) for one in a for other in b}
    return next((f"place:{word}" for word in ("same", "near", "town", "moved") if word in found), "")


def _near(a: Place, b: Place) -> str:
    if a.postcode and b.postcode:
        return "same" if a.postcode == b.postcode else "near" if a.postcode[:-3] == b.postcode[:-3] else "moved"
    if not token_set_ratio(a.words, b.words, score_cutoff=_SAME_PLACE):
        return "moved"
    return "same" if a.numbered and b.numbered else "town"


def _shared(field: str, a: frozenset[str], b: frozenset[str]) -> str:
    if not (a and b):
        return ""
    return f"{field}:other" if a.isdisjoint(b) else f"{field}:same"
