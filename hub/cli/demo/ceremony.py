"""The agencies of a demonstration sign, step by step as in life, with keys made in this run and kept nowhere."""

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass

from hub.domain.clock import Randomness
from hub.domain.ids import AccountId
from hub.services.rosters import NewSignatory, SignatoryRosters
from hub.services.signing import Signing
from hub.services.signing_keys import SigningKey

OFFICE = "senior information risk owner"


@dataclass(frozen=True, slots=True)
class Officers:
    """One IG officer per party, and a second person of the proposing one, who checks."""

    proposer: str
    by_party: Mapping[str, AccountId]
    checker: AccountId


class Ceremony:
    """Enters rosters and signs texts."""

    def __init__(self, signing: Signing, rosters: SignatoryRosters, officers: Officers, randomness: Randomness) -> None:
        """Take the services and the officers; every party's first roster is entered now."""
        self.signing, self.rosters, self._officers = signing, rosters, officers
        self.keys = {party: SigningKey.make(randomness) for party in officers.by_party}
        for party, officer in officers.by_party.items():
            signatory = NewSignatory(f"{party.upper()} signatory", OFFICE, self.keys[party].public.hex())
            rosters.offer(officer, [signatory])
            rosters.confirm(self._another_than(officer), party, self.keys[party].key_id)

    def on(self, signing: Signing, rosters: SignatoryRosters) -> "Ceremony":
        """Return the same people with the same keys at another process."""
        other = copy(self)
        other.signing, other.rosters = signing, rosters
        return other

    def _another_than(self, officer: AccountId) -> AccountId:
        return (
            self._officers.checker
            if officer != self._officers.checker
            else next(iter(self._officers.by_party.values()))
        )

    def propose(self, text: str, source: str) -> str:
        """Propose and check a text; returns the version's key."""
        key = self.signing.propose(self._officers.by_party[self._officers.proposer], text, source)
        self.signing.check(self._officers.checker, key)
        return key

    def sign(self, key: str, *parties: str) -> None:
        """Sign a version for these parties, or for all of them."""
        for party in parties or self.signing.progress(key).parties:
            officer = self._officers.by_party[party]
            signature = self.keys[party].sign(self.signing.to_sign(officer, key))
            self.signing.sign(officer, key, self.keys[party].key_id, signature, "command_line")

    def bring_into_force(self, text: str, source: str) -> str:
        """Take a text through every step."""
        key = self.propose(text, source)
        self.sign(key)
        return key
