"""What the pages of a team's working day are handed, with much to show and with nothing. All people are made up."""

from typing import Any, Final

UNOWNED: Final[dict[str, Any]] = {
    "id": "f3",
    "reference": "NB-0415",
    "since_words": "5 March 2026, 09:12",
    "due_words": "by 6 March 2026, 17:00",
    "overdue": True,
    "late_words": "1 working day late",
}
_ALLOCATED: Final = [
    {
        "id": "x1",
        "name": "Ruth Okafor",
        "words": "Lead practitioner: Social worker",
        "with_words": "The whole family",
        "time_words": "since 12 January 2026",
        "lead": True,
        "offered_words": "Offered to Imran Shah, who has not answered yet",
        "offer": "o1",
    },
    {
        "id": "x2",
        "name": "Cerys Vaughan",
        "words": "Covering for a colleague: Mental health practitioner",
        "with_words": "Dana Example (Mother), 1 person whom you have not opened",
        "time_words": "since 2 March 2026, until 9 April 2026",
        "lead": False,
        "offered_words": "",
        "offer": "",
    },
]
RICH: Final[dict[str, dict[str, Any]]] = {
    "allocation": {"reference": "NB-0412", "family": "f1", "lines": _ALLOCATED, "unowned": False},
}
EMPTY: Final[dict[str, dict[str, Any]]] = {
    "allocation": {"reference": "NB-0412", "family": "f1", "lines": [], "unowned": True},
}
OPTIONS: Final[dict[str, dict[str, dict[str, str]]]] = {
    "allocation": {
        "account": {"a1": "Imran Shah", "a2": "Cerys Vaughan"},
        "works_with": {"p1": "Ava Example", "p2": "Noah Example"},
    },
}
