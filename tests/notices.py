"""One batch of notices in the other two forms, written here on purpose by other code than reads them."""

import csv
import io
from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import escape

from connectors.safeguarding_notice.shape import ITEMS, ROOT

Plain = dict[str, Any]
_SUBJECT = {"people", "roles", "relationships", "households", "child_impact", "consents"}


def as_xml(batch: Plain) -> bytes:
    """Return a batch as XML; keys that the format does not name become elements all the same."""
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{_element(ROOT, batch)}\n'.encode()


def _element(name: str, value: object) -> str:
    if isinstance(value, dict):
        inside = "".join(_element(key, inner) for key, inner in value.items())
    elif isinstance(value, list):
        inside = "".join(_element(ITEMS.get(name, "item"), inner) for inner in value)
    else:
        inside = escape(str(value))
    return f"<{name}>{inside}</{name}>"


def as_csv(batch: Plain, *, counted: bool = True) -> bytes:
    """Return a batch as CSV, one row per subject, the notice told on its first row."""
    rows = [row for notice in batch["notices"] for row in _rows(batch, notice)]
    header = list(dict.fromkeys(column for row in rows for column in row))
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, header)
    writer.writeheader()
    writer.writerows(rows)
    return (out.getvalue() + (f"#rows={len(rows)}\r\n" if counted else "")).encode()


def _rows(batch: Plain, notice: Plain) -> Iterator[Plain]:
    around = {key: value for key, value in batch.items() if key != "notices"}
    about = {key: value for key, value in notice.items() if key not in _SUBJECT}
    whole = dict(_cells("", around | about))
    keys = ("version", "batch_id", "notice_ref", "notice_version", "action")
    for number, person in enumerate(notice["people"]):
        row = whole if number == 0 else {key: whole[key] for key in keys}
        yield row | dict(_cells("person.", person)) | dict(_of(notice, person["id"]))


def _of(notice: Plain, who: str) -> Iterator[tuple[str, object]]:
    for word, key in (("role", "roles"), ("relationship", "relationships")):
        mine = [item for item in notice.get(key, ()) if item["person"] == who]
        for number, item in enumerate(mine, 1):
            yield from _cells(f"{word}.{number}.", {k: v for k, v in item.items() if k != "person"})
    homes = [home["reference"] for home in notice.get("households", ()) if who in home["members"]]
    yield from ((f"household.{number}", home) for number, home in enumerate(homes, 1))
    for word, key in (("child_impact", "child_impact"), ("consent", "consents")):
        for item in notice.get(key, ()):
            if item["person"] == who:
                yield from _cells(f"{word}.", {k: v for k, v in item.items() if k != "person"})


def _cells(base: str, value: object) -> Iterator[tuple[str, object]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _cells(f"{base}{key}.", inner)
    elif isinstance(value, list):
        for number, inner in enumerate(value, 1):
            yield from _cells(f"{base}{number}.", inner)
    else:
        yield base.removesuffix("."), value
