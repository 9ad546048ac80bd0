"""Puts values into an HL7 v2 message where it stands: what is not touched stays byte for byte as it came.

A place is a segment and a field, then repetition, component and subcomponent as far as they are needed: `PID-7`,
`NK1[2]-2.1`, `PID-11[2].5`, `PID-11.1.2`. All count from 1, as in the standard.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from connectors.hl7v2.reader import MOST_FIELDS, NO_SUBCOMPONENTS, Written, read_written
from connectors.hl7v2.segments import Encoding
from connectors.strict_json import has_unsafe_characters
from hub.domain.errors import InvalidRequestError

_PLACE: Final = re.compile(
    r"([A-Z][A-Z0-9]{2})(?:\[([1-9][0-9]{0,3})\])?-([1-9][0-9]{0,2})"
    r"(?:\[([1-9][0-9]{0,3})\])?(?:\.([1-9][0-9]?))?(?:\.([1-9][0-9]?))?",
    re.ASCII,
)
_HOW_TO_READ: Final = frozenset({("MSH", 1), ("MSH", 2), ("MSH", 18)})
"""Separators and character set: whoever changed them would change what everything else says."""
_FILE: Final = ("OBX", 5, 5)
_BREAK: Final = ".br"


class Hl7Record:
    """One HL7 v2 message."""

    def __init__(self, body: bytes) -> None:
        """Read the message as it is written; raises RejectedMessageError when it cannot be."""
        self._message: Written = read_written(body)
        self._encoding: Encoding = self._message.encoding

    def lines(self) -> list[tuple[str, str]]:
        """Return (place, text without escapes) of everything that says something, embedded files left out."""
        return [
            line
            for name, number, start, end in self._message.spans
            for field, raw in enumerate(self._fields(name, start, end))
            if field > 0 and (name, field) not in _HOW_TO_READ
            for line in self._parts(_named(name, number, field), raw, (name, field))
        ]

    def places(self, place: str) -> list[str]:
        """Return where a value can be put for a remark on a place: there, or in each part of what stands there."""
        found = _PLACE.fullmatch(place)
        span = self._span(found) if found else None
        if found is None or span is None or not _takes(found[1], int(found[3])):
            return []
        fields, field = self._fields(*span), int(found[3])
        whole = found[4] is found[5] is None
        raw = fields[field] if field < len(fields) else ""
        parts = [where for where, _ in self._parts(_named(found[1], int(found[2] or 1), field), raw, (found[1], field))]
        if not whole:
            return [place] if place in parts else []
        return parts if any(mark in raw for mark in self._marks) else [place.replace("[1]", "")]

    def mended(self, corrections: Mapping[str, str]) -> bytes:
        """Return the message with values put in, their separators and line breaks escaped.

        Raises:
            InvalidRequestError: `place_unknown`, `unsafe_character`, `separator_in_value` (the message names no escape
                character), or `not_in_its_charset`.
        """
        message, text, after = self._message, self._message.text, dict[tuple[int, int], str]()
        for place, said in corrections.items():
            found = _PLACE.fullmatch(place)
            span = self._span(found) if found else None
            if found is None or span is None:
                raise InvalidRequestError("place_unknown", where=place)
            name, start, end = span
            segment = after.get((start, end), text[start:end])
            after[start, end] = self._put(name, segment, found, self._written(said, place))
        for (start, end), segment in sorted(after.items(), reverse=True):
            text = text[:start] + segment + text[end:]
        return message.before + self._coded(text, corrections) + message.after

    @property
    def _marks(self) -> tuple[str, str, str]:
        return self._encoding.repetition, self._encoding.component, self._encoding.subcomponent

    def _span(self, found: re.Match[str]) -> tuple[str, int, int] | None:
        wanted = found[1], int(found[2] or 1)
        return next(((n, start, end) for n, number, start, end in self._message.spans if (n, number) == wanted), None)

    def _fields(self, name: str, start: int, end: int) -> list[str]:
        """Return the fields by their number in the standard; the first is the name. MSH-1 is the separator itself."""
        fields = self._message.text[start:end].split(self._encoding.field, MOST_FIELDS)
        return [name, self._encoding.field, *fields[1:]] if name == "MSH" else fields

    def _parts(self, place: str, raw: str, of: tuple[str, int]) -> Iterator[tuple[str, str]]:
        repetition, component, subcomponent = self._marks
        for r, said in enumerate(raw.split(repetition), 1):
            here = f"{place}[{r}]" if r > 1 else place
            components = said.split(component)
            for c, part in enumerate(components, 1):
                inner = part.split(subcomponent)
                plain = len(components) == len(inner) == 1
                if len(components) > 1 and (*of, c) == _FILE:
                    continue
                for s, text in enumerate(inner, 1):
                    where = here if plain else f"{here}.{c}" + (f".{s}" if len(inner) > 1 else "")
                    if shown := self._encoding.plain(text).strip():
                        yield where, shown

    def _put(self, name: str, segment: str, found: re.Match[str], said: str) -> str:
        repetition, component, subcomponent = self._marks
        number, r, c, s = (int(found[group] or 1) for group in (3, 4, 5, 6))
        at = number - 1 if name == "MSH" else number
        fields = segment.split(self._encoding.field, MOST_FIELDS)
        raw = fields[at] if at < len(fields) else ""
        composite = found[4] is found[5] is None and any(mark in raw for mark in self._marks)
        repetitions = raw.split(repetition)
        no_such = r > len(repetitions) + 1 or (s > 1 and subcomponent == NO_SUBCOMPONENTS)
        if composite or no_such or not _takes(name, number):
            raise InvalidRequestError("place_unknown", where=found[0])
        repetitions = _reaching(repetitions, r)
        components = _reaching(repetitions[r - 1].split(component), c)
        inner = _reaching(components[c - 1].split(subcomponent), s)
        inner[s - 1] = said
        components[c - 1] = subcomponent.join(inner)
        repetitions[r - 1] = component.join(components)
        fields = _reaching(fields, at + 1)
        fields[at] = repetition.join(repetitions)
        return self._encoding.field.join(fields)

    def _written(self, said: str, place: str) -> str:
        """Return a value with its escapes; a line break is `.br`."""
        if has_unsafe_characters(said) or any(mark in said for mark in "\x0b\x1c\ufeff"):
            raise InvalidRequestError("unsafe_character", where=place)
        encoding, mark = self._encoding, self._encoding.escape
        letters = {encoding.field: "F", encoding.component: "S", encoding.repetition: "R", "\n": _BREAK}
        letters |= {encoding.subcomponent: "T"} | ({mark: "E"} if mark else {})
        plain = re.sub("\r\n?", "\n", said)
        if not mark and any(letter in plain for letter in letters):
            raise InvalidRequestError("separator_in_value", where=place, next_step="write_it_without")
        return "".join(f"{mark}{letters[one]}{mark}" if one in letters else one for one in plain)

    def _coded(self, text: str, corrections: Mapping[str, str]) -> bytes:
        """Encode as it came; ASCII is UTF-8 as well, so a message in ASCII may grow into it."""
        codec = "utf-8" if self._message.codec == "ascii" else self._message.codec
        for place, said in corrections.items():
            if said.encode(codec, "replace").decode(codec) != said:
                raise InvalidRequestError("not_in_its_charset", where=place, next_step="write_it_in_plain_letters")
        return text.encode(codec)


def _takes(name: str, field: int) -> bool:
    return field < MOST_FIELDS and (name, field) not in _HOW_TO_READ


def _reaching(parts: list[str], number: int) -> list[str]:
    return parts + [""] * (number - len(parts))


def _named(name: str, number: int, field: int) -> str:
    return f"{name}-{field}" if number == 1 else f"{name}[{number}]-{field}"
