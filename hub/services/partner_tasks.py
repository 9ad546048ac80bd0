"""Kinds of task that follow from what comes from partners and what goes back to them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from sqlalchemy import Connection

from hub.domain.roles import ADMINISTRATOR
from hub.services.register import moment_words
from hub.store.clear import agencies, cases, releases
from hub.store.clear.work import Task

GIVEN_UP: Final = "webhook_given_up"
NOT_TOLD: Final = "reply_given_up"
REPAIR: Final = "repair_quarantined"
WORDS: Final[Mapping[str, tuple[str, frozenset[str], str]]] = MappingProxyType(
    {
        REPAIR: (
            "A record could not be read and waits in quarantine: repair it and let it through",
            frozenset({"front_door_worker", "team_manager", "on_duty_front_door"}),
            "quarantined",
        ),
        GIVEN_UP: (
            "Calls to an address of your agency were given up: read the page about webhooks and mend or end it",
            frozenset({ADMINISTRATOR}),
            "do",
        ),
        NOT_TOLD: (
            "A reply to a sender could not be delivered: tell them by phone how far their referral is",
            frozenset({"front_door_worker", "on_duty_front_door"}),
            "do",
        ),
    }
)
"""Kind of task -> its words, whose work it is (role or desk), and the page that it is done on."""


def whom_to_tell(connection: Connection, partnership: str, task: Task) -> tuple[tuple[str, str], ...]:
    """Return (name, words) of a sender who could not be told, and of its message; nothing for any other task."""
    if task.kind != NOT_TOLD or task.subject is None:
        return ()
    sent = cases.find_referral(connection, partnership, task.subject)
    if sent is None:
        return ()
    became = releases.released(connection, partnership, sent.id)
    stands = cases.find_referral(connection, partnership, became) if became else sent
    sender = next(one for one in agencies.all_agencies(connection, partnership) if one.id == sent.agency)
    return (
        ("Tell", f"{sender.name}: {sender.contact_name}, {sender.contact_phone}"),
        ("Receipt", f"{sent.receipt}, received {moment_words(sent.received_at)}"),
        ("It is", (stands or sent).state.replace("_", " ")),
    )
