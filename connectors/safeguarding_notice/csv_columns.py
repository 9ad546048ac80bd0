"""Columns of the CSV form, each named by its place in the JSON form; and rows put together to notices."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from connectors.safeguarding_notice import shape
from connectors.safeguarding_notice.shape import Node
from connectors.schema_fields import PartialDateText
from connectors.strict_csv import Row
from hub.domain.referral import Issue, Severity

Step = str | int
Path = tuple[Step, ...]
Tree = dict[Step, Any]
_NUMBER: Final = re.compile("[1-9][0-9]{0,2}", re.ASCII)
_WHOLE: Final = re.compile("-?(0|[1-9][0-9]{0,17})", re.ASCII)
_BRITISH_DATE: Final = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4})", re.ASCII)
_OF_SUBJECT: Final = MappingProxyType(
    {
        "person": "people",
        "role": "roles",
        "relationship": "relationships",
        "household": "households",
        "child_impact": "child_impact",
        "consent": "consents",
    }
)
"""First word of a column that speaks of the row's subject -> the list of the notice that it fills."""
_SEVERAL: Final = frozenset({"role", "relationship"})
_ROOM: Final = 1_000
"""Places kept in a list for each subject: numbers in a column have three digits."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `of` says what it speaks of (batch, notice, or the subject's word), `path` where it goes there."""

    name: str
    of: str
    path: Path
    node: Node

    def value(self, cell: str) -> object:
        """Return what JSON would hold: numbers and British dates turned where the field is one, texts as written."""
        text = cell.strip()
        if self.node.whole and _WHOLE.fullmatch(text):
            return int(text)
        british = _BRITISH_DATE.fullmatch(text) if isinstance(self.node.field, PartialDateText) else None
        return f"{british[3]}-{british[2]}-{british[1]}" if british else cell


@dataclass(frozen=True, slots=True)
class Leaf:
    """A value and the cell it stood in (`row 3 col event.reference`)."""

    value: object
    cell: str


def columns(header: Sequence[str]) -> list[Column | None]:
    """Return what each column is; None for one that the format does not name."""
    return [_column(name) for name in header]


def _column(name: str) -> Column | None:
    steps: Path = tuple(int(step) if _NUMBER.fullmatch(step) else step for step in name.split("."))
    first, rest = str(steps[0]), steps[1:]
    members = shape.notice().members or {}
    of, root, path = "notice", Node(None, members), steps
    if first in _OF_SUBJECT:
        item = members[_OF_SUBJECT[first]].item
        below = Node(None, members["households"].members, Node(None)) if first == "household" else item
        of, path = first, rest
        root = Node(None, item=below) if first in _SEVERAL else below or root
    elif first in (shape.batch().members or {}) and first != "notices":
        of, root = "batch", shape.batch()
    elif first in _OF_SUBJECT.values():
        return None
    node = _walk(root, path)
    return None if node is None else Column(name, of, path, node)


def _walk(node: Node | None, path: Path) -> Node | None:
    for step in path:
        if node is None:
            return None
        node = node.item if isinstance(step, int) else (node.members or {}).get(step)
    plain = node is not None and node.members is None and node.item is None
    return node if plain else None


def planted(rows: Sequence[Row], found: Sequence[Column | None]) -> tuple[Tree, list[Issue]]:
    """Return the rows of one notice as a tree of leaves, and where two rows tell different things of it."""
    tree: Tree = {}
    issues: list[Issue] = []
    homes: dict[str, int] = {}
    for number, row in enumerate(rows):
        cells = [(c, Leaf(c.value(cell), f"row {row.number} col {c.name}"), cell) for c, cell in _filled(row, found)]
        who = next((leaf for column, leaf, _ in cells if column.name == "person.id"), None)
        for column, leaf, _ in cells:
            if column.of == "batch":
                continue
            if column.of == "household":
                home = homes.setdefault(str(leaf.value), len(homes))
                _plant(tree, ("households", home, "reference"), leaf, [])
                _plant(tree, ("households", home, "members", number), who, issues)
                continue
            for path, value in _spread(column, leaf, who, number):
                _plant(tree, path, value, issues)
    return tree, issues


def _filled(row: Row, found: Sequence[Column | None]) -> Iterator[tuple[Column, str]]:
    for column, cell in zip(found, row.cells, strict=True):
        if column is not None and cell.strip():
            yield column, cell


def _spread(column: Column, leaf: Leaf, who: Leaf | None, number: int) -> Iterator[tuple[Path, Leaf | None]]:
    """Yield where a cell goes, and beside it whom it speaks of where that is not said by its place."""
    if column.of == "notice":
        yield column.path, leaf
        return
    several = column.of in _SEVERAL
    place = number * _ROOM + int(column.path[0]) if several else number
    base: Path = (_OF_SUBJECT[column.of], place)
    yield (*base, *(column.path[1:] if several else column.path)), leaf
    if column.of != "person":
        yield (*base, "person"), who


def _plant(tree: Tree, path: Path, leaf: Leaf | None, issues: list[Issue]) -> None:
    if leaf is None:
        return
    for step in path[:-1]:
        tree = tree.setdefault(step, {})
    there = tree.setdefault(path[-1], leaf)
    if there.value != leaf.value:
        issues.append(Issue(Severity.ERROR, "rows_disagree", leaf.cell))


def gathered(tree: Tree | Leaf, pointer: str, cells: dict[str, str]) -> Any:  # noqa: ANN401  whatever JSON holds
    """Return the value that a tree stands for; `cells` gets the cell of every JSON pointer."""
    if isinstance(tree, Leaf):
        cells[pointer] = tree.cell
        return tree.value
    if any(isinstance(step, int) for step in tree):
        return [gathered(tree[step], f"{pointer}/{n}", cells) for n, step in enumerate(sorted(tree, key=int))]
    return {str(step): gathered(inner, f"{pointer}/{step}", cells) for step, inner in tree.items()}


def batch_tree(rows: Sequence[Row], found: Sequence[Column | None]) -> tuple[Tree, list[Issue]]:
    """Return what all rows say of the message around the notices, and where they disagree about it."""
    tree: Tree = {}
    issues: list[Issue] = []
    for row in rows:
        for column, cell in _filled(row, found):
            if column.of == "batch":
                _plant(tree, column.path, Leaf(column.value(cell), f"row {row.number} col {column.name}"), issues)
    return tree, issues


def place_in(cells: Mapping[str, str], first: str, pointer: str) -> str:
    """Return the cell of a JSON pointer: exactly this one, else the first inside what it names, else the first row."""
    inside = (cell for place, cell in cells.items() if place.startswith(f"{pointer}/"))
    return cells.get(pointer) or next(inside, first)
