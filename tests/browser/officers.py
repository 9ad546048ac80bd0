"""What the officer's question pages are handed, with much to show and with nothing. All people are made up."""

from typing import Any, Final

_NUMBERS: Final = "41 rules in force on 2026-03-09; 5,760,000 requests swept: 812 permitted; 96 prohibited."
_CLAUSE: Final = [("from", "Drug and alcohol service"), ("to", "Children's services"), ("up to", "sensitive")]
_TOLD: Final = {
    "headline": "Withheld: the person said no, and no decision overrides that",
    "words": "With the person's agreement, the social worker sees the specialist's summary and attendance.",
    "dates": "in force 1 April 2026 to 31 March 2028",
    "possible": ["the person's agreement", "a section 47 enquiry that names them"],
    "unverified": "",
    "basis": [("Ordinary data", "UK GDPR 6(1)(e)"), ("Confidentiality", "consent")],
}
_ANSWER: Final = {
    "category": "Substance use, in summary",
    "owner": "Clearwater Drug and Alcohol Service",
    "about": "parent",
    "shown": False,
    "verdict": "Withheld, the holder is named",
    "told": _TOLD,
    "clause": _CLAUSE,
    "agreement": "Northbridge agreement",
    "anchor": "NB-2026/1:R1",
    "signed_by": "Northbridge Council, Clearwater",
    "stood": [("The reader was", "working with the family"), ("What the person had said", "refused")],
    "near": [
        {
            "rule": "NB-2026/1:R2",
            "words": "During a section 47 enquiry the same may be seen without agreement.",
            "failed": [{"name": "opening fact", "asked": "section 47 enquiry", "found": "none"}],
        }
    ],
}
_ANALYSIS: Final = {
    "numbers": _NUMBERS,
    "findings": ["NB-2026/1:R9 never matches: what it asks for never comes together"],
    "unseen": [{"where": "probation", "words": "Police incident; Risk view", "times": ""}],
}
_FOUND: Final = {
    "changes": [{"where": "R1", "words": "up to: sensitive -> restricted", "times": ""}],
    "effects": ["newly shown: Social worker at csc, held by sm: Attendance (12 requests)"],
    "replayed": "30 logged views read, 28 met exactly and replayed: 410 decisions; 3 newly shown.",
    "not_met": ["2 views: decided under an earlier set of agreements that now answers differently"],
    "logged": [{"where": "", "words": "Social worker at csc, Attendance held by sm: hide -> show", "times": "3"}],
    "analysis": _ANALYSIS,
}
_AS_OF: Final = {"day": "9 March 2026", "known": "As the hub knew it on that day", "back": "/log/families/f1"}
RICH: Final[dict[str, dict[str, Any]]] = {
    "question": {"reference": "NB-0412"},
    "why": {
        **_AS_OF,
        "found": {
            "reference": "NB-0412",
            "worker": "Ruth Okafor, Social worker",
            "item": "Drug and alcohol service report, January 2026, Clearwater: Attendance",
            "purpose": "Child protection enquiry",
            "answers": [_ANSWER, {**_ANSWER, "category": "Attendance", "shown": True, "verdict": "Shown", "near": []}],
        },
    },
    "who_can_see": {
        **_AS_OF,
        "reference": "NB-0412",
        "item": "Drug and alcohol service report, January 2026, Clearwater: Attendance",
        "seers": [
            {
                "worker": "Ruth Okafor, Social worker",
                "purpose": "Child protection enquiry",
                "category": "Attendance",
                "rule": "NB-2026/1:R2",
                "words": "During a section 47 enquiry attendance may be seen.",
            }
        ],
    },
    "rules": {"found": _ANALYSIS},
    "draft": {"found": _FOUND},
}
EMPTY: Final[dict[str, dict[str, Any]]] = {
    **RICH,
    "question": {"reference": ""},
    "why": {**RICH["why"], "found": {**RICH["why"]["found"], "answers": [{**_ANSWER, "clause": [], "near": []}]}},
    "who_can_see": {**RICH["who_can_see"], "seers": []},
    "rules": {"found": {"numbers": _NUMBERS, "findings": [], "unseen": []}},
    "draft": {"found": {**_FOUND, **{key: [] for key in ("changes", "effects", "not_met", "logged")}}},
}
OPTIONS: Final[dict[str, dict[str, dict[str, str]]]] = {
    "question": {
        "item": {"r1": "Drug and alcohol service report, January 2026, Clearwater: Attendance"},
        "worker": {"a1": "Ruth Okafor, Social worker", "mh.2.1": "Mental health practitioner, Northbridge NHS Trust"},
        "purpose": {"protect_child": "Child protection enquiry"},
    }
}
