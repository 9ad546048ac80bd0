"""Builds the services of bulk exchange, once."""

from connectors.alone import Alone
from hub.domain.clock import Clock
from hub.gate.doorkeeper import Doorkeeper
from hub.gate.reader import Reader
from hub.identity.batch_signatures import PATH
from hub.services.allocations import Allocations
from hub.services.case_record import CaseRecord
from hub.services.census import Census
from hub.services.council_feed import CouncilFeed
from hub.services.exchange import Exchange
from hub.services.family_page import FamilyPages
from hub.services.file_drop import FileDrop
from hub.services.intake import Intake
from hub.store.session import Transactions


def exchange(
    gate: tuple[Reader, Doorkeeper],
    services: tuple[Intake, Allocations, FamilyPages],
    clear: Transactions,
    clock: Clock,
    base_url: str,
) -> Exchange:
    """Build them on the gate and on the services that receive, allocate and name families."""
    (reader, doorkeeper), (intake, allocations, pages) = gate, services
    return Exchange(
        FileDrop(intake, Alone, clear, clock, base_url + PATH),
        Census(reader, clock),
        CouncilFeed(allocations, intake, clear, clock),
        CaseRecord(reader, doorkeeper, pages, clock, base_url),
    )
