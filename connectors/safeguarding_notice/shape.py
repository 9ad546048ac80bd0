"""The shape that the three forms of a notice share, read from the schemas: objects, lists, texts, whole numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any, Final

from marshmallow import Schema, fields

from connectors.safeguarding_notice.schema import BatchSchema
from connectors.schema_fields import InstantText, PartialDateText

ROOT: Final = "safeguarding_notices"
ITEMS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "notices": "notice",
        "people": "person",
        "other_names": "other_name",
        "identifiers": "identifier",
        "addresses": "address",
        "lines": "line",
        "phones": "phone",
        "roles": "role",
        "relationships": "relationship",
        "households": "household",
        "members": "member",
        "child_impact": "child",
        "exposure": "way",
        "answers": "answer",
        "about": "person",
        "narratives": "narrative",
        "actions": "action",
        "consents": "consent",
    }
)
"""Name of a list -> name of the element that holds one of its items in XML."""


@dataclass(frozen=True, slots=True)
class Node:
    """One value: an object (`members`), a list (`item`, in XML elements called `item_name`), or a plain one.

    `dated` ones have rules that a pattern cannot say: a day that exists.
    """

    field: fields.Field[Any] | None
    members: Mapping[str, "Node"] | None = None
    item: "Node | None" = None
    item_name: str = ""
    whole: bool = False
    dated: bool = False


@cache
def batch() -> Node:
    """Return the shape of a whole message."""
    return _object(BatchSchema(), None)


def notice() -> Node:
    """Return the shape of one notice."""
    found = batch().members
    if found is None or found["notices"].item is None:
        raise AssertionError("a batch is an object with a list of notices")
    return found["notices"].item


def _object(schema: Schema, field: fields.Field[Any] | None) -> Node:
    return Node(field, members={name: _node(name, inner) for name, inner in schema.fields.items()})


def _node(name: str, field: fields.Field[Any]) -> Node:
    match field:
        case fields.Nested():
            return _object(field.schema, field)
        case fields.List():
            return Node(field, item=_node(name, field.inner), item_name=ITEMS[name])
        case fields.Integer():
            return Node(field, whole=True)
        case PartialDateText() | InstantText():
            return Node(field, dated=True)
        case _:
            return Node(field)
