"""What the chronology's own parts, finding and the genogram are handed. All people are made up."""

from typing import Any, Final

_NOT_ASKED: Final = {
    **dict.fromkeys(("agency", "person", "kind", "statement", "significance"), ""),
    **dict.fromkeys(("since", "until", "known")),
    "whole": False,
}
ASKED: Final = {**_NOT_ASKED, "agency": "a1", "known": "2026-03-09", "whole": True}
_PLOT: Final = {
    "words": "3 entries from 1 January 2026 to 27 February 2026",
    "unit": "month",
    "height": 120,
    "lanes": [
        {
            "agency": "Northbridge Police",
            "y": 4,
            "marks": [{"x": "75.0%", "count": 2, "strength": False, "words": "February 2026: 2 entries"}],
        },
        {
            "agency": "Clearwater Drug and Alcohol Service",
            "y": 50,
            "marks": [
                {"x": "25.0%", "count": 1, "strength": True, "words": "January 2026: 1 entry, 1 with a strength"}
            ],
        },
    ],
    "ticks": [
        {"x": "25.0%", "words": "Jan 2026", "anchor": "start"},
        {"x": "75.0%", "words": "Feb 2026", "anchor": "end"},
    ],
    "rows": [
        {
            "words": "january 2026",
            "cells": [
                {"agency": "Northbridge Police", "words": "", "query": {"agency": "a1"}},
                {"agency": "Clearwater Drug and Alcohol Service", "words": "1 entry", "query": {"agency": "a2"}},
            ],
        },
    ],
    "agencies": ["Northbridge Police", "Clearwater Drug and Alcohol Service"],
}
_CHOICES: Final = {
    "agency": [{"value": "a1", "words": "Northbridge Police"}],
    "person": [{"value": "p1", "words": "Ava Example"}],
    "kind": [{"value": "police_notice", "words": "Police safeguarding notice"}],
    "statement": [{"value": "child_voice", "words": "Child's voice"}],
    "significance": [{"value": "significant", "words": "Significant"}],
}


def chronology(entries: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a chronology of these entries, and once more as accounts of one day side by side."""
    first, last = entries[0], entries[-1]
    moments = [_moment(entry, [entry]) for entry in entries]
    moments[0]["year"], moments[1]["year"] = "2026", "2025"
    return {
        "moments": [*moments, _moment(first, [first, last])],
        "entries": entries,
        "reasons": [line for entry in entries for line in entry["why"]],
        "plot": _PLOT,
        "choices": _CHOICES,
        "asked": ASKED,
        "found": 2,
        "seen": 3,
        "cursor": "2.x",
        "more_unseen": True,
    }


def _moment(dated: dict[str, Any], entries: list[dict[str, Any]]) -> dict[str, Any]:
    columns = [{"agency": entry["agency"], "entries": [entry]} for entry in entries]
    return {"date_iso": dated["date_iso"], "date_words": dated["date_words"], "columns": columns, "year": ""}


NOTHING: Final = {
    "moments": [],
    "entries": [],
    "reasons": [],
    "plot": None,
    "choices": {name: [] for name in _CHOICES},
    "asked": _NOT_ASKED,
    "found": 0,
    "seen": 0,
    "cursor": "",
    "more_unseen": False,
}


def where(_query: object) -> str:
    """Stand for the address of a narrower chronology."""
    return "/families/f1?agency=a1"


AROUND: Final[dict[str, Any]] = {
    "address": "/families/f1",
    "month_url": "/families/f1?from=2026-02-09",
    "find_url": "/families/f1/find",
    "genogram_url": "/families/f1/genogram",
    "known_words": "9 March 2026",
    "where": where,
}


def _kin(name: str, symbol: str, words: str, *, died: bool = False) -> dict[str, Any]:
    part = "Child" if symbol == "unborn" else "Parent"
    return {"name": name, "symbol": symbol, "words": words, "part_words": part, "died": died, "homes": ["A"]}


_KIN: Final = [
    _kin("Dana Example", "female", "born 1994"),
    _kin("Joel Sample", "male", "born 1990", died=True),
    _kin("Ava Example", "unknown", "born 11 October 2016"),
    _kin("Not yet named", "unborn", "due July 2026"),
]
_FIGURES: Final = [
    {"x": x, "y": y, "kin": kin, "label": [kin["name"], kin["words"]]}
    for kin, (x, y) in zip(_KIN, ((70, 34), (202, 34), (70, 172), (202, 172)), strict=True)
]


def found(entries: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what a search shows."""
    return {"entries": entries, "count": 3, "seen": 9, "more_unseen": True}


RICH: Final[dict[str, dict[str, Any]]] = {
    "genogram": {
        "reference": "NB-0412",
        "family_id": "f1",
        "known": "2026-03-09",
        "known_words": "9 March 2026",
        "picture": {
            "width": 272,
            "height": 286,
            "figures": _FIGURES,
            "lines": [
                {"path": "M89 34 H183", "style": "ended", "words": "Partners until 2024"},
                {"path": "M136 34 V131 H70 V153", "style": "birth", "words": "Child of both"},
            ],
            "relations": {
                "people": _KIN,
                "bonds": [{"words": "Dana Example: mother of Ava Example", "source": "Northbridge Police"}],
                "homes": [{"letter": "A", "words": "H1", "members": ["Ava Example"], "source": "Northbridge Police"}],
            },
        },
    },
}
EMPTY: Final[dict[str, dict[str, Any]]] = {
    "genogram": {
        **RICH["genogram"],
        "known": "",
        "known_words": "",
        "picture": {
            **RICH["genogram"]["picture"],
            "figures": [],
            "lines": [],
            "relations": {"people": [], "bonds": [], "homes": []},
        },
    },
}
