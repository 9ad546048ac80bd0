"""Strict fields for our own formats: a wrong type is refused, never turned, and a remark is a code, never a value."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from hub.domain.clock import require_utc
from hub.domain.errors import InvalidRequestError
from hub.domain.partial_date import PartialDate

_TYPE_CODES = {"type": "wrong_type"}
_TYPE_CODES = {"type": "wrong_type"}
_CODES: dict[str, str | list[Any] | dict[Any, Any]] = {
    "required": "required",
    "null": "null_not_allowed",
    "invalid": "wrong_type",
    "type": "wrong_type",
}
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})", re.ASCII
)


class StrictSchema(Schema):
    """Base of our schemas: unknown keys are left out here and counted elsewhere; remarks are codes."""

    error_messages = _TYPE_CODES

    class Meta:
        """Unknown keys do not fail a record."""

        unknown = EXCLUDE


def text(words: str, *, required: bool = False) -> fields.String:
    """Return a text field; one that is required may not be blank. `words` describe it in the published schema."""
    rules = [validate.Regexp(r"(?s).*\S", error="blank")] if required else []
    return fields.String(required=required, validate=rules, error_messages=_CODES, metadata={"description": words})


def word(allowed: Iterable[str], words: str, *, required: bool = False) -> fields.String:
    """Return a text field that takes one of a closed list."""
    return fields.String(
        required=required,
        validate=validate.OneOf(list(allowed), error="not_in_list"),
        error_messages=_CODES,
        metadata={"description": words},
    )


class WholeNumber(fields.Integer):
    """A JSON integer; true, "3" and 3.0 are not one."""

    def _validated(self, value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValidationError("wrong_type")
        return super()._validated(value)


def whole_number(words: str, *, lowest: int = 0, highest: int | None = None, required: bool = False) -> WholeNumber:
    """Return an integer field within bounds, both included."""
    return WholeNumber(
        required=required,
        validate=validate.Range(lowest, highest, error="out_of_range"),
        error_messages=_CODES,
        metadata={"description": words},
    )


HIGHEST_VERSION = 1_000_000
"""Nobody amends as often; a number typed into the wrong field would shut out every later version."""


def version_number() -> WholeNumber:
    """Return the field by which a sender counts the versions of a record."""
    return whole_number("1 at first, higher for each amendment", lowest=1, highest=HIGHEST_VERSION, required=True)


class PartialDateText(fields.String):
    """`2024-03-05`, `2024-03`, `2024`, each optionally with `~` for about; an aware instant where the rules say so."""

    def __init__(self, words: str, *, required: bool = False, instant: bool = False) -> None:
        """Take whether an RFC 3339 instant is fine as well (it is read as the local day)."""
        super().__init__(required=required, error_messages=_CODES, metadata={"description": words})
        self.instant = instant

    def _deserialize(self, value: object, attr: str | None, data: Mapping[str, object] | None, **kwargs: object) -> str:
        written: str = super()._deserialize(value, attr, data, **kwargs)
        if read_date(written, instant=self.instant) is None:
            raise ValidationError("not_a_date")
        return written


class InstantText(fields.String):
    """An RFC 3339 instant with its offset."""

    def __init__(self, words: str, *, required: bool = False) -> None:
        """Take the words of the published schema."""
        super().__init__(required=required, error_messages=_CODES, metadata={"description": words})

    def _deserialize(self, value: object, attr: str | None, data: Mapping[str, object] | None, **kwargs: object) -> str:
        written: str = super()._deserialize(value, attr, data, **kwargs)
        if read_instant(written) is None:
            raise ValidationError("not_an_instant")
        return written


def read_date(written: str, *, instant: bool = False) -> PartialDate | None:
    """Return the date that was written, or None for anything that is not one."""
    try:
        if instant and (moment := read_instant(written)) is not None:
            return PartialDate.of(moment)
        return PartialDate.parse(written)
    except InvalidRequestError:
        return None


def read_instant(written: str) -> datetime | None:
    """Return the RFC 3339 instant that was written, in UTC, or None for anything that is not one."""
    if _INSTANT.fullmatch(written) is None:
        return None
    try:
        return require_utc(datetime.fromisoformat(written))
    except (ValueError, InvalidRequestError):
        return None


def many(schema: type[Schema], words: str, *, required: bool = False, least: int = 0) -> fields.List[Any]:
    """Return a list of objects of one schema."""
    return fields.List(
        fields.Nested(schema, error_messages=_CODES),
        required=required,
        validate=validate.Length(min=least, error="too_few"),
        error_messages=_CODES,
        metadata={"description": words},
    )


def one(schema: type[Schema], words: str, *, required: bool = False) -> fields.Nested:
    """Return one object of a schema."""
    return fields.Nested(schema, required=required, error_messages=_CODES, metadata={"description": words})


def texts(words: str, allowed: Sequence[str] = ()) -> fields.List[Any]:
    """Return a list of texts, each from a closed list when `allowed` is given."""
    rule = [validate.OneOf(allowed, error="not_in_list")] if allowed else []
    item = fields.String(validate=rule, error_messages=_CODES)
    return fields.List(item, error_messages=_CODES, metadata={"description": words})
