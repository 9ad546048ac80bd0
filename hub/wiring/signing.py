"""Builds what people sign agreements with."""

from hub.domain.clock import Clock
from hub.domain.ids import IdMaker
from hub.gate.policybook import PolicyBook
from hub.gate.writer import Writer
from hub.services.family_page import FamilyPages
from hub.services.replaying import Replaying
from hub.services.rosters import SignatoryRosters
from hub.services.signing import Signing
from hub.services.signing_desk import SigningDesk, SigningServices


def signing_services(
    signing: Signing,
    replaying: Replaying,
    policy: PolicyBook,
    writer: Writer,
    pages: FamilyPages,
    clock: Clock,
    ids: IdMaker,
) -> SigningServices:
    """Return steps, rosters and what is read about both."""
    rosters = SignatoryRosters(signing, writer, clock, ids)
    desk = SigningDesk((signing, rosters), replaying, policy, pages.register, clock)
    return SigningServices(desk, signing, rosters)
