"""The published JSON Schema (2020-12), generated from the schemas that read."""

from typing import Any

from marshmallow import Schema, fields, validate

from connectors.safeguarding_notice.schema import VERSION, BatchSchema
from connectors.schema_fields import InstantText, PartialDateText

_DATE = "^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?~?$"


def json_schema() -> dict[str, Any]:
    """Return the schema of a whole message. Unknown keys are allowed: they are counted, never refused."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:family-safeguarding-hub:safeguarding-notice:{VERSION}",
        "title": "Safeguarding Notice",
        **_object(BatchSchema()),
    }


def _object(schema: Schema) -> dict[str, Any]:
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
            shape = _object(field.schema)
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
