"""Time as the hub knows it: always aware, always UTC, always handed in."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from hub.domain.errors import InvalidRequestError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Clock = Callable[[], datetime]
"""Returns the present instant, aware, in UTC. Wiring passes the real one; tests pass a fixed one."""

Randomness = Callable[[int], bytes]
"""Returns that many unpredictable bytes (`os.urandom` in service, a seeded source in tests)."""


def require_utc(instant: datetime) -> datetime:
    """Return `instant` in UTC; a naive one is refused, because nobody can say later what it meant.

    So is one that its offset moves out of the years 1 to 9999 (`instant_out_of_range`).
    """
    if instant.tzinfo is None:
        raise InvalidRequestError("naive_instant")
    try:
        return instant.astimezone(UTC)
    except OverflowError:
        raise InvalidRequestError("instant_out_of_range") from None


def to_micros(instant: datetime) -> int:
    """Microseconds since 1970-01-01T00:00Z, exact (no floating point)."""
    delta = require_utc(instant) - _EPOCH
    return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds


def from_micros(micros: int) -> datetime:
    """Turn `to_micros` around."""
    return _EPOCH + timedelta(microseconds=micros)


def stamp(instant: datetime) -> str:
    """Fixed-width RFC 3339 text in UTC with microseconds, as the log and receipts print it."""
    return require_utc(instant).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
