"""Whether a referral was compared with the people the hub knows: until then nothing shows of what came before.

INVARIANT: told by the worker's job alone, so that it is the same for every referral, whoever is in it.
"""

from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from hub.store.clear import work
from hub.store.session import Transactions

MATCH: Final = "match"
"""The worker's job of comparing the people of a referral."""
BY_HAND_AFTER: Final = timedelta(minutes=15)
"""How long a comparison may take: from then on managers are asked, and who decides may have searched by hand."""


class Comparing(Enum):
    """How far it is; `LATE`: it does not work at the moment."""

    DONE = "done"
    GOING_ON = "going_on"
    LATE = "late"


def comparing(clear: Transactions, referral: str, now: datetime) -> Comparing:
    """Return how far the comparison of a referral is."""
    with clear.read() as connection:
        since = work.job_since(connection, clear.partnership, MATCH, referral)
    if since is None:
        return Comparing.DONE
    return Comparing.GOING_ON if now < since + BY_HAND_AFTER else Comparing.LATE
