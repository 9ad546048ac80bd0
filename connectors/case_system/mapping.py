"""The mappings, read once: which of a case system's names is which of ours."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import yaml

from hub.domain.errors import RejectedMessageError

GENERIC: Final = "generic"
NEEDED: Final[Mapping[str, tuple[str, ...]]] = {
    "person": ("case", "person", "part"),
    "allocation": ("family", "worker", "from"),
    "legal_status": ("case", "person", "status", "from"),
    "plan": ("case", "person", "plan", "from"),
}
"""Kind of line -> the columns of ours that it must fill."""
_TELLING_APART: Final = ("case",)
"""Columns without which nothing can be told apart; the others may be missing from a file."""


@dataclass(frozen=True, slots=True)
class CaseMapping:
    """One authority's names: theirs -> ours for columns, and per column of ours their word -> ours."""

    name: str
    kind_column: str
    kinds: Mapping[str, str]
    columns: Mapping[str, str]
    values: Mapping[str, Mapping[str, str]]
    out: Mapping[str, str]

    def line(self, said: Mapping[str, str]) -> tuple[str, dict[str, str]]:
        """Return (kind or "", {our name: value}) of one row; blank values are left out, listed words become ours."""
        kind = self.kinds.get(said.get(self.kind_column, "").strip(), "")
        found = {self.columns[name]: value.strip() for name, value in said.items() if name in self.columns}
        told = {name: self.values.get(name, {}).get(value, value) for name, value in found.items() if value}
        return kind, told

    def unread(self, header: Collection[str]) -> int:
        """Return how many columns of a file this mapping does not know."""
        return len(set(header) - self.columns.keys() - {self.kind_column})

    def theirs(self, name: str) -> str:
        """Return what they call a column of ours."""
        return next(theirs for theirs, ours in self.columns.items() if ours == name)


@cache
def mappings() -> Mapping[str, CaseMapping]:
    """Return every mapping by its name."""
    said = yaml.safe_load((Path(__file__).parent / "mappings.yaml").read_text())["mappings"]
    return {
        name: CaseMapping(
            name,
            one["kind"]["column"],
            one["kind"]["words"],
            {theirs: ours for ours, theirs in one["columns"].items()},
            one["values"],
            one["out"],
        )
        for name, one in said.items()
    }


def mapping_named(name: str) -> CaseMapping:
    """Return a mapping; RejectedMessageError for one that nobody wrote."""
    found = mappings().get(name)
    if found is None:
        raise RejectedMessageError("unknown_mapping", where="/mapping")
    return found


def mapping_of(header: Collection[str]) -> CaseMapping:
    """Return the first mapping whose kind and case columns stand in a header; RejectedMessageError for none."""
    for mapping in mappings().values():
        if {mapping.kind_column, *(mapping.theirs(name) for name in _TELLING_APART)} <= set(header):
            return mapping
    raise RejectedMessageError("unknown_mapping", where="row 1")
