"""Who is in a family, from its standing facts. Pure."""

from collections.abc import Iterable

from hub.domain.facts import Fact, FactKind
from hub.domain.ids import PersonId

_CHILD_PARTS = frozenset({"child", "unborn_child", "sibling"})


def members(facts: Iterable[Fact]) -> tuple[tuple[PersonId, ...], tuple[PersonId, ...]]:
    """Return (children, adults) of a family."""
    parts: dict[PersonId, set[str]] = {}
    for fact in facts:
        if fact.kind is FactKind.MEMBERSHIP:
            said = fact.body["parts"]
            parts.setdefault(PersonId(str(fact.body["person"])), set()).update(said if isinstance(said, list) else [])
    children = tuple(person for person, found in parts.items() if found & _CHILD_PARTS)
    return children, tuple(person for person in parts if person not in children)
