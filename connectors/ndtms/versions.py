"""The return's versions as data: which columns each has, what they mean, and which were never verified."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

IDENTITY: Final = frozenset(
    {"AGNCY", "CLIENTID", "EPISODID", "CONSENT", "FINITIAL", "SINITIAL", "DOB", "SEX", "ETHNIC", "NATION", "PC", "LA"}
)
"""Who the row is about; read by the connector itself, the same in every version."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: which part of the record it goes into, and how it is said."""

    part: str
    words: str
    per: str = "episode"
    date: bool = False
    verified: bool = True
    codes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Version:
    """One version: its columns, and those by which it is known."""

    name: str
    marks: frozenset[str]
    columns: Mapping[str, Column]


@dataclass(frozen=True, slots=True)
class Versions:
    """All versions, newest first; `missing` are the words for no value, `never_shown` columns that stay sealed."""

    missing: frozenset[str]
    never_shown: frozenset[str]
    versions: tuple[Version, ...]

    def of(self, header: Collection[str]) -> Version:
        """Return the newest version whose marks all stand in the header."""
        return next(version for version in self.versions if version.marks <= set(header))


@cache
def versions() -> Versions:
    """Return what the data file says."""
    said = yaml.safe_load((Path(__file__).parent / "versions.yaml").read_text())
    found: dict[str, Version] = {}
    for name, one in said["versions"].items():
        inherited = found[one["extends"]].columns if "extends" in one else {}
        columns = {**inherited, **{column: Column(**spec) for column, spec in one["columns"].items()}}
        found[name] = Version(name, frozenset(one["marks"]), columns)
    return Versions(frozenset(said["missing"]), frozenset(said["never_shown"]), tuple(reversed(found.values())))


def meaning(column: Column, value: str) -> str:
    """Return a coded value in words, with its code; a meaning that nobody verified says so."""
    known = column.codes.get(value)
    said = f"{column.words}: {value}"
    notes: list[Any] = [known] if known else ["code not known"] if column.codes else []
    notes += [] if column.verified else ["meaning not verified"]
    return f"{said} ({'; '.join(notes)})" if notes else said
