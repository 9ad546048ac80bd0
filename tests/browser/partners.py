"""What the pages about partners are handed, with much to show and with nothing. All people are made up."""

from typing import Any, Final

from hub.web import webhooks

_RECEIPT: Final = "0193a7c4-5b1e-7c30-9a56-2f1b6a0c77de"
RICH: Final[dict[str, dict[str, Any]]] = {
    "webhooks": {
        "lines": [
            {
                "id": "0193a7c4-5b1e-7c30-9a56-2f1b6a0c77df",
                "url": "https://records.northbridge-police.example/hub-events-of-the-safeguarding-partnership",
                "email": "desk@northbridge-police.example",
                "since_words": "2 March 2026, 09:00",
                "calls": [
                    ("9 March 2026, 14:40", "Delivered, attempts: 1"),
                    ("8 March 2026, 02:10", "Given up, attempts: 8"),
                ],
            },
            {
                "id": "0193a7c4-5b1e-7c30-9a56-2f1b6a0c77da",
                "url": "",
                "email": "desk@northbridge-police.example",
                "since_words": "1 March 2026, 09:00",
                "calls": [],
            },
        ]
    },
    "webhook_secret": {"secret": "whsec_bWFkZSB1cCBmb3IgYSBwaWN0dXJlIG9ubHkgISEhISE="},
    "access_notices": {
        "sentence": "Some uses may not be listed here.",
        "notices": [
            {
                "day": "9 March 2026",
                "reader": "Children's social care",
                "purpose": "Finding out whether a child is at risk of significant harm and acting on it",
                "receipt": _RECEIPT,
            },
            {
                "day": "8 March 2026",
                "reader": "Another agency of the partnership",
                "purpose": "",
                "receipt": _RECEIPT,
            },
        ],
    },
}
EMPTY: Final[dict[str, dict[str, Any]]] = {
    **RICH,
    "webhooks": {"lines": []},
    "access_notices": {**RICH["access_notices"], "notices": []},
}
RULES: Final = {
    "webhooks.page": "/webhooks",
    "webhooks.rotate": "/webhooks/<webhook>/secret",
    "webhooks.end": "/webhooks/<webhook>/end",
}
FORMS: Final = {"webhooks": webhooks.WebhookForm}
OPTIONS: Final[dict[str, dict[str, dict[str, str]]]] = {}
