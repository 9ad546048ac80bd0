"""What the front door of the demonstration decided without a family.

One referral went back to its sender, one was passed on and is not acknowledged yet.
"""

import csv
import io
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from hub.cli.stage import Stage
from hub.domain.ids import AccountId
from hub.services.deciding import REFERRAL, Closing, Rated

_STRANGERS: Final = (
    ("Leon Marsh-Abara", "1991-02-17", "Asked for help with rent arrears at his first appointment.", "not_sought"),
    ("Petra Quill", "1986-09-30", "Says that her son sleeps badly since the move.", "given"),
)
"""Adults whom nobody else wrote about: name, birth date, what the service says, their word about sharing."""
_TWICE: Final = ("Leon Marsh", "1991-02-17", "First appointment next week.", "given")


def messages(today: date) -> bytes:
    """Return one CSV file of the drug and alcohol service about the strangers."""
    return _file([_row(today, place, stranger) for place, stranger in enumerate(_STRANGERS, start=1)])


def another(today: date) -> bytes:
    """Return one more report on somebody whose first one went back: what came before is read beside it."""
    name, born, _, consent = _STRANGERS[0]
    words = "His landlord has given notice. He says that he will sleep in the car."
    return _file([_row(today, len(_STRANGERS) + 1, (name, born, words, consent))])


def a_stranger(today: date, **more: str) -> bytes:
    """Return a report on somebody with `more` in it, such as that it is withdrawn."""
    return _file([_row(today, len(_STRANGERS) + 2, _TWICE) | more])


def _row(today: date, place: int, stranger: tuple[str, str, str, str]) -> dict[str, str]:
    (name, born, summary, consent), day = stranger, today - timedelta(days=1)
    return {
        "referral_ref": f"DEMO-DOOR-{place}",
        "referral_version": "1",
        "action": "new",
        "withdrawal_reason": "",
        "created": f"{day.isoformat()}T15:00:00+00:00",
        "client_name": name,
        "client_birth_date": born,
        "reported_on": day.isoformat(),
        "engagement": "First appointment kept",
        "summary": summary,
        "consent": consent,
        "consent_reason": "He was not asked yet." if consent == "not_sought" else "",
    }


def _file(rows: Sequence[dict[str, str]]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def decide(stage: Stage, fran: AccountId, referrals: Sequence[str]) -> None:
    """Return the first to its sender, and pass the second on to early help."""
    returned, passed = referrals
    desk = stage.desk.deciding
    for referral in referrals:
        desk.rate(fran, referral, Rated("green", REFERRAL, "One adult, no child named, nothing urgent said"))
    reason = "No child is named and nothing said suggests harm. The service speaks with him first."
    desk.close(fran, returned, Closing("returned", reason, "no_consent_no_safeguarding", history_read=True))
    reason = "Sleep and the move: early help can begin at once, and she agreed to it."
    message = "She expects a call after 16:00."
    said = Closing("redirected", reason, receiver="early_help", message=message, history_read=True)
    desk.close(fran, passed, said)
