"""Blocks of the census out of what a reader may see of each child: nothing is made up, and nothing is filled in."""

from collections.abc import Mapping, Sequence
from typing import Final

from lxml import etree

from connectors.cin_census import shape
from connectors.strict_xml import Element
from hub.domain.census import Block, CensusChild

_DECISIONS: Final[Mapping[str, tuple[str, str, str]]] = {
    "s47_enquiry": ("Section47", "S47ActualStartDate", ""),
    "child_protection_plan": ("ChildProtectionPlans", "CPPstartDate", "CPPendDate"),
    "pre_proceedings": ("PreProceedingsandFGDM", "PPStartDate", ""),
}
"""Opening fact -> block, element of its first day, element of its last."""


def written(children: Sequence[CensusChild], reference_date: str) -> bytes:
    """Return the children as a census message of `reference_date` (a day, ISO), in the shape of 2024 to 2026."""
    root = etree.Element("Message")
    header = etree.SubElement(etree.SubElement(root, "Header"), "CollectionDetails")
    for tag, value in (("Collection", "CIN"), ("Year", reference_date[:4]), ("ReferenceDate", reference_date)):
        etree.SubElement(header, tag).text = value
    below = etree.SubElement(root, "Children")
    for child in children:
        _child(etree.SubElement(below, "Child"), child)
    return etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)


def _child(element: Element, child: CensusChild) -> None:
    identifiers = etree.SubElement(element, "ChildIdentifiers")
    for part in child.person.get("other_identifiers", "").split("; "):
        tag, _, value = part.partition(": ")
        _put(identifiers, tag, value, shape.IDENTIFIERS)
    _put(identifiers, shape.BIRTH, child.person.get("birth_date", ""))
    _put(identifiers, shape.EXPECTED, child.person.get("expected_birth_date", ""))
    _put(identifiers, "Sex", child.person.get("sex", ""))
    for value in {value for one in child.episodes for value in _death(one)}:
        _put(identifiers, shape.DEATH, value)
    characteristics = etree.SubElement(element, "ChildCharacteristics")
    _put(characteristics, "Ethnicity", child.person.get("ethnicity_self_defined", ""))
    told = [one["disabilities"] for one in child.episodes if one.get("disabilities")]
    if told:
        disabilities = etree.SubElement(characteristics, "Disabilities")
        for code in dict.fromkeys(code for one in told for code in one.split(", ")):
            _put(disabilities, "Disability", code)
    episodes = child.episodes or ({},)
    for number, episode in enumerate(episodes):
        _details(etree.SubElement(element, "CINdetails"), episode, child.decisions if number == 0 else ())


def _death(episode: Mapping[str, str]) -> list[str]:
    return [v for block in shape.blocks(episode.get("case_dates", "")) for tag, v in block if tag == shape.DEATH]


def _details(element: Element, episode: Mapping[str, str], decisions: Sequence[tuple[str, str, str]]) -> None:
    for name in ("case_dates", "primary_need"):
        for tag, value in (pair for block in shape.blocks(episode.get(name, "")) for pair in block):
            _put(element, tag, value, (*shape.CASE, shape.PRIMARY_NEED))
    factors = shape.blocks(episode.get("factors", ""))
    for tag, (name, tags) in shape.BLOCKS.items():
        found = [*shape.blocks(episode.get(name, ""))]
        for block in [*found, *_decided(tag, found, decisions)]:
            _block(etree.SubElement(element, tag), block, tags, factors)


def _block(element: Element, block: Block, tags: Sequence[str], factors: Sequence[Block]) -> None:
    for tag, value in block:
        _put(element, tag, value, tags)
    reviews = [value for tag, value in block if tag == shape.REVIEW]
    if reviews:
        below = etree.SubElement(element, shape.REVIEWS)
        for value in reviews:
            _put(below, shape.REVIEW, value)
    start = ("AssessmentActualStartDate", dict(block).get("AssessmentActualStartDate", ""))
    codes = [value for one in factors if start in one for tag, value in one if tag == shape.FACTOR]
    if codes:
        below = etree.SubElement(element, shape.FACTORS)
        for value in codes:
            _put(below, shape.FACTOR, value)


def _decided(tag: str, found: Sequence[Block], decisions: Sequence[tuple[str, str, str]]) -> list[Block]:
    """Return the blocks of decisions recorded in the hub that the council's own blocks do not say already."""
    blocks: list[Block] = []
    for code, first, last in decisions:
        block, begins, ends = _DECISIONS.get(code, ("", "", ""))
        if block == tag and not any((begins, first) in one for one in found):
            blocks.append(((begins, first), *(((ends, last),) if ends and last else ())))
    return blocks


def _put(parent: Element, tag: str, value: str, tags: Sequence[str] | None = None) -> None:
    if value and (tags is None or tag in tags):
        etree.SubElement(parent, tag).text = value
