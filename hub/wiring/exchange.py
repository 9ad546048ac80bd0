"""Builds the services of bulk exchange, once."""

from hub.domain.clock import Clock
from hub.gate.reader import Reader
from hub.identity.batch_signatures import PATH
from hub.services.census import Census
from hub.services.exchange import Exchange
from hub.services.file_drop import FileDrop
from hub.services.intake import Intake
from hub.store.session import Transactions


def exchange(reader: Reader, intake: Intake, clear: Transactions, clock: Clock, base_url: str) -> Exchange:
    """Build them on the intake that receives everything else."""
    return Exchange(FileDrop(intake, clear, clock, base_url + PATH), Census(reader, clock))
