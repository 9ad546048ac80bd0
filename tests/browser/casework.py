"""What the pages of a team's working day are handed, with much to show and with nothing. All people are made up."""

from typing import Any, Final

NEWS: Final = {
    "records": ["e2"],
    "words": "1 entry here is new to you since you last looked, on 8 March 2026, 16:10.",
}


def home_family(id_: str, reference: str, part_words: str, looked_words: str) -> dict[str, str]:
    """Return one family as home lists it."""
    return {"id": id_, "reference": reference, "part_words": part_words, "looked_words": looked_words}


UNOWNED: Final[dict[str, Any]] = {
    "id": "f3",
    "reference": "NB-0415",
    "since_words": "5 March 2026, 09:12",
    "due_words": "by 6 March 2026, 17:00",
    "overdue": True,
    "late_words": "1 working day late",
    "closed": False,
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
_ENTRY: Final = {
    "strength": False,
    "reasons": [],
    "date_iso": "2026-02-27",
    "date_words": "27 February 2026",
    "record": "r1",
    "remarks": [],
    "known_words": "1 March 2026, 02:10",
    "late": False,
    "agency": "Northbridge Police",
    "kind_words": "Police safeguarding notice",
    "about_words": "Ava, Noah, Dana and Joel",
    "fields": [
        {"words": "What happened", "value": "A neighbour heard shouting and called.", "withheld": None, "statement": ""}
    ],
    "why": ["Rule R2 of the Northbridge agreement, version 1."],
}
_CLOSED: Final = {
    "id": "f4",
    "reference": "NB-0377",
    "words": "The family's needs are met: no further service",
    "when_words": "4 March 2025",
    "told_words": "Told: Northbridge Police, Clearwater Drug and Alcohol Service. The family: told on 3 March 2025",
    "reopened_words": "Reopened on 9 January 2026",
}
SHIFT: Final = {
    "id": "s1",
    "name": "Edith Moss",
    "desk_words": "Emergency duty team",
    "time_words": "9 March 2026, 17:00 to 10 March 2026, 09:00",
    "now": True,
}
RICH: Final[dict[str, dict[str, Any]]] = {
    "allocation": {"reference": "NB-0412", "family": "f1", "lines": _ALLOCATED, "unowned": False},
    "closing": {
        "reference": "NB-0412",
        "family_id": "f1",
        "prior": [_CLOSED],
        "entries": [_ENTRY],
        "more": True,
    },
    "closed": {"families": [_CLOSED]},
    "rota": {"lines": [SHIFT, {**SHIFT, "id": "s2", "now": False}]},
    "duty": {"lines": [SHIFT], "at_night": True, "at_door": True},
}
EMPTY: Final[dict[str, dict[str, Any]]] = {
    "allocation": {"reference": "NB-0412", "family": "f1", "lines": [], "unowned": True},
    "closing": {"reference": "NB-0412", "family_id": "f1", "prior": [], "entries": [], "more": False},
    "closed": {"families": []},
    "rota": {"lines": []},
    "duty": {"lines": [SHIFT], "at_night": False, "at_door": False},
}
OPTIONS: Final[dict[str, dict[str, dict[str, str]]]] = {
    "rota": {
        "account": {"a1": "Edith Moss, Duty worker (emergency duty team)"},
        "desk": {"front_door": "Front door", "edt": "Emergency duty team"},
    },
    "closing": {
        "outcome": {"needs_met": "The family's needs are met", "moved_away": "The family moved"},
        "told": {"police": "Northbridge Police", "trust": "Northbridge NHS Trust"},
    },
    "allocation": {
        "account": {"a1": "Imran Shah", "a2": "Cerys Vaughan"},
        "works_with": {"p1": "Ava Example", "p2": "Noah Example"},
    },
}
