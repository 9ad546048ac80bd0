"""Which people to compare at all: plain tokens, which the vault turns into keyed, truncated codes."""

from itertools import combinations

from hub.domain.partial_date import PartialDate, Precision
from hub.matching.identity import Identity
from hub.matching.nicknames import full_form
from hub.matching.normalise import in_order, name_parts, telling_parts, unordered_sound
from hub.matching.script import latin

_MOST_PARTS = 5  # ten pairs; a longer name gives no better block, only more rows


def blocking_keys(person: Identity) -> dict[str, list[str]]:
    """Return {"nhs": [...], "dob": [...], "name": [...]}, each sorted and without repetition.

    nhs: the ten digits as given, traced or not. dob: only for a whole, certain date; one token for both orders of day
    and month. name: each unordered pair of parts by sound, short forms as the name they stand for, so that a middle
    name, a turned order, another script or a pet name still meets.
    """
    return {
        "nhs": [person.nhs_number] if person.nhs_number else [],
        "dob": _dates(person.birth_date),
        "name": sorted({token for name in person.names for token in _pairs(name)}),
    }


def whole(date: PartialDate | None) -> bool:
    """Say whether a date of birth is known to the day and not about."""
    return date is not None and date.precision is Precision.DAY and not date.approximate


def _dates(date: PartialDate | None) -> list[str]:
    if date is None or not whole(date):
        return []
    low, high = sorted((date.first.month, date.first.day))
    return [f"{date.first.year:04}-{low:02}-{high:02}"]


def _pairs(name: str) -> list[str]:
    parts = tuple(full_form(latin(part)) for part in telling_parts(name)[:_MOST_PARTS])
    if len(parts) == 1:
        return [unordered_sound(parts)]
    pieces = [latin(part) for part in name_parts(in_order(name))[:_MOST_PARTS]]
    as_one = [("".join(pieces[:-1]), pieces[-1])] if len(pieces) > len(parts[:2]) else []  # Mary Ann is Maryann
    return [unordered_sound(pair) for pair in (*combinations(parts, 2), *as_one)]
