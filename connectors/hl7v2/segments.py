"""Segments, fields, repetitions, components: HL7 v2.9 chapter 2 (the `vertical bar` encoding), read and un-escaped.

The library of the field (`hl7` 0.4.5, 2022) takes a message with line feeds for one long segment without an error,
refuses a byte-order mark, and leaves escapes as they are; so this reader is our own.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from connectors.strict_json import has_unsafe_characters

_NOTHING_SAID = '""'  # HL7's word for `delete what you hold`; here it says nothing
_BREAKS = frozenset({".br", ".sp", ".ce"})
_LAYOUT = re.compile(r"[HN]|\.(fi|nf|sk|ti|in)[+-]?[0-9]*")
_HEX = re.compile(r"X((?:[0-9A-Fa-f]{2})+)")


@dataclass(frozen=True, slots=True)
class Encoding:
    """The separators that a message chose in MSH-1 and MSH-2; `hex_text` reads escaped bytes in its character set."""

    field: str
    component: str
    repetition: str
    escape: str
    subcomponent: str
    hex_text: Callable[[bytes], str]

    def plain(self, text: str) -> str:
        """Return text without its escapes; an escape that nobody knows is left as it was written."""
        if text == _NOTHING_SAID:
            return ""
        if not self.escape or self.escape not in text:
            return text
        mark = re.escape(self.escape)
        return re.sub(f"{mark}([^{mark}]*){mark}", lambda found: self._said(found.group(1), found.group()), text)

    def _said(self, inside: str, written: str) -> str:
        marks = {
            "F": self.field,
            "S": self.component,
            "T": self.subcomponent,
            "R": self.repetition,
            "E": self.escape,
        }
        if inside in marks:
            return marks[inside]
        if inside.rstrip("0123456789+") in _BREAKS:
            return "\n"
        if _LAYOUT.fullmatch(inside):
            return ""
        if found := _HEX.fullmatch(inside):
            said = self.hex_text(bytes.fromhex(found.group(1)))
            return written if has_unsafe_characters(said) else said
        return written


@dataclass(frozen=True, slots=True)
class Value:
    """One repetition of a field; components and subcomponents count from 1, as in the standard."""

    raw: str
    pointer: str
    encoding: Encoding

    def text(self, component: int = 1, subcomponent: int = 1) -> str:
        """Return one subcomponent without escapes and without blanks around it, or "" when it says nothing."""
        parts = self.raw.split(self.encoding.component, component)
        if component > len(parts):
            return ""
        inner = parts[component - 1].split(self.encoding.subcomponent, subcomponent)
        return self.encoding.plain(inner[subcomponent - 1]).strip() if subcomponent <= len(inner) else ""

    def whole(self) -> str:
        """Return everything in it as text: for data types that have no components, such as TX."""
        return self.encoding.plain(self.raw).strip()


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment. `number` counts those of its name from 1; `fields[n]` is the raw field n of the standard."""

    name: str
    number: int
    fields: tuple[str, ...]
    encoding: Encoding

    def pointer(self, field: int = 0) -> str:
        """Return where a field stands: `PID-5`, `NK1[2]-3`."""
        place = self.name if self.number == 1 else f"{self.name}[{self.number}]"
        return f"{place}-{field}" if field else place

    def values(self, field: int) -> tuple[Value, ...]:
        """Return the repetitions of a field that say something."""
        raw = self.fields[field] if 0 < field < len(self.fields) else ""
        said = (raw,) if self.name == "MSH" and field <= 2 else raw.split(self.encoding.repetition)  # noqa: PLR2004  MSH-1 and MSH-2 are the separators
        values = (Value(item, self.pointer(field), self.encoding) for item in said if item)
        return tuple(value for value in values if value.raw != _NOTHING_SAID)

    def value(self, field: int) -> Value:
        """Return the first repetition of a field; one that says nothing when there is none."""
        return next(iter(self.values(field)), Value("", self.pointer(field), self.encoding))

    def text(self, field: int, component: int = 1) -> str:
        """Return one component of the first repetition of a field, or ""."""
        return self.value(field).text(component)
