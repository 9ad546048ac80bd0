"""The gate that XML passes before anything of it is believed: bytes to a tree, or a refusal that says where.

Order (each step only after the one before): size, decoding, no DOCTYPE in the text, a parser without entities, network
or DTD, no DOCTYPE and no entity in the tree, depth and number of elements, no unsafe character in any text.
INVARIANT: nothing from the message stands in an error, also not in its context.
"""

import re
from collections.abc import Iterator
from typing import Final

from lxml import etree

from connectors.strict_json import has_unsafe_characters
from hub.domain.errors import RejectedMessageError
from hub.domain.referral import Limits

Element = etree._Element  # noqa: SLF001  lxml has no public name for the type of an element
MOST_ELEMENTS: Final = 200_000
_DECLARED: Final = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_MARKS: Final = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_ENCODINGS: Final = {"utf-8": "utf-8", "us-ascii": "utf-8", "iso-8859-1": "cp1252", "windows-1252": "cp1252"}
_FORBIDDEN: Final = re.compile(r"<!\s*(DOCTYPE|ENTITY|ATTLIST|ELEMENT|NOTATION)", re.IGNORECASE)
_DECLARATION: Final = re.compile(r"^\s*<\?xml[^>]*\?>")


def read_xml(body: bytes, limits: Limits) -> Element:
    """Return the root element of a message.

    Raises:
        RejectedMessageError: `message_too_large`, `empty_message`, `unknown_encoding`, `unsafe_character`,
            `doctype_refused`, `malformed_xml`, `entity_refused`, `too_deep` or `too_many_elements`.
    """
    if len(body) > limits.max_bytes:
        raise RejectedMessageError("message_too_large")
    text = _decode(body)
    if not text.strip():
        raise RejectedMessageError("empty_message")
    if has_unsafe_characters(text):
        raise RejectedMessageError("unsafe_character")
    if _FORBIDDEN.search(text):
        raise RejectedMessageError("doctype_refused")
    root, line = _parse(text)
    if root is None:
        raise RejectedMessageError("malformed_xml", where=f"line {line}" if line else "/")
    _check(root, limits)
    return root


def _decode(body: bytes) -> str:
    marked = next((encoding for mark, encoding in _MARKS if body.startswith(mark)), None)
    declared = _DECLARED.match(body)
    said = declared[1].decode("ascii").casefold() if declared else "utf-8"
    encoding = marked or _ENCODINGS.get(said)
    text = None
    if encoding is not None:
        try:
            text = body.decode(encoding)
        except UnicodeDecodeError:
            text = None
    if text is None:  # raised here and not above: the decoding error holds the body
        raise RejectedMessageError("unknown_encoding")
    return _DECLARATION.sub("", text, count=1)


def _parse(text: str) -> tuple[Element | None, int]:
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        encoding="utf-8",
        remove_pis=True,
        remove_comments=True,
    )
    try:
        return etree.fromstring(text.encode(), parser), 0
    except etree.XMLSyntaxError as error:
        return None, error.lineno or 0  # the message of the error holds values, so only the line leaves here


def _check(root: Element, limits: Limits) -> None:
    if root.getroottree().docinfo.doctype:  # type: ignore[attr-defined]  # the stubs miss it
        raise RejectedMessageError("doctype_refused")
    for count, (element, depth) in enumerate(_walk(root), 1):
        if element.tag is etree.Entity:
            raise RejectedMessageError("entity_refused", where=f"line {element.sourceline}")
        if depth > limits.max_depth:
            raise RejectedMessageError("too_deep", where=f"line {element.sourceline}")
        if count > MOST_ELEMENTS:
            raise RejectedMessageError("too_many_elements")
        if any(has_unsafe_characters(text) for text in (element.text, element.tail, *element.attrib.values()) if text):
            raise RejectedMessageError("unsafe_character", where=f"line {element.sourceline}")


def _walk(root: Element) -> Iterator[tuple[Element, int]]:
    """Yield every node with its depth, without recursion."""
    waiting = [(root, 1)]
    while waiting:
        element, depth = waiting.pop()
        yield element, depth
        waiting += [(child, depth + 1) for child in element]
