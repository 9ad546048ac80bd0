"""The same pages with nothing to show, and what their forms offer."""

from typing import Any, Final

from tests.browser import (
    casework,
    consents,
    door,
    entry,
    files,
    looking,
    matches,
    officers,
    partners,
    referring,
    schools,
    signing,
    teamwork,
)
from tests.browser.contexts import RICH

EMPTY: Final[dict[str, dict[str, Any]]] = {
    **RICH,
    **entry.EMPTY,
    **officers.EMPTY,
    **partners.EMPTY,
    **looking.EMPTY,
    "find": {**RICH["find"], "found": {"entries": [], "count": 0, "seen": 0, "more_unseen": False}},
    **signing.EMPTY,
    **consents.EMPTY,
    **casework.EMPTY,
    "home": {"families": [], "unowned": [], "tasks": [], "duties": []},
    **teamwork.EMPTY,
    **files.EMPTY,
    **referring.EMPTY,
    **door.EMPTY,
    **schools.EMPTY,
    "family": {
        "view": {
            **RICH["family"]["view"],
            "page": {
                **RICH["family"]["view"]["page"],
                "lead": None,
                **{name: [] for name in ("people", "involved", "coverage", "openings", "gaps")},
                "chronology": looking.NOTHING,
            },
            "links": [],
            "clocks": [],
            "next_url": None,
            "news": {"records": [], "words": ""},
            "can_write": False,
            "files": {},
            "answers": {},
            "signals": [],
        }
    },
    "life": {**RICH["life"], "lines": []},
    "conflicts": {**RICH["conflicts"], "lines": []},
    "new_identity": {**RICH["new_identity"], "lines": []},
    "restriction": {**RICH["restriction"], "lines": []},
    "front_door": door.NO_FRONT_DOOR,
    "withdrawn": door.NOTHING_WITHDRAWN,
    "referral": {"referral": {**RICH["referral"]["referral"], **door.NOTHING}},
    "referral_close": {"referral": {**RICH["referral"]["referral"], **door.NOTHING}},
    "receipts": {"receipts": []},
    "tasks": {"tasks": []},
    "sharing_decision": {**RICH["sharing_decision"], "asked": None, "reference": ""},
    "queue": {"queue": {"done": 0, "parts": [{"words": "Overdue", "tasks": [], "empty": "Nothing is late."}]}},
    "act": {"act": {**RICH["act"]["act"], "intro": [], "rows": [], "history": [], "caption": ""}},
    "log": {"verified": False, "lines": []},
    **matches.EMPTY,
    "accessibility": RICH["accessibility"],
    "problem": {"problem": {**RICH["problem"]["problem"], "reference": ""}},
}
_PERSONS: Final = {"p1": "Ava Example", "p2": "Noah Example"}
OPTIONS: Final[dict[str, dict[str, dict[str, str]]]] = {
    **entry.OPTIONS,
    **officers.OPTIONS,
    **partners.OPTIONS,
    **consents.OPTIONS,
    **casework.OPTIONS,
    **door.OPTIONS,
    **teamwork.OPTIONS,
    **files.OPTIONS,
    **matches.OPTIONS,
    "ask_reason": {
        "purpose": {"s47": "Child protection enquiry (section 47)", "plan": "Work on the child protection plan"}
    },
    "opening": {
        "opening": {"s47": "Section 47 enquiry", "cpp": "Child protection plan"},
        "children": _PERSONS,
        "adults": {"p3": "Dana Example"},
        "relied": {"r1": "27 February 2026: Police safeguarding notice, Northbridge Police, about Ava and Noah"},
        "follows": {"": "No, it stands by itself", "o1": "Section 47 enquiry, since 3 March 2026"},
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
