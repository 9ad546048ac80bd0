"""What views would hand to the templates when there is much to show. All people are made up."""

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

_DUTY: Final = "Northbridge Police safeguarding lead, 01632 960 110"
_WHY: Final = [
    "Rule R2 of the Northbridge agreement, version 1: police may share incidents with children's social care.",
    "Opening fact: section 47 enquiry since 3 March 2026, for both children.",
]


def _field(words: str, value: str, statement: str = "") -> dict[str, Any]:
    return {"words": words, "value": value, "withheld": None, "statement": statement}


def _held(words: str, reason: str, contact: str) -> dict[str, Any]:
    return {"words": words, "value": "", "withheld": {"words": reason, "contact": contact}, "statement": ""}


_ENTRIES: Final = [
    {
        "record": "r1",
        "remarks": [
            {
                "kind_words": "Disagrees",
                "whose": "Dana Example",
                "words": "Nobody shouted. We had the radio on.",
                "by_words": "Written down by Ruth Okafor, 4 March 2026, 10:15",
            }
        ],
        "date_iso": "2026-02-27",
        "date_words": "27 February 2026",
        "known_words": "1 March 2026, 02:10",
        "late": False,
        "agency": "Northbridge Police",
        "kind_words": "Police safeguarding notice",
        "about_words": "Ava, Noah, Dana and Joel",
        "fields": [
            _field(
                "What happened", "A neighbour heard shouting and called at 23:40.\nBoth children were upstairs, awake."
            ),
            _field("How each child was affected", "Ava, 9, comforted her brother. Noah, 4, was crying.", "Observed"),
            _field("The child's own words", "Ava said: I put the telly on so he could not hear."),
            _held(
                "Risk grade given by the officer",
                "The agreement gives this to the domestic abuse service only.",
                _DUTY,
            ),
        ],
        "why": _WHY,
        "reasons": [1, 2],
        "strength": False,
    },
    {
        "record": "r2",
        "remarks": [],
        "date_iso": "2026-01",
        "date_words": "January 2026",
        "known_words": "9 March 2026, 14:32",
        "late": True,
        "agency": "Clearwater Drug and Alcohol Service",
        "kind_words": "Drug and alcohol service report",
        "about_words": "Joel",
        "fields": [
            _field("Engagement", "Attended four of five appointments; two by phone."),
            _held("Summary", "He has not agreed to share this.", "Clearwater safeguarding lead, 01632 960 145"),
        ],
        "why": ["Rule R4: attendance may be shared with the family's team while a plan is in force."],
        "reasons": [3],
        "strength": True,
    },
]
_PEOPLE: Final = [
    {"name": "Noah Example", "part_words": "Child", "born_words": "Born 5 June 2021, 4 years", "contact": []},
    {"name": "Ava Example", "part_words": "Child", "born_words": "Born 11 October 2016, 9 years", "contact": []},
    {
        "name": "Dana Example",
        "part_words": "Mother",
        "born_words": "Born 1994",
        "contact": [
            {"words": "14 Larch Court, 07700 900123", "protected": True},
            {"words": "Northbridge Surgery", "protected": False},
        ],
    },
    {"name": "Joel Sample", "part_words": "Father of Noah", "born_words": "", "contact": []},
]
_FAMILY: Final = {
    "family_id": "f1",
    "reference": "NB-0412",
    "purpose_words": "Child protection enquiry (section 47)",
    "lead": {
        "name": "Ruth Okafor",
        "role_words": "Social worker",
        "agency": "Northbridge Council",
        "phone": "01632 960 101",
    },
    "people": _PEOPLE,
    "involved": [
        {
            "name": "Imran Shah",
            "role_words": "Recovery worker",
            "agency": "Clearwater Drug and Alcohol Service",
            "phone": "01632 960 144",
            "since_words": "12 January 2026",
        },
        {
            "name": "Cerys Vaughan",
            "role_words": "Mental health practitioner",
            "agency": "Northbridge NHS Trust",
            "phone": "",
            "since_words": "2 March 2026",
        },
    ],
    "coverage": [
        {"agency": "Northbridge Police", "state": "shown", "words": "1 entry shown.", "contact": _DUTY},
        {
            "agency": "Northbridge NHS Trust",
            "state": "nothing_shown",
            "words": "",
            "contact": "NHS safeguarding lead, 01632 960 120",
        },
        {
            "agency": "Probation",
            "state": "not_checked",
            "words": "They have not answered yet.",
            "contact": "Probation duty desk, 01632 960 133",
        },
        {
            "agency": "Hillside Primary School",
            "state": "not_connected",
            "words": "Not part of this hub.",
            "contact": "The school's safeguarding lead, 01632 960 150",
        },
    ],
    "openings": [
        {
            "words": "Section 47 enquiry for Ava and Noah",
            "since_words": "3 March 2026",
            "review_words": "24 March 2026",
            "ends_words": "17 April 2026",
            "id": "o1",
            "can_end": True,
        },
    ],
    "chronology": looking.chronology(_ENTRIES),
    "gaps": [
        {
            "agency": "Clearwater Drug and Alcohol Service",
            "words": "Joel has not agreed to share this, and no decision overrides that.",
            "contact": "Clearwater safeguarding lead, 01632 960 145",
            "count": None,
            "ask": ("a1", "attendance"),
        },
        {
            "agency": "Northbridge Police",
            "words": "Not covered by the agreement.",
            "contact": _DUTY,
            "count": 2,
            "ask": None,
        },
    ],
}
_LINKS: Final = [
    {"url": "/families/f1/allocation", "words": "Allocate a worker"},
    {"url": "/families/f1/opening", "words": "Record a decision"},
    {"url": "/families/f1/consent", "words": "Record consent"},
    {"url": "/families/f1/coverage", "words": "Record whether an agency has looked"},
]
_ISSUE: Final = {"words": "NHS number fails its check digit, so it was not used to match", "location": "/people/1"}
_TASK: Final = {
    "words": "Decide whether to share two items",
    "late_words": "",
    "reference": "NB-0412",
    "due_words": "Due 6 March 2026",
    "overdue": True,
    "url": "/d",
}
_FORM_PAGE: Final = {"reference": "NB-0412", "family_id": "f1"}
RICH: Final[dict[str, dict[str, Any]]] = {
    **entry.RICH,
    **officers.RICH,
    **partners.RICH,
    **looking.RICH,
    **signing.RICH,
    **consents.RICH,
    **casework.RICH,
    **teamwork.RICH,
    **files.RICH,
    **referring.RICH,
    **door.RICH,
    **schools.RICH,
    "sign_in": {"provider": "Northbridge sign-on"},
    "home": {
        "families": [
            casework.home_family("f1", "NB-0412", "Lead practitioner since 12 January 2026", "8 March 2026, 16:10"),
            casework.home_family("f2", "NB-0398", "Covering until 9 April 2026", ""),
        ],
        "unowned": [casework.UNOWNED],
        "tasks": [_TASK],
        "duties": [casework.SHIFT],
    },
    "ask_reason": {**_FORM_PAGE, "proposed_purpose_words": "Child protection enquiry (section 47)"},
    "family": {
        "view": {
            **looking.AROUND,
            "page": _FAMILY,
            "links": _LINKS,
            "clocks": [_TASK],
            "next_url": "/families/f1?after=2",
            "news": casework.NEWS,
            "can_write": True,
            "files": files.BESIDE,
            "signals": ["3 reports within 365 days, counting all children and adults (3 or more are remarked on)."],
            "answers": {"Northbridge Police": "Checked, nothing held, answered 2 March 2026, 10:00."},
        }
    },
    "find": {**_FORM_PAGE, "found": looking.found(_ENTRIES), "send_words": "Find"},
    "opening": _FORM_PAGE,
    "end_opening": _FORM_PAGE,
    "receipt": {
        "receipt": {
            "address": "7 Quiet Terrace, EX4 4ZZ",
            "name": "Dana Example",
            "about_self": True,
            "lines": [
                {"words": "Your answer", "value": "Yes"},
                {"words": "Held by", "value": "Clearwater Drug and Alcohol Service"},
            ],
        },
        "family_id": "f1",
        "by_chosen_url": "",
        "chosen_words": "By post to an address that is safe",
    },
    "receipt_refused": {**_FORM_PAGE, "event": "c1"},
    "life": {
        **_FORM_PAGE,
        "lines": [
            {
                "since_words": "4 March 2026",
                "words": "Ava Example: Under 16, and able to decide about sharing (Gillick competent)",
                "end_url": "/families/f1/life/e1/end",
            }
        ],
    },
    "end_life": {**_FORM_PAGE, "line": {"since_words": "4 March 2026", "words": "Ava Example: has died"}},
    "coverage": _FORM_PAGE,
    "new_identity": {
        **_FORM_PAGE,
        "lines": [{"reference": "NB-0398", "words": "An adoption order", "reason": "Family court, 3 February 2026"}],
    },
    "conflicts": {
        "reference": "NB-0412",
        "family": "f1",
        "overseer": True,
        "lines": [{"id": "t1", "words": "Imran Shah: they are a neighbour or friend, since 2026-03-09"}],
    },
    "restriction": {
        "reference": "NB-0412",
        "family": "f1",
        "overseer": True,
        "lines": [{"id": "t2", "words": "Restricted desk"}],
    },
    "sharing_decision": {
        **_FORM_PAGE,
        "received_words": "5 March 2026",
        "asked": {"why": "To plan the visits", "about": "Attendance", "by": "Northbridge Council"},
    },
    "front_door": door.FRONT_DOOR,
    "withdrawn": door.WITHDRAWN,
    "referral": {"referral": door.referral(_ENTRIES, _PEOPLE, _ISSUE)},
    "referral_close": {"referral": door.referral(_ENTRIES, _PEOPLE, _ISSUE)},
    "receipts": {
        "receipts": [
            {
                "id": "0197-aa",
                "received_words": "1 March 2026, 02:10",
                "format": "Safeguarding Notice",
                "records": [
                    {
                        "pointer": "/notices/0",
                        "until": "/notices/4",
                        "count": 5,
                        "said": "Read, and being decided.",
                        "issues": [_ISSUE],
                    }
                ],
            }
        ]
    },
    "tasks": {"tasks": [_TASK]},
    "queue": {
        "queue": {
            "done": 3,
            "parts": [
                {
                    "words": "Overdue",
                    "tasks": [{**_TASK, "overdue": True, "late_words": "2 working days late"}],
                    "empty": "",
                },
                {"words": "Later", "tasks": [], "empty": "Nothing is planned for later."},
            ],
        }
    },
    "act": {
        "act": {
            "title": "Tell the person that their information was seen",
            "back": "/tasks",
            "send": "It is done",
            "caption": "Family NB-0412",
            "intro": ["Say when they were told, or why telling them has to wait."],
            "rows": [{"key": {"text": "Time"}, "value": {"text": "by 16 March 2026, 17:00"}}],
            "history": [{"when_words": "9 March 2026, 14:40", "words": "Taken up again. She was not in."}],
        }
    },
    "log": {
        "verified": True,
        "lines": [
            {
                "when_words": "9 March 2026, 14:40",
                "who": "Ruth Okafor",
                "role_words": "Social worker",
                "agency": "Northbridge Council",
                "operation_words": "Consultation",
                "purpose_words": "Child protection enquiry (section 47)",
                "reason": "Preparing Thursday's visit",
                "family_reference": "NB-0412",
                "family": "f1",
                "kinds": ["Police incident", "Attendance"],
                "rules_words": "R2, R4 of Northbridge agreement 1",
                "outcome_words": "Shown in part",
            },
        ]
        * 3,
    },
    **matches.RICH,
    "accessibility": {"contact": "Dana Whitlock, 01632 960001"},
    "problem": {
        "problem": {
            "title": "This page is not available",
            "what": "It does not exist, or you may not see it.",
            "next_step": "Go back to your families, or ask your manager.",
            "reference": "7f3a",
        }
    },
}
