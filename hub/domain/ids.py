"""Identifiers. Each kind is its own type, so that a family can never be passed where a person belongs."""

from datetime import datetime
from typing import NewType

from hub.domain.clock import Clock, Randomness, to_micros

PartnershipId = NewType("PartnershipId", str)
AgencyId = NewType("AgencyId", str)
AccountId = NewType("AccountId", str)
FamilyId = NewType("FamilyId", str)
PersonId = NewType("PersonId", str)
ReferenceId = NewType("ReferenceId", str)
"""One sender's reference to a person; dated identity links say which `PersonId` it is."""
RecordId = NewType("RecordId", str)
ReferralId = NewType("ReferralId", str)
FactId = NewType("FactId", str)
EntryId = NewType("EntryId", str)


class IdMaker:
    """Makes UUIDv7 text (RFC 9562 section 5.7): 48 bits of milliseconds, then randomness."""

    def __init__(self, clock: Clock, randomness: Randomness) -> None:
        """Take the clock and the randomness that every id is made from."""
        self._clock = clock
        self._randomness = randomness

    def new(self) -> str:
        """Return a fresh id; ids made later sort later, to the millisecond."""
        millis = to_micros(self._clock()) // 1000
        value = (millis << 80) | int.from_bytes(self._randomness(10), "big")
        value &= ~(0xF << 76) & ~(0x3 << 62)
        return _written(value | (0x7 << 76) | (0x2 << 62))


def earliest_id(at: datetime) -> str:
    """Return a text that sorts before every id made at this instant or later."""
    return _written((to_micros(at) // 1000) << 80)


def _written(value: int) -> str:
    """Write 128 bits as `uuid.UUID` does, without making one: a batch of messages takes thousands of ids."""
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
