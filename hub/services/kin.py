"""The people of a genogram, their relationships and homes, as one reader may know them. Pure.

INVARIANT: somebody this reader may not know is neither drawn nor listed, and no relationship with them is either.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from string import ascii_uppercase
from typing import Final

from hub.domain.fields import RecordKind
from hub.domain.ids import AgencyId, PersonId
from hub.domain.partial_date import PartialDate
from hub.gate.disclosure import Disclosure, ShownRecord
from hub.services.persons import people
from hub.services.register import Register, day_words
from hub.services.relations import Said, Tie, read, tie_of

KINDS: Final = frozenset({RecordKind.PERSON, RecordKind.CONTACT_POINT, RecordKind.PROTECTED_CONTACT})
_UNBORN: Final = "unborn child"


@dataclass(frozen=True, slots=True)
class Kin:
    """One person: `symbol` is male, female, unknown or unborn; `homes` are the letters of their households."""

    person: str
    name: str
    symbol: str
    words: str
    part_words: str
    child: bool
    died: bool
    homes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bond:
    """One relationship from `one` to `other`, each a person's id; `words` say it in full, with who said so."""

    one: str
    other: str
    tie: Tie
    words: str
    source: str


@dataclass(frozen=True, slots=True)
class Home:
    """One household as one agency knows it: its letter, who belongs to it, and who said so, known since when."""

    letter: str
    words: str
    members: tuple[str, ...]
    persons: frozenset[str]
    source: str


@dataclass(frozen=True, slots=True)
class Relations:
    """Everything that a genogram draws and its list says."""

    people: tuple[Kin, ...]
    bonds: tuple[Bond, ...]
    homes: tuple[Home, ...]


def relations(disclosure: Disclosure, register: Register, dead: frozenset[PersonId]) -> Relations:
    """Return the people this reader may know, and how they belong together."""
    lines = people(disclosure, register)
    names = {line.person: line.name for line in lines}
    own = [record for record in disclosure.records if record.kind is RecordKind.PERSON]
    homes = _homes(disclosure.records, names, register)
    kin = tuple(
        Kin(
            line.person,
            line.name,
            _symbol([r.fields for r in own if line.person in r.persons], disclosure.persons[PersonId(line.person)]),
            line.born_words,
            line.part_words,
            line.child,
            line.person in dead,
            tuple(home.letter for home in homes if line.person in home.persons),
        )
        for line in lines
    )
    return Relations(kin, tuple(_bonds(own, names, disclosure, register)), homes)


def _symbol(said: Iterable[Mapping[str, str]], parts: frozenset[str]) -> str:
    if "unborn_child" in parts:
        return "unborn"
    sexes = {fields.get("sex", "").casefold() for fields in said} - {""}
    return sexes.pop() if len(sexes) == 1 and sexes <= {"male", "female"} else "unknown"


def _bonds(
    own: Iterable[ShownRecord], names: dict[str, str], disclosure: Disclosure, register: Register
) -> Iterable[Bond]:
    """Read what each sender said, once each; who is meant is whoever this reader may know by that name."""
    known = _by_name(own, disclosure)
    seen: dict[tuple[str, str, str], Bond] = {}
    for record in own:
        for one in sorted(record.persons & names.keys()):
            for said in read(record.fields.get("relationships", ""), frozenset(known)):
                other = known.get(said.name, "")
                if other and other != one:
                    bond = _bond(one, other, said, names, _source(record, register))
                    seen.setdefault((bond.one, bond.other, bond.words), bond)
    return seen.values()


def _bond(one: str, other: str, said: Said, names: dict[str, str], source: str) -> Bond:
    tie, turned = tie_of(said.kind)
    if said.until and tie in (Tie.MARRIED, Tie.PARTNERS):
        tie = Tie.ENDED
    days = [f"{word} {PartialDate.parse(day).in_words()}" for word, day in _dates(said) if day]
    words = f"{names[one]}: {said.kind} of {names[other]}" + (f", {', '.join(days)}" if days else "")
    return Bond(other, one, tie, words, source) if turned else Bond(one, other, tie, words, source)


def _dates(said: Said) -> tuple[tuple[str, str], ...]:
    return ("from", said.since), ("until", said.until)


def _by_name(own: Iterable[ShownRecord], disclosure: Disclosure) -> dict[str, str]:
    """Return name -> person for every name that means one person only."""
    found: dict[str, set[str]] = {}
    for record in own:
        for person in record.persons & disclosure.persons.keys():
            for name in filter(None, (record.fields.get("name"), *record.fields.get("other_names", "").split("; "))):
                found.setdefault(name, set()).add(person)
            if "unborn_child" in disclosure.persons[person]:
                found.setdefault(_UNBORN, set()).add(person)
    return {name: persons.pop() for name, persons in found.items() if len(persons) == 1}


def _homes(records: Iterable[ShownRecord], names: dict[str, str], register: Register) -> tuple[Home, ...]:
    """Group people by the household that a sender named; every sender has households of their own."""
    found: dict[tuple[AgencyId, str], tuple[set[str], str]] = {}
    for record in records:
        household = record.fields.get("household", "") if record.kind in KINDS else ""
        if household:
            persons = found.setdefault((record.owner, household), (set(), _source(record, register)))[0]
            persons |= record.persons & names.keys()
    letter = _letters()
    lived = sorted(((persons, source, words) for (_, words), (persons, source) in found.items() if persons), key=_order)
    return tuple(
        Home(letter(), words, tuple(sorted(names[p] for p in persons)), frozenset(persons), source)
        for persons, source, words in lived
    )


def _order(home: tuple[set[str], str, str]) -> tuple[int, str, str]:
    persons, source, words = home
    return -len(persons), source, words


def _letters() -> Callable[[], str]:
    """Return a function that gives A to Z, then 27 and on."""
    count = iter(range(10_000))

    def following() -> str:
        number = next(count)
        return ascii_uppercase[number] if number < len(ascii_uppercase) else str(number + 1)

    return following


def _source(record: ShownRecord, register: Register) -> str:
    return f"{register.agency(record.owner)}, known since {day_words(record.recorded_at)}"
