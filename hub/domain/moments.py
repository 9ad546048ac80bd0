"""When a message was made, as a number: for senders who number their messages but not the versions of a referral."""

import re
from datetime import datetime
from typing import Final

from hub.domain.clock import require_utc
from hub.domain.errors import InvalidRequestError

UNKNOWN: Final = 1


def version_of(moment: datetime) -> int:
    """Return YYYYMMDDHHMMSSmmm in UTC: a later message has a higher version; `UNKNOWN` out of the years 1 to 9999."""
    try:
        written = require_utc(moment).isoformat(timespec="milliseconds")
    except InvalidRequestError:
        return UNKNOWN
    return int(re.sub("[^0-9]", "", written)[:17])
