"""JSON Schema (2020-12) from the marshmallow schemas that read: what is published is what is checked."""

from typing import Any, Final

from marshmallow import Schema, fields, validate

from connectors.schema_fields import InstantText, PartialDateText

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_DATE: Final = "^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?~?$"


def published(schema: Schema, name: str, title: str) -> dict[str, Any]:
    """Return the schema of a whole message under a name of the hub's own. Unknown keys are counted, never refused."""
    return {
        "$schema": DIALECT,
        "$id": f"urn:family-safeguarding-hub:{name}",
        "title": title,
        **described(schema),
    }


def described(schema: Schema) -> dict[str, Any]:
    """Return the shape of one object, with every shape that is nested in it."""
    return {
        "type": "object",
        "description": (type(schema).__doc__ or "").strip(),
        "properties": {name: _property(field) for name, field in schema.fields.items()},
        "required": [name for name, field in schema.fields.items() if field.required],
    }


def _property(field: fields.Field[Any]) -> dict[str, Any]:
    shape = _shape(field) | _rules(field)
    if description := field.metadata.get("description"):
        shape["description"] = description
    return shape


def _shape(field: fields.Field[Any]) -> dict[str, Any]:
    shape: dict[str, Any] = {"type": "string"}
    match field:
        case fields.Nested():
            shape = described(field.schema)
        case fields.List():
            shape = {"type": "array", "items": _property(field.inner)}
        case fields.Integer():
            shape = {"type": "integer"}
        case InstantText():
            shape["format"] = "date-time"
        case PartialDateText(instant=True):
            shape["anyOf"] = [{"pattern": _DATE}, {"format": "date-time"}]
        case PartialDateText():
            shape["pattern"] = _DATE
    return shape


def _rules(field: fields.Field[Any]) -> dict[str, Any]:
    rules: dict[str, Any] = {}
    for rule in field.validators:
        match rule:
            case validate.OneOf():
                rules["enum"] = list(rule.choices)
            case validate.Range():
                rules |= {"minimum": rule.min} if rule.min is not None else {}
                rules |= {"maximum": rule.max} if rule.max is not None else {}
            case validate.Length():
                rules |= {"minItems": rule.min} if rule.min else {}
            case validate.Regexp():
                rules["pattern"] = r"\S"
    return rules
