"""The one strict XML gate: bytes to a tree without surprises, or a refusal that says where and never what.

In this order (connectors reference, section 6): size, decoding, no DOCTYPE and no entity declaration anywhere in the
text, a parser that resolves nothing and fetches nothing, depth and number of elements, no entity left in the tree,
no character that hides another. The format's own XSD and rules come after it.
INVARIANT: lxml's messages quote the document, so none of them leaves this module.
"""

import re
from collections.abc import Iterator

from lxml import etree

from connectors.strict_json import has_unsafe_characters
from hub.domain.errors import RejectedMessageError
from hub.domain.referral import Limits

Element = etree._Element  # noqa: SLF001  lxml has no public name for the type of an element
MAX_ELEMENTS = 200_000
_DECLARED = re.compile(r"\A\s*<\?xml(?P<said>[^>]*)\?>")
_ENCODING = re.compile(rb"""\A\s*<\?xml[^>]{0,100}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_ENCODINGS = {"utf-8": "utf-8", "us-ascii": "utf-8", "iso-8859-1": "latin-1", "windows-1252": "cp1252"}
_FORBIDDEN = re.compile(r"<!\s*(DOCTYPE|ENTITY|ELEMENT|ATTLIST|NOTATION)", re.IGNORECASE)


def read_xml(body: bytes, limits: Limits) -> Element:
    """Return the root of one XML document, without comments and processing instructions.

    Raises:
        RejectedMessageError: `message_too_large`, `empty_message`, `unknown_encoding`, `doctype_refused`,
            `malformed_xml` (with line and column), `too_deep`, `too_many_elements`, `entity_refused` or
            `unsafe_character`.
    """
    if len(body) > limits.max_bytes:
        raise RejectedMessageError("message_too_large")
    text, _ = decoded(body)
    if not text.strip():
        raise RejectedMessageError("empty_message")
    if _FORBIDDEN.search(text):
        raise RejectedMessageError("doctype_refused")
    root, fault = _parse(_DECLARED.sub("", text, count=1).lstrip().encode())
    if root is None:
        raise RejectedMessageError("malformed_xml", where=fault)
    _check(root, limits)
    return root


def place(element: Element) -> str:
    """Return where an element stands (`/notices/notice[2]/people`); only for names that the format declares."""
    return str(element.getroottree().getpath(element))


def faults(schema: etree.XMLSchema, root: Element) -> Iterator[tuple[str, str]]:
    """Yield (code, place) of everything an XSD refuses in a tree that holds only names of its format."""
    if schema.validate(root):
        return
    for error in schema.error_log:  # type: ignore[attr-defined]  # the stubs do not know that a log is a list
        yield _CODES.get(error.type_name, "not_in_schema"), str(error.path or "/")


_CODES = {
    "SCHEMAV_ELEMENT_CONTENT": "required",
    "SCHEMAV_CVC_COMPLEX_TYPE_2_3": "text_between_elements",
    "SCHEMAV_CVC_ENUMERATION_VALID": "not_in_list",
    "SCHEMAV_CVC_MININCLUSIVE_VALID": "out_of_range",
    "SCHEMAV_CVC_MAXINCLUSIVE_VALID": "out_of_range",
    "SCHEMAV_CVC_PATTERN_VALID": "invalid",
    "SCHEMAV_CVC_DATATYPE_VALID_1_2_1": "wrong_type",
}


def decoded(body: bytes) -> tuple[str, str]:
    """Return a document's text and the codec that read it: the encoding it declares, if that is one of four.

    The parser then gets what was scanned.

    Raises:
        RejectedMessageError: `unknown_encoding`.
    """
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    else:
        said = _ENCODING.search(body.removeprefix(b"\xef\xbb\xbf")[:200])
        named = said[1].decode("ascii").lower() if said else "utf-8"
        encoding = _ENCODINGS.get(named, "")
        if encoding == "utf-8":
            encoding = "utf-8-sig"
    text = None
    try:
        text = body.decode(encoding) if encoding else None
    except UnicodeDecodeError:
        text = None
    if text is None:  # raised here and not above: the decoding error holds the body
        raise RejectedMessageError("unknown_encoding")
    return text, encoding


def _parse(data: bytes) -> tuple[Element | None, str]:
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        encoding="utf-8",
    )
    try:
        return etree.fromstring(data, parser), ""
    except etree.XMLSyntaxError as error:
        line, column = error.position
        return None, f"line {line} column {column}"


def _check(root: Element, limits: Limits) -> None:
    if root.getroottree().docinfo.internalDTD is not None:
        raise RejectedMessageError("doctype_refused")
    if root.xpath("boolean(" + "/*" * (limits.max_depth + 1) + ")"):
        raise RejectedMessageError("too_deep")
    if root.xpath(f"count(//*) > {MAX_ELEMENTS}"):
        raise RejectedMessageError("too_many_elements")
    if next(root.iter(etree.Entity), None) is not None:
        raise RejectedMessageError("entity_refused")
    attributes = (str(value) for element in root.iter() for value in element.attrib.values())
    if has_unsafe_characters("".join((*map(str, root.itertext()), *attributes))):
        raise RejectedMessageError("unsafe_character")
