"""What the pages about partners are handed, with much to show and with nothing. All people are made up."""

from typing import Any, Final

from hub.web import quarantined, transfers, webhooks
from hub.web.form_fields import optional_line, text
from hub.web.forms import HubForm

_RECEIPT: Final = "0193a7c4-5b1e-7c30-9a56-2f1b6a0c77de"
_RECORD: Final = {
    "format_words": "Safeguarding notice",
    "agency": "Northbridge Police",
    "received_words": "9 March 2026, 02:10",
}
RICH: Final[dict[str, dict[str, Any]]] = {
    "webhooks": {
        "lines": [
            {
                "id": "0193a7c4-5b1e-7c30-9a56-2f1b6a0c77df",
                "url": "https://records.northbridge-police.example/hub-events-of-the-safeguarding-partnership",
                "email": "desk@northbridge-police.example",
                "target": "",
                "since_words": "2 March 2026, 09:00",
                "unsent": True,
                "calls": [
                    ("9 March 2026, 14:40", "Delivered, attempts: 1"),
                    ("8 March 2026, 02:10", "Given up, attempts: 8"),
                ],
            },
            {
                "id": "0193a7c4-5b1e-7c30-9a56-2f1b6a0c77da",
                "url": "https://bars.northbridge-trust.example/$process-message",
                "email": "",
                "target": "https://fhir.nhs.uk/Id/dos-service-id|2222222222",
                "since_words": "1 March 2026, 10:00",
                "unsent": False,
                "calls": [("9 March 2026, 14:41", "Delivered, attempts: 2")],
            },
            {
                "id": "0193a7c4-5b1e-7c30-9a56-2f1b6a0c77db",
                "url": "",
                "email": "desk@northbridge-police.example",
                "target": "",
                "since_words": "1 March 2026, 09:00",
                "unsent": False,
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
    "transfer": {"reference": "NB-0412", "family_id": "f1", "nobody": False},
    "transfer_receipt": {"reference": "NB-0412", "family_id": "f1"},
    "quarantine": {
        "lines": [
            {
                "id": "0193a7c4-5b1e-7c30-9a56-2f1b6a0c77db",
                "agency": "Northbridge Police",
                "format_words": "Safeguarding notice",
                "received_words": "9 March 2026, 02:10",
                "due_words": "9 March 2026, 02:25",
                "overdue": True,
            }
        ]
    },
    "quarantined": {
        "record": {"id": "r1", **_RECORD},
        "understood": [
            ("/notices/0/people/0/name/full", "Full", "Dana Example"),
            ("/notices/0/narratives/0/text", "Text", "A neighbour heard shouting and called at 23:40. " * 12),
        ],
        "others": [{"words": "Too few", "place": "/notices/0/people", "again": True}],
    },
    "sent_again": {"record": _RECORD, "reference": ""},
}
EMPTY: Final[dict[str, dict[str, Any]]] = {
    **RICH,
    "webhooks": {"lines": []},
    "access_notices": {**RICH["access_notices"], "notices": []},
    "quarantine": {"lines": []},
    "transfer": {**RICH["transfer"], "nobody": True},
    "quarantined": {**RICH["quarantined"], "understood": [], "others": []},
}


class _RepairForm(HubForm):
    """As the page makes it: one field for each place where something is wrong."""

    place_0 = optional_line("Not a date, at /notices/0/event/occurred_from")
    place_1 = text("Quotes an address that is kept safe, at /notices/0/narratives/0/text")


RULES: Final = {
    "webhooks.page": "/webhooks",
    "webhooks.rotate": "/webhooks/<webhook>/secret",
    "webhooks.notices": "/access-notices",
    "quarantined.waiting": "/front-door/quarantine",
    "quarantined.record": "/front-door/quarantine/<referral>",
    "quarantined.sent_again": "/front-door/quarantine/<referral>/sent-again",
    "transfers.family": "/families/<family>/transfer",
    "transfers.receipt": "/families/<family>/transfer/receipt",
    "webhooks.end": "/webhooks/<webhook>/end",
}
FORMS: Final = {
    "webhooks": webhooks.WebhookForm,
    "quarantined": _RepairForm,
    "sent_again": quarantined.SentAgainForm,
    "transfer": transfers.TransferForm,
    "transfer_receipt": transfers.ReceiptForm,
}
OPTIONS: Final[dict[str, dict[str, dict[str, str]]]] = {
    "transfer": {"recipient": {"south": "Southshire Children's Services"}}
}
