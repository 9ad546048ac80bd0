"""What the pages of copies and attachments are handed, with much to show and with nothing. All people are made up."""

from typing import Any, Final

_COPY: Final = {
    "title": "Chronology",
    "address": ["Joel Sample", "3 Mill Row, Exampleton, EX1 1AB"],
    "head": [
        ("Family", "NB-0412"),
        ("For", "Joel Sample"),
        ("Reached", "Sent the way they chose"),
        ("Made by", "Ruth Okafor, Northbridge Council"),
        ("On", "9 March 2026, 14:32"),
    ],
    "rows": [
        {
            "number": "1",
            "date": "27 February 2026",
            "event": ["Team entry. About Joel.", "Summary: Joel finished the first six sessions."],
            "reference": "Northbridge Council, 5e0a35683f",
        },
        {
            "number": "2",
            "date": "9 March 2026",
            "event": ["Team entry. About Joel.", "Decision: The sessions go on until May."],
            "reference": "Northbridge Council, 9cceb974bd",
        },
    ],
    "closing": [
        "This copy holds only what both its maker and its recipient may see.",
        "Ask: Dana Whitlock, 01632 960001",
    ],
    "watermark": "For Joel Sample. Made by Ruth Okafor, 9 March 2026, 14:32",
}
_COLUMNS: Final = ["Number", "Date", "Event", "Document reference"]
RICH: Final[dict[str, dict[str, Any]]] = {
    "print_choose": {"reference": "NB-0412", "family_id": "f1"},
    "print_copy": {"copy": _COPY, "columns": _COLUMNS, "family_id": "f1"},
    "print_stopped": {
        "words": "There is no address on record that is sure to be safe, so nothing was made.",
        "reference": "NB-0412",
        "family_id": "f1",
    },
}
EMPTY: Final[dict[str, dict[str, Any]]] = {
    "print_copy": {**RICH["print_copy"], "copy": {**_COPY, "address": [], "rows": []}},
}
OPTIONS: Final[dict[str, dict[str, dict[str, str]]]] = {
    "print_choose": {"recipient": {"person:p4": "Joel Sample", "agency:a1": "Northbridge Police"}},
}
