"""The other families of the demonstration: who is in them, as plain values made from a seed. Pure; nobody is real."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from typing import Final, TypeVar

_YEAR: Final = 365.25
_DUE_IN: Final = timedelta(days=96)
_STREETS: Final = (
    "Larch Court",
    "Quarry Road",
    "Kiln Lane",
    "Harbour View",
    "St Agnes Rise",
    "Tannery Yard",
    "Elm Walk",
)
_TOWNS: Final = ("Northbridge", "Southbridge", "Exampleton", "Little Harbour")
_SCHOOLS: Final = ((5, "Harbour Nursery"), (11, "Northbridge Primary"), (19, "Exampleton High"))
"""Below which age -> nursery or school."""

_MOTHER, _FATHER, _CHILD, _UNBORN, _CARER = "mother", "father", "child", "unborn_child", "carer"
_Sketch = tuple[str, str, str, int, str, str]
_SKETCHES: Final[tuple[tuple[str, tuple[_Sketch, ...]], ...]] = (
    (
        "plan",
        (
            (_MOTHER, "Ngozi", "Okonkwo-Blythe", 29, "A", ""),
            (_FATHER, "Peter", "Blythe", 33, "B", ""),
            (_CHILD, "Ada", "Okonkwo-Blythe", 7, "A", ""),
            (_CHILD, "Samuel", "Okonkwo-Blythe", 4, "A", ""),
            (_UNBORN, "", "", 0, "", ""),
        ),
    ),
    (
        "kinship",
        (
            (_MOTHER, "Agnieszka", "Wójcik", 26, "A", "Agnieszka Wojcik"),
            (_FATHER, "Łukasz", "Wójcik", 31, "B", "Lukasz Wojcik"),
            (_CHILD, "Zofia", "Wójcik", 5, "C", ""),
            (_CHILD, "Staś", "Wójcik", 3, "C", "Stanisław Wójcik"),
            (_CARER, "Halina", "Wójcik-Dunn", 57, "C", ""),
        ),
    ),
    (
        "translated",
        (
            (_MOTHER, "Олена", "Коваленко", 34, "A", "Olena Kovalenko"),
            (_FATHER, "Тарас", "Коваленко", 36, "A", "Taras Kovalenko"),  # noqa: RUF001  a name
            (_CHILD, "Соломія", "Коваленко", 11, "A", "Solomiia Kovalenko"),
            (_CHILD, "Марко", "Коваленко", 8, "A", "Marko Kovalenko"),
        ),
    ),
    (
        "refused",
        (
            (_MOTHER, "Ελένη", "Παπαδοπούλου", 38, "A", "Eleni Papadopoulou-Reid"),
            (_FATHER, "Callum", "Reid", 41, "B", ""),
            (_CHILD, "Iris", "Papadopoulou-Reid", 15, "A", ""),
            (_CHILD, "Fergus", "Reid", 12, "B", ""),
        ),
    ),
    (
        "withdrawn",
        (
            (_MOTHER, "Thảo", "Nguyễn", 31, "A", "Thao Nguyen"),
            (_FATHER, "Jean-Luc", "D'Souza", 35, "B", ""),
            (_CHILD, "Minh", "Nguyễn-D'Souza", 6, "A", ""),
        ),
    ),
    (
        "enquiry",
        (
            (_MOTHER, "Siobhán", "O'Shaughnessy", 27, "A", ""),
            (_FATHER, "Thabo", "Mbeki-Lane", 30, "B", ""),
            (_CHILD, "Naledi", "O'Shaughnessy", 2, "A", ""),
            (_CHILD, "Róisín", "O'Shaughnessy", 9, "A", ""),
        ),
    ),
    (
        "emergency",
        (
            (_MOTHER, "Rania", "Haddad", 33, "A", "رانيا حداد"),
            (_FATHER, "Omar", "Haddad", 37, "B", "عمر حداد"),
            (_CHILD, "Yusuf", "Haddad", 10, "A", "يوسف حداد"),
            (_CHILD, "Lina", "Haddad", 6, "A", "لينا حداد"),
        ),
    ),
    (
        "shielded",
        (
            (_MOTHER, "Ileana", "Brânză", 36, "A", ""),
            (_FATHER, "Rhys", "Llewellyn", 39, "B", ""),
            (_CHILD, "Cerys", "Llewellyn-Brânză", 13, "A", ""),
        ),
    ),
    (
        "unowned",
        (
            (_MOTHER, "Defne", "Öztürk", 24, "A", ""),
            (_FATHER, "Henry", "St. John", 28, "A", ""),
            (_CHILD, "Ayla", "Öztürk-St. John", 2, "A", ""),
        ),
    ),
    (
        "closed",
        (
            (_MOTHER, "María José", "Fernández Ruiz", 40, "A", ""),
            (_FATHER, "Andrés", "Gutiérrez", 44, "B", ""),
            (_CHILD, "Lucía", "Gutiérrez Fernández", 14, "A", ""),
            (_CHILD, "Iñaki", "Gutiérrez Fernández", 16, "B", ""),
        ),
    ),
)
"""What a family shows -> its people: part, given name, family name, age, household, another name or spelling."""
_NEIGHBOURS: Final[tuple[_Sketch, ...]] = (
    (_MOTHER, "Mairead", "Quinlan", 32, "A", ""),
    (_FATHER, "Dafydd", "Pryce", 35, "B", ""),
    (_CHILD, "Eira", "Pryce", 8, "A", ""),
)
"""The family that another partnership hands over."""


_Thing = TypeVar("_Thing")


class Draw:
    """Draws what a seed decides: the same seed, the same draws. For made-up people only, never for a secret."""

    def __init__(self, seed: str) -> None:
        """Take the seed."""
        self._seed, self._drawn = seed, 0

    def below(self, count: int) -> int:
        """Return a whole number from 0 to below `count`."""
        self._drawn += 1
        return int.from_bytes(sha256(f"{self._seed}/{self._drawn}".encode()).digest()[:8], "big") % count

    def between(self, lowest: int, below: int) -> int:
        """Return a whole number from `lowest` to below `below`."""
        return lowest + self.below(below - lowest)

    def pick(self, things: Sequence[_Thing]) -> _Thing:
        """Return one of them."""
        return things[self.below(len(things))]


@dataclass(frozen=True, slots=True)
class Someone:
    """One person; `key` is the message's own. An unborn child has no name, and `born` is when it is expected."""

    key: str
    part: str
    given: str
    family: str
    born: date
    sex: str
    nhs: str
    household: str
    other: str
    address: tuple[str, str]
    phone: str
    school: str

    @property
    def name(self) -> str:
        """Name in full."""
        return f"{self.given} {self.family}".strip()


@dataclass(frozen=True, slots=True)
class Household:
    """One family as it is sent: `shows` says which state of affairs it is for."""

    number: int
    shows: str
    people: tuple[Someone, ...]

    def of(self, *parts: str) -> tuple[Someone, ...]:
        """Return the people with one of these parts."""
        return tuple(one for one in self.people if one.part in parts)

    @property
    def mother(self) -> Someone:
        """The mother."""
        return self.of(_MOTHER)[0]

    @property
    def father(self) -> Someone:
        """The father."""
        return self.of(_FATHER)[0]

    @property
    def children(self) -> tuple[Someone, ...]:
        """The children who are born."""
        return self.of(_CHILD)


def households(today: date, seed: str) -> tuple[Household, ...]:
    """Return the families: the same ones for the same day and seed."""
    draw = Draw(seed)
    numbers = _nhs_numbers(draw)
    return tuple(
        Household(number, shows, tuple(_people(number, sketches, today, draw, numbers)))
        for number, (shows, sketches) in enumerate(_SKETCHES, start=1)
    )


def neighbours(today: date) -> Household:
    """Return the family that another partnership knows."""
    draw = Draw("southshire")
    return Household(90, "moved", tuple(_people(90, _NEIGHBOURS, today, draw, _nhs_numbers(draw))))


def nhs_number(nine: int) -> str:
    """Return nine digits with their check digit, "" when they have none (modulus 11, NHS Data Dictionary)."""
    digits = f"{nine:09d}"
    check = 11 - sum(int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=True)) % 11
    return "" if check == 10 else f"{digits}{check % 11}"  # noqa: PLR2004  ten cannot be written as one digit


def _nhs_numbers(draw: Draw) -> Iterator[str]:
    """Yield numbers of the test range 900 to 999, never one twice."""
    place = draw.between(910_000_000, 920_000_000)
    while True:
        place += 7
        if number := nhs_number(place):
            yield number


def _people(
    number: int, sketches: Sequence[_Sketch], today: date, draw: Draw, numbers: Iterator[str]
) -> Iterator[Someone]:
    streets = {letter: _address(draw) for letter in "ABC"}
    for place, (part, given, family, age, home, other) in enumerate(sketches, start=1):
        unborn = part == _UNBORN
        born = today + _DUE_IN if unborn else today - timedelta(days=int(age * _YEAR) + draw.between(20, 340))
        sex = {_MOTHER: "female", _CARER: "female", _FATHER: "male"}.get(part, _sex(place))
        yield Someone(
            f"p{place}",
            part,
            given,
            family,
            born,
            "not_known" if unborn else sex,
            "" if unborn else next(numbers),
            f"H{number}{home}" if home else "",
            other,
            streets.get(home, ("", "")),
            "" if part in {_CHILD, _UNBORN} else f"07700 900{number * 10 + place:03d}",
            _school(age) if part == _CHILD else "",
        )


def _sex(place: int) -> str:
    return "female" if place % 2 else "male"


def _school(age: int) -> str:
    return next(name for below, name in _SCHOOLS if age < below)


def _address(draw: Draw) -> tuple[str, str]:
    house, street, town = draw.between(1, 90), draw.pick(_STREETS), draw.pick(_TOWNS)
    return f"{house} {street}, {town}", f"ZZ99 {draw.between(1, 9)}{draw.pick('ABDEFG')}{draw.pick('HJLNP')}"
