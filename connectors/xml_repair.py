"""Puts values into an XML record where it stands: what is not touched stays byte for byte as it came.

The document has passed the strict gate, so it is well-formed and declares nothing: its tags are found by their marks.
A place is a path of elements (`/Message/Children/Child[2]/CINdetails/ReferralSource`); `[1]` may be left out.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final
from xml.sax.saxutils import escape

from connectors.strict_json import has_unsafe_characters
from connectors.strict_xml import Element, decoded, read_xml
from hub.domain.errors import InvalidRequestError
from hub.domain.referral import Limits

_PATH: Final = re.compile(r"(?:/[A-Za-z_][A-Za-z0-9_.-]{0,79}(?:\[[1-9][0-9]{0,5}\])?){1,32}", re.ASCII)
_STEP: Final = re.compile(r"/([^/\[]+)(?:\[([0-9]+)\])?")
_MARK: Final = re.compile(
    r"<!--.*?-->|<\?.*?\?>|<!\[CDATA\[.*?\]\]>|</[^>]*>|<(?P<name>[^\s/>]+)(?:[^>\"']|\"[^\"]*\"|'[^']*')*>", re.DOTALL
)
_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BOMS: Final = {b"\xef\xbb\xbf": "utf-8", b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}


@dataclass(slots=True)
class _Node:
    """An element in the text: its start tag, what is between the tags, and its children by name."""

    name: str
    opens: int
    begins: int
    ends: int = 0
    closed: bool = False
    children: dict[str, list["_Node"]] = field(default_factory=dict)


class XmlRecord:
    """One XML document."""

    def __init__(self, body: bytes) -> None:
        """Read the document through the strict gate; raises RejectedMessageError when it does not pass."""
        self._root = read_xml(body, Limits(max_bytes=len(body)))
        self._text, codec = decoded(body)
        self._bom = next((bom for bom in _BOMS if body.startswith(bom)), b"")
        self._codec = _BOMS.get(self._bom, codec.removesuffix("-sig"))

    def lines(self) -> list[tuple[str, str]]:
        """Return (place, text) of every element that holds text alone."""
        return list(_leaves(self._root, f"/{self._root.tag}"))

    def places(self, place: str) -> list[str]:
        """Return the place as `lines` writes it where a value can be put there, else nothing."""
        return [] if _way(self._text, self._tree, place) is None else [place.replace("[1]", "")]

    @cached_property
    def _tree(self) -> _Node:
        return _tree(self._text)

    def mended(self, corrections: Mapping[str, str], once: frozenset[str] = frozenset()) -> bytes:
        """Return the document with values put in; of places in `once` every other copy of the element goes.

        Raises:
            InvalidRequestError: `place_unknown`; `unsafe_character`: what XML cannot hold, or what hides other words.
        """
        text = self._text
        for place, said in corrections.items():
            way = _way(text, _tree(text), place)
            if way is None:
                raise InvalidRequestError("place_unknown", where=place)
            if _NOT_XML.search(said) or has_unsafe_characters(said):
                raise InvalidRequestError("unsafe_character", where=place)
            start, end, inner = _edit(text, *way, said.replace("\r\n", "\n"))
            text = text[:start] + inner + text[end:]
            if place in once:
                text = _without_copies(text, place)
        return self._bom + text.removeprefix("\ufeff").encode(self._codec, "xmlcharrefreplace")


def _way(text: str, tree: _Node, place: str) -> tuple[_Node, list[str]] | None:
    """Return the nearest element that is there, and the names of those that are missing below it."""
    steps = [(name, int(number or 1)) for name, number in _STEP.findall(place)] if _PATH.fullmatch(place) else []
    here, missing = tree, list[str]()
    for name, number in steps:
        found = [] if missing else here.children.get(name, [])
        if number <= len(found):
            here = found[number - 1]
        elif number == len(found) + 1:
            missing.append(name)
        else:
            return None
    holds_text = not here.children and text[here.begins : here.ends].strip()
    fits = not holds_text if missing else not here.children
    return (here, missing) if fits and len(missing) < len(steps) else None


def _without_copies(text: str, place: str) -> str:
    """Take the other elements of this name away; one that holds elements is more than a copy of a value, and stays."""
    parent, _, last = place.rpartition("/")
    name, _, number = last.removesuffix("]").partition("[")
    here = _tree(text)
    for step, which in _STEP.findall(parent):
        here = here.children[step][int(which or 1) - 1]
    others = [node for n, node in enumerate(here.children[name], 1) if n != int(number or 1)]
    if any(node.children for node in others):
        raise InvalidRequestError("place_unknown", where=place)
    for node in reversed(others):
        end = node.begins if node.closed else text.index(">", node.ends) + 1
        text = text[: node.opens] + text[end:]
    return text


def _edit(text: str, here: _Node, missing: list[str], said: str) -> tuple[int, int, str]:
    """Return what to put between which two places of the text."""
    inner = escape(said, {"\r": "&#13;"})
    for name in reversed(missing):
        inner = f"<{name}>{inner}</{name}>"
    if here.closed:  # <name/> becomes <name>...</name>
        tag = text[here.opens : here.begins].removesuffix("/>")
        return here.opens, here.begins, f"{tag}>{inner}</{here.name}>"
    return (here.ends if missing else here.begins), here.ends, inner


def _tree(text: str) -> _Node:
    """Return the elements by where they stand in the text, below a node of no name."""
    top = _Node("", 0, 0)
    open_ = [top]
    for mark in _MARK.finditer(text):
        name, closed = mark["name"], mark[0].endswith("/>")
        if name is not None:
            node = _Node(name, mark.start(), mark.end(), mark.end(), closed)
            open_[-1].children.setdefault(name, []).append(node)
            open_ += [] if closed else [node]
        elif mark[0].startswith("</"):
            open_.pop().ends = mark.start()
    return top


def _leaves(element: Element, place: str) -> Iterator[tuple[str, str]]:
    if not len(element) and (element.text or "").strip():
        yield place, element.text or ""
    seen: Counter[str] = Counter()
    for child in element:
        name = str(child.tag)
        seen[name] += 1
        yield from _leaves(child, f"{place}/{name}" + (f"[{seen[name]}]" if seen[name] > 1 else ""))
