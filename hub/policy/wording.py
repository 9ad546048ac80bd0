"""The language helper: finds words that blame or say little, and acronyms nobody explained. It never blocks. Pure.

Source: domain reference 1.7: entries are read by the family; describe behaviour, no blame, plain words.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hub.policy.reading import many, plain, read, shape, texts

_ACRONYM = re.compile(r"\b[A-Z]{2,6}s?\b")
_IN_WORDS = "Write it out the first time: the family, and the next worker, may not know it."


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Some words that were found, and what may be written instead."""

    found: str
    words: str


@dataclass(frozen=True, slots=True)
class Wording:
    """Phrases (in lower case) with what may be written instead, and acronyms that everybody understands."""

    phrases: Mapping[str, str]
    understood: frozenset[str]

    def suggest(self, text: str) -> tuple[Suggestion, ...]:
        """Return suggestions in the order of the text, each phrase or acronym once; a word inside another is none."""
        places = {}
        for phrase, instead in self.phrases.items():
            found = re.search(rf"(?<!\w){re.escape(phrase)}(?!\w)", text, re.IGNORECASE)
            if found:
                places[found.start()] = Suggestion(found.group(), instead)
        for found in _ACRONYM.finditer(text):
            short = found.group()
            if self._unexplained(short, text) and short not in {one.found for one in places.values()}:
                places.setdefault(found.start(), Suggestion(short, _IN_WORDS))
        return tuple(places[place] for place in sorted(places))

    def _unexplained(self, short: str, text: str) -> bool:
        """An acronym in brackets follows its own words, and one before brackets is explained in them."""
        bare = short.removesuffix("s")
        explained = re.search(rf"\({re.escape(bare)}s?\)|\b{re.escape(bare)}s? \(", text)
        return bare not in self.understood and bare.lower() not in self.phrases and explained is None


def load_wording(text: str, source: str) -> Wording:
    """Read `language.yaml`; PolicyError with file, line and column when it is not exactly that."""
    phrase = {"phrase": plain(r".{2,80}"), "instead": plain()}
    values = read(text, source).checked(shape({"version": plain(), "phrases": many(phrase), "understood": texts()}))
    listed: Sequence[Mapping[str, str]] = values["phrases"]
    phrases = {one["phrase"].lower(): one["instead"] for one in listed}
    return Wording(phrases, frozenset(values.get("understood", ())))
