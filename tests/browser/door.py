"""What the front door's pages are handed, with much to show and with nothing. All people are made up."""

from typing import Any, Final

from hub.services.comparing import Comparing

_WAITS: Final = {
    "id": "r1",
    "received_words": "1 March 2026, 02:10",
    "agency": "Northbridge Police",
    "kind_words": "Police safeguarding notice",
    "state_words": "Received",
    "clock_words": "decide by 2 March 2026, 17:00",
    "overdue": True,
    "rating_words": "Amber: serious worry, no immediate danger",
    "unread": False,
}
_PASSED: Final = {
    "id": "d1",
    "receiver_words": "Early help",
    "agency": "",
    "sent_words": "28 February 2026, 10:00",
    "due_words": "to be acknowledged by 3 March 2026, 17:00",
    "overdue": True,
    "ours": True,
}
FRONT_DOOR: Final[dict[str, Any]] = {
    "referrals": [_WAITS, _WAITS | {"id": "r3", "state_words": "Quarantined", "unread": True}],
    "passed": [_PASSED, _PASSED | {"id": "d2", "ours": False, "agency": "a1", "overdue": False}],
    "closed": [_WAITS | {"id": "r2", "state_words": "No further action", "clock_words": "", "overdue": False}],
    "agencies": {"a1": "Clearwater Drug and Alcohol Service"},
}
NO_FRONT_DOOR: Final[dict[str, Any]] = {"referrals": [], "passed": [], "closed": [], "agencies": {}}
_NARROWED: Final = {"agency": "", "done": "", "since": None, "until": None, "narrows": False}
_GONE: Final = {
    "agency": "Northbridge Police",
    "kind_words": "Safeguarding notice",
    "received_words": "1 March 2026, 02:10",
    "withdrawn_words": "2 March 2026, 09:00",
    "why": "Sent about another street",
    "became_words": "It was placed with a family.",
    "done_words": "Not seen to yet: by 3 March 2026, 09:00, overdue.",
    "task": "t1",
}
WITHDRAWN: Final = {
    "page": {
        "some": True,
        "asked": _NARROWED | {"narrows": True},
        "agencies": [{"value": "a1", "words": "Northbridge Police"}],
        "lines": [_GONE, _GONE | {"why": "", "task": "", "done_words": "Seen to 2 March 2026, 10:00 by Fran Door."}],
    }
}
NOTHING_WITHDRAWN: Final = {"page": {"some": False, "asked": _NARROWED, "agencies": [], "lines": []}}
SIDES: Final = {
    "remarks": ["Whoever told us may be one of the people named here (1)."],
    "others": [{"referral": "r8", "agency": "Northbridge Police", "received_words": "1 March 2026, 02:10"}],
    "elsewhere": True,
}
NOTHING: Final[dict[str, Any]] = {
    "entries": [],
    "people": [],
    "issues": [],
    "candidates": [],
    "prior": [],
    "notes": [],
    "history": [],
    "rating_words": "",
    "signals": [],
    "sides": {"remarks": [], "others": [], "elsewhere": False},
    "comparing": Comparing.DONE,
}


def referral(entries: list[dict[str, Any]], people: list[dict[str, Any]], issue: dict[str, Any]) -> dict[str, Any]:
    """Return one referral as the front door reads it, with an earlier contact."""
    candidate = {"id": "c1", "family_reference": "NB-0412", "reasons_against": []}
    return {
        **_WAITS,
        "family": "f9",
        "entries": entries,
        "people": people,
        "placeable": True,
        "again": False,
        "comparing": Comparing.LATE,
        "issues": [issue],
        "candidates": [candidate | {"reasons_for": ["Date of birth and name agree for Ava"]}],
        "prior": [entries[0] | {"record": "r9"}],
        "notes": [{"when_words": "3 May 2025", "words": "Front door: no further action. No need for a service."}],
        "history": [{"when_words": "1 March 2026, 08:30", "words": "Amber: serious worry. A contact."}],
        "sides": SIDES,
        "signals": ["3 reports within 365 days, counting all children and adults (3 or more are remarked on)."],
    }


_REQUEST: Final = {
    "id": "q1",
    "agency": "Northbridge Police",
    "contact": "Northbridge Police safeguarding lead, 01632 960 110",
    "function_words": "Assessing what a child needs",
    "asked_words": "1 March 2026, 09:10",
    "answer": "nothing_held",
    "side_words": "Checked, nothing held, answered 2 March 2026, 10:00",
    "overdue": False,
}
_ASKED: Final = {
    "rows": [("Law", "Children Act 1989 s17"), ("Children", "Ava Example, born 3 May 2016")],
    "page": {"checked_words": "2 March 2026", "reason": "", "entries": []},
}
_LATE: Final = _REQUEST | {"answer": "", "side_words": "answer by 4 March 2026, 17:00", "overdue": True}
_REQUESTS: Final = {"reference": "NB-0412", "family_id": "f1", "told": ["They are told the names."]}
_STRATEGY: Final = {"reference": "NB-0412", "family_id": "f1", "required": "Social care, Police, Health"}
RICH: Final[dict[str, dict[str, Any]]] = {
    "requests": {**_REQUESTS, "lines": [_REQUEST, _LATE]},
    "requests_desk": {"lines": [_REQUEST, _LATE]},
    "strategy": {**_STRATEGY, "lines": [{"id": "s1", "words": "Held 3 March 2026, 15:00"}]},
    "request": {**_ASKED, "line": _REQUEST},
}
EMPTY: Final[dict[str, dict[str, Any]]] = {
    "requests": {**_REQUESTS, "lines": []},
    "requests_desk": {"lines": []},
    "strategy": {**_STRATEGY, "lines": []},
    "request": {**_ASKED, "line": _LATE},
}
OPTIONS: Final[dict[str, dict[str, dict[str, str]]]] = {
    "strategy": {"invited": {"a1": "Northbridge Police", "a2": "Clearwater"}},
    "requests": {
        "holder": {"a1": "Northbridge Police"},
        "function": {"assess_need": "Assessing what a child needs"},
        "children": {"p1": "Ava Example"},
        "adults": {"p2": "Dana Example"},
    },
    "referral_close": {
        "receiver": {"early_help": "Early help", "lado": "LADO"},
        "agency": {"a1": "Clearwater Drug and Alcohol Service"},
        "returned": {"no_consent": "No agreement, and no safeguarding concern"},
        "no_further_action": {"no_need": "No need for a service"},
    },
}
