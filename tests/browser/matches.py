"""What the pages of who is who are handed, with much to show and with nothing. All people are made up."""

from typing import Any, Final

from hub.web import forms, match_forms
from tests.browser.door import SIDES

_ROWS: Final = [
    {
        "label": "Name",
        "said": "Ava Example",
        "known": "Ava Mary Example; Ava Other",
        "speaks_for": ["Given name is the same", "Family names share a part"],
        "speaks_against": [],
    },
    {
        "label": "Date of birth",
        "said": "2016-03-05",
        "known": "",
        "speaks_for": [],
        "speaks_against": ["Another day of the same year"],
    },
]
_SIDES: Final = [
    {"id": "s1", "family": "f1", "family_reference": "NB-0412", "likely": True, "rows": _ROWS},
    {"id": "s2", "family": "f2", "family_reference": "NB-0415", "likely": False, "rows": _ROWS[:1]},
]
_PAGE: Final[dict[str, Any]] = {
    "referral": "r1",
    "agency": "Northbridge Police",
    "people": [
        {"person": "p1", "name": "Ava Example", "sides": _SIDES},
        {"person": "p2", "name": "", "sides": _SIDES[1:]},
    ],
    "done": True,
}
_NOBODY: Final = {**_PAGE, "people": []}
_MERGE: Final = {"id": "m1", "by": "a1", "unmerged_at": None, "unmerged_by": None}
_JOINING: Final[dict[str, Any]] = {
    "merge": _MERGE,
    "reference": "NB-0412",
    "when": "8 March 2026, 16:10",
    "when_apart": "",
    "reason": "The school gave the same address",
    "reason_apart": "",
    "may_take_apart": True,
}
_APART: Final = {
    **_JOINING,
    "merge": {**_MERGE, "unmerged_at": "9 March 2026", "unmerged_by": "a2"},
    "when_apart": "9 March 2026, 10:00",
    "reason_apart": "A cousin of the same name",
    "may_take_apart": False,
}
_DESK: Final = {
    "contact": "Dana Whitlock, 01632 960001",
    "received_words": "1 March 2026, 02:10",
    "compared": _PAGE,
    "sides": SIDES,
}
_NEW: Final = {
    "referral": "r1",
    "agency": "Northbridge Police",
    "reference": "NB-0412",
    "received_words": "1 March 2026, 02:10",
}
_NEWCOMERS: Final = {
    "reference": "NB-0412",
    "received_words": "1 March 2026, 02:10",
    "compared": _PAGE,
    "may_answer": True,
    "closed": False,
}
_CHOICES: Final = {"s1": "Ava, as known in family NB-0412", "s2": "Ava, as known in family NB-0415"}
RULES: Final = {
    "matches.candidates": "/front-door/<referral>/candidates",
    "matches.join": "/front-door/<referral>/candidates/join",
    "matches.joined": "/joined",
    "matches.joining": "/joined/<merge>",
    "matches.newcomers": "/joined/new/<referral>",
    "matches.desk": "/protected-matches",
    "matches.protected": "/protected-matches/<referral>",
}
FORMS: Final[dict[str, type[forms.HubForm]]] = {
    "candidates": match_forms.CandidatesForm,
    "join": match_forms.JoinForm,
    "joining": match_forms.ApartForm,
    "protected_match": match_forms.DeskForm,
    "newcomers": match_forms.NewcomerForm,
}
OPTIONS: Final[dict[str, dict[str, dict[str, str]]]] = {
    "candidates": {"chosen": _CHOICES},
    "join": {"kept": _CHOICES, "other": _CHOICES},
    "newcomers": {"chosen": {**_CHOICES, "nobody/p1": "Ava is none of these"}},
}
RICH: Final[dict[str, dict[str, Any]]] = {
    "candidates": {"page": _PAGE, "twice": _CHOICES},
    "join": {"page": _PAGE, "choices": _CHOICES},
    "joined": {
        "by_people": [_JOINING, _APART],
        "by_program": {"NB-0412": [_JOINING, _APART]},
        "newcomers": [_NEW],
        "names": {"a1": "Fran Door"},
    },
    "newcomers": {"page": _NEWCOMERS},
    "joining": {"page": _JOINING, "names": {"a1": "Fran Door", "a2": "Mona Lead"}},
    "protected_matches": {
        "lines": [{"referral": "r1", "agency": "Northbridge Police", "received_words": "1 March 2026, 02:10"}]
    },
    "protected_match": {"page": _DESK},
}
EMPTY: Final[dict[str, dict[str, Any]]] = {
    "candidates": {"page": _NOBODY, "twice": {}},
    "join": {"page": _NOBODY, "choices": {}},
    "joined": {"by_people": [], "by_program": {}, "newcomers": [], "names": {}},
    "newcomers": {"page": {**_NEWCOMERS, "may_answer": False, "closed": True}},
    "joining": {"page": {**_JOINING, "reason": "", "may_take_apart": False}, "names": {}},
    "protected_matches": {"lines": []},
    "protected_match": {
        "page": {**_DESK, "compared": _NOBODY, "sides": {"remarks": [], "others": [], "elsewhere": False}}
    },
}
