"""What senders say later of what they sent: one names somebody who was there too, two take something back."""

from datetime import date
from typing import Any, Final

from hub.cli.demo import door
from hub.cli.demo.households import Someone
from hub.cli.demo.incidents import batch
from hub.cli.demo.sending import Line
from hub.services.amending import WITHDRAWN
from hub.services.task_lines import Finished
from hub.services.tasks import kind_of

_STREET: Final = "The officer wrote down the wrong street: it was another family."
_TWICE: Final = "He was entered twice by two colleagues."


def name_somebody(line: Line, notice: dict[str, Any], who: Someone, today: date) -> None:
    """Let the police amend a notice that is placed: somebody was there whom the hub may know from another family."""
    person = {"id": "p9", "name": {"full": who.name}, "birth_date": who.born.isoformat()}
    part = {"person": "p9", "kind": "witness", "words": "came along with the aunt"}
    more = {"people": [*notice["people"], person], "roles": [*notice["roles"], part]}
    amended = notice | more | {"action": "amend", "notice_version": 2}
    line.send("police", "safeguarding_notice", batch([amended], today, "amended"), "amended")


def take_back(line: Line, notice: dict[str, Any], today: date) -> None:
    """Let the police take back a notice that is placed, and the drug and alcohol service one that waited.

    Somebody at the front door has told the team of the first.
    """
    said = notice | {"action": "withdraw", "withdrawal_reason": _STREET}
    line.send("police", "safeguarding_notice", batch([said], today, "taken back"), "taken back")
    fran, tasks = line.cast.accounts["fran"], line.stage.tasks
    for task in [one.id for one in tasks.open_for(fran) if one.words == kind_of(WITHDRAWN).words]:
        tasks.finish(fran, task, Finished("Told the social worker by telephone: it is not about her family."))
    withdrawn = {"action": "withdraw", "withdrawal_reason": _TWICE}
    for action in ({}, withdrawn):
        line.send("sm", "adult_with_children_csv", door.a_stranger(today, **action), f"stranger {len(action)}")
