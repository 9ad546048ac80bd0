"""Where the people of a genogram stand and which lines join them: generations downwards, couples beside each other.

Pure; pixels. Symbols and lines are the standard ones (McGoldrick and others): a square, a circle, a diamond where the
sex is not known, a triangle for an unborn child, a cross for a death; the styles of lines stand in the page's key.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from hub.services.kin import Bond, Kin, Relations
from hub.services.relations import COUPLE, PARENTAL, Tie

STEP, DOWN, HALF = 112, 138, 19
"""Pixels from person to person, from generation to generation, and half a symbol."""
TOP, SIDE = 34, 58
_LONGEST: Final = 15


@dataclass(frozen=True, slots=True)
class Figure:
    """One person's symbol around (x, y), and the lines of words below it."""

    x: int
    y: int
    kin: Kin
    label: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One line as the path of an SVG; `style` is a tie's word, `words` what it says."""

    path: str
    style: str
    words: str


@dataclass(frozen=True, slots=True)
class Genogram:
    """The picture and what its list says."""

    width: int
    height: int
    figures: tuple[Figure, ...]
    lines: tuple[Line, ...]
    relations: Relations


def draw(relations: Relations) -> Genogram:
    """Return the picture of these relations."""
    level = _generations(relations)
    rows = _rows(relations, level)
    widest = max((len(row) for row in rows), default=0)
    places: dict[str, tuple[int, int]] = {}
    for number, row in enumerate(rows):
        left = SIDE + (widest - len(row)) * STEP // 2
        places |= {person: (left + place * STEP, TOP + number * DOWN) for place, person in enumerate(row)}
    figures = tuple(Figure(*places[kin.person], kin, _label(kin)) for kin in relations.people)
    lines = tuple(_lines(relations.bonds, places))
    return Genogram(
        2 * SIDE + max(widest - 1, 0) * STEP, TOP + max(len(rows), 1) * DOWN - 24, figures, lines, relations
    )


def _generations(relations: Relations) -> dict[str, int]:
    """Return person -> generation, 0 on top: parents above children, couples and siblings level."""
    steps: dict[str, list[tuple[str, int]]] = {kin.person: [] for kin in relations.people}
    for bond in relations.bonds:
        down = 1 if bond.tie in PARENTAL else 2 if bond.tie is Tie.GRAND else None if bond.tie is Tie.OTHER else 0
        if down is not None:
            steps[bond.one].append((bond.other, down))
            steps[bond.other].append((bond.one, -down))
    level: dict[str, int] = {}
    for kin in sorted(relations.people, key=lambda kin: not kin.child):
        if kin.person in level:
            continue
        level[kin.person] = 1 if kin.child else 0
        waiting = deque([kin.person])
        while waiting:
            person = waiting.popleft()
            for other, down in steps[person]:
                if other not in level:
                    level[other] = level[person] + down
                    waiting.append(other)
    top = min(level.values(), default=0)
    return {person: found - top for person, found in level.items()}


def _rows(relations: Relations, level: dict[str, int]) -> list[list[str]]:
    """Return the people of each generation from left to right: below their parents, beside their partners."""
    rows: list[list[str]] = []
    place: dict[str, float] = {}
    couples = _couples(relations.bonds)
    for number in range(max(level.values(), default=-1) + 1):
        here = [kin.person for kin in relations.people if level[kin.person] == number]
        above = {person: _above(person, relations.bonds, place) for person in here}
        row: list[str] = []
        for person in sorted(here, key=lambda person: above[person]):
            if person not in row:
                row.append(person)
                row += [p for p in here if p not in row and frozenset((p, person)) in couples]
        rows.append(row)
        place |= {person: at - len(row) / 2 for at, person in enumerate(row)}
    return rows


def _couples(bonds: Iterable[Bond]) -> set[frozenset[str]]:
    """Return who stands side by side: partners, and the parents of one child."""
    found = {frozenset((bond.one, bond.other)) for bond in bonds if bond.tie in COUPLE}
    parents = _parents(bonds)
    return found | {frozenset(pair) for pair in parents.values() if len(pair) > 1}


def _parents(bonds: Iterable[Bond]) -> dict[str, list[str]]:
    parents: dict[str, list[str]] = {}
    for bond in bonds:
        if bond.tie is Tie.BIRTH and bond.one not in parents.setdefault(bond.other, []):
            parents[bond.other].append(bond.one)
    return parents


def _above(person: str, bonds: Iterable[Bond], place: dict[str, float]) -> float:
    """Return where somebody's parents stand on average; without any, the middle."""
    found = [place[b.one] for b in bonds if b.other == person and b.tie in PARENTAL | {Tie.GRAND} and b.one in place]
    return sum(found) / len(found) if found else 0.0


def _lines(bonds: Sequence[Bond], places: dict[str, tuple[int, int]]) -> Iterable[Line]:
    """Return each line once: couples across, children down from both parents where these stand side by side."""
    parents = {child: pair for child, pair in _parents(bonds).items() if _beside(pair, places)}
    said = {frozenset((b.one, b.other)) for b in bonds if b.tie in COUPLE}
    for pair in {frozenset(pair): pair for pair in parents.values()}.values():
        if frozenset(pair) not in said:
            yield Line(_across(pair[0], pair[1], places), "parents", "Parents of one child")
    for child, pair in parents.items():
        middle = (places[pair[0]][0] + places[pair[1]][0]) // 2
        yield Line(_down(middle, places[pair[0]][1], places[child]), Tie.BIRTH.value, "Child of both")
    for bond in bonds:
        if bond.tie in COUPLE:
            path = _across(bond.one, bond.other, places)
            slashes = _slashes(bond.one, bond.other, places) if bond.tie is Tie.ENDED else ""
            yield Line(path + slashes, bond.tie.value, bond.words)
        elif bond.tie is Tie.SIBLING and not (_known_parents(bond.one, bonds) and _known_parents(bond.other, bonds)):
            yield Line(_over(bond.one, bond.other, places), bond.tie.value, bond.words)
        elif bond.tie in PARENTAL | {Tie.GRAND} and not (bond.tie is Tie.BIRTH and bond.other in parents):
            yield Line(_aside(places[bond.one], places[bond.other]), bond.tie.value, bond.words)


def _beside(pair: Sequence[str], places: dict[str, tuple[int, int]]) -> bool:
    if len(pair) != 2:  # noqa: PLR2004  two parents
        return False
    (x, y), (other_x, other_y) = places[pair[0]], places[pair[1]]
    return y == other_y and abs(x - other_x) == STEP


def _known_parents(person: str, bonds: Iterable[Bond]) -> bool:
    return any(bond.other == person and bond.tie in PARENTAL for bond in bonds)


def _across(one: str, other: str, places: dict[str, tuple[int, int]]) -> str:
    (x, y), (to, level) = sorted((places[one], places[other]))
    if y != level or to - x > STEP:
        return f"M{x} {y + HALF} C{x} {y + 58} {to} {level + 58} {to} {level + HALF}"
    return f"M{x + HALF} {y} H{to - HALF}"


def _slashes(one: str, other: str, places: dict[str, tuple[int, int]]) -> str:
    """Return two strokes through the middle of a couple's line: their relationship ended."""
    (x, y), (to, level) = places[one], places[other]
    middle, height = (x + to) // 2, y if y == level and abs(to - x) <= STEP else max(y, level) + 48
    return f" M{middle - 9} {height + 9} l9 -18 M{middle + 1} {height + 9} l9 -18"


def _down(x: int, y: int, child: tuple[int, int]) -> str:
    return f"M{x} {y} {_onto(child)}"


def _aside(parent: tuple[int, int], child: tuple[int, int]) -> str:
    """From one parent's side, then down between the columns: straight down would cross the name below them."""
    x, y = parent
    return f"M{x + HALF} {y} H{x + STEP // 2} {_onto(child)}"


def _onto(child: tuple[int, int]) -> str:
    to, below = child
    return f"V{below - HALF - 22} H{to} V{below - HALF}"


def _over(one: str, other: str, places: dict[str, tuple[int, int]]) -> str:
    (x, y), (to, level) = sorted((places[one], places[other]))
    return f"M{x} {y - HALF} V{y - HALF - 8} H{to} V{level - HALF}"


def _label(kin: Kin) -> tuple[str, ...]:
    """Break a name into at most two lines, then the year or month of birth, then homes."""
    first = ""
    rest: list[str] = []
    for word in kin.name.split():
        if not rest and len(f"{first} {word}".strip()) <= _LONGEST:
            first = f"{first} {word}".strip()
        else:
            rest.append(word)
    second = " ".join(rest)
    second = second if len(second) <= _LONGEST else second[: _LONGEST - 1] + "…"
    homes = f"Home {', '.join(kin.homes)}" if kin.homes else ""
    born = kin.words.split()
    words = kin.words if len(kin.words) <= _LONGEST else f"{born[0]} {born[-1]}"
    return tuple(filter(None, (first or second, second if first else "", words, homes)))
