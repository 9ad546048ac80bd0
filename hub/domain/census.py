"""What the hub may hand out of a child as blocks of the Children in Need census.

Values are as the census writes them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

Pair = tuple[str, str]
"""One element of the census: tag and value."""
Block = tuple[Pair, ...]


@dataclass(frozen=True, slots=True)
class CensusChild:
    """One child as one reader may see them.

    `person` and `episodes` are fields of records (see `RecordKind.COUNCIL_RECORD`); `decisions` are (code of the
    opening fact, first day, last day or "") of decisions that name the child.
    """

    person: Mapping[str, str] = field(repr=False)
    episodes: tuple[Mapping[str, str], ...] = field(repr=False, default=())
    decisions: tuple[tuple[str, str, str], ...] = ()
