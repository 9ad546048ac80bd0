"""The one place where a connector is let loose on what came.

INVARIANT: a defect in a connector, ours or another package's, loses nothing: what it could not read waits for a person,
with its original and its clock; what it read before goes its way.
"""

import hashlib
from collections.abc import Callable, Iterator
from typing import Final

from hub.domain.errors import HubError
from hub.domain.referral import Connector, Limits, Parsed, not_understood
from hub.services.faults import note

Parse = Callable[[bytes, Limits], Iterator[Parsed]]
"""A connector's `parse`."""
REST: Final = "/"
"""Place of what is left of a message whose reading broke off: the whole of it, as nobody knows where."""


def read_records(parse: Parse, body: bytes, limits: Limits) -> Iterator[Parsed]:
    """Yield the records of a message; every defect is logged, by its class and where in the code it is.

    Raises:
        RejectedMessageError: the message cannot be read, as the connector says.
    """
    try:
        for record in parse(body, limits):
            if record.fault is not None:
                note(record.fault)
            yield record
    except HubError:
        raise
    except Exception as fault:  # noqa: BLE001  however a connector fails, nothing is lost
        note(fault)
        yield not_understood(REST, fault)


def key_of(connector: Connector, body: bytes) -> str:
    """Return the sender's own id of a message, else the hash of it."""
    try:
        key = connector.message_key(body)
    except HubError:
        raise
    except Exception as fault:  # noqa: BLE001  as above
        note(fault)
        key = ""
    return key or hashlib.sha256(body).hexdigest()
