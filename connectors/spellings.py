"""One address in many spellings: letters that look alike, numbers in words, short forms of streets.

Sources: the confusables of Unicode TR39, as far as they imitate Latin letters; abbreviations of Royal Mail's and
GeoPlace's address conventions.
"""

import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

_CYRILLIC: Final = ("АВЕКМНОРСТУХЅІЈЗаеорсухѕіјһԁԛԝкмнтв", "abekmhopctyxsijzaeopcyxsijhdqwkmhtb")
_GREEK: Final = ("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧαειικνορτυχγωη", "abezhikmnoptyxaeiikvoptuxywn")
_OTHER: Final = ("ıɑɡłøđŁØĐ", "iaglodlod")
_LOOKALIKES: Final = str.maketrans(*("".join(side) for side in zip(_CYRILLIC, _GREEK, _OTHER, strict=True)))

_SHORT: Final = (
    *("avenue ave av", "boulevard blvd", "building bldg", "buildings bldgs", "close cl clo", "court ct crt"),
    *("crescent cres cr", "drive dr drv", "estate est", "flat apartment apt", "gardens garden gdns gdn"),
    *("green grn gn", "grove grv gro gr", "heights hts", "house hse", "lane ln", "mansions mans", "mount mt"),
    *("park pk", "parade pde", "place pl", "road rd", "square sq", "street st str", "saint st"),
    *("terrace terr ter tce", "villas vls", "walk wlk", "way wy"),
)
_FORMS: Final = {
    word: "|".join(dict.fromkeys(form for group in _SHORT if word in group.split() for form in group.split()))
    for word in " ".join(_SHORT).split()
}

_UNITS: Final = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS: Final = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_IN_WORDS: Final = (*_UNITS, *(ten + unit for ten in _TENS for unit in ("", *_UNITS[1:10])))
_NUMBERS: Final = {word: number for number, word in enumerate(_IN_WORDS)}
_AFTER_NO_TEN: Final = "".join(f"(?<!{ten})" for ten in _TENS)
_LONGEST: Final = 6  # digits of a house number
_WORD: Final = re.compile(r"[0-9]+|[^\W\d_]+")


def plain(text: str) -> str:
    """Return letters and digits alone, in one case, one spelling and one alphabet where letters look alike."""
    return "".join(c for c in _folded(text) if c.isalnum())


def pattern(address: str) -> str:
    """Return an expression that finds a line of an address in a text that went through `plain`, however it is spelt.

    A house number is not found inside a longer one, in digits or in words; it may also follow its street.
    """
    words = list(_joined(_WORD.findall(_folded(address))))
    if not words:
        return ""
    street = "".join(map(_spelt, words[1:]))
    first = _spelt(words[0])
    number = _number(words[0])
    if number is None:
        return first + street
    alone = f"(?:(?<![0-9]){number}|{_AFTER_NO_TEN}{_IN_WORDS[number]})" if number < len(_IN_WORDS) else ""
    before = alone or f"(?<![0-9]){words[0]}"
    return f"(?:{before}{street}|{street}(?:number|no)?{first}(?![0-9]))" if street else before


def _folded(text: str) -> str:
    """Return a text without marks and invisible characters, in lower case, Latin where letters look alike."""
    bare = unicodedata.normalize("NFKD", text).translate(_LOOKALIKES).casefold()
    seen = (c for c in bare if unicodedata.category(c) not in {"Cf", "Mn"})
    return "".join(str(unicodedata.digit(c)) if c.isdigit() else c for c in seen)


def _joined(words: list[str]) -> Iterator[str]:
    """Yield the words, `twenty four` as one."""
    skip = False
    for word, following in pairwise([*words, ""]):
        both = word + following
        joins = not skip and word in _TENS and both in _NUMBERS and following != ""
        if not skip:
            yield both if joins else word
        skip = joins


def _number(word: str) -> int | None:
    return int(word) if word.isdecimal() and len(word) <= _LONGEST else _NUMBERS.get(word)


def _spelt(word: str) -> str:
    """Return an expression for one word of an address in any of its forms."""
    number = _number(word)
    if number is not None and number < len(_IN_WORDS):
        return f"(?:{number}|{_IN_WORDS[number]})"
    return f"(?:{_FORMS[word]})" if word in _FORMS else re.escape(word)
