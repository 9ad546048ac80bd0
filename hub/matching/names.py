"""How far two people's names agree: given and family names apart, in either order, in any script."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from rapidfuzz.distance import DamerauLevenshtein, JaroWinkler

from hub.matching.nicknames import short_of
from hub.matching.normalise import in_order, is_initial, name_parts, sound, telling_parts
from hub.matching.script import latin

_NEAR, _SHORT_NEAR, _LIKE = 0.92, 0.8, 0.87
_LONG_ENOUGH = 4  # likeness of shorter names is chance
_RANK: Final = {
    "given:same": 0,
    "family:same": 0,
    "family:part": 1,
    "given:short": 1,
    "given:near": 1,
    "family:near": 1,
    "names:turned": 2,
    "given:like": 2,
    "family:like": 2,
    "given:middle": 2,
    "given:initial": 2,
    "family:differ": 3,
    "given:differ": 4,
}
"""Which level is the better one, for choosing among several names: whole numbers, so that no estimate changes it."""


@dataclass(frozen=True, slots=True)
class Name:
    """One full name in Latin letters: `first` is the given name ("" when none is told), `rest` the others, last first.

    Of a single name nobody knows whether it is a given or a family name; it stands in `first`.
    """

    first: str
    rest: tuple[str, ...]
    initial: str = ""


def written(said: str) -> Iterator[Name]:
    """Take a full name apart; `HART, Maya` puts the family name first, and says so: `HART,` is a family name alone.

    Of several given names, one more reading takes them as one: Mary Ann is Maryann, and a space can be a slip.
    """
    _, comma, given = said.partition(",")
    parts = tuple(latin(part) for part in telling_parts(in_order(said)))
    first = [latin(part) for part in name_parts(given if comma else said)]
    initials = [part for part in first if is_initial(part)]
    if not parts:
        return
    if comma and not first:
        yield Name("", parts[::-1])
    elif initials and len(parts) == 1:
        yield Name("", parts, initials[0])
    else:
        yield Name(parts[0], parts[:0:-1])
    together = first if comma else first[:-1]
    if len(together) > 1:
        yield Name("".join(together), parts[-1:])


def name_levels(a: Iterable[Name], b: tuple[Name, ...]) -> tuple[str, ...]:
    """Return the best levels that any two of their names give, in either order."""
    pairs = [found for one in a for other in b for found in _orders(one, other)]
    return min(pairs, key=lambda found: sum(_RANK[level] for level in found), default=())


def _orders(a: Name, b: Name) -> Iterator[tuple[str, ...]]:
    yield _as_written(a, b)
    if a.first and b.first and a.rest and b.rest:
        given, family = _given(a.first, b.rest[0]), _family(a.rest[:1], (b.first,))
        if given != "given:differ" and family != "family:differ":
            yield ("names:turned",)


def _as_written(a: Name, b: Name) -> tuple[str, ...]:
    if _only_family(a) or _only_family(b):
        return _family_alone(a, b) if _only_family(a) else _family_alone(b, a)
    if a.initial or b.initial:
        same = (a.initial or a.first[:1]) == (b.initial or b.first[:1])
        return ("given:initial" if same else "given:differ", _family(a.rest or (a.first,), b.rest or (b.first,)))
    if not a.rest or not b.rest:
        single, whole = (a, b) if not a.rest else (b, a)
        return (_best(_given(single.first, part) for part in (whole.first, *whole.rest)),)
    given = _given(a.first, b.first)
    if given == "given:differ" and (a.first in b.rest[1:] or b.first in a.rest[1:]):
        given = "given:middle"
    return given, _family(a.rest, b.rest)


def _only_family(name: Name) -> bool:
    return not name.first and not name.initial


def _family_alone(alone: Name, other: Name) -> tuple[str, ...]:
    """Compare a family name without a given one; a single name on the other side may be either, and says nothing."""
    if not other.rest:
        return ()
    turned = [_family(alone.rest, (other.first,))] if other.first else []
    return (_best([_family(alone.rest, other.rest), *turned]),)


def _best(found: Iterable[str]) -> str:
    return min(found, key=_RANK.__getitem__)


def _given(a: str, b: str) -> str:
    if a == b:
        return "given:same"
    if short_of(a, b):
        return "given:short"
    return "given:near" if alike(a, b) else "given:like" if _in_haste(a, b) else "given:differ"


def _family(a: tuple[str, ...], b: tuple[str, ...]) -> str:
    if a == b:
        return "family:same"
    if not set(a).isdisjoint(b):
        return "family:part"
    pairs = [(one, other) for one in a for other in b]
    if any(alike(*pair) for pair in pairs):
        return "family:near"
    return "family:like" if any(_in_haste(*pair) for pair in pairs) else "family:differ"


def alike(a: str, b: str) -> bool:
    """Say whether two parts of names are spellings of one."""
    likeness = JaroWinkler.similarity(a, b)
    key = sound(a)
    if key == sound(b):
        # Maya and Mia sound alike only because one consonant is all there is.
        return len(key) > 1 or likeness >= _SHORT_NEAR
    return min(len(a), len(b)) >= _LONG_ENOUGH and (likeness >= _NEAR or DamerauLevenshtein.distance(a, b) == 1)


def _in_haste(a: str, b: str) -> bool:
    """Say whether two parts could be one that was written in haste: its letters mixed up, one missing, twice wrong."""
    odd = (Counter(a) - Counter(b)) + (Counter(b) - Counter(a))
    long = min(len(a), len(b)) >= _LONG_ENOUGH
    return odd.total() <= 1 or (long and JaroWinkler.similarity(a, b) >= _LIKE)
