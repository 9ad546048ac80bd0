"""Remarks beside an entry as they are stored and read again: disagreement, challenge, answer. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from hub.domain.fields import RecordKind, remark_field
from hub.gate.disclosure import ShownRecord

DISAGREEMENT, CHALLENGE, ANSWER = "disagreement", "challenge", "answer"
WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {DISAGREEMENT: "Disagrees", CHALLENGE: "Professional challenge", ANSWER: "Answer to the challenge"}
)


@dataclass(frozen=True, slots=True)
class Remark:
    """One remark as it is stored; `beside` is the first entry of a line of corrections, `whose` a person or ""."""

    what: str
    words: str = field(repr=False)
    written_by: str
    said_at: str
    beside: str
    id: str
    whose: str = ""
    answers: str = ""

    def fields(self, category: str) -> dict[str, str]:
        """Return the fields under which it is sealed."""
        parts = {
            "remark": self.what,
            "whose": self.whose,
            "words": self.words,
            "written_by": self.written_by,
            "said_at": self.said_at,
            "beside": self.beside,
            "remark_id": self.id,
            "answers": self.answers,
        }
        return {remark_field(part, category): value for part, value in parts.items() if value}


def read(record: ShownRecord) -> Remark | None:
    """Read a remark again; None for a record that is none."""
    if record.kind is not RecordKind.REMARK:
        return None
    said = {name.partition("_in_")[0]: value for name, value in record.fields.items()}
    return Remark(
        said["remark"],
        said["words"],
        said.get("written_by", ""),
        said.get("said_at", ""),
        said["beside"],
        said["remark_id"],
        said.get("whose", ""),
        said.get("answers", ""),
    )


def first_of(record: ShownRecord) -> str:
    """Return the id of the first entry of a line of corrections: what remarks stand beside."""
    return record.fields.get("first_entry", record.record)


def beside(records: Iterable[ShownRecord]) -> dict[str, list[Remark]]:
    """Group the remarks of a view by the entry they stand beside, oldest first."""
    found: dict[str, list[Remark]] = {}
    for record in records:
        remark = read(record)
        if remark is not None:
            found.setdefault(remark.beside, []).append(remark)
    return {first: sorted(remarks, key=lambda one: one.id) for first, remarks in found.items()}
