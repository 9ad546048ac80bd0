"""A clock that runs behind until it catches up: what a demonstration does first lies in the past, as in life."""

from datetime import datetime, timedelta

from hub.domain.clock import Clock


class SetBack:
    """The real clock, `back` behind it at first. It never goes backwards."""

    def __init__(self, clock: Clock, back: timedelta) -> None:
        """Take the real clock."""
        self._clock, self._back = clock, back

    def __call__(self) -> datetime:
        """Return the time it is here."""
        return self._clock() - self._back

    def sleep(self, time: timedelta) -> None:
        """Let time pass, at most until it is the present."""
        self._back = max(timedelta(0), self._back - time)
