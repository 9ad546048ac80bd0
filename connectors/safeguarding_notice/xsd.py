"""The published XML Schema (XSD 1.0), generated from the schemas that read: the same names, lists and closed words.

Elements of an object come in any order, each at most once, as keys do in JSON. Elements that are not named are set
aside before this schema is asked, and counted.
"""

from functools import cache

from lxml import etree
from marshmallow import validate

from connectors.safeguarding_notice import shape
from connectors.safeguarding_notice.schema import VERSION
from connectors.safeguarding_notice.shape import Node
from connectors.schema_fields import InstantText, PartialDateText

_XS = "http://www.w3.org/2001/XMLSchema"
_DATE = r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?~?"
_INSTANT = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+\-][0-9]{2}:[0-9]{2})"
_WHOLE = "-?(0|[1-9][0-9]{0,17})"
_SOMETHING = r"[\s\S]*\S[\s\S]*"


@cache
def xml_schema() -> bytes:
    """Return the schema of a whole message."""
    root = etree.Element(f"{{{_XS}}}schema", nsmap={"xs": _XS})
    root.set("version", VERSION)
    root.set("elementFormDefault", "unqualified")
    _element(root, shape.ROOT, shape.batch())
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


@cache
def compiled() -> etree.XMLSchema:
    """Return the same, ready to validate."""
    return etree.XMLSchema(etree.fromstring(xml_schema()))


def _element(parent: etree._Element, name: str, node: Node, least: int = 1, *, many: bool = False) -> None:
    element = etree.SubElement(parent, f"{{{_XS}}}element", name=name)
    if least != 1 or many:
        element.set("minOccurs", str(least))
    if many:
        element.set("maxOccurs", "unbounded")
    if node.field is not None and (words := node.field.metadata.get("description")):
        note = etree.SubElement(element, f"{{{_XS}}}annotation")
        etree.SubElement(note, f"{{{_XS}}}documentation").text = str(words)
    if node.members is not None:
        inside = etree.SubElement(etree.SubElement(element, f"{{{_XS}}}complexType"), f"{{{_XS}}}all")
        for inner, below in node.members.items():
            _element(inside, inner, below, int(below.field is not None and below.field.required))
    elif node.item is not None:
        inside = etree.SubElement(etree.SubElement(element, f"{{{_XS}}}complexType"), f"{{{_XS}}}sequence")
        _element(inside, node.item_name, node.item, _fewest(node), many=True)
    else:
        _plain(element, node)


def _fewest(node: Node) -> int:
    rules = node.field.validators if node.field is not None else ()
    return next((rule.min or 0 for rule in rules if isinstance(rule, validate.Length)), 0)


def _plain(element: etree._Element, node: Node) -> None:
    kind = etree.SubElement(element, f"{{{_XS}}}simpleType")
    base = etree.SubElement(kind, f"{{{_XS}}}restriction", base="xs:integer" if node.whole else "xs:string")
    for facet, value in _facets(node):
        etree.SubElement(base, f"{{{_XS}}}{facet}", value=value)


def _facets(node: Node) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = [("pattern", _WHOLE)] if node.whole else []
    match node.field:
        case InstantText():
            found.append(("pattern", _INSTANT))
        case PartialDateText(instant=True):
            found.append(("pattern", f"{_DATE}|{_INSTANT}"))
        case PartialDateText():
            found.append(("pattern", _DATE))
    for rule in node.field.validators if node.field is not None else ():
        match rule:
            case validate.OneOf():
                found += [("enumeration", str(choice)) for choice in rule.choices]
            case validate.Range():
                found += [("minInclusive", str(rule.min))] if rule.min is not None else []
                found += [("maxInclusive", str(rule.max))] if rule.max is not None else []
            case validate.Regexp():
                found.append(("pattern", _SOMETHING))
    return found
