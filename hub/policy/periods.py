"""Calendar arithmetic of the periods that agreements name (ISO 8601: `P5D`, `P12M`, `P1Y`, `PT24H`), in UTC."""

from calendar import monthrange
from datetime import datetime, timedelta

_MONTHS = {"M": 1, "Y": 12}


def later(instant: datetime, period: str) -> datetime:
    """Return the instant this much later; the last day of a shorter month stands for a day it has not.

    Raises:
        ValueError: not a period, or an instant beyond the calendar.
    """
    if not period.startswith("P") or not period[1:]:
        raise ValueError("period")
    if period.startswith("PT"):
        return instant + timedelta(hours=int(period[2:-1]))
    number, unit = int(period[1:-1]), period[-1]
    if unit == "D":
        return instant + timedelta(days=number)
    months = instant.year * 12 + instant.month - 1 + number * _MONTHS[unit]
    year, month = divmod(months, 12)
    return instant.replace(year=year, month=month + 1, day=min(instant.day, monthrange(year, month + 1)[1]))
