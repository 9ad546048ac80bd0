"""The published JSON Schema (2020-12) of what a case system sends and is sent, made from the mappings that read it."""

from typing import Any, Final

from connectors.case_system.mapping import GENERIC, NEEDED, CaseMapping, mappings
from connectors.published_shapes import DIALECT

_DAYS: Final = {"birth_date": "2018-04-02", "from": "2026-10-05", "until": "2027-04-05"}
_TOLD: Final = {"type": ["string", "integer"]}
_MAY_BE_NULL: Final = {"type": ["string", "integer", "null"]}


def json_schema() -> dict[str, Any]:
    """Return the schema of a message of lines, or of one event of a webhook, under the names of any mapping."""
    known = list(mappings().values())
    messages = [_lines(one) for one in known]
    events = [_event(one, word) for one in known for word in one.kinds]
    return {
        "$schema": DIALECT,
        "$id": "urn:family-safeguarding-hub:case-system",
        "title": "Case system",
        "type": "object",
        "anyOf": [*messages, *events],
    }


def record_schema() -> dict[str, Any]:
    """Return the schema of what goes back to the case system, under the names of any mapping."""
    return {"type": "object", "anyOf": [_record(one) for one in mappings().values()]}


def _lines(mapping: CaseMapping) -> dict[str, Any]:
    lines = {"type": "array", "minItems": 1, "items": {"oneOf": [_line(mapping, word) for word in mapping.kinds]}}
    return {
        "title": f"Lines of {mapping.name}",
        "properties": {"mapping": {"const": mapping.name}, "batch_id": {"type": "string"}, "lines": lines},
        "required": ["lines", *_named(mapping)],
    }


def _event(mapping: CaseMapping, word: str) -> dict[str, Any]:
    return {
        "title": f"Event {word} of {mapping.name}",
        "properties": {
            "mapping": {"const": mapping.name},
            "id": {"type": "string"},
            "type": {"const": word},
            "timestamp": {"type": "string", "format": "date-time"},
            "data": _columns(mapping, word),
        },
        "required": ["type", "data", *_named(mapping)],
    }


def _named(mapping: CaseMapping) -> list[str]:
    """Return the key that a message must hold to be read by this mapping; the generic one is read when none is said."""
    return [] if mapping.name == GENERIC else ["mapping"]


def _line(mapping: CaseMapping, word: str) -> dict[str, Any]:
    shape = _columns(mapping, word)
    kind = {mapping.kind_column: {"const": word}}
    return shape | {
        "properties": kind | shape["properties"],
        "required": [mapping.kind_column, *shape["required"]],
    }


def _columns(mapping: CaseMapping, word: str) -> dict[str, Any]:
    """Return the columns of one kind of line. Which words of theirs are known is told, not held: others are kept."""
    needed = NEEDED[mapping.kinds[word]]
    shapes = {
        theirs: (_TOLD if ours in needed else _MAY_BE_NULL) | _examples(mapping, ours)
        for theirs, ours in mapping.columns.items()
    }
    return {"type": "object", "properties": shapes, "required": [mapping.theirs(name) for name in needed]}


def _examples(mapping: CaseMapping, ours: str) -> dict[str, list[str]]:
    """Return the words of theirs that are known for a column, or how a day is written; nothing for any other."""
    words = list(mapping.values.get(ours, ())) or [_DAYS[one] for one in (ours,) if one in _DAYS]
    return {"examples": words} if words else {}


def _record(mapping: CaseMapping) -> dict[str, Any]:
    names = list(mapping.out.values())
    one = {"type": "object", "properties": {name: {"type": "string"} for name in names}, "required": names}
    return {
        "title": f"Records for {mapping.name}",
        "properties": {"mapping": {"const": mapping.name}, "records": {"type": "array", "items": one}},
        "required": ["mapping", "records"],
    }
