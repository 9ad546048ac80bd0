"""JSON Schemas (2020-12) for editors, generated from the shapes that the loader reads with.

They help while writing; the loader decides. A list that only the document itself closes (its parties, purposes and
duties) is any word here.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from marshmallow import Schema, fields, validate

from hub.policy.agreement_shape import agreement_shape, house_shape
from hub.policy.gateways import Gateways, gateways_shape
from hub.policy.reading import ANY_WORD, Document
from hub.policy.vocabulary import Vocabulary, vocabulary_shape

_EMPTY: Final = Document({}, "", {})
KINDS: Final[Mapping[str, Callable[[Vocabulary, Gateways], type[Schema]]]] = {
    "agreement": lambda words, gateways: agreement_shape(_EMPTY, words, gateways),
    "house-rules": lambda words, _: house_shape(words),
    "gateways": lambda words, _: gateways_shape(words),
    "vocabulary": lambda *_: vocabulary_shape(),
}


def editor_schema(kind: str, vocabulary: Vocabulary, gateways: Gateways) -> dict[str, Any]:
    """Return the schema of one kind of document; KeyError for a kind that there is not."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:family-safeguarding-hub:policy:{kind}",
        "title": kind.replace("-", " ").capitalize(),
        **_object(KINDS[kind](vocabulary, gateways)()),
    }


def _object(schema: Schema) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {name: _property(field) for name, field in schema.fields.items()},
        "required": [name for name, field in schema.fields.items() if field.required],
        "additionalProperties": False,
    }


def _property(field: fields.Field[Any]) -> dict[str, Any]:
    match field:
        case fields.Nested():
            return _object(field.schema)
        case fields.List():
            least = max((rule.min or 0 for rule in field.validators if isinstance(rule, validate.Length)), default=0)
            return {"type": "array", "items": _property(field.inner)} | ({"minItems": least} if least else {})
        case fields.Dict():
            keys, values = field.key_field, field.value_field
            named = {"propertyNames": _property(keys)} if keys else {}
            return {"type": "object", "additionalProperties": _property(values) if values else {}} | named
    return {"type": "string"} | _rules(field)


def _rules(field: fields.Field[Any]) -> dict[str, Any]:
    for rule in field.validators:
        match rule:
            case validate.OneOf():
                return {"enum": list(rule.choices)} if list(rule.choices) else {"pattern": f"^{ANY_WORD.pattern}$"}
            case validate.Regexp():
                return {"pattern": "^" + str(rule.regex.pattern).removesuffix("\\Z").replace("(?:", "(", 1) + "$"}
    return {"pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
