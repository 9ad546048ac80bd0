"""Kinds of task that follow from what comes from partners and what goes back to them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from hub.domain.roles import ADMINISTRATOR

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
