"""Fields that our pages use. Each knows the `kind` of control that draws it (templates/_form.html).

A field answers odd input with a message beside it and never with an error page; messages never repeat the value.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Final, Protocol

from wtforms import BooleanField, Field, Form, PasswordField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, ValidationError

LONGEST_LINE: Final = 200
LONGEST_TEXT: Final = 4_000
_PARTS: Final = ("day", "month", "year")
_NUMBER: Final = re.compile(r"[0-9]{1,4}", re.ASCII)
_YEARS: Final = range(1900, 2101)


class Submitted(Protocol):
    """What a form field reads: the names and values of one submission."""

    def __contains__(self, name: object) -> bool:
        """Say whether the name was sent."""
        ...

    def getlist(self, key: str) -> list[str]:
        """Return every value sent under the name."""
        ...


def _tidy(value: str | None) -> str:
    return (value or "").replace("\x00", "").strip()


def line(label: str, *, missing: str = "", hint: str = "", autocomplete: str = "") -> StringField:
    """Return a one-line text field; it must be filled in when `missing` has words for it."""
    length = Length(max=LONGEST_LINE, message=f"Use {LONGEST_LINE} characters or fewer")
    rules = [DataRequired(missing), length] if missing else [length]
    return StringField(
        label, rules, filters=[_tidy], description=hint, render_kw={"kind": "text", "autocomplete": autocomplete}
    )


def optional_line(label: str, *, hint: str = "") -> StringField:
    """Return a one-line text field that may stay empty."""
    rules = [Length(max=LONGEST_LINE, message=f"Use {LONGEST_LINE} characters or fewer")]
    return StringField(label, rules, filters=[_tidy], description=hint, render_kw={"kind": "text", "autocomplete": ""})


def password(label: str, *, missing: str, autocomplete: str = "current-password") -> PasswordField:
    """Return a password field; what was typed is never sent back."""
    rules = [DataRequired(missing), Length(max=LONGEST_LINE, message="That is too long for a password")]
    return PasswordField(label, rules, render_kw={"kind": "password", "autocomplete": autocomplete})


def text(label: str, *, missing: str = "", hint: str = "", longest: int = LONGEST_TEXT) -> TextAreaField:
    """Return a longer text field; it must be filled in when `missing` has words for it."""
    rules = [Length(max=longest, message=f"Use {longest:,} characters or fewer")]
    required = [DataRequired(missing)] if missing else []
    return TextAreaField(label, required + rules, filters=[_tidy], description=hint, render_kw={"kind": "textarea"})


def tick(label: str, *, hint: str = "") -> BooleanField:
    """Return a single checkbox."""
    return BooleanField(label, description=hint, render_kw={"kind": "tick"})


class OneOf(Field):
    """One of `options` (value -> words). `kind` is "radios", or "select" for long lists."""

    def __init__(
        self,
        label: str,
        *,
        missing: str = "",
        options: Mapping[str, str] | None = None,
        hint: str = "",
        kind: str = "radios",
        **bound: object,
    ) -> None:
        super().__init__(label, description=hint, default="", render_kw={"kind": kind}, **bound)
        self.missing = missing
        self.options = dict(options or {})

    def items(self) -> list[dict[str, object]]:
        """Return the options as the page's macros want them."""
        chosen = "selected" if self.render_kw["kind"] == "select" else "checked"
        empty = {"": "Choose one"} if chosen == "selected" else {}
        return [{"value": v, "text": t, chosen: v == self.data} for v, t in (empty | self.options).items()]

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Take the value sent; several values are none."""
        self.data = valuelist[0] if len(valuelist) == 1 else ""

    def pre_validate(self, form: Form) -> None:  # noqa: ARG002  the signature is wtforms'
        """Refuse a value that was not offered, and an empty one where one is needed."""
        if self.data and self.data not in self.options:
            raise ValidationError("Choose one of the options listed")
        if not self.data and self.missing:
            raise ValidationError(self.missing)


class SomeOf(Field):
    """Any number of `options` (value -> words), in the order offered."""

    def __init__(
        self,
        label: str,
        *,
        missing: str = "",
        options: Mapping[str, str] | None = None,
        hint: str = "",
        **bound: object,
    ) -> None:
        super().__init__(label, description=hint, default=(), render_kw={"kind": "checkboxes"}, **bound)
        self.missing = missing
        self.options = dict(options or {})

    def items(self) -> list[dict[str, object]]:
        """Return the options as the page's macros want them."""
        return [{"value": v, "text": t, "checked": v in self.data} for v, t in self.options.items()]

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Take the values sent."""
        self.data = tuple(dict.fromkeys(valuelist))

    def pre_validate(self, form: Form) -> None:  # noqa: ARG002  the signature is wtforms'
        """Refuse values that were not offered, and none where one is needed."""
        if any(value not in self.options for value in self.data):
            raise ValidationError("Choose from the options listed")
        if not self.data and self.missing:
            raise ValidationError(self.missing)


class DayField(Field):
    """A day in three inputs, `NAME-day`, `NAME-month`, `NAME-year`; `data` is a date or None.

    `typed` keeps the three texts, so that the page can show them again.
    """

    def __init__(self, label: str, *, missing: str = "", hint: str = "", **bound: object) -> None:
        super().__init__(label, description=hint, render_kw={"kind": "date"}, **bound)
        self.missing = missing
        self.typed: dict[str, str] = dict.fromkeys(_PARTS, "")

    def items(self) -> list[dict[str, object]]:
        """Return the three inputs as the page's macros want them, with what was typed."""
        wrong = " govuk-input--error" if self.errors else ""
        return [
            {"name": p, "value": self.typed[p], "classes": f"govuk-input--width-{4 if p == 'year' else 2}{wrong}"}
            for p in _PARTS
        ]

    def process(
        self,
        formdata: Submitted | None,
        data: date | None = None,
        extra_filters: Sequence[Callable[[object], object]] | None = None,  # noqa: ARG002  the signature is wtforms'
    ) -> None:
        """Read the three parts, whatever was sent under their names."""
        self.process_errors: list[str] = []
        self.data = self.object_data = data if isinstance(data, date) else None
        if self.data is not None:
            self.typed = {part: str(getattr(self.data, part)) for part in _PARTS}
        if formdata is None:
            return
        sent = [formdata.getlist(f"{self.name}-{part}") for part in _PARTS]
        self.typed = {part: _tidy(values[0])[:4] if values else "" for part, values in zip(_PARTS, sent, strict=True)}
        self.data = None
        if any(_tidy(value) for values in sent for value in values):
            self.data = _as_date(sent)
            if self.data is None:
                self.process_errors.append("Enter a real date with a day, a month and a year, for example 27 3 2026")

    def pre_validate(self, form: Form) -> None:  # noqa: ARG002  the signature is wtforms'
        """Ask for a date where one is needed and nothing was typed."""
        if self.data is None and self.missing and not self.process_errors:
            raise ValidationError(self.missing)


def _as_date(sent: Sequence[Sequence[str]]) -> date | None:
    texts = [_tidy(values[0]) for values in sent if len(values) == 1]
    if len(texts) != len(_PARTS) or not all(_NUMBER.fullmatch(value) for value in texts):
        return None
    day, month, year = (int(value) for value in texts)
    if year not in _YEARS:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None
