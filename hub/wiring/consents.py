"""Builds what stands around a word about sharing."""

from hub.domain.clock import Clock
from hub.domain.ids import IdMaker
from hub.gate.policybook import PolicyBook
from hub.gate.reader import Reader
from hub.gate.writer import Writer
from hub.services.about_consent import AboutConsent
from hub.services.asking import Weighing
from hub.services.taking_back import TakingBack
from hub.store.session import Transactions


def about_consent(
    reader: Reader, writer: Writer, policy: PolicyBook, clear: Transactions, clock: Clock, ids: IdMaker
) -> AboutConsent:
    """Return the services, on the parts of the gate."""
    return AboutConsent(
        weighing=Weighing(reader, writer, policy, clock),
        taking_back=TakingBack(reader, writer, clear, clock, ids),
    )
