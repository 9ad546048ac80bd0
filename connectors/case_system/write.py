"""What goes out to the case system, as JSON or CSV under the names that it uses."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Final

from connectors.case_system.mapping import mapping_named
from hub.domain.case_updates import OutItem

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def as_json(items: Sequence[OutItem], mapping: str) -> bytes:
    """Return the items as one JSON message; RejectedMessageError for a mapping that nobody wrote."""
    names = mapping_named(mapping).out
    told = [{names[name]: value for name, value in asdict(item).items()} for item in items]
    return json.dumps({"mapping": mapping, "records": told}, ensure_ascii=False).encode()


def as_csv(items: Sequence[OutItem], mapping: str) -> bytes:
    """Return the items as CSV with a last line that says how many; a text that a spreadsheet would run is quoted."""
    names = mapping_named(mapping).out
    written = io.StringIO(newline="")
    rows = csv.writer(written)
    rows.writerow(names.values())
    for item in items:
        said = asdict(item)
        rows.writerow(_inert(str(said[name])) for name in names)
    rows.writerow([f"#rows={len(items)}"])
    return written.getvalue().encode()


def _inert(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
