"""What the pages of referring are handed, with much to show and with nothing. All people are made up."""

from collections.abc import Mapping
from typing import Any, Final

from hub.web.forms import HubForm
from hub.web.refer_forms import layout
from tests.forms import FORMS as DECLARED

_SCHOOL: Final = layout(DECLARED["school"], 2, 1)
_PUBLIC: Final = layout(DECLARED["public"], 1, 1)
_COUNCIL: Final = "Northbridge Council"


class SchoolPage(_SCHOOL.made):
    """The school's form, made as other forms of these pages are."""

    def __init__(self, _options: object, data: Mapping[str, str] | None = None) -> None:
        super().__init__()
        self["q_concern"].data = (data or {}).get("reason", "")


class PublicPage(_PUBLIC.made):
    """The public's form."""

    def __init__(self, _options: object, data: Mapping[str, str] | None = None) -> None:
        super().__init__()
        self["q_concern"].data = (data or {}).get("reason", "")


FORMS: Final[dict[str, type[HubForm]]] = {"refer_form": SchoolPage, "refer_check": HubForm, "tell_us": PublicPage}
RULES: Final = {
    "refer.choose": "/refer",
    "refer.who_told": "/front-door/<referral>/who-told-us",
    "tell_us.page": "/tell-us",
}
_ROW: Final = {"key": {"text": "What are you worried about?"}, "value": {"text": "He is hungry and tired."}}
_RECEIPT: Final = {
    "id": "r1",
    "received_words": "9 March 2026, 14:31",
    "format": "form school json",
    "records": [
        {
            "pointer": "/referrals/0",
            "outcome_words": "Accepted",
            "issues": [{"words": "consent not said", "location": "/referrals/0/people/1/consent"}],
        }
    ],
}
RICH: Final[dict[str, dict[str, Any]]] = {
    "refer": {"forms": [{"url": "/refer/school", "title": "School or college referral", "intro": "About a child."}]},
    "refer_form": {"page": _SCHOOL},
    "refer_check": {
        "check": {
            "title": "School or college referral",
            "back": "/refer/school",
            "remarks": ["No child is named. That is fine when no child is known."],
            "parts": [{"heading": "Person 1", "rows": [_ROW]}],
        }
    },
    "refer_sent": {"receipt": _RECEIPT},
    "who_told": {"rows": [{"key": {"text": "Name"}, "value": {"text": "Nora Example"}}], "referral": "r1"},
    "tell_us": {"page": _PUBLIC, "token": "a" * 24, "council": _COUNCIL},
    "tell_us_wait": {"council": _COUNCIL},
    "told": {"reference": "T-ABCDEFGH", "council": _COUNCIL},
}
EMPTY: Final[dict[str, dict[str, Any]]] = {
    **RICH,
    "refer": {"forms": []},
    "refer_check": {"check": {**RICH["refer_check"]["check"], "parts": [], "remarks": []}},
    "refer_sent": {"receipt": {**_RECEIPT, "records": []}},
    "who_told": {"rows": [], "referral": "r1"},
}
