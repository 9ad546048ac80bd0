"""From a plain value and a schema to remarks: what is wrong, and how many unknown keys stand where."""

from collections.abc import Collection, Iterator, Mapping

from marshmallow import Schema, fields

from connectors.strict_json import strings
from hub.domain.referral import Issue, Limits, Severity

_CODES = frozenset(
    {
        "blank",
        "not_a_date",
        "not_an_instant",
        "not_in_list",
        "null_not_allowed",
        "out_of_range",
        "required",
        "too_few",
        "wrong_type",
    }
)


def check(schema: Schema, value: object, pointer: str, limits: Limits) -> tuple[Issue, ...]:
    """Return every remark on one record: errors of the schema, texts that are too long, unknown keys as warnings."""
    names = known_names(schema)
    errors = _flatten(schema.validate(value), pointer) if isinstance(value, dict) else [_error("wrong_type", pointer)]
    too_long = (
        _error("field_too_long", place)
        for place, text in strings(value, pointer, names)
        if len(text) > limits.max_field_characters
    )
    return (*errors, *too_long, *unknown_keys(schema, value, pointer))


def known_names(schema: Schema) -> Collection[str]:
    """Return every key that the schema and those nested in it declare."""
    names = set(schema.fields)
    for field in schema.fields.values():
        inner = _inner(field)
        if inner is not None:
            names |= set(known_names(inner))
    return frozenset(names)


def unknown_keys(schema: Schema, value: object, pointer: str) -> Iterator[Issue]:
    """Yield a warning per object with unknown keys: where the object is and how many, never their names."""
    if not isinstance(value, dict):
        return
    strange = len(value.keys() - schema.fields.keys())
    if strange:
        yield Issue(Severity.WARNING, "unknown_keys", f"{pointer or '/'} count={strange}")
    for name, field in schema.fields.items():
        inner = _inner(field)
        if inner is not None and name in value:
            yield from _below(inner, value[name], f"{pointer}/{name}")


def _below(schema: Schema, value: object, pointer: str) -> Iterator[Issue]:
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from unknown_keys(schema, item, f"{pointer}/{index}")
    else:
        yield from unknown_keys(schema, value, pointer)


def _inner(field: fields.Field[object]) -> Schema | None:
    if isinstance(field, fields.List):
        return _inner(field.inner)
    return field.schema if isinstance(field, fields.Nested) else None


def _flatten(errors: object, pointer: str) -> Iterator[Issue]:
    if isinstance(errors, Mapping):
        for key, inner in errors.items():
            # `_schema` is marshmallow's word for the object itself.
            yield from _flatten(inner, pointer if key == "_schema" else f"{pointer}/{key}")
    elif isinstance(errors, list):
        for message in errors:
            yield _error(message if message in _CODES else "invalid", pointer)


def _error(code: str, pointer: str) -> Issue:
    return Issue(Severity.ERROR, code, pointer or "/")
