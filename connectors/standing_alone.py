"""Each record of a message by itself: whatever goes wrong in one, the others are read."""

from collections.abc import Callable
from typing import ParamSpec

from hub.domain.errors import HubError
from hub.domain.referral import Issue, Outcome, Parsed, Severity, not_understood

P = ParamSpec("P")


def stands_alone(pointer: str, read: Callable[P, Parsed], *args: P.args, **more: P.kwargs) -> Parsed:
    """Return what `read` makes of the record at `pointer`; quarantined where it refuses it, or has a defect."""
    try:
        return read(*args, **more)
    except HubError as error:
        return Parsed(Outcome.QUARANTINED, pointer, None, (Issue(Severity.ERROR, error.code, pointer),))
    except Exception as fault:  # noqa: BLE001  a defect: the record waits for a person, and the others go on
        return not_understood(pointer, fault)
