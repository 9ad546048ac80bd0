"""Builds what stands around a word about sharing."""

from hub.domain.clock import Clock
from hub.domain.ids import IdMaker
from hub.gate.doorkeeper import Doorkeeper
from hub.gate.finder import Finder
from hub.gate.policybook import PolicyBook
from hub.gate.reader import Reader
from hub.gate.writer import Writer
from hub.services.about_consent import AboutConsent
from hub.services.asking import Weighing
from hub.services.consent_out import ConsentOut
from hub.services.lives import Lives
from hub.services.taking_back import TakingBack
from hub.store.session import Transactions


def about_consent(
    gate: tuple[Reader, Finder, Writer, Doorkeeper],
    policy: PolicyBook,
    lives: Lives,
    clear: Transactions,
    clock: Clock,
    ids: IdMaker,
) -> AboutConsent:
    """Return the services, on the parts of the gate."""
    reader, _, writer, _ = gate
    return AboutConsent(
        weighing=Weighing(reader, writer, policy, clock),
        taking_back=TakingBack(reader, writer, clear, clock, ids),
        out=ConsentOut(gate, lives, clock),
    )
