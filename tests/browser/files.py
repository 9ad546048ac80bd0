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
_FILES: Final = [
    {
        "id": "a1",
        "title": "Bruise on the left forearm",
        "kind_words": "Photograph",
        "size_words": "420 kB",
        "added_words": "9 March 2026, 14:32",
        "state": "clean",
    },
    {
        "id": "a2",
        "title": "Letter from the school",
        "kind_words": "PDF document",
        "size_words": "88 kB",
        "added_words": "9 March 2026, 14:40",
        "state": "quarantined",
    },
    {
        "id": "a3",
        "title": "A file that failed its check. Tell your IG officer now.",
        "kind_words": "",
        "size_words": "",
        "added_words": "9 March 2026, 14:45",
        "state": "broken",
    },
]
BESIDE: Final = {"r1": _FILES}
"""The files of the first entry of the rich family page."""
RICH: Final[dict[str, dict[str, Any]]] = {
    "attachments": {
        "reference": "NB-0412",
        "family_id": "f1",
        "kind_words": "Team entry",
        "date_words": "27 February 2026",
        "files": _FILES,
        "may_add": True,
        "may_print": True,
    },
    "attachment_copy": {"reference": "NB-0412", "family_id": "f1"},
    "print_choose": {"reference": "NB-0412", "family_id": "f1"},
    "print_copy": {"copy": _COPY, "columns": _COLUMNS, "family_id": "f1"},
    "print_stopped": {
        "words": "There is no address on record that is sure to be safe, so nothing was made.",
        "reference": "NB-0412",
        "family_id": "f1",
    },
}
EMPTY: Final[dict[str, dict[str, Any]]] = {
    "attachments": {**RICH["attachments"], "files": [], "may_add": False},
    "print_copy": {**RICH["print_copy"], "copy": {**_COPY, "address": [], "rows": []}},
}
_RECIPIENTS: Final = {"person:p4": "Joel Sample", "agency:a1": "Northbridge Police"}
OPTIONS: Final[dict[str, dict[str, dict[str, str]]]] = {
    "print_choose": {"recipient": _RECIPIENTS},
    "attachment_copy": {"recipient": _RECIPIENTS},
}
