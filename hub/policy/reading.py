"""Strict reading of the texts that people sign: every scalar is text, and every refusal names its place.

INVARIANT: what this module accepts means the same to every YAML reader: no anchor, alias, tag or duplicate key.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import yaml
from marshmallow import Schema, ValidationError, fields, validate
from yaml import events

from hub.domain.errors import PolicyError

MAX_CHARACTERS = 262_144
MAX_DEPTH, MAX_BRACKETS = 10, 64
RULE_ID = r"[A-Z]{1,4}\d{1,3}[a-z]?"
YES_NO = ("yes", "no")
_BRACKET = re.compile(r"[\[\]{}]")
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
ANY_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """A text as plain values (str, list, dict) with the line and column of each of them."""

    value: Any
    source: str
    places: Mapping[Path, tuple[int, int]]

    def refusal(self, code: str, path: Path, allowed: str = "") -> PolicyError:
        """Return the error that names file, line, column and what may stand there; the caller raises it."""
        while path and path not in self.places:
            path = path[:-1]
        line, column = self.places.get(path, (1, 1))
        return PolicyError(code, where=f"{self.source}:{line}:{column}", next_step=allowed)

    def checked(self, shape: type[Schema]) -> dict[str, Any]:
        """Return the values when they have this shape, else raise PolicyError for the first place that has not."""
        try:
            values: dict[str, Any] = shape().load(self.value)
        except ValidationError as error:
            found = [(self.refusal(*_coded(path, text)), path) for path, text in _flat(error.messages, ())]
            first = min(found, key=lambda pair: self._order(pair[1]))
            raise first[0] from None
        return values

    def _order(self, path: Path) -> tuple[int, int]:
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, (1, 1))


def read(text: str, source: str) -> Document:
    """Read one document; PolicyError names the place of anything that could mean two things."""
    if len(text) > MAX_CHARACTERS:
        raise PolicyError("too_large", where=f"{source}:1:1", next_step=f"at most {MAX_CHARACTERS} characters")
    _require_shallow(text, source)
    builder = _Builder(source)
    try:
        value = builder.document(yaml.parse(text, Loader=yaml.BaseLoader))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"{mark.line + 1}:{mark.column + 1}" if mark else "1:1"
        raise PolicyError("not_yaml", where=f"{source}:{place}", next_step=error.problem or "") from None
    except yaml.YAMLError:
        raise PolicyError("not_yaml", where=f"{source}:1:1", next_step="printable characters only") from None
    return Document(value, source, builder.places)


def _require_shallow(text: str, source: str) -> None:
    """Refuse brackets nested absurdly deep before the parser sees them: its time grows with the square of the depth."""
    depth = 0
    for found in _BRACKET.finditer(text):
        depth = depth + 1 if found.group() in "[{" else max(0, depth - 1)
        if depth > MAX_BRACKETS:
            line = text.count("\n", 0, found.start()) + 1
            raise PolicyError("too_deep", where=f"{source}:{line}:1", next_step=f"at most {MAX_DEPTH} levels")


class _Builder:
    """Turns parser events into plain values, remembering places; no YAML constructor is involved."""

    def __init__(self, source: str) -> None:
        self.places: dict[Path, tuple[int, int]] = {}
        self._source = source

    def document(self, stream: Iterator[Any]) -> object:
        kept = [e for e in stream if not isinstance(e, events.StreamStartEvent | events.StreamEndEvent)]
        if not kept or sum(isinstance(e, events.DocumentStartEvent) for e in kept) != 1:
            raise PolicyError("not_one_document", where=f"{self._source}:1:1", next_step="exactly one document")
        if kept[0].version or kept[0].tags:
            raise self._refusal("directive", kept[0], "no line that begins with %")
        rest = iter(kept[1:-1])
        return self._node(next(rest), rest, ())

    def _node(self, event: events.Event, rest: Iterator[events.Event], path: Path) -> object:
        self.places.setdefault(path, _place(event))
        if isinstance(event, events.AliasEvent):
            raise self._refusal("alias", event, "write the value out")
        if getattr(event, "anchor", None) is not None:
            raise self._refusal("anchor", event, "write the value out each time")
        if getattr(event, "tag", None) is not None:
            raise self._refusal("tag", event, "text only; quote it if it needs quoting")
        if len(path) > MAX_DEPTH:
            raise self._refusal("too_deep", event, f"at most {MAX_DEPTH} levels")
        if isinstance(event, events.ScalarEvent):
            self._require_words(event)
            return event.value
        return self._list(rest, path) if isinstance(event, events.SequenceStartEvent) else self._mapping(rest, path)

    def _require_words(self, event: events.ScalarEvent) -> None:
        """Refuse text that is empty, could be spelled another way, or holds what no reader of the page would see."""
        if not event.value.strip():
            raise self._refusal("empty_value", event, "some text, or leave the key out")
        if not unicodedata.is_normalized("NFC", event.value):
            raise self._refusal("not_nfc", event, "save the file in Unicode NFC")
        if any(unicodedata.category(mark) in _UNSEEN for mark in event.value if mark != "\n"):
            raise self._refusal("unseen_character", event, "characters that can be seen")

    def _list(self, rest: Iterator[Any], path: Path) -> list[object]:
        items: list[object] = []
        for event in rest:
            if isinstance(event, events.SequenceEndEvent):
                break
            items.append(self._node(event, rest, (*path, len(items))))
        return items

    def _mapping(self, rest: Iterator[Any], path: Path) -> dict[str, object]:
        found: dict[str, object] = {}
        for event in rest:
            if isinstance(event, events.MappingEndEvent):
                break
            key = self._node(event, rest, (*path, "?"))
            del self.places[*path, "?"]
            if not isinstance(key, str):
                raise self._refusal("key_not_text", event, "a word")
            if key in found:
                raise self._refusal("duplicate_key", event, "each key once")
            self.places[*path, key] = _place(event)
            found[key] = self._node(next(rest), rest, (*path, key))
        return found

    def _refusal(self, code: str, event: events.Event, allowed: str) -> PolicyError:
        line, column = _place(event)
        return PolicyError(code, where=f"{self._source}:{line}:{column}", next_step=allowed)


def _place(event: events.Event) -> tuple[int, int]:
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


def shape(declared: Mapping[str, fields.Field[Any]]) -> type[Schema]:
    """Return a schema with these keys and no others; the refusal of another key lists them."""
    messages = {"unknown": f"unknown_key: allowed here: {', '.join(declared)}"}
    return type("Shape", (Schema,), {**declared, "error_messages": messages})


def plain(pattern: str = r".{1,2000}", *, required: bool = True) -> fields.Field[Any]:
    """One text that matches the pattern as a whole."""
    said = pattern.replace("{", "{{").replace("}", "}}")
    check = validate.Regexp(re.compile(f"(?:{pattern})\\Z", re.DOTALL), error=f"malformed: allowed here: {said}")
    return fields.String(required=required, validate=check, error_messages=_messages())


def day() -> fields.Field[Any]:
    """One date, as 2026-04-01."""
    return fields.String(required=True, validate=_is_day, error_messages=_messages())


def word(allowed: Collection[str], *, required: bool = True, code: str = "unknown_word") -> fields.Field[Any]:
    """One word of a closed list."""
    check = validate.OneOf(list(allowed), error=f"{code}: allowed here: {', '.join(allowed)}")
    return fields.String(required=required, validate=check, error_messages=_messages())


def words(allowed: Collection[str], *, required: bool = True, code: str = "unknown_word") -> fields.Field[Any]:
    """A list of one or more words of a closed list."""
    some = validate.Length(min=1, error="malformed: allowed here: at least one word")
    return fields.List(word(allowed, code=code), required=required, validate=some, error_messages=_messages())


def texts() -> fields.Field[Any]:
    """An optional list of free texts."""
    return fields.List(plain(), error_messages=_messages())


def nested(declared: Mapping[str, fields.Field[Any]], *, required: bool = True) -> fields.Field[Any]:
    """One mapping with these keys."""
    return fields.Nested(shape(declared), required=required, error_messages=_messages())


def many(declared: Mapping[str, fields.Field[Any]], *, required: bool = True) -> fields.Field[Any]:
    """A list of mappings with these keys."""
    return fields.List(nested(declared), required=required, error_messages=_messages())


def by_word(
    keys: Collection[str] | None, values: fields.Field[Any], *, required: bool = True, code: str = "unknown_word"
) -> fields.Field[Any]:
    """A mapping from words (of a closed list, or any plain word) to values."""
    key = plain(ANY_WORD.pattern) if keys is None else word(keys, code=code)
    return fields.Dict(keys=key, values=values, required=required, error_messages=_messages())


def _messages() -> dict[str, Any]:
    return {"required": "missing_key: add it", "invalid": "malformed: another kind of value belongs here"}


def _is_day(value: str) -> None:
    try:
        parsed = date.fromisoformat(value)
    except ValueError:
        parsed = None
    if parsed is None or parsed.isoformat() != value:
        raise ValidationError("malformed: allowed here: a date such as 2026-04-01")


def _flat(messages: object, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(messages, Mapping):
        for key, inner in messages.items():
            yield from _flat(inner, path if key in {"_schema", "key", "value"} else (*path, key))
    elif isinstance(messages, Sequence):
        yield from ((path, str(message)) for message in messages)


def _coded(path: Path, message: str) -> tuple[str, Path, str]:
    code, _, allowed = message.partition(": ")
    if code == "missing_key":
        return code, path[:-1], f"{path[-1]}: {allowed}"
    return (code, path, allowed) if allowed else ("malformed", path, message)
