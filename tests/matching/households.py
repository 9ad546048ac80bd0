"""Made-up households of one area with the truth of who is who: what matching is estimated on and tried with.

No published set is like the people of a hub: siblings and twins share name, address and often a birthday; cousins
share whole names; one record of eight has no date of birth; people marry, flee, move, and are written in another
script. Every share below is a guess of ours that is stated here, and nothing is taken from a real person.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random  # noqa: TID251  a generator with a seed, so that everybody estimates on the same people

from hub.domain.partial_date import PartialDate, Precision
from hub.matching.identity import Identity
from hub.matching.nicknames import _FORMS
from tests.matching.pools import FAMILY, FEMALE, MALE, SCRIPTS, SPELLINGS, STREETS, TOWNS

TODAY = date(2026, 11, 23)
NO_BIRTH_DATE, TURNED, SLIPPED, YEAR_ONLY, MONTH_ONLY, ABOUT = 0.12, 0.02, 0.03, 0.02, 0.01, 0.03
TYPO, SHORT_FORM, OTHER_SPELLING, OTHER_SCRIPT, MIDDLE, TURNED_NAME, ONLY_FIRST = 0.05, 0.08, 0.5, 0.1, 0.15, 0.03, 0.01
MOVED, NO_PLACE, ONLY_TOWN, NO_CONTACT, NEW_CONTACT = 0.2, 0.2, 0.05, 0.5, 0.3
HALF_OF_HYPHEN, FORMER_NAME, FORMER_ONLY, NEW_NAME, INITIAL, OTHER_NAME = 0.35, 0.1, 0.3, 0.02, 0.01, 0.02
WRONG_DATE, SAME_YEAR, NO_EMAIL, NEW_EMAIL, NUMBER_OF_KIN, HASTE = 0.01, 0.01, 0.6, 0.3, 0.01, 0.01
NUMBER, TRACED, NUMBER_SLIP, NO_SEX, WRONG_SEX = 0.55, 0.75, 0.03, 0.1, 0.005


@dataclass(frozen=True, slots=True)
class Person:
    """Who somebody is: what no sender knows as a whole."""

    id: int
    household: int
    given: str
    middle: str
    family: str
    former: str
    sex: str
    born: date
    number: str
    place: str
    earlier_place: str
    phone: str
    email: str


@dataclass(frozen=True, slots=True)
class Said:
    """One record of one sender, and the person it is about."""

    person: int
    household: int
    identity: Identity


def population(households: int, seed: int) -> list[Person]:
    """Return the people of so many households."""
    draw, people = Random(seed), list[Person]()  # noqa: S311  no secret
    for number in range(households):
        people += _household(draw, number, len(people))
        if people and draw.random() < 0.04:
            people.append(_cousin(draw, people))
    return people


def records(people: list[Person], each: float, seed: int) -> list[Said]:
    """Return what senders say of them: one record of everybody, and `each` more on average."""
    draw, said = Random(seed), list[Said]()  # noqa: S311
    home: dict[int, list[Person]] = {}
    for person in people:
        home.setdefault(person.household, []).append(person)
    for person in people:
        for _ in range(1 + (draw.random() < each) + (draw.random() < each / 3)):
            said.append(_said(draw, person, home[person.household]))
    return said


def _household(draw: Random, number: int, start: int) -> list[Person]:
    family, partner = _pick(draw, FAMILY), _pick(draw, FAMILY)
    place, phone, email = _address(draw), _telephone(draw), _email(draw)
    grown = TODAY - timedelta(days=draw.randint(20 * 365, 45 * 365))
    mother = _person(draw, start, number, family, "F", grown, place, (phone, email))
    mother = replace(mother, former=_pick(draw, FAMILY) if draw.random() < 0.4 else "")
    found = [mother]
    if draw.random() < 0.6:
        born = mother.born - timedelta(days=draw.randint(-1500, 2500))
        found.append(_person(draw, start + 1, number, partner, "M", born, place, (_telephone(draw), _email(draw))))
    both = f"{family}-{partner}" if draw.random() < 0.15 and "-" not in family + partner else family
    born = TODAY - timedelta(days=draw.randint(0, 5000))
    for _ in range(draw.choice((1, 1, 2, 2, 2, 3, 3, 4))):
        kin = partner if len(found) > 1 and draw.random() < 0.25 else both
        found.append(
            _person(
                draw,
                start + len(found),
                number,
                kin,
                _sex(draw),
                born,
                place,
                (phone, email if draw.random() < 0.3 else ""),
            )
        )
        if draw.random() < 0.03:  # a twin; some are given names that begin alike
            twin = _person(draw, start + len(found), number, kin, found[-1].sex, born, place, (phone, ""))
            found.append(replace(twin, given=_other(draw, found[-1])))
        born -= timedelta(days=draw.randint(330, 1500))
    if len(found) > 2 and draw.random() < 0.02:  # a son who is called as his father is
        found[-1] = replace(found[-1], given=found[1].given, family=found[1].family, sex=found[1].sex)
    return found


def _cousin(draw: Random, people: list[Person]) -> Person:
    """Return somebody of another household who bears the whole name of one of these, a few years apart."""
    one = draw.choice(people)
    born = one.born - timedelta(days=draw.choice((-1, 1)) * draw.randint(40, 2000))
    other = _person(
        draw, len(people), one.household + 1_000_000, one.family, one.sex, born, _address(draw), ("", _email(draw))
    )
    return replace(other, given=one.given)


def _person(  # noqa: PLR0913, PLR0917  what somebody is made of
    draw: Random, id_: int, household: int, family: str, sex: str, born: date, place: str, contacts: tuple[str, str]
) -> Person:
    pool = FEMALE if sex == "F" else MALE
    number = f"9{draw.randint(0, 999_999_999):09}"
    earlier = _address(draw) if draw.random() < 0.5 else ""
    return Person(
        id_, household, _pick(draw, pool), _pick(draw, pool), family, "", sex, born, number, place, earlier, *contacts
    )


def _said(draw: Random, person: Person, home: list[Person]) -> Said:
    born = _born(draw, person.born)
    known = draw.random() < NUMBER
    number = _number(draw, person, home) if known else ""
    sex = "" if draw.random() < NO_SEX else person.sex
    others = [one for one in home if one.id != person.id and draw.random() < 0.6]
    identity = Identity(
        _names(draw, person),
        born,
        number,
        known and number == person.number and draw.random() < TRACED,
        {"F": "M", "M": "F"}[sex] if sex and draw.random() < WRONG_SEX else sex,
        _places(draw, person),
        _contacts(draw, person),
        tuple(f"{_written(draw, one.given)} {_written(draw, one.family)}" for one in others),
    )
    return Said(person.id, person.household, identity)


def _number(draw: Random, person: Person, home: list[Person]) -> str:
    """Return the number as somebody types it: right, with a slip, or that of another child of the house."""
    chance = draw.random()
    if chance < NUMBER_OF_KIN:
        return draw.choice(home).number
    return _typo(draw, person.number, "0123456789") if chance < NUMBER_OF_KIN + NUMBER_SLIP else person.number


def _names(draw: Random, person: Person) -> tuple[str, ...]:
    given, family = _written(draw, person.given), person.family
    if "-" in family and draw.random() < HALF_OF_HYPHEN:
        family = draw.choice(family.split("-"))
    if person.former and draw.random() < FORMER_ONLY:
        family = person.former
    elif draw.random() < NEW_NAME:
        family = _pick(draw, FAMILY)
    family = _written(draw, family)
    if draw.random() < OTHER_SCRIPT and {person.given, person.family} <= set(SCRIPTS):
        given, family = SCRIPTS[person.given], SCRIPTS[person.family]
    if draw.random() < ONLY_FIRST:
        return (given,)
    if draw.random() < OTHER_NAME:  # known by a middle name
        given = person.middle
    if draw.random() < INITIAL:
        return (f"{given[0]}. {family}",)
    middle = f" {person.middle}" if draw.random() < MIDDLE else ""
    whole = f"{given}{middle} {family}"
    if draw.random() < TURNED_NAME:
        whole = draw.choice((f"{family} {given}", f"{family.upper()}, {given}{middle}"))
    also = (f"{given} {person.former}",) if person.former and draw.random() < FORMER_NAME else ()
    return (whole, *also)


def _written(draw: Random, name: str) -> str:
    if name in SPELLINGS and draw.random() < OTHER_SPELLING:
        name = draw.choice(SPELLINGS[name])
    elif name.casefold() in _FORMS and draw.random() < SHORT_FORM:
        name = draw.choice(_FORMS[name.casefold()].split()).title()
    letters, chance = "abcdefghijklmnoprstuvwyz", draw.random()
    if chance < HASTE:
        return _typo(draw, _typo(draw, name, letters), letters)
    return _typo(draw, name, letters) if chance < HASTE + TYPO else name


def _typo(draw: Random, text: str, letters: str) -> str:
    at = draw.randrange(len(text))
    letter = draw.choice(letters)
    swapped = text[:at] + text[at + 1 : at + 2] + text[at : at + 1] + text[at + 2 :]
    if letters.isdigit():
        return draw.choice((text[:at] + letter + text[at + 1 :], swapped))
    return draw.choice((text[:at] + text[at + 1 :], text[:at] + letter + text[at:], swapped)) or text


def _born(draw: Random, born: date) -> PartialDate | None:
    if draw.random() < NO_BIRTH_DATE:
        return None
    shares = (TURNED, SLIPPED, YEAR_ONLY, MONTH_ONLY, ABOUT, SAME_YEAR, WRONG_DATE)
    ways = (_turned, _slipped, _year, _month, _about, _same_year, _wrong)
    chance = draw.random()
    for share, way in zip(shares, ways, strict=True):
        if chance < share:
            return way(draw, born)
        chance -= share
    return PartialDate(born)


def _turned(_: Random, born: date) -> PartialDate:
    return PartialDate(date(born.year, born.day, born.month) if born.day <= 12 else born)


def _year(_: Random, born: date) -> PartialDate:
    return PartialDate(date(born.year, 1, 1), Precision.YEAR)


def _month(_: Random, born: date) -> PartialDate:
    return PartialDate(born.replace(day=1), Precision.MONTH)


def _about(draw: Random, born: date) -> PartialDate:
    guessed = born.year + draw.choice((-2, -1, 0, 0, 1, 2))
    return PartialDate(date(guessed, 1, 1), Precision.YEAR, approximate=True)


def _same_year(draw: Random, born: date) -> PartialDate:
    return PartialDate(date(born.year, draw.randint(1, 12), draw.randint(1, 28)))


def _wrong(draw: Random, born: date) -> PartialDate:
    return PartialDate(born + timedelta(days=draw.randint(-2000, 2000)))


def _slipped(draw: Random, born: date) -> PartialDate:
    while True:
        try:
            return PartialDate(date.fromisoformat(_typo(draw, f"{born:%Y%m%d}", "0123456789")))
        except ValueError:
            continue


def _places(draw: Random, person: Person) -> tuple[str, ...]:
    if draw.random() < NO_PLACE:
        return ()
    place = (person.earlier_place or _address(draw)) if draw.random() < MOVED else person.place
    return (place.split(", ")[1].partition(" ZZ")[0],) if draw.random() < ONLY_TOWN else (place,)


def _contacts(draw: Random, person: Person) -> tuple[str, ...]:
    phone = () if not person.phone or draw.random() < NO_CONTACT else (person.phone,)
    email = () if not person.email or draw.random() < NO_EMAIL else (person.email,)
    if phone and draw.random() < NEW_CONTACT:
        phone = (_telephone(draw),)
    if email and draw.random() < NEW_EMAIL:
        email = (_email(draw),)
    return (*phone, *email)


def _address(draw: Random) -> str:
    town = draw.randrange(len(TOWNS))
    letters = "".join(draw.choice("ABDEFGHJLNPQRSTUWXYZ") for _ in range(2))
    postcode = f"ZZ{town + 1} {draw.randint(1, 9)}{letters}"
    return f"{draw.randint(1, 180)} {draw.choice(STREETS)}, {TOWNS[town]} {postcode}"


def _telephone(draw: Random) -> str:
    return f"07700 900{draw.randint(0, 999):03} {draw.randint(0, 9999):04}"


def _email(draw: Random) -> str:
    return f"{draw.choice(FAMILY).casefold()}{draw.randint(0, 9999)}@example.org"


def _pick(draw: Random, pool: list[str]) -> str:
    """Pick a name as names are spread: the first are many times as common as the last."""
    return pool[min(int(draw.paretovariate(0.55)) - 1, 10**9) % len(pool)] if draw.random() < 0.3 else draw.choice(pool)


def _other(draw: Random, twin: Person) -> str:
    pool = [name for name in (FEMALE if twin.sex == "F" else MALE) if name != twin.given]
    alike = [name for name in pool if name[0] == twin.given[0]]
    return draw.choice(alike if alike and draw.random() < 0.4 else pool)


def _sex(draw: Random) -> str:
    return draw.choice("FM")
