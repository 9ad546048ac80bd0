"""Bytes to segments: framing, character set, separators, line ends; what real engines vary is allowed for here."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from connectors.hl7v2.segments import Encoding, Segment
from connectors.strict_json import has_unsafe_characters
from hub.domain.errors import RejectedMessageError
from hub.domain.referral import Issue, Limits, Severity

_BOM, _WIDE_BOMS = b"\xef\xbb\xbf", (b"\xff\xfe", b"\xfe\xff")
_FRAME = b"\x0b"  # MLLP: vertical tab, message, file separator, carriage return
_FRAME_END = b"\x1c"
_LINES = re.compile(r"\r\n?|\n")
_LINE = re.compile(r"([\ufeff\x0b\x1c]*)([^\r\n]+)")
_NAME = re.compile(r"[A-Z][A-Z0-9]{2}", re.ASCII)
MOST_FIELDS = 200  # no segment of the standard has half as many; what is beyond stays in the last
NO_SUBCOMPONENTS = "\0"
"""No text holds NUL, so nothing is ever split at a separator that the sender did not name."""
_CHARSET_FIELD, _SHORTEST_HEADER = 17, 8  # MSH-18 counted from MSH-1, which is the separator itself
# HL7 table 0211. Engines on Windows say 8859/1 and send its superset.
_CHARSETS = {
    "": ("utf-8", "cp1252"),
    "ASCII": ("ascii", "utf-8", "cp1252"),
    "8859/1": ("cp1252",),
    "8859/15": ("iso8859-15",),
    "UNICODE UTF-8": ("utf-8", "cp1252"),
    "UTF-8": ("utf-8", "cp1252"),
}


@dataclass(frozen=True, slots=True)
class Message:
    """A message as segments, its header first, and remarks on how it was written."""

    segments: tuple[Segment, ...]
    remarks: tuple[Issue, ...]

    @property
    def header(self) -> Segment:
        """Return MSH."""
        return self.segments[0]

    def of(self, *names: str) -> Iterator[Segment]:
        """Yield the segments of these names, in message order."""
        return (segment for segment in self.segments if segment.name in names)


def read_message(body: bytes, limits: Limits) -> Message:
    """Read one message.

    Raises:
        RejectedMessageError: `message_too_large`, `empty_message`, `not_hl7v2`, `separators_invalid`,
            `charset_not_supported`, `not_in_its_charset`, `several_messages`, `too_many_segments` or
            `unsafe_character`.
    """
    if len(body) > limits.max_bytes:
        raise RejectedMessageError("message_too_large")
    text, codec, remarks = _decoded(_unframed(body))
    encoding = _encoding(text, codec)
    lines, broken = _segments(text, encoding, limits.max_entries)
    if sum(line.startswith("MSH" + encoding.field) for line in lines) > 1:
        raise RejectedMessageError("several_messages", where="MSH[2]")
    if broken:
        remarks = (*remarks, Issue(Severity.WARNING, "line_break_in_field", f"count={broken}"))
    seen: Counter[str] = Counter()
    return Message(tuple(_segment(line, encoding, seen) for line in lines), remarks)


@dataclass(frozen=True, slots=True)
class Written:
    """A message as text with the bytes around it, so that it can be written again: `before` + text + `after`.

    `spans` are (name, number, start, end) of each segment in the text, without the line end behind it.
    """

    text: str
    codec: str
    encoding: Encoding
    before: bytes
    after: bytes
    spans: tuple[tuple[str, int, int, int], ...]


def read_written(body: bytes) -> Written:
    """Read a message as it is written; raises what `read_message` raises of frames, characters and separators."""
    data = _unframed(body)
    text, codec, _ = _decoded(data)
    encoding, start = _encoding(text, codec), body.index(data)
    spans: list[tuple[str, int, int, int]] = []
    seen: Counter[str] = Counter()
    for line in _LINE.finditer(text):
        here, said = line.start() + len(line[1]), line[2]
        if _begins(said, encoding):
            seen[said[:3]] += 1
            spans.append((said[:3], seen[said[:3]], here, line.end()))
        elif said.lstrip("\ufeff\x0b\x1c").strip():
            name, number, begun, _ = spans[-1]
            spans[-1] = name, number, begun, line.end()
    return Written(text, codec, encoding, body[:start], body[start + len(data) :], tuple(spans))


def read_header(body: bytes) -> Segment | None:
    """Return MSH alone, for the answer to a message that cannot be read; None when there is none."""
    try:
        text, codec, _ = _decoded(_unframed(body))
        encoding = _encoding(text, codec)
    except RejectedMessageError:
        return None
    return _segment(_LINES.split(text, maxsplit=1)[0], encoding, Counter())


def _unframed(body: bytes) -> bytes:
    data = body.strip(b" \t\r\n").removeprefix(_BOM).removeprefix(_FRAME).removeprefix(_BOM)
    data = data.removesuffix(_FRAME_END).strip(b" \t\r\n")
    if not data:
        raise RejectedMessageError("empty_message")
    if data.startswith(_WIDE_BOMS):
        raise RejectedMessageError("charset_not_supported", where="MSH-18")
    if not data.startswith(b"MSH") or len(data) < _SHORTEST_HEADER:
        raise RejectedMessageError("not_hl7v2", where="MSH")
    return data


def _decoded(data: bytes) -> tuple[str, str, tuple[Issue, ...]]:
    """Return text, the codec that read it, and a warning when that is not what MSH-18 promised."""
    codecs = _CHARSETS.get(_declared(data))
    if codecs is None:
        raise RejectedMessageError("charset_not_supported", where="MSH-18")
    for codec in codecs:
        try:
            text = data.decode(codec)
        except UnicodeDecodeError:
            continue
        if has_unsafe_characters(text):
            raise RejectedMessageError("unsafe_character")
        warning = Issue(Severity.WARNING, "charset_differs", "MSH-18")
        return text, codec, () if codec == codecs[0] else (warning,)
    raise RejectedMessageError("not_in_its_charset", where="MSH-18")


def _declared(data: bytes) -> str:
    separator = data[3:4]
    fields = re.split(rb"[\r\n]", data, maxsplit=1)[0].split(separator)
    said = fields[_CHARSET_FIELD].split(b"~")[0] if len(fields) > _CHARSET_FIELD else b""
    return said.decode("ascii", "replace").strip().upper()


def _encoding(text: str, codec: str) -> Encoding:
    field = text[3]
    marks = _LINES.split(text[4:].split(field, 1)[0], maxsplit=1)[0]
    chosen = [mark for mark in (field, *marks) if mark]
    if len(marks) < 2 or len(set(chosen)) < len(chosen) or any(mark.isalnum() or mark.isspace() for mark in chosen):  # noqa: PLR2004  component and repetition are the least
        raise RejectedMessageError("separators_invalid", where="MSH-2")
    hex_text = partial(bytes.decode, encoding=codec, errors="replace")
    escape, subcomponent = marks[2:3], marks[3:4] or NO_SUBCOMPONENTS
    return Encoding(field, marks[0], marks[1], escape, subcomponent, hex_text)


def _segments(text: str, encoding: Encoding, most: int) -> tuple[list[str], int]:
    """Return one line per segment; a line that begins no segment belongs to the field above (returns how many)."""
    lines: list[list[str]] = []
    broken = 0
    for raw in _LINES.split(text):
        # A second message that was appended with its own mark or frame must not hide inside the first.
        line = raw.lstrip("\ufeff\x0b\x1c")
        if not line.strip():
            continue
        if _begins(line, encoding):
            lines.append([line])
            if len(lines) > most:
                raise RejectedMessageError("too_many_segments")
        else:
            broken += 1
            lines[-1].append(line)
    return ["\n".join(parts) for parts in lines], broken


def _begins(line: str, encoding: Encoding) -> bool:
    return _NAME.fullmatch(line[:3]) is not None and line[3:4] in {"", encoding.field}


def _segment(line: str, encoding: Encoding, seen: Counter[str]) -> Segment:
    name, *fields = line.split(encoding.field, MOST_FIELDS)
    seen[name] += 1
    # MSH-1 is the separator itself, so its fields are counted one further.
    numbered = (name, encoding.field, *fields) if name == "MSH" else (name, *fields)
    return Segment(name, seen[name], numbered, encoding)
