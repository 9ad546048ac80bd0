"""Blind indexes: keyed, truncated look-up values that find candidates without naming them.

Only the worker that matches holds the key. Truncation makes many people share a value; the total of bits kept
per person stays within log2(population / 2), so that a stolen table singles nobody out.
"""

import hmac
from typing import Final, Literal

from hub.domain.canonical import length_prefixed
from hub.domain.errors import SettingsError

Kind = Literal["nhs", "dob", "name"]
LEAST_POPULATION: Final = 50_000
_NHS_BITS: Final = 63  # one signed column of 64 bits on both databases; unique per person, so no frequency to leak


class BlindIndex:
    """Turns a normalised value into a look-up number."""

    def __init__(self, key: bytes, dob_bits: int, name_bits: int) -> None:
        """Take the 32-byte key of one index version and how many bits each truncated kind keeps."""
        self._key = key
        self._bits: dict[Kind, int] = {"nhs": _NHS_BITS, "dob": dob_bits, "name": name_bits}

    def token(self, kind: Kind, value: str) -> int:
        """Return the number for a value that was already normalised: 0 <= token < 2 ** bits of its kind."""
        message = length_prefixed(b"hub/index/1", kind.encode(), value.encode())
        return int.from_bytes(hmac.digest(self._key, message, "sha256")[:8], "big") >> (64 - self._bits[kind])


def bits_for(population: int, *, name_rows: int = 1, versions: int = 1) -> tuple[int, int]:
    """Return (dob bits, name bits) for a declared population; fixed at `hub init`.

    Counted per person: `versions` live index versions, each with one date row and `name_rows` name rows (aliases).

    Raises:
        SettingsError: fewer than 50,000 people are declared, or too many rows share the budget.
    """
    if population < LEAST_POPULATION:
        raise SettingsError("population_too_small", where=str(population))
    budget = ((population // 2).bit_length() - 1) // versions
    name_bits = budget // (1 + name_rows)
    if not name_bits:
        raise SettingsError("index_budget_spent", where=f"{name_rows}x{versions}")
    return budget - name_rows * name_bits, name_bits
