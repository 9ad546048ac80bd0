"""Opens one sealed set at a whole place, as tests state it; the gate opens a page of them with one `Opener`."""

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hub.domain.access import Grant
from hub.vault.sealing import Opener, Place, framed


def open_set(key: bytes, place: Place, packed: bytes, grant: Grant) -> dict[str, str]:
    """Return the fields; see `Opener.open` for what is raised."""
    opener = Opener(place.partnership, place.synthetic, place.table, grant)
    return opener.open(
        AESGCM(key),
        place.record,
        place.owner,
        place.key_number,
        place.schema,
        place.revision,
        place.label_digest,
        framed(place.frame),
        packed,
    )
