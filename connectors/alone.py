"""One record of a message as a message of its own, so that it can be kept, looked at and mended without the others."""

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from copy import deepcopy
from functools import cached_property
from typing import Any, Final

from lxml import etree

from connectors.case_system.mapping import mappings
from connectors.strict_csv import read_csv
from connectors.strict_json import read_json
from connectors.strict_xml import Element, read_xml
from hub.domain.errors import RejectedMessageError
from hub.domain.referral import Limits

_ROW: Final = re.compile(r"row ([0-9]{1,7})")
_ITEM: Final = re.compile(r"/([^/]+)/([0-9]{1,7})(?:/.*)?")
_ELEMENT: Final = re.compile(r"(?:/[A-Za-z_]{1,60})+\[[0-9]{1,7}\]")
_NOTICE: Final = ("notice_ref", "notice_version", "action")
_KEYS: Final = (("AGNCY", "CLIENTID", "EPISODID"), ("referral_ref",), ("CASE_NO",), ("case",), _NOTICE)
"""Columns or keys that say which rows or items belong together, per format; the first that all are there."""


class Alone:
    """Takes records out of one message; it reads the message once, when it is first asked."""

    def __init__(self, body: bytes) -> None:
        """Take the message."""
        self._body, self._limits = body, Limits(max_bytes=len(body))

    def __call__(self, pointer: str) -> bytes:
        """Return the record at a pointer as a message; the whole message where it cannot be taken apart."""
        row, item = _ROW.fullmatch(pointer), _ITEM.fullmatch(pointer)
        try:
            if row:
                return self._row(int(row[1]))
            if item:
                return self._item(item[1], int(item[2]))
            return self._element(pointer) if _ELEMENT.fullmatch(pointer) else self._body
        except (RejectedMessageError, KeyError, IndexError, TypeError):
            return self._body

    def _row(self, number: int) -> bytes:
        header, lines, keys = self._rows
        mine = keys[number]
        rows = [lines[one] for one, key in keys.items() if one == number or (mine and key == mine)]
        return f"{header}{''.join(rows)}#rows={len(rows)}\n".encode()

    @cached_property
    def _rows(self) -> tuple[str, dict[int, str], dict[int, tuple[str, ...]]]:
        """The header, and per row number its text and what it shares with the rows that belong to it."""
        table = read_csv(self._body, self._limits, None)
        names = [name.upper() if name.upper() in _KEYS[0] else name for name in table.header]
        columns = next(([names.index(one) for one in key] for key in _KEYS if set(key) <= set(names)), [])
        lines, keys = {}, {}
        for row in table.rows:
            lines[row.number] = _written(row.cells)
            key = tuple(row.cells[column].strip() for column in columns if column < len(row.cells))
            apart = _stands_apart(dict(zip(table.header, row.cells, strict=False)))
            keys[row.number] = key if len(key) == len(columns) and all(key) and not apart else ()
        return _written(table.header), lines, keys

    def _item(self, name: str, number: int) -> bytes:
        items = self._document[name]
        mine = _shared(items[number])
        chosen = [one for place, one in enumerate(items) if place == number or (mine and _shared(one) == mine)]
        return json.dumps({**self._document, name: chosen}, ensure_ascii=False).encode()

    @cached_property
    def _document(self) -> Any:  # noqa: ANN401  a JSON value of any shape
        return read_json(self._body, self._limits)

    def _element(self, pointer: str) -> bytes:
        """Keep one of many alike, and everything beside their list."""
        root = self._root
        found = root.xpath(pointer)
        here: Element = found[0]  # type: ignore[assignment,index]  # a path of elements finds elements
        beside = here.getparent()
        if beside is None or beside.getparent() is not root:
            return self._body
        message = etree.Element(root.tag)
        for one in root:
            if one is beside:
                etree.SubElement(message, one.tag).append(deepcopy(here))
            else:
                message.append(deepcopy(one))
        return etree.tostring(message, xml_declaration=True, encoding="utf-8")

    @cached_property
    def _root(self) -> Element:
        return read_xml(self._body, self._limits)


def _written(cells: Sequence[str]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(cells)
    return text.getvalue()


def _shared(item: object) -> object:
    known = item if isinstance(item, dict) and not _stands_apart(item) else {}
    return next((known[name] for (name, *more) in _KEYS if not more and name in known), None)


def _stands_apart(said: Mapping[str, object]) -> bool:
    """Say whether a line of a case system is an allocation: a record of its own beside the others of its case."""
    return any(one.kinds.get(str(said.get(one.kind_column))) == "allocation" for one in mappings().values())
