"""Takes one record of a message apart and puts corrected values into it, whatever sender it came from.

What a connector says of a place (`/notices/2/event/occurred_from`, `Bundle.entry[4].resource.birthDate`,
`row 3 col child_dob`, `/Message/Children/Child[2]/ChildIdentifiers`, `NK1[2]-16`) is enough to find it again: no
connector has to do anything for its records to be repaired. JSON and rows are written anew with every value that was
not touched as it was; XML and HL7 keep every byte that was not touched.
"""

import csv
import io
import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any, Final

from connectors.alone import Alone
from connectors.hl7v2.repair import Hl7Record
from connectors.strict_csv import read_csv
from connectors.strict_json import read_json
from connectors.xml_repair import XmlRecord
from hub.domain.errors import InvalidRequestError, RejectedMessageError
from hub.domain.referral import Limits

_CELL: Final = re.compile(r"row ([0-9]{1,7}) col (.{1,120})", re.DOTALL)
_ROW: Final = re.compile(r"row [0-9]{1,7}")
_STEP: Final = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)|\[([0-9]{1,6})\]")
_WHOLE: Final = re.compile(r"-?[0-9]{1,9}", re.ASCII)
_WIDE: Final = (b"\xff\xfe", b"\xfe\xff")
_ROOT: Final = "Bundle"
_HIGH: Final = {
    **dict.fromkeys(("grade", "risk_grade", "risk", "risk_level"), frozenset({"high"})),
    "priority": frozenset({"urgent", "asap", "stat"}),
    **dict.fromkeys(("rf1-2", "rf1-2.1"), frozenset({"a", "s"})),
}
"""What a sender calls it -> its words for the highest: our own formats, FHIR R4 request-priority, HL7 table 0280."""
_WORDS: Final = {"true": True, "false": False}
Step = str | int


class Mending:
    """Pure functions under one name, for handing on."""

    def apart(self, body: bytes, pointers: Collection[str]) -> dict[str, bytes]:
        """Return the records at some pointers, each as a message of its own, reading the message once.

        What cannot be taken apart is not among them: a message that is one record, a format of another style.
        """
        taken = Alone(body)
        found = {pointer: taken(pointer) for pointer in pointers}
        return {pointer: alone for pointer, alone in found.items() if alone != body}

    def says_high(self, body: bytes) -> bool:
        """Say whether the sender graded anything in it high: then it is looked at sooner. Nothing else is concluded."""
        return any(value.casefold() in _HIGH.get(_last(place), ()) for place, value in self.lines(body, _style(body)))

    def lines(self, body: bytes, pointer: str) -> list[tuple[str, str]]:
        """Return (place, value) of everything that can be read, in the places' own style; of other formats nothing."""
        try:
            record = _record(body)
            if record is not None:
                return record.lines()
            return _cells(body) if _ROW.match(pointer) else _values(body, dotted=not pointer.startswith("/"))
        except RejectedMessageError:
            return []

    def mended(
        self,
        body: bytes,
        corrections: Mapping[str, str],
        typed: frozenset[str] = frozenset(),
        once: frozenset[str] = frozenset(),
    ) -> bytes:
        """Return the message with values put in at places.

        Of JSON those in `typed` go in as a number or a truth value; of XML those in `once` stand alone afterwards: what
        stood there a second time is taken away.

        Raises:
            InvalidRequestError: `place_unknown`: nothing can be put there; of XML and HL7 also what they cannot hold.
        """
        record = _record(body)
        if record is not None:
            return record.mended(corrections, once) if isinstance(record, XmlRecord) else record.mended(corrections)
        if any(_CELL.fullmatch(place) for place in corrections):
            return _cells_mended(body, corrections)
        document = _read(body)
        for place, text in corrections.items():
            _put(document, _steps(place), _value(text) if place in typed else text, place)
        return _written(document)

    def places(self, body: bytes, remarked: Collection[str]) -> dict[str, list[str]]:
        """Return where values can be put for remarks on places: there, in the parts of what stands there, or nowhere.

        A place that `lines` names is written as it is there.
        """
        try:
            record = _record(body)
        except RejectedMessageError:
            return {}
        if record is not None:
            return {place: record.places(place) for place in remarked}
        return {place: [place] if _takes(place) else [] for place in remarked}


def _record(body: bytes) -> XmlRecord | Hl7Record | None:
    """Open what is written in elements or in segments; None for JSON and rows."""
    head = body.lstrip(b"\xef\xbb\xbf \t\r\n\x0b")
    if head.startswith((b"<", *_WIDE)):
        return XmlRecord(body)
    return Hl7Record(body) if head.startswith(b"MSH") else None


def _takes(place: str) -> bool:
    """Say whether a value can be put at a place of JSON or of a row: it names one, not a whole record."""
    if _CELL.fullmatch(place):
        return True
    steps = _steps(place)
    return bool(steps) and isinstance(steps[-1], str) and place.startswith(("/", f"{_ROOT}."))


def _cells(body: bytes) -> list[tuple[str, str]]:
    table = read_csv(body, Limits(max_bytes=len(body)), None)
    return [
        (f"row {row.number} col {column}", cell)
        for row in table.rows
        for column, cell in zip(table.header, row.cells, strict=False)
        if cell.strip()
    ]


def _values(body: bytes, *, dotted: bool) -> list[tuple[str, str]]:
    return [(place, _text(value)) for place, value in _leaves(_read(body), _ROOT if dotted else "", dotted=dotted)]


def _read(body: bytes) -> Any:  # noqa: ANN401  a JSON value of any shape
    return read_json(body, Limits(max_bytes=len(body)))


def _written(document: object) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode()


def _style(body: bytes) -> str:
    return "/" if body.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] in {b"{", b"["} else "row 1"


def _last(place: str) -> str:
    return place.casefold() if place.startswith("RF1-") else re.split(r"[/. ]", place)[-1].casefold()


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _value(text: str) -> object:
    if _WHOLE.fullmatch(text):
        return int(text)
    return _WORDS.get(text.casefold(), text)


def _steps(place: str) -> list[Step]:
    """Read a JSON pointer, or a dotted path that begins with `Bundle`, as steps; [] for anything else."""
    if place.startswith("/"):
        return [int(one) if one.isascii() and one.isdecimal() else one for one in place[1:].split("/") if one]
    if not place.startswith(_ROOT):
        return []
    found = _STEP.finditer(place.removeprefix(_ROOT))
    return [int(one[2]) if one[2] is not None else one[1] for one in found]


def _leaves(value: Any, place: str, *, dotted: bool) -> Iterator[tuple[str, object]]:  # noqa: ANN401  as above
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, f"{place}.{key}" if dotted else f"{place}/{key}", dotted=dotted)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _leaves(inner, f"{place}[{number}]" if dotted else f"{place}/{number}", dotted=dotted)
    elif value is not None:
        yield place, value


def _put(document: Any, steps: list[Step], value: object, place: str) -> None:  # noqa: ANN401  as above
    """Set a value, making the objects on the way that are missing; a list is never made longer than by one."""
    if not steps:
        raise InvalidRequestError("place_unknown", where=place)
    here = document
    try:
        for step, following in pairwise(steps):
            missing = isinstance(here, dict) and here.get(str(step)) is None
            if missing:
                here[step] = [] if isinstance(following, int) else {}
            elif isinstance(here, list) and step == len(here):
                here.append({})
            here = here[step]
        last = steps[-1]
        if isinstance(here, list) and last == len(here):
            here.append(value)
        else:
            here[last] = value
    except (KeyError, IndexError, TypeError):
        raise InvalidRequestError("place_unknown", where=place) from None


def _cells_mended(body: bytes, corrections: Mapping[str, str]) -> bytes:
    table = read_csv(body, Limits(max_bytes=len(body)), None)
    header, rows = list(table.header), {row.number: list(row.cells) for row in table.rows}
    for place, text in corrections.items():
        found = _CELL.fullmatch(place)
        row = rows.get(int(found[1])) if found else None
        if found is None or row is None:
            raise InvalidRequestError("place_unknown", where=place)
        if found[2] not in header:
            header.append(found[2])
        for cells in rows.values():
            cells.extend([""] * (len(header) - len(cells)))
        row[header.index(found[2])] = text
    return _table(header, rows.values())


def _table(header: Iterable[str], rows: Collection[Iterable[str]]) -> bytes:
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return f"{written.getvalue()}#rows={len(rows)}\n".encode()
