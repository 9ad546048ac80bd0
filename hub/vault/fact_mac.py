"""The chain of codes over facts: policy believes only rows that the hub wrote, in the order it wrote them.

Source: HMAC-SHA-256, RFC 2104.
"""

import hmac
from collections.abc import Iterable, Mapping

from hub.domain.canonical import canonical, length_prefixed
from hub.domain.errors import FactBrokenError

START = bytes(32)
"""What the first fact of a chain takes as its predecessor's code."""


class FactMac:
    """Makes and checks the code of a fact over all its columns and its predecessor's code."""

    def __init__(self, key: bytes) -> None:
        """Take the 32-byte key that is used for nothing else."""
        self._key = key

    def mac(self, previous: bytes, columns: Mapping[str, object]) -> bytes:
        """Return the 32-byte code. `columns` holds plain values: text, integers, lists, mappings, None."""
        return hmac.digest(self._key, length_prefixed(b"hub/fact/1", previous, canonical(columns)), "sha256")

    def require(self, previous: bytes, columns: Mapping[str, object], mac: bytes, *, where: str = "") -> None:
        """Return silently when `mac` is the fact's code; else raise FactBrokenError naming `where`."""
        if not hmac.compare_digest(self.mac(previous, columns), mac):
            raise FactBrokenError(where=where)

    def require_chain(
        self, facts: Iterable[tuple[Mapping[str, object], bytes]], newest: tuple[int, bytes] | None, *, where: str = ""
    ) -> None:
        """Check a whole chain, oldest first, as (columns, code), against the newest (number, code) the ledger knows.

        Facts are numbered from 1. The newest the ledger knows must still stand in its place. Facts after it carry
        codes that only the hub can make: a process that died between its two commits leaves such a tail, and it must
        neither lock a family out nor be lost. None says that the ledger knows no fact of this chain.

        Raises:
            FactBrokenError: a fact was edited, removed, reordered or added outside the hub.
        """
        previous, count, met = START, 0, newest is None
        for columns, mac in facts:
            count += 1
            self.require(previous, columns, mac, where=f"{where}/{count}")
            met = met or newest == (count, mac)
            previous = mac
        if not met:
            raise FactBrokenError("fact_chain_end", where=f"{where}/{count}")
