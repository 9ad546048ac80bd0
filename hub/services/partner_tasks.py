"""Kinds of task that follow from what comes from partners and what goes back to them."""

from typing import Final

GIVEN_UP: Final = "webhook_given_up"
REPAIR: Final = "repair_quarantined"
