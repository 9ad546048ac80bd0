"""A referral on the hub's own form and a word from the public, both waiting: two who tell of each other.

The police refer somebody harmed to a MARAC; a day later the man she is afraid of tells the council about her.
"""

from datetime import date, timedelta
from typing import Any, Final

from hub.cli.stage import Stage
from hub.domain.ids import AccountId

_CHILD: Final = {
    "id": "p1",
    "name": {"full": "Isla Verrall"},
    "birth_date": "2018-05-14",
    "school": "Northbridge Primary",
}
_HARMED: Final = {"id": "p2", "name": {"full": "Rosa Verrall"}, "birth_date": "1993-08-21"}
_HARMING: Final = {"id": "p3", "name": {"full": "Karl Dacre"}, "birth_date": "1989-01-30"}
_TOLD: Final[dict[str, Any]] = {
    "referrer": {
        "name": "Karl Dacre",
        "phone": "07700 900611",
        "how_known": "I am the father of the girl",
        "safe_contact": "Evenings",
    },
    "people": [_CHILD | {"roles": ["child"]}, _HARMED | {"roles": ["mother"]}],
    "events": [],
    "answers": {
        "concern": "She is left alone with neighbours every weekend, and nobody tells me anything.",
        "first_hand": ["others_told"],
        "danger_now": "no",
    },
}


def wait(stage: Stage, officer: AccountId, today: date) -> None:
    """Send both; nobody decides on either."""
    stage.referring.refer(officer, stage.referring.form("marac"), _marac(today - timedelta(days=1)))
    stage.referring.tell("", _TOLD, stage.referring.token())


def _marac(day: date) -> dict[str, Any]:
    asked = {"consent": {"obtained": "given", "aware": "yes"}, "safe_to_tell": "yes"}
    unasked = {"obtained": "not_sought", "aware": "no", "reason": "He must not learn of it."}
    happened = "He waited outside the school and followed them to the bus. Isla held her mother's sleeve."
    return {
        "referrer": {"role": "Domestic abuse investigator", "service": "Public protection", "name": "DC Wanda Eames"},
        "people": [
            _CHILD | {"roles": ["child"], "answers": {"child_voice": "I looked at the floor until it was our stop."}},
            _HARMED | {"roles": ["victim", "mother"]} | asked,
            _HARMING
            | {"roles": ["alleged_perpetrator", "father"], "consent": unasked}
            | {"safe_to_tell": "no", "unsafe_reason": "He came to the flat after the last visit."},
        ],
        "events": [{"occurred": day.isoformat(), "what_happened": happened, "about": ["p1", "p2", "p3"]}],
        "answers": {
            "reason": ["professional_judgement", "escalation"],
            "risk_grade": "high",
            "most_afraid_of": "That he takes Isla and does not bring her back.",
            "together": "separated",
            "parent_of_child": "yes",
            "concern": "Isla sees and hears more than she says. Her mother sleeps in a chair by the door.",
            "strengths": "Her sister takes both of them in at weekends.",
        },
    }
