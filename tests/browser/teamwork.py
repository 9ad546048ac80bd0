"""What the pages of the team's own work are handed, with much to show and with nothing. All people are made up."""

from typing import Any, Final

_ENTRY: Final = {
    "strength": False,
    "reasons": [],
    "record": "r9",
    "date_iso": "2026-03-04",
    "date_words": "4 March 2026",
    "known_words": "4 March 2026, 16:20",
    "late": False,
    "agency": "Northbridge Council",
    "kind_words": "Team entry",
    "about_words": "Ava and Dana",
    "fields": [
        {"words": "What happened", "value": "We made a plan for school mornings.", "withheld": None, "statement": ""}
    ],
    "remarks": [
        {
            "kind_words": "Professional challenge",
            "whose": "",
            "words": "The plan relies on the grandmother, who told us that she is ill.",
            "by_words": "Written down by Rae Osborne, 5 March 2026, 09:10",
        }
    ],
    "why": ["Rule O1: social care reads what social care recorded."],
}
_SUGGESTED: Final = [{"where": "What happened", "found": "failed to engage", "words": "Say what was offered."}]
_LINKS: Final = [{"url": "/families/f1/entries/r9/challenge", "words": "Challenge it as a professional"}]
_LINE: Final = {
    "when_words": "March 2026",
    "title": "Summary: Dana",
    "fields": [("What happened", "Dana came to three of four sessions."), ("Written by", "Rae Osborne")],
}
_CHAPTER: Final = {
    "role": "recovery_worker",
    "words": "Drug and alcohol recovery worker",
    "own": True,
    "summaries": [_LINE],
    "sessions": [{**_LINE, "title": "Session: Dana", "fields": [("Goal", "I want to be up for breakfast.")]}],
    "modules": [
        {"title": "Module 1", "state_words": "In progress", "whose": "Dana Example", "note": "Second meeting done"},
        {"title": "Module 2", "state_words": "Not started", "whose": "", "note": ""},
    ],
}
RICH: Final[dict[str, dict[str, Any]]] = {
    "entry": {
        "reference": "NB-0412",
        "family_id": "f1",
        "entry_title": "Add an entry",
        "send_words": "Add the entry",
        "suggestions": _SUGGESTED,
        "looked": True,
    },
    "entry_beside": {
        "reference": "NB-0412",
        "family_id": "f1",
        "entries": [_ENTRY],
        "links": _LINKS,
        "suggestions": _SUGGESTED,
    },
    "workbook": {"reference": "NB-0412", "family_id": "f1", "chapters": [_CHAPTER]},
    "supervisions": {
        "reference": "NB-0412",
        "family_id": "f1",
        "chairs": True,
        "lines": [{"id": "s1", "words": "12 March 2026", "open": True, "chaired": True}],
    },
    "room": {
        "reference": "NB-0412",
        "supervision": "s1",
        "room": {
            "attendees": ["Ruth Okafor", "Rae Osborne"],
            "people": [{"name": "Ava Example", "part_words": "Child"}],
            "entries": [_ENTRY],
        },
    },
}
EMPTY: Final[dict[str, dict[str, Any]]] = {
    "entry": {**RICH["entry"], "suggestions": [], "looked": False},
    "entry_beside": {**RICH["entry_beside"], "entries": [], "links": [], "suggestions": []},
    "supervisions": {**RICH["supervisions"], "lines": []},
    "room": {**RICH["room"], "room": {**RICH["room"]["room"], "people": [], "entries": []}},
    "workbook": {
        **RICH["workbook"],
        "chapters": [{**_CHAPTER, "summaries": [], "sessions": [], "modules": [], "own": False}],
    },
}
_PEOPLE: Final = {"p1": "Ava Example (Child)", "p3": "Dana Example (Parent)"}
OPTIONS: Final[dict[str, dict[str, dict[str, str]]]] = {
    "supervisions": {"attendees": {"a2": "Rae Osborne, Drug and alcohol recovery worker"}},
    "entry": {"about": _PEOPLE, "what_happened_about": _PEOPLE, "child_voice_about": _PEOPLE},
}
