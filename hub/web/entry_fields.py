"""Fields of the team's own forms: a day that may be known in part."""

from collections.abc import Callable, Sequence

from hub.domain.errors import InvalidRequestError
from hub.domain.partial_date import PartialDate, Precision
from hub.web.form_fields import DayField, Submitted


class WhenField(DayField):
    """A day, a month or a year in three inputs, as far as it is known; `when` is a PartialDate or None."""

    when: PartialDate | None = None

    def process(
        self,
        formdata: Submitted | None,
        data: object = None,
        extra_filters: Sequence[Callable[[object], object]] | None = None,
    ) -> None:
        """Read what is there: a year alone, a month with its year, or all three."""
        super().process(formdata, None, extra_filters)
        self.when = data if formdata is None and isinstance(data, PartialDate) else None
        if self.when is not None:
            self.typed = _typed(self.when)
        if formdata is not None:
            self.process_errors = []
            try:
                self.when = _read(self.typed) if any(self.typed.values()) else None
            except InvalidRequestError:
                self.process_errors.append("Enter a date, or a month and year, or a year, for example 27 3 2026")
        self.data = self.when.first if self.when else None


def _read(typed: dict[str, str]) -> PartialDate:
    parts = [typed["year"], typed["month"].zfill(2) if typed["month"] else "", typed["day"].zfill(2)]
    if typed["day"] and not typed["month"]:
        raise InvalidRequestError("not_a_date")
    return PartialDate.parse("-".join(part for part in (parts if typed["day"] else parts[:2]) if part))


def _typed(when: PartialDate) -> dict[str, str]:
    known = {Precision.DAY: 3, Precision.MONTH: 2, Precision.YEAR: 1}[when.precision]
    first = when.first
    pairs = (("year", first.year), ("month", first.month), ("day", first.day))
    return dict.fromkeys(("day", "month", "year"), "") | {name: str(value) for name, value in pairs[:known]}
