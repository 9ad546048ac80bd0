"""What the hub says back to agencies, and what it does with what it could not read: the services, together."""

from dataclasses import dataclass

from hub.services.access_notices import AccessNotices
from hub.services.deliveries import Deliveries
from hub.services.neighbours import Neighbours
from hub.services.pushed_replies import PushedReplies
from hub.services.quarantine_clock import QuarantineClock
from hub.services.quarantined import Quarantined
from hub.services.transfers import Transfers
from hub.services.webhooks import Webhooks


@dataclass(frozen=True, slots=True)
class Partnering:
    """Built once by wiring."""

    notices: AccessNotices
    webhooks: Webhooks
    quarantined: Quarantined
    quarantine_clock: QuarantineClock
    deliveries: Deliveries
    pushed: PushedReplies
    transfers: Transfers
    neighbours: Neighbours
