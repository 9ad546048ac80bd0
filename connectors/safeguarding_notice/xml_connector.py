"""The same notices as XML: an element for a key, a list as an element around its items; each notice stands alone.

INVARIANT: a place in a remark is made of names of this format and numbers; a name of the sender's is never repeated.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from connectors.people import Plain
from connectors.places import placed
from connectors.safeguarding_notice import shape
from connectors.safeguarding_notice.connector import parsed_notice
from connectors.safeguarding_notice.schema import BatchSchema
from connectors.safeguarding_notice.shape import Node
from connectors.safeguarding_notice.xsd import compiled
from connectors.schema_fields import read_date
from connectors.schema_reading import check
from connectors.standing_alone import stands_alone
from connectors.strict_xml import Element, faults, read_xml
from hub.domain.errors import RejectedMessageError
from hub.domain.referral import Issue, Limits, Outcome, Parsed, Severity

_ROOT = f"/{shape.ROOT}"
_NOTICE = re.compile(rf"{_ROOT}/notices/notice(?:\[([0-9]+)\])?(?=/|$)")
_IN_NOTICE = re.compile("/notices/([0-9]+)")
_WHOLE = re.compile("-?(0|[1-9][0-9]{0,17})")
_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"


class SafeguardingNoticeXml:
    """Connector for our published police format (XML, version 1.0)."""

    name = "safeguarding_notice_xml"

    def parse(self, body: bytes, limits: Limits) -> Iterator[Parsed]:
        """Return one `Parsed` per notice, lazily; a place reads `/safeguarding_notices/notices/notice[1]/people`.

        Raises:
            RejectedMessageError: the message does not pass the XML gate, or its outer shape is not a batch.
        """
        root = read_xml(body, limits)
        if root.tag != shape.ROOT:
            raise RejectedMessageError("not_in_schema", where="/")
        reading = _Reading(limits)
        message = reading.read(root, shape.batch(), "")
        notices = message.pop("notices", None)
        if not notices:
            raise RejectedMessageError("required", where=f"{_ROOT}/notices")
        if len(notices) > limits.max_records:
            raise RejectedMessageError("too_many_records", where=f"{_ROOT}/notices")
        outer = (*check(BatchSchema(exclude=("notices",)), message, "", limits), *reading.of(None))
        _require_no_error(outer)
        wrong = _by_notice(faults(compiled(), root))
        remarks = ((*(() if number else outer), *reading.of(number)) for number in range(len(notices)))
        return (
            stands_alone(
                element_path(f"/notices/{number}"),
                _doubted if number in wrong or number in reading.doubtful else _accepted,
                notice,
                number,
                limits,
                (said, wrong.get(number, ())),
            )
            for number, (notice, said) in enumerate(zip(notices, remarks, strict=True))
        )

    def message_key(self, body: bytes) -> str:
        """Return "": `batch_id` names a parcel. What is in it has numbers of its own, and is known again by those."""
        del body
        return ""


class _Reading:
    """Turns elements into the values that JSON would hold; what is not of the format is set aside and remarked on."""

    def __init__(self, limits: Limits) -> None:
        self._longest = limits.max_field_characters
        self.doubtful: set[int | None] = set()
        """Notices with a value that the XSD cannot judge: a day that does not exist, a text that is too long."""
        self._remarks: dict[int | None, list[Issue]] = {}

    def of(self, number: int | None) -> tuple[Issue, ...]:
        """Return the remarks on one notice, or on the message around them."""
        return tuple(self._remarks.get(number, ()))

    def read(self, element: Element, node: Node, pointer: str) -> Any:  # noqa: ANN401  whatever JSON holds
        """Return the value of an element; strange elements and attributes are taken out of the tree."""
        if element.attrib:
            self._drop_attributes(element, pointer)
        if node.members is not None:
            return self._object(element, node, pointer)
        if node.item is not None:
            return self._list(element, node, node.item, pointer)
        if len(element):
            self._remark(Severity.ERROR, "wrong_type", pointer)
            return ""
        text = element.text or ""
        if len(text) > self._longest or (node.dated and read_date(text, instant=True) is None):
            self.doubtful.add(_number(pointer))
        return int(text) if node.whole and _WHOLE.fullmatch(text) else text

    def _object(self, element: Element, node: Node, pointer: str) -> Plain:
        found: dict[str, Any] = {}
        strange = []
        for child in element:
            name, inner = child.tag, (node.members or {}).get(child.tag)
            if inner is None:
                strange.append(child)
            elif name in found:
                self._remark(Severity.ERROR, "duplicate_element", f"{pointer}/{name}")
            else:
                found[name] = self.read(child, inner, f"{pointer}/{name}")
        self._set_aside(element, strange, pointer)
        return found

    def _list(self, element: Element, node: Node, item: Node, pointer: str) -> list[Any]:
        found: list[Any] = []
        strange: list[Element] = []
        for child in element:
            if child.tag == node.item_name:
                found.append(self.read(child, item, f"{pointer}/{len(found)}"))
            else:
                strange.append(child)
        self._set_aside(element, strange, pointer)
        return found

    def _set_aside(self, element: Element, strange: list[Element], pointer: str) -> None:
        if strange:
            self._remark(Severity.WARNING, "unknown_keys", f"{pointer or '/'} count={len(strange)}")
        for child in strange:
            element.remove(child)

    def _drop_attributes(self, element: Element, pointer: str) -> None:
        strange = [name for name in element.attrib if not str(name).startswith(_XSI)]
        if strange:
            self._remark(Severity.WARNING, "unknown_attributes", f"{pointer or '/'} count={len(strange)}")
        for name in list(element.attrib):
            del element.attrib[name]

    def _remark(self, severity: Severity, code: str, pointer: str) -> None:
        self._remarks.setdefault(_number(pointer), []).append(Issue(severity, code, pointer or "/"))


def _number(pointer: str) -> int | None:
    """Return which notice a JSON pointer stands in, None for the message around them."""
    found = _IN_NOTICE.match(pointer)
    return int(found[1]) if found else None


def _require_no_error(outer: tuple[Issue, ...]) -> None:
    for issue in outer:
        if issue.severity is Severity.ERROR:
            raise RejectedMessageError(issue.code, where=element_path(issue.location))


def _accepted(notice: Plain, number: int, limits: Limits, said: tuple[tuple[Issue, ...], tuple[Issue, ...]]) -> Parsed:
    return placed(parsed_notice(notice, f"/notices/{number}", limits, said[0], checked=True), element_path)


def _doubted(notice: Plain, number: int, limits: Limits, said: tuple[tuple[Issue, ...], tuple[Issue, ...]]) -> Parsed:
    """Say what the XSD refuses only where the rules that all three forms share find nothing: their codes say more."""
    remarks, wrong = said
    parsed = placed(parsed_notice(notice, f"/notices/{number}", limits, remarks), element_path)
    if wrong and parsed.outcome is Outcome.ACCEPTED:
        return Parsed(Outcome.QUARANTINED, parsed.pointer, None, parsed.issues + wrong)
    return parsed


def _by_notice(found: Iterator[tuple[str, str]]) -> dict[int, tuple[Issue, ...]]:
    """Group by notice what the XSD refuses; what it refuses around them is refused with the message."""
    groups: dict[int, tuple[Issue, ...]] = {}
    for code, where in found:
        of = _NOTICE.match(where)
        if of is None:
            raise RejectedMessageError(code, where=where)
        number = int(of[1] or 1) - 1
        groups[number] = (*groups.get(number, ()), Issue(Severity.ERROR, code, where))
    return groups


@lru_cache(maxsize=8192)
def element_path(pointer: str) -> str:
    """Return the place of an element for a JSON pointer: `/notices/0/people/1` is the second person of the first."""
    path, last = _ROOT, ""
    where, space, count = pointer.partition(" ")
    for step in where.strip("/").split("/"):
        if step.isdecimal():
            path += f"/{shape.ITEMS.get(last, 'item')}[{int(step) + 1}]"
        elif step:
            path += f"/{step}"
        last = step
    return path + space + count
