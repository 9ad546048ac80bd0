"""The days people write on a form, as instants: today means from now, the last day counts in full."""

from datetime import date, datetime, time, timedelta

from hub.domain.partial_date import LOCAL, PartialDate
from hub.services.recording import Period
from hub.web.served import served


def today() -> date:
    """Return the local day."""
    return PartialDate.of(served().clock()).first


def midnight(day: date) -> datetime:
    """Return the instant at which a local day begins."""
    return datetime.combine(day, time.min, LOCAL)


def period(start: object, end: object) -> Period:
    """Return the period of two days as a form gives them."""
    begins = midnight(start) if isinstance(start, date) and start != today() else served().clock()
    ends = midnight(end) + timedelta(days=1) if isinstance(end, date) else None
    return Period(begins, ends)


def hour_words(instant: datetime) -> str:
    """Write the local hour and minute of an instant."""
    return f"{instant.astimezone(LOCAL):%H:%M}"
