"""The same pages with nothing to show, and what their forms offer."""

from typing import Any, Final

from tests.browser import entry, officers, signing
from tests.browser.contexts import RICH

EMPTY: Final[dict[str, dict[str, Any]]] = {
    **RICH,
    **entry.EMPTY,
    **officers.EMPTY,
    **signing.EMPTY,
    "home": {"families": [], "unallocated": [], "tasks": []},
    "family": {
        "view": {
            "page": {
                **RICH["family"]["view"]["page"],
                "lead": None,
                **{name: [] for name in ("people", "involved", "coverage", "openings", "entries", "gaps")},
            },
            "links": [],
            "next_url": None,
        }
    },
    "consent": {**RICH["consent"], "history": []},
    "life": {**RICH["life"], "lines": []},
    "conflicts": {**RICH["conflicts"], "lines": []},
    "new_identity": {**RICH["new_identity"], "lines": []},
    "restriction": {**RICH["restriction"], "lines": []},
    "front_door": {"referrals": []},
    "referral": {
        "referral": {**RICH["referral"]["referral"], "entries": [], "people": [], "issues": [], "candidates": []},
    },
    "receipts": {"receipts": []},
    "tasks": {"tasks": []},
    "sharing_decision": {**RICH["sharing_decision"], "asked": None},
    "queue": {"queue": {"done": 0, "parts": [{"words": "Overdue", "tasks": [], "empty": "Nothing is late."}]}},
    "act": {"act": {**RICH["act"]["act"], "intro": [], "rows": [], "history": [], "caption": ""}},
    "log": {
        "verified": {"ok": False, "size": 0, "words": "Entry 12 is not what was signed."},
        "lines": [],
        "others": [],
    },
    "problem": {"problem": {**RICH["problem"]["problem"], "reference": ""}},
}
_PERSONS: Final = {"p1": "Ava Example", "p2": "Noah Example"}
OPTIONS: Final[dict[str, dict[str, dict[str, str]]]] = {
    **entry.OPTIONS,
    **officers.OPTIONS,
    "ask_reason": {
        "purpose": {"s47": "Child protection enquiry (section 47)", "plan": "Work on the child protection plan"}
    },
    "allocation": {"account": {"a1": "Imran Shah", "a2": "Cerys Vaughan"}, "works_with": _PERSONS},
    "opening": {
        "opening": {"s47": "Section 47 enquiry", "cpp": "Child protection plan"},
        "children": _PERSONS,
        "adults": {"p3": "Dana Example"},
        "follows": {"": "No, it stands by itself", "o1": "Section 47 enquiry, since 3 March 2026"},
    },
    "consent": {
        "person": {"p3": "Dana Example", "p4": "Joel Sample"},
        "categories": {"attendance": "Attendance", "substance_use_summary": "Substance use, in summary"},
        "sources": {"clearwater": "Clearwater Drug and Alcohol Service"},
        "recipients": {"council": "Northbridge Council", "trust": "Northbridge NHS Trust"},
    },
    "life": {
        "person": _PERSONS,
        "event": {"competent": "Under 16, and able to decide about sharing", "order": "An order says who decides"},
        "holders": {"p3": "Dana Example", "nobody": "Nobody named here"},
    },
    "new_identity": {
        "person": _PERSONS,
        "ground": {"adoption": "An adoption order", "gender_recognition": "A gender recognition certificate"},
        "part": {"child": "Child", "parent": "Parent"},
    },
    "coverage": {"agency": {"probation": "Probation", "school": "Hillside Primary School"}},
    "conflicts": {
        "account": {"a1": "Imran Shah, Northbridge Council"},
        "tie": {"relative": "They are a relative", "neighbour": "They are a neighbour or friend"},
    },
    "restriction": {"desk": {"restricted": "Restricted desk"}},
    "sharing_decision": {"recipient": {"council": "Northbridge Council"}, "children": _PERSONS},
    "referral": {"candidate": {"c1": "Family NB-0412"}},
}
