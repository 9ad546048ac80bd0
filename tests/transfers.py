"""Another partnership, for tests of one hub: its keys are pinned, and it seals whatever it is told to."""

import os
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from hub.domain.clock import stamp
from hub.services.transfer_keys import KeyPair
from hub.services.transfer_sealing import BUNDLE, seal
from tests.factories import SmallWorld


class Neighbour:
    """A partnership that stands in the register as an agency, and whose keys two officers pinned."""

    def __init__(self, world: SmallWorld, code: str) -> None:
        self.world, self.pair = world, KeyPair(Ed25519PrivateKey.generate(), X25519PrivateKey.generate())
        keys = self.pair.public
        for officer in ("iggy", "olive"):
            world.hub.partners.neighbours.pin(
                world.accounts[officer], world.agencies[code], keys.line, keys.fingerprint
            )

    def sealed(self, document: Any) -> bytes:  # noqa: ANN401  whatever is to be tried
        """Return a bundle that is signed and sealed as it should be, whatever it says."""
        theirs, meant = self.world.hub.partners.transfers.public_keys, document
        if isinstance(document, dict):
            keys = {"sender_key": self.pair.public.fingerprint, "recipient_key": theirs.fingerprint}
            meant = {**document, **keys, "made_at": stamp(self.world.clock())}
        return seal([self.pair.signed(BUNDLE, meant)], self.pair.public, theirs, os.urandom)
