"""Which people to compare at all: plain tokens, which the vault turns into keyed, truncated codes."""

from itertools import combinations

from hub.domain.partial_date import PartialDate, Precision
from hub.matching.identity import Identity
from hub.matching.normalise import telling_parts, unordered_sound

_MOST_PARTS = 5  # ten pairs; a longer name gives no better block, only more rows


def blocking_keys(person: Identity) -> dict[str, list[str]]:
    """Return {"nhs": [...], "dob": [...], "name": [...]}, each sorted and without repetition.

    nhs: the ten digits, only when verified. dob: only for a whole, certain date; one token for both orders of day and
    month. name: each unordered pair of parts by sound, so that a middle name or a turned order still meets.
    """
    verified = person.nhs_verified and bool(person.nhs_number)
    return {
        "nhs": [person.nhs_number] if verified else [],
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
    parts = telling_parts(name)[:_MOST_PARTS]
    if len(parts) == 1:
        return [unordered_sound(parts)]
    return [unordered_sound(pair) for pair in combinations(parts, 2)]
