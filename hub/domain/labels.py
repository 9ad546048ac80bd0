"""A label says what a sealed field is, never what it says: the unit that policy decides on.

INVARIANT: a label is fixed when a field is sealed; the digest of its content is bound into the ciphertext,
so changing a label in the database makes the field unreadable instead of readable by others.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from hub.domain.canonical import digest
from hub.domain.ids import AgencyId, ReferenceId


class Sensitivity(StrEnum):
    """How far an agreement must reach (`up_to`) before it speaks of a field; ordered, least first."""

    PERSONAL = "personal"
    SENSITIVE = "sensitive"
    RESTRICTED = "restricted"
    PROTECTED = "protected"


class Handling(StrEnum):
    """What the originator said about passing it on.

    Police 3x5x2: P may be shared lawfully, C only with the sender's conditions. Any originator: ask before it goes to
    anybody further, or never pass it on. Source: domain reference 4.2, originator control.
    """

    NONE = "none"
    P = "P"
    C = "C"
    ASK_ORIGINATOR = "ask_originator"
    PROHIBITED = "prohibited"


class Audience(StrEnum):
    """A limit that the sender put on who may read, whatever an agreement says."""

    ANY = "any"
    SOCIAL_CARE = "social_care"
    ORIGINATOR = "originator"


@dataclass(frozen=True, slots=True)
class Label:
    """(category, sensitivity, owner agency, set of subjects, handling, audience limit); see design section 4.5."""

    category: str
    sensitivity: Sensitivity
    owner: AgencyId
    subjects: frozenset[ReferenceId]
    handling: Handling = Handling.NONE
    audience: Audience = Audience.ANY

    def __hash__(self) -> int:
        """Return a hash over what tells most labels apart; the words of enumerations would cost four times as much."""
        return hash((self.category, self.owner, self.subjects))

    def content(self) -> dict[str, object]:
        """Return the plain form that is stored, hashed and bound into ciphertexts."""
        return {
            "audience": self.audience.value,
            "category": self.category,
            "handling": self.handling.value,
            "owner": self.owner,
            "sensitivity": self.sensitivity.value,
            "subjects": sorted(self.subjects),
        }

    def digest(self) -> str:
        """SHA-256 (hexadecimal) of the canonical content."""
        return _digest(self)

    @classmethod
    def from_content(cls, content: dict[str, object]) -> "Label":
        """Rebuild a label from its stored content; an unknown value raises ValueError or KeyError."""
        subjects = content["subjects"]
        if not isinstance(subjects, list):
            raise TypeError("subjects")
        return cls(
            category=str(content["category"]),
            sensitivity=Sensitivity(str(content["sensitivity"])),
            owner=AgencyId(str(content["owner"])),
            subjects=frozenset(ReferenceId(str(subject)) for subject in subjects),
            handling=Handling(str(content["handling"])),
            audience=Audience(str(content["audience"])),
        )


@lru_cache(maxsize=4096)
def _digest(label: Label) -> str:
    """A label is asked for its digest wherever one of its fields is sealed, stored or opened."""
    return digest(label.content())
