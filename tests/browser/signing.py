"""What the pages about agreements and signatories are handed, with much to show and with nothing."""

from typing import Any, Final

from tests.browser import officers

STEPS: Final = ("check", "signature", "publish", "copy", "suspend", "withdraw", "signing_request")
DIGEST: Final = " ".join(["3f9a"] * 16)
_SIGNED: Final = [
    {"party": "Northbridge Council", "signatory": "Asha Rahman, senior information risk owner", "when": "2 March 2026"},
    {"party": "Clearwater Drug and Alcohol Service", "signatory": "", "when": ""},
]
_LINE: Final = {
    "key": "NB-2026/2",
    "code": "NB-2026",
    "number": "2",
    "title": "Northbridge, information sharing agreement",
    "state": "Being signed",
    "words": "Waits for the signature of Clearwater Drug and Alcohol Service",
    "dates": "1 April 2026 to 31 March 2028; review by 2027-03-01",
    "signed": _SIGNED,
    "alarm": "",
}
_LATE: Final = {
    **_LINE,
    "key": "NB-2026/1",
    "number": "1",
    "state": "In force",
    "alarm": "Review overdue since 2026-01-31",
}
_PAGE: Final = [
    {"kind": "title", "label": "", "words": "Northbridge, information sharing agreement"},
    {"kind": "row", "label": "SHA-256 of its canonical form", "words": "3f9a" * 16},
    {"kind": "heading", "label": "", "words": "What is shared"},
    {"kind": "rule", "label": "R1", "words": "The social worker sees attendance."},
    {"kind": "row", "label": "Information of", "words": "Clearwater Drug and Alcohol Service (sm)"},
    {"kind": "row", "label": "", "words": "A line of a page that was stored as text"},
]
_VERSION: Final = {
    "line": _LATE,
    "house_rules": False,
    "lines": _PAGE,
    "digest": "3f9a" * 16,
    "sha256": "3f9a" * 16,
    "report": ["24 worked cases hold.", "R1 up to: sensitive -> restricted"],
    "history": [("2 March 2026, 10:12", "Northbridge Council proposed it")],
    "steps": ["check", "sign", "resume", "publish", "suspend", "withdraw"],
}
_AT: Final = {"code": "NB-2026", "number": "1"}
_ROSTER: Final = {
    "code": "sm",
    "agency": "Clearwater Drug and Alcohol Service",
    "people": ["Nadia Farouk, Caldicott guardian, key 3f9a 3f9a 3f9a 3f9a"],
    "waiting": "Roster 2 waits (Nadia Farouk): confirmed by 1 of 2",
    "mine": True,
}
_TRIED: Final = {
    "draft": {"key": "NB-2026/2", "title": "Northbridge agreement", "parties": ["csc", "sm"]},
    "cases_words": "24 worked cases hold.",
    "trial": officers.RICH["draft"]["found"],
}
RICH: Final[dict[str, dict[str, Any]]] = {
    "agreements": {"lines": [_LINE, _LATE], "unsigned": True},
    "agreement": {"found": _VERSION, "digest": DIGEST, **_AT},
    "propose": {"tried": _TRIED},
    "signature": {"found": _VERSION, "digest": DIGEST, "resumes": True, "party": "sm", **_AT},
    "signatories": {"lines": [_ROSTER]},
}
EMPTY: Final[dict[str, dict[str, Any]]] = {
    **RICH,
    "agreements": {"lines": [], "unsigned": False},
    "agreement": {
        **RICH["agreement"],
        "found": {**_VERSION, "line": _LINE, "report": [], "history": [], "steps": [], "house_rules": True},
    },
    "signatories": {"lines": []},
}
