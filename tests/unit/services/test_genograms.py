import re
from itertools import combinations

import pytest

from hub.services.genogram import HALF, draw
from hub.services.kin import Bond, Kin, Relations
from hub.services.relations import Said, Tie, read, tie_of

TIES = {
    "mother": (Tie.BIRTH, False),
    "step mother": (Tie.CARE, False),
    "Kinship carer": (Tie.CARE, False),
    "adoptive father": (Tie.ADOPTED, False),
    "grandmother": (Tie.GRAND, False),
    "half-brother": (Tie.SIBLING, False),
    "husband": (Tie.MARRIED, False),
    "ex-partner": (Tie.ENDED, False),
    "partner": (Tie.PARTNERS, False),
    "son": (Tie.BIRTH, True),
    "stepdaughter": (Tie.CARE, True),
    "grandson": (Tie.GRAND, True),
    "neighbour": (Tie.OTHER, False),
}


@pytest.mark.parametrize("kind", TIES)
def test_a_word_stands_for_its_line(kind: str) -> None:
    assert tie_of(kind) == TIES[kind]


def test_relationships_are_read_with_their_dates() -> None:
    text = "mother of Maya Hart; partner of Daniel of Arden (from 2014, until 2020-05); ex-wife of A (until 2019); odd"
    assert list(read(text, frozenset({"Daniel of Arden"}))) == [
        Said("mother", "Maya Hart"),
        Said("partner", "Daniel of Arden", "2014", "2020-05"),
        Said("ex-wife", "A", "", "2019"),
    ]


def kin(name: str, symbol: str = "unknown", *, child: bool = False, **more: object) -> Kin:
    said = {"words": "", "part_words": "", "died": False, "homes": ()} | more
    return Kin(person=name, name=name, symbol=symbol, child=child, **said)


def bond(one: str, tie: Tie, other: str) -> Bond:
    return Bond(one, other, tie, f"{one} {tie} {other}", "")


PEOPLE = (
    kin("Maya", "female", child=True, homes=("A", "B")),
    kin("Theo", "male", child=True),
    kin("Unborn", "unborn", child=True),
    kin("Dad", "male"),
    kin("Gran", "female"),
    kin("Mum", "female"),
    kin("Stepdad", "male", died=True),
)
BONDS = (
    bond("Mum", Tie.BIRTH, "Maya"),
    bond("Dad", Tie.BIRTH, "Maya"),
    bond("Mum", Tie.ENDED, "Dad"),
    bond("Mum", Tie.MARRIED, "Stepdad"),
    bond("Stepdad", Tie.CARE, "Maya"),
    bond("Maya", Tie.SIBLING, "Theo"),
    bond("Gran", Tie.GRAND, "Maya"),
    bond("Mum", Tie.BIRTH, "Unborn"),
)


def test_generations_stand_below_each_other_and_nobody_on_top_of_another() -> None:
    drawn = draw(Relations(PEOPLE, BONDS, ()))
    place = {figure.kin.name: (figure.x, figure.y) for figure in drawn.figures}
    level = {name: y for name, (_, y) in place.items()}
    assert level["Gran"] < level["Mum"] == level["Dad"] == level["Stepdad"] < level["Maya"]
    assert level["Maya"] == level["Theo"] == level["Unborn"]
    for one, other in combinations(place.values(), 2):
        assert abs(one[0] - other[0]) > 2 * HALF or abs(one[1] - other[1]) > 2 * HALF
    assert all(0 < x < drawn.width and 0 < y < drawn.height for x, y in place.values())


def test_every_relationship_that_has_a_line_is_drawn() -> None:
    drawn = draw(Relations(PEOPLE, BONDS, ()))
    styles = [line.style for line in drawn.lines]
    assert {"ended", "married", "care", "grand", "birth", "sibling"} <= set(styles)
    assert sum(style == "birth" for style in styles) == 2


def test_a_child_of_two_homes_says_both() -> None:
    drawn = draw(Relations(PEOPLE, BONDS, ()))
    assert "Home A, B" in next(figure.label for figure in drawn.figures if figure.kin.name == "Maya")


def test_a_long_name_stays_below_its_own_symbol() -> None:
    long = kin("Oluwaseun Bartholomew-Fitzgerald of Upper Northbridge")
    label = draw(Relations((long,), (), ())).figures[0].label
    assert len(label) == 2
    assert all(len(line) <= 15 for line in label[1:])


def test_nobody_is_a_picture_too() -> None:
    assert draw(Relations((), (), ())).figures == ()


def test_a_ring_of_relations_still_ends() -> None:
    ring = (bond("Mum", Tie.BIRTH, "Dad"), bond("Dad", Tie.BIRTH, "Mum"), bond("Mum", Tie.GRAND, "Mum"))
    assert len(draw(Relations(PEOPLE, ring, ())).figures) == len(PEOPLE)


def test_the_line_of_one_parent_goes_round_every_name() -> None:
    drawn = draw(Relations(PEOPLE, BONDS, ()))
    columns = {figure.x for figure in drawn.figures}
    lone = [line for line in drawn.lines if line.style in {Tie.GRAND.value, Tie.CARE.value}]
    descents = [int(re.search(r"H(\d+) V", line.path)[1]) for line in lone]
    assert len(descents) == 2
    assert not columns.intersection(descents)
    assert all(x <= drawn.width for x in descents)
