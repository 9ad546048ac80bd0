"""Builds what stands around a word about sharing."""

from hub.domain.clock import Clock
from hub.gate.policybook import PolicyBook
from hub.gate.reader import Reader
from hub.gate.writer import Writer
from hub.services.about_consent import AboutConsent
from hub.services.asking import Weighing


def about_consent(reader: Reader, writer: Writer, policy: PolicyBook, clock: Clock) -> AboutConsent:
    """Return the services, on the parts of the gate."""
    return AboutConsent(weighing=Weighing(reader, writer, policy, clock))
