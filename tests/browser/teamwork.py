"""What the pages of the team's own work are handed, with much to show and with nothing. All people are made up."""

from typing import Any, Final

_ENTRY: Final = {
    "record": "r9",
    "date_iso": "2026-03-04",
    "date_words": "4 March 2026",
    "known_words": "4 March 2026, 16:20",
    "late": False,
    "agency": "Northbridge Council",
    "kind_words": "Team entry",
    "about_words": "Ava and Dana",
    "fields": [{"words": "What happened", "value": "We made a plan for school mornings.", "withheld": None}],
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
}
EMPTY: Final[dict[str, dict[str, Any]]] = {
    "entry": {**RICH["entry"], "suggestions": [], "looked": False},
    "entry_beside": {**RICH["entry_beside"], "entries": [], "links": [], "suggestions": []},
}
_PEOPLE: Final = {"p1": "Ava Example (Child)", "p3": "Dana Example (Parent)"}
OPTIONS: Final[dict[str, dict[str, dict[str, str]]]] = {
    "entry": {"about": _PEOPLE, "what_happened_about": _PEOPLE, "child_voice_about": _PEOPLE},
}
