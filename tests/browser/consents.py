"""What the pages about sharing are handed, with much to show and with nothing. All people are made up."""

from collections.abc import Mapping
from typing import Any, Final

from hub.web import consent_forms, forms
from hub.web.consents import STATUSES

_PAGE: Final = {"reference": "NB-0412", "family_id": "f1"}
_ATTENDANCE: Final = "Attendance; Substance use, in summary. Held by Clearwater, seen by: Social worker, Council"
_TOLD: Final = {
    "ask": True,
    "known": True,
    "changes": [_ATTENDANCE],
    "anyway": ["Police incident. Held by Northbridge Police, seen by: Social worker. Because of: Section 47 enquiry"],
}
RICH: Final[dict[str, dict[str, Any]]] = {
    "consent": {
        **_PAGE,
        "history": [
            {"when_words": "9 March 2026, 14:32", "words": "Joel said no to sharing his summary.", "receipt": "c1"}
        ],
    },
    "consent_answer": {**_PAGE, "whose": "Joel Sample (Father)", "told": _TOLD},
    "consent_taking_back": {
        **_PAGE,
        "whose": "Joel Sample (Father)",
        "found": {
            "kept": ["Child protection conference, recorded 3 March 2026"],
            "told": ["Northbridge Council"],
            "past": ["Northbridge Council: opened on screen at least 12 times"],
        },
        "sent": [("status", "withdrawn"), ("reason", "I changed my mind")],
    },
}
EMPTY: Final[dict[str, dict[str, Any]]] = {
    "consent": {**RICH["consent"], "history": []},
    "consent_answer": {
        **RICH["consent_answer"],
        "told": {"ask": False, "known": False, "changes": [], "anyway": []},
    },
    "consent_taking_back": {
        **RICH["consent_taking_back"],
        "found": {"kept": [], "told": [], "past": []},
        "sent": [],
    },
}
FORMS: Final[Mapping[str, type[forms.HubForm]]] = {
    "consent": consent_forms.ConsentPersonForm,
    "consent_answer": consent_forms.ConsentForm,
    "consent_taking_back": consent_forms.TakeBackForm,
}
OPTIONS: Final[dict[str, dict[str, dict[str, str]]]] = {
    "consent": {"person": {"p3": "Dana Example", "p4": "Joel Sample"}},
    "consent_answer": {
        "status": STATUSES,
        "capacity": {"adult": "For themselves: an adult, or a young person of 16 or 17"},
        "given_by": {"p4": "They themselves", "other": "Somebody who is not named here"},
        "reason_code": {"untraceable": "The person could not be found"},
        "categories": {"attendance": "Attendance", "substance_use_summary": "Substance use, in summary"},
        "sources": {"clearwater": "Clearwater Drug and Alcohol Service"},
        "recipients": {"council": "Northbridge Council", "trust": "Northbridge NHS Trust"},
        "purposes": {"support_family": "Planning and giving help"},
        "method": {"spoken": "Spoken", "written": "In writing"},
        "interpreter": {"none": "No interpreter", "professional": "A professional interpreter"},
        "advocate": {"no": "No advocate was present", "yes": "An advocate was present"},
        "channel": {"none": "Nowhere: no receipt is safe", "in_person": "Handed over in person"},
        "kind": {"confidentiality_agreement": "Agreement that lifts the duty of confidence"},
    },
}
