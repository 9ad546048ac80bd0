"""A signatory's key. In service it is held by the signatory alone; a demonstration makes its own."""

from dataclasses import dataclass, field

from hub.domain.clock import Randomness
from hub.vault.signatures import fingerprint, new_signing_key, public_key, sign


@dataclass(frozen=True, slots=True)
class SigningKey:
    """One signatory: for which agency, under which fingerprint, and the private half."""

    agency_code: str
    name: str
    office: str
    public: bytes
    _private: bytes = field(repr=False)

    @classmethod
    def make(cls, agency_code: str, name: str, office: str, randomness: Randomness) -> "SigningKey":
        """Make a fresh key."""
        private = new_signing_key(randomness)
        return cls(agency_code, name, office, public_key(private), private)

    @property
    def key_id(self) -> str:
        """The fingerprint people read to each other when a roster begins."""
        return fingerprint(self.public)

    def sign(self, message: bytes) -> bytes:
        """Return the signature over a message."""
        return sign(self._private, message)
