"""Names in any script, made comparable: parts without accents, punctuation and titles, and how they sound."""

import re
import unicodedata

from hub.matching.script import apart, latin

# Letters that Unicode does not take apart into a base and an accent.
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "þ": "th", "\u0131": "i"})
_ACCENTS = re.compile("[\u0300-\u036f\u064b-\u0652]")  # Latin, Greek and Cyrillic accents; optional Arabic vowels
_JOINERS = re.compile("['\u2019\u02bc`\u00b4]")  # O'Brien is one part
_TITLES = frozenset({"baby", "dr", "miss", "mr", "mrs", "ms", "mx", "prof", "rev"})
_PARTICLES = frozenset(
    {
        "abu",
        "al",
        "bin",
        "bint",
        "da",
        "de",
        "den",
        "der",
        "di",
        "du",
        "el",
        "ibn",
        "la",
        "le",
        "mac",
        "mc",
        "van",
        "von",
    }
)

# Order matters: groups of letters before single ones.
_SOUNDS = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"^(?:kn|gn|pn)", "n"),
        (r"^wr", "r"),
        (r"^ps", "s"),
        (r"^x", "s"),
        (r"tch|sch|sh|ch|s(?=i[ao])", "x"),
        (r"ph|bh|mh(?=[aeiou])", "f"),
        (r"^th(?=om)", "t"),
        (r"th", "0"),
        (r"dg(?=[eiy])|g(?=[eiy])|j", "j"),
        (r"gh", ""),
        (r"mb$", "m"),
        (r"c(?=[eiy])|z", "s"),
        (r"ck|c|q", "k"),
        (r"v", "f"),
        (r"(?<=[a-z0])h|w(?![aeiouy])", ""),
        (r"(.)\1+", r"\1"),
        (r"(?<=.)[aeiouyw]", ""),
        (r"^[aeiouy]", "a"),
    )
)


def name_parts(name: str) -> tuple[str, ...]:
    """Return the parts of a full name, casefolded and without accents and titles; a hyphen separates parts.

    A Korean name that is written as one word has two.
    """
    folded = unicodedata.normalize("NFKD", name.casefold()).translate(_LETTERS)
    bare = unicodedata.normalize("NFC", _ACCENTS.sub("", _JOINERS.sub("", folded)))
    # Vowel signs of Indic scripts are marks, not letters: they must stay in their word.
    words = "".join(c if unicodedata.category(c)[0] in "LM" else " " for c in bare).split()
    parts = tuple(word for word in words if word not in _TITLES)
    return apart(parts[0]) if len(parts) == 1 else parts


def in_order(name: str) -> str:
    """Return a full name with the given names first: `HART, Maya` says that they come last."""
    family, _, given = name.partition(",")
    return f"{given} {family}".strip()


def telling_parts(name: str) -> tuple[str, ...]:
    """Return the parts that say something about who it is: no particles, no initials of alphabetic scripts."""
    return tuple(p for p in name_parts(name) if p not in _PARTICLES and not is_initial(p))


def is_initial(part: str) -> bool:
    """Say whether a part is one letter of an alphabet: a Chinese or Korean name of one character is a whole one."""
    return len(part) == 1 and part.isascii()


def sound(part: str) -> str:
    """Return a compact key of how a part sounds, whatever its script; one without a Latin reading returns itself."""
    key = latin(part)
    if not (key.isascii() and key.isalpha()):
        return part
    part = key
    for pattern, replacement in _SOUNDS:
        key = pattern.sub(replacement, key)
    return key or part[0]


def unordered_sound(parts: tuple[str, ...]) -> str:
    """Return the sounds of the parts in an order that does not depend on who wrote the family name first.

    Nor on letters that changed places or came twice: of each part its different sounds count, without a first vowel.
    """
    return " ".join(sorted({_sorted_sound(part) for part in parts}))


def _sorted_sound(part: str) -> str:
    key = sound(part)
    return "".join(sorted(set(key.removeprefix("a") or key))) if key.isascii() else key
