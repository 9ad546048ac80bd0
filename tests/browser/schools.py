"""What the pages of Operation Encompass are handed, with much to show and with nothing. All people are made up."""

from typing import Any, Final

_LINE: Final = {
    "id": "n1",
    "agency": "Northbridge Police",
    "sent_words": "28 February 2026, 03:10",
    "side_words": "read by 2 March 2026, 08:30",
    "overdue": True,
}
_CHILD: Final = {
    "name": "Ava Example",
    "born_words": "5 March 2016",
    "police_reference": "INC-26-0412",
    "occurred_words": "28 February 2026, 01:40",
    "present_words": "Yes",
    "welfare_words": "Yes",
    "voice": "I put my hands on my ears.",
    "circumstances": "A quarrel of adults at home.",
}
_WAITS: Final = {
    **_LINE,
    "contact": "Imran Malik, 01632 960002",
    "referral": "r1",
    "receipt": "0193a7c4",
    "due_words": "to be read by 2 March 2026, 08:30",
    "alarm_words": "Not read before the school day",
}
RICH: Final[dict[str, dict[str, Any]]] = {
    "school_notices": {"lines": [_LINE, {**_LINE, "id": "n2", "overdue": False, "side_words": "read 2 March 2026"}]},
    "school_notice": {"line": _LINE, "children": [_CHILD], "contact": "Imran Malik, 01632 960002"},
    "school_notices_waiting": {"lines": [_WAITS, {**_WAITS, "id": "n2", "referral": "", "alarm_words": ""}]},
}
EMPTY: Final[dict[str, dict[str, Any]]] = {
    "school_notices": {"lines": []},
    "school_notice": {"line": _LINE, "children": [], "contact": "Imran Malik, 01632 960002"},
    "school_notices_waiting": {"lines": []},
}
RULES: Final = {
    "school_notices.list_notices": "/school-notices",
    "school_notices.notice": "/school-notices/<notice>",
}
