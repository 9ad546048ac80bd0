"""What is asked: one reader, one purpose, one label, one subject, with every fact already looked up."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Case:
    """All values are words of closed lists or agency codes; `fault` says which fact could not be trusted.

    `consented_at` is when the consent in `consent` was given: a rule whose `lasts` is over counts it as not sought.
    """

    source: str
    source_kind: str
    recipient: str
    recipient_kind: str
    role: str
    purpose: str
    category: str
    sensitivity: str
    parts: frozenset[str]
    relationships: frozenset[str]
    consent: str
    openings: frozenset[str]
    handling: str
    audience: str
    satisfied: frozenset[str]
    at: datetime
    suspended: frozenset[str]
    fault: str = ""
    consented_at: datetime | None = None
