"""What is read of a record in quarantine, and what takes it apart and puts values in."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from hub.services.quarantine_clock import Salvage


class Mender(Salvage, Protocol):
    """Takes a message apart and puts values in; handed in by wiring."""

    def lines(self, body: bytes, pointer: str) -> list[tuple[str, str]]:
        """Return (place, value) of everything that can be read."""
        ...

    def mended(
        self,
        body: bytes,
        corrections: Mapping[str, str],
        typed: frozenset[str] = frozenset(),
        once: frozenset[str] = frozenset(),
    ) -> bytes:
        """Return the message with values put in at places; those in `once` stand there alone afterwards."""
        ...

    def places(self, body: bytes, remarked: Collection[str]) -> Mapping[str, Sequence[str]]:
        """Return where values can be put for remarks on places, written as `lines` writes them."""
        ...


@dataclass(frozen=True, slots=True)
class Waiting:
    """One record on the list."""

    id: str
    agency: str
    format_words: str
    received_words: str
    due_words: str
    overdue: bool


@dataclass(frozen=True, slots=True)
class Flaw:
    """One remark: in words, where, whether it stops the record, and the value that stands there ("" for none)."""

    words: str
    place: str
    stops: bool
    fixable: bool
    value: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class RepairPage:
    """One record: its flaws, then everything else that was understood as (place, value)."""

    id: str
    agency: str
    format_words: str
    received_words: str
    flaws: tuple[Flaw, ...]
    understood: tuple[tuple[str, str], ...] = field(repr=False)
