"""What the pages about signing in are handed. All people and keys are made up."""

from typing import Any, Final

_RUTH: Final = {"name": "Ruth Okafor", "role_words": "Social worker", "due_words": "1 April 2026", "url": "/staff/a1"}
RICH: Final[dict[str, dict[str, Any]]] = {
    "confirm": {"provider": "Northbridge sign-on"},
    "set_up_factor": {
        "pending": {
            "secret": "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ",
            "link": "otpauth://totp/hub%3Aruth?secret=GEZDGNBVGY3TQOJQ",
        },
        "back": "/account",
    },
    "recovery_codes": {"codes": ["0f3a1-77c2d-90bb1-4e5f6", "a1b2c-3d4e5-f6071-82930"], "onward": "/home"},
    "account": {
        "sittings": [
            {
                "id": "0f3a177c2d90bb14",
                "started_words": "9 March 2026, 09:02",
                "seen_words": "9 March 2026, 14:31",
                "current": True,
            },
            {
                "id": "77c2d90bb14e5f60",
                "started_words": "9 March 2026, 08:10",
                "seen_words": "9 March 2026, 14:20",
                "current": False,
            },
        ],
        "enrolled": True,
        "codes_left": 9,
    },
    "staff": {
        "lines": [{**_RUTH, "overdue": True}, {**_RUTH, "name": "Imran Shah", "overdue": False}],
        "stopped": [{**_RUTH, "name": "Cerys Vaughan", "overdue": False}],
    },
    "starting_code": {"name": "Imran Shah", "code": "0f3a1-77c2d-90bb1-4e5f6", "address": "/start"},
}
EMPTY: Final[dict[str, dict[str, Any]]] = {
    "confirm": RICH["confirm"],
    "set_up_factor": {"pending": None, "back": "/account"},
    "recovery_codes": RICH["recovery_codes"],
    "staff": {"lines": [], "stopped": []},
    "starting_code": RICH["starting_code"],
    "account": {"sittings": [], "enrolled": False, "codes_left": 0},
}
RULES: Final = {
    "provider.leave": "/sign-in/provider",
    "provider.prove_again": "/confirm/provider",
    "account.page": "/account",
    "account.end_sitting": "/account/sittings/end",
    "staff.page": "/staff",
    "staff.start": "/staff/start",
    "account.second_factor": "/account/second-factor",
}
OPTIONS: Final = {"staff": {"accounts": {"a1": "Ruth Okafor, Social worker: overdue since 1 April 2026"}}}
